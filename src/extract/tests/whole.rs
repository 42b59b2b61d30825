//! Tables and lists of an article: whole, or not at all; and what a page says of itself at its edges.

use super::{BODY, page, run};

/// An article with something between its second and its third paragraph.
fn with(between: &str) -> String {
    let [a, b, c, d, e] = BODY;
    let body = format!(
        "<nav><a href=/>Accueil</a></nav><article><h1>Trois accords signés à Brasilia</h1>\
         <p>{a}</p><p>{b}</p>{between}<p>{c}</p><p>{d}</p><p>{e}</p></article>"
    );
    run(&page(
        "<title>Trois accords signés à Brasilia</title>",
        &body,
    ))
    .extracted
    .html
}

#[test]
fn tables_among_the_paragraphs_keep_every_row() {
    for table in [
        "<table><thead><tr><th>Année</th><th>Exportations</th></tr></thead><tbody><tr><td>2025</td><td>94</td></tr>\
         <tr><th>2026</th><td>101</td></tr></tbody></table>",
        "<table><tbody><tr><th>Produit</th><th>Part</th></tr><tr><td>Soja</td><td>35 %</td></tr></tbody></table>",
        "<table><caption>Exportations vers la Chine</caption><tbody><tr><td>Chili</td><td>cuivre</td></tr></tbody></table>",
        // Without its empty cells the others would stand in other columns.
        "<table><tbody><tr><th></th><th>2025</th><th>2026</th></tr><tr><td>Soja</td><td>35</td><td></td></tr></tbody></table>",
    ] {
        let html = with(table);
        assert!(html.contains(table), "{table} in {html}");
        let html = with(&format!("<div class=table-responsive>{table}</div>"));
        assert!(html.contains(table), "{table} in {html}");
    }
}

#[test]
fn lists_among_the_paragraphs_keep_every_entry() {
    for list in [
        "<dl><dt>Cuivre</dt><dd>métal exporté par le Chili vers la Chine</dd><dt>Soja</dt><dd>oléagineux brésilien</dd></dl>",
        "<dl><dt>Soja</dt><dd>35 %</dd></dl>",
        "<ul><li>50 chercheurs</li><li>20 millions de dollars</li><li>un centre</li></ul>",
    ] {
        let html = with(list);
        assert!(html.contains(list), "{list} in {html}");
    }
}

#[test]
fn lists_that_lead_elsewhere_stay_away() {
    for list in [
        "<h3>À lire aussi</h3><ul><li><a href=/x>Le Brésil bat la Bolivie</a></li><li><a href=/y>Les dix plus belles plages</a></li></ul>",
        "<div class=related><ul><li>Le Brésil bat la Bolivie</li><li>Les dix plus belles plages</li></ul></div>",
        "<ul class=share><li>Facebook</li><li>WhatsApp</li></ul>",
    ] {
        let html = with(list);
        assert!(!html.contains("<li>"), "{list} in {html}");
    }
}

#[test]
fn what_a_page_says_of_itself_goes_at_the_edges_only() {
    let before = "<p>Imprimer | Envoyer par mail</p>";
    let behind = "<p>Mots-clés : Chine, Brésil</p><p>Cet article vous a plu ? Partagez-le !</p>\
        <p>Vous avez repéré une erreur ? Écrivez-nous.</p><p>La rédaction vous conseille</p>";
    let text = |a: &str, b: &str, c: &str| {
        let [one, two, three, four, five] = BODY.map(|p| format!("<p>{p}</p>"));
        let body = format!(
            "<article><h1>Trois accords</h1>{a}{one}{two}{one2}{three}{b}{four}{five}{five2}{four2}{c}</article>",
            one2 = "<p>La signature a eu lieu dans le palais du gouvernement, devant les ambassadeurs et une centaine d'invités.</p>",
            five2 = five.replace("Pékin", "Lima").replace("mars", "juin"),
            four2 = "<p>Le ministre a rappelé que son pays restait ouvert à toutes les propositions de ses partenaires du continent.</p>",
        );
        run(&page("<title>Trois accords</title>", &body))
            .extracted
            .text
    };
    let plain = text("", "", "");
    assert_eq!(text(before, "", behind), plain);
    let within = text(
        "",
        "<p>Thème : la mer, les vents et la houle du large, dit-elle</p>",
        "",
    );
    assert!(within.contains("Thème"), "{within}");
}
