//! One dispatch as outlets cut it, and as its agency corrects it.

use depeche::model::ArticleId;
use depeche::story::{Draft, Level, Lookup, Settings, Stories};

use super::{given, pair};

const PARAGRAPHS: [&str; 6] = [
    "La Chine et l'Uruguay sont convenus mardi de construire ensemble un port en eau profonde sur la côte atlantique et \
     d'y former des marins, au terme de trois jours de pourparlers entre leurs ministres des Transports dans la ville de Rocha.",
    "Le ministre chinois a salué une amitié ancienne, qui a résisté selon lui à bien des tempêtes, et a rappelé que son \
     pays achetait depuis longtemps la plus grande part de la laine et du soja que les Uruguayens vendent à l'étranger.",
    "Ses entreprises sont disposées à prendre à leur charge le dragage du chenal et la pose des rails jusqu'à la frontière, \
     pourvu que les droits de quai restent les mêmes pour tous les armateurs pendant la durée de la concession.",
    "Son hôte a répondu que le gouvernement tenait à garder la majorité du capital et souhaitait que les ouvriers du \
     chantier fussent recrutés dans les départements voisins, où le chômage frappe un jeune sur quatre.",
    "Les deux délégations ont également évoqué la pêche au calmar, que les riverains accusent de vider leurs eaux, et \
     signé une déclaration sur l'échange de données entre leurs gardes-côtes.",
    "Une seconde rencontre doit se tenir au printemps à Ningbo, où les architectes présenteront les plans du terminal et \
     le calendrier des travaux aux représentants des chambres de commerce.",
];

fn cut(paragraphs: &[usize]) -> String {
    let kept: Vec<&str> = paragraphs.iter().map(|n| PARAGRAPHS[*n]).collect();
    kept.join("\n")
}

/// The dispatch under five titles, whole, cut, slightly edited, and its lead alone.
fn cuts() -> Vec<Draft> {
    let whole = format!(
        "ROCHA, 19 novembre (Xinhua) -- {} Fin\n(Xinhua/Li Tao)",
        cut(&[0, 1, 2, 3, 4, 5])
    );
    let edited = cut(&[0, 1, 2, 3])
        .replace("tempêtes", "orages")
        .replace("pourvu", "à condition")
        .replace("Son hôte", "Le ministre uruguayen");
    vec![
        given("agence", "Chine-Uruguay : un port en commun", whole, 0),
        given(
            "quotidien",
            "Pékin prêt à payer le dragage du chenal",
            cut(&[0, 1, 2]),
            4,
        ),
        given(
            "revue",
            "Montevideo veut garder la main",
            format!(
                "Photo : les deux ministres à Rocha. (Xinhua/Li Tao)\n{edited}\n(Rédacteurs : Wei Shan, Ying Xie)"
            ),
            8,
        ),
        given(
            "radio",
            "Pêche au calmar : une déclaration commune",
            format!(
                "Lisez aussi : notre dossier sur les ports.\n{}\nSource : Agence de presse Xinhua",
                cut(&[0, 1, 4, 5])
            ),
            12,
        ),
        given("bloc-notes", "En bref", cut(&[0]), 16),
    ]
}

/// The articles that readers see, when drafts arrive in this order.
fn shown(order: &[usize]) -> Vec<String> {
    let all = cuts();
    let mut stories = Stories::new(Settings::default());
    let ids: Vec<ArticleId> = order
        .iter()
        .map(|n| stories.take(all[*n].clone()).0)
        .collect();
    let known = ids
        .iter()
        .filter_map(|id| stories.index().known(*id).expect("it cannot fail"));
    let seen = known.filter(|known| known.behind.is_none());
    seen.map(|known| known.arrival.source.to_string()).collect()
}

fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(of - 1);
    let insert = |order: &Vec<usize>| {
        let order = order.clone();
        (0..of).map(move |at| {
            let mut longer = order.clone();
            longer.insert(at, of - 1);
            longer
        })
    };
    shorter.iter().flat_map(insert).collect()
}

#[test]
fn cuts_of_one_dispatch_are_one_entry_in_any_order() {
    let orders = orders(5);
    assert_eq!(orders.len(), 120);
    for order in &orders {
        let shown = shown(order);
        assert_eq!(shown.len(), 1, "{order:?}: {shown:?}");
        assert_eq!(shown, ["agence"], "{order:?}: readers see the whole");
    }
}

#[test]
fn a_round_up_with_a_brief_in_it_does_not_take_its_place() {
    let round_up = format!("{}\n{}", super::write(7).text(), cut(&[0]));
    let found = pair(
        given("agence", "Un port en commun", cut(&[0]), 0),
        given("revue", "La semaine en Amérique latine", round_up, 6),
    );
    assert_eq!(found.level, Level::Extends);
}

#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let wrong = format!(
        "{}\nLe chantier coûtera dix millions de dollars.",
        cut(&[0, 1, 2])
    );
    let right = wrong
        .replace("dix millions", "12 millions")
        .replace("trois jours", "4 jours");
    let title = "Chine-Uruguay : un port en commun";
    let noted = format!("(Correction : le montant est de douze millions et non de dix.)\n{right}");
    for (source, new, text, expected) in [
        (
            "agence",
            format!("CORRECTIF - {title}"),
            right.clone(),
            Level::Corrects,
        ),
        (
            "agence",
            format!("ERRATUM : {title}"),
            wrong.clone(),
            Level::Corrects,
        ),
        (
            "agence",
            format!("CORRECCIÓN - {title}"),
            right.clone(),
            Level::Corrects,
        ),
        ("agence", title.to_owned(), noted.clone(), Level::Corrects),
        ("revue", title.to_owned(), noted.clone(), Level::Copy),
        ("agence", title.to_owned(), right.clone(), Level::Copy),
        (
            "agence",
            "Correction sévère à la Bourse".to_owned(),
            super::write(3).text(),
            Level::New,
        ),
    ] {
        let found = pair(
            given("agence", title, wrong.clone(), 0),
            given(source, &new, text, 5),
        );
        assert_eq!(found.level, expected, "{source}, {new}: {found:?}");
    }
    let signed = |text: &str| format!("ROCHA, 19 novembre (Xinhua) -- {text}");
    let found = pair(
        given("quotidien", title, signed(&wrong), 0),
        given("revue", &format!("CORRECTIF : {title}"), signed(&right), 5),
    );
    assert_eq!(found.level, Level::Corrects, "the same agency: {found:?}");
}
