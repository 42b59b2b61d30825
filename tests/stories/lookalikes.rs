//! Articles of one source that are written alike and are about different things.

use depeche::story::{Level, Settings, Stories};

use super::edits::{EDITS, Edit, edit};
use super::prose::Dice;
use super::{all, draft, given, pair, rate};

/// A notice with two names left open.
fn notice(fruit: &str, country: &str, port: &str) -> String {
    format!(
        "La Chine a ouvert ses ports aux {fruit} de {country}, a fait savoir mardi la direction des douanes, après deux \
         ans d'examens et un accord sanitaire entre les ministères.\n\
         Les premières caisses quitteront {port} avant la fin du mois, selon les planteurs, qui y voient une étape \
         importante pour toute la filière.\n\
         Les exportateurs devront respecter un protocole de traitement par le froid et tenir un registre des lots, et leurs \
         vergers seront visités chaque année par des inspecteurs venus de Pékin.\n\
         Le commerce de produits frais a doublé en dix ans entre les deux rives du Pacifique, rappellent les analystes."
    )
}

#[test]
fn articles_of_one_source_that_name_different_things_stay_apart() {
    let mangoes = (
        "La Chine achète les mangues d'Équateur",
        notice("mangues", "l'Équateur", "Guayaquil"),
    );
    let grapes = (
        "La Chine achète les raisins d'Argentine",
        notice("raisins", "l'Argentine", "Rosario"),
    );
    let found = pair(
        given("fil", mangoes.0, mangoes.1.clone(), 0),
        given("fil", grapes.0, grapes.1.clone(), 2),
    );
    assert_eq!(found.level, Level::Story, "{found:?}");

    let prize = |town: &str, people: &str| {
        format!(
            "L'ambassade de Chine a remis samedi à {town} les prix de son concours de calligraphie, ouvert depuis cinq ans \
             aux élèves de tous les lycées de la capitale.\n\
             Une trentaine de jeunes {people} ont tracé des poèmes devant un jury de professeurs.\n\
             La lauréate passera un été à Pékin, tous frais payés, a précisé l'institut Confucius."
        )
    };
    let found = pair(
        given(
            "fil",
            "À Bogota, l'ambassade de Chine récompense des élèves",
            prize("Bogota", "Colombiens"),
            0,
        ),
        given(
            "fil",
            "À La Paz, l'ambassade de Chine récompense des élèves",
            prize("La Paz", "Boliviens"),
            2,
        ),
    );
    assert_eq!(found.level, Level::Story, "{found:?}");

    // Cut, and under another title, it is the same article.
    let cut: Vec<&str> = mangoes.1.lines().take(3).collect();
    let found = pair(
        given("fil", mangoes.0, mangoes.1.clone(), 0),
        given(
            "fil",
            "Mangues : premières caisses pour la Chine",
            cut.join("\n"),
            2,
        ),
    );
    assert_eq!(found.level, Level::Copy, "{found:?}");
}

#[test]
fn issues_numbered_in_their_titles_stay_apart() {
    let issue = |subject: &str| {
        format!(
            "Chaque semaine, nos correspondants relisent pour vous ce que les journaux écrivent des relations entre la Chine \
             et l'Amérique latine, avec l'aide des étudiants de l'école de journalisme.\n\
             Ces jours-ci, il est surtout question de {subject}.\n\
             Retrouvez cette chronique tous les vendredis, et écrivez-nous : vos remarques sont les bienvenues à l'adresse \
             de la rédaction."
        )
    };
    let subjects = [
        "lithium",
        "la pêche au calmar",
        "trains",
        "satellites et de leurs lanceurs",
    ];
    let mut stories = Stories::new(Settings::default());
    for (n, subject) in subjects.iter().enumerate() {
        let title = format!("Lu dans la presse, Chine-Amérique latine n° {}", 41 + n);
        let (_, found) = stories.take(given("revue", &title, issue(subject), n as i64 * 168));
        assert!(found.level <= Level::Story, "{title}: {found:?}");
    }
    let same = issue("lithium");
    let found = pair(
        given("revue", "Lu dans la presse n° 41", same.clone(), 0),
        given("revue", "Lu dans la presse n° 42", same, 24),
    );
    assert!(found.level <= Level::Story, "{found:?}");
}

#[test]
fn a_source_that_repeats_itself_is_found_out() {
    let articles = all();
    for kind in EDITS {
        let copies = articles.iter().enumerate().map(|(n, article)| {
            let copy = edit(article, kind, &mut Dice::new(n as u64 ^ 0x3b));
            pair(draft("agence", article, 0), draft("agence", &copy, 20))
        });
        let found = copies.filter(|found| found.level >= Level::Extends).count();
        println!("{kind:?} by the same source: {found} of {}", articles.len());
        let least = if kind == Edit::Everything { 0.97 } else { 0.98 };
        assert!(rate(found, articles.len()) >= least, "{kind:?}: {found}");
    }
}
