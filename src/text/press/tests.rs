use super::Credit::{Agency, Author, Contact, Editor, End, Id, Photo, Share, Source};
use super::*;

fn check_dateline(input: &str, place: Option<&str>, agency: Option<&str>, rest: &str) {
    let found = dateline(input).unwrap_or_else(|| panic!("no dateline in {input:?}"));
    assert_eq!(found.place.as_deref(), place, "place of {input:?}");
    assert_eq!(found.agency.as_deref(), agency, "agency of {input:?}");
    assert_eq!(&input[found.len..], rest, "rest of {input:?}");
}

const DATELINES: &[(&str, &str, &str)] = &[
    ("Mexico, 1 septembre (RHC) ", "Mexico", "RHC"),
    ("La Havane, 30 août, (RHC)- ", "La Havane", "RHC"),
    ("La Havane, 18 janvier, (RHC).- ", "La Havane", "RHC"),
    ("La Havane, 12 oct. (RHC)- ", "La Havane", "RHC"),
    ("La Havane, 1er mai, (RHC).- ", "La Havane", "RHC"),
    ("Beijing, 25 novembre (RHC) ", "Beijing", "RHC"),
    (
        "DOUCHANBE, 17 septembre (Xinhua) -- ",
        "DOUCHANBE",
        "Xinhua",
    ),
    (
        "ADDIS-ABEBA, 2 février (Xinhua) — ",
        "ADDIS-ABEBA",
        "Xinhua",
    ),
    ("N'DJAMENA, 2 février (Xinhua) -- ", "N'DJAMENA", "Xinhua"),
    (
        "Beijing, 21 juillet (Prensa Latina) ",
        "Beijing",
        "Prensa Latina",
    ),
    (
        "La Habana, 21 jul (Prensa Latina) ",
        "La Habana",
        "Prensa Latina",
    ),
    ("PÉKIN, 19 mai 2023 /PRNewswire/ -- ", "PÉKIN", "PRNewswire"),
    ("BEIJING, le 2 janv. 2023 /CNW/ - ", "BEIJING", "CNW"),
    ("PÉKIN, 2 janvier 2019 /CNW/ -- ", "PÉKIN", "CNW"),
    (
        "MONTRÉAL, le 14 mars 2022 /CNW Telbec/ - ",
        "MONTRÉAL",
        "CNW Telbec",
    ),
    (
        "SHENZHEN, Chine, 19 mai 2023 /PRNewswire/ -- ",
        "SHENZHEN, Chine",
        "PRNewswire",
    ),
    (
        "OSLO, Norvège, 4 juin 2024 /Quelquewire/ -- ",
        "OSLO, Norvège",
        "Quelquewire",
    ),
    (
        "NEW YORK, March 03, 2023 (GLOBE NEWSWIRE) -- ",
        "NEW YORK",
        "GLOBE NEWSWIRE",
    ),
    ("PARIS--(BUSINESS WIRE)--", "PARIS", "BUSINESS WIRE"),
    (
        "PARIS & LYON--(BUSINESS WIRE)--",
        "PARIS & LYON",
        "BUSINESS WIRE",
    ),
    ("BEIJING, Sept. 17 (Xinhua) -- ", "BEIJING", "Xinhua"),
    ("WASHINGTON (AP) — ", "WASHINGTON", "AP"),
    ("LONDRES, 3 mars (Reuters) - ", "LONDRES", "Reuters"),
    ("Paris (AFP) – ", "Paris", "AFP"),
    ("PARIS, 3 mars 2024 (AFP) - ", "PARIS", "AFP"),
    ("Bruxelles (Belga) - ", "Bruxelles", "Belga"),
    ("Berne (ats) ", "Berne", "ats"),
    ("Genève, 3 mars (Keystone-ATS) ", "Genève", "Keystone-ATS"),
    ("ALGER, 3 mars 2024 (APS) - ", "ALGER", "APS"),
    ("MOSCOU, 3 mars - Sputnik. ", "MOSCOU", "Sputnik"),
    ("MOSCOU, 3 mars. /TASS/. ", "MOSCOU", "TASS"),
    ("SEOUL, 03 mars (Yonhap) -- ", "SEOUL", "Yonhap"),
    ("Madrid, 3 mar (EFE).- ", "Madrid", "EFE"),
    ("MADRID, 3 Mar. (EUROPA PRESS) - ", "MADRID", "EUROPA PRESS"),
    ("Hanoï (VNA) – ", "Hanoï", "VNA"),
    (
        "Bruxelles, mardi 3 mars 2020 (Belga/AFP) - ",
        "Bruxelles",
        "Belga/AFP",
    ),
];

#[test]
fn datelines_are_read_and_measured() {
    let text = "Le président";
    for (head, place, agency) in DATELINES {
        check_dateline(&format!("{head}{text}"), Some(place), Some(agency), text);
    }
    check_dateline("(AFP) - Le président", None, Some("AFP"), text);
    check_dateline("Lundi 3 mars (AFP) - Le président", None, Some("AFP"), text);
    check_dateline(
        "(ANSA) - ROMA, 03 MAR - Il ministro",
        Some("ROMA"),
        Some("ANSA"),
        "Il ministro",
    );
    check_dateline(
        "Paris, le 3 mars 2024 – Le groupe",
        Some("Paris"),
        None,
        "Le groupe",
    );
    check_dateline(
        "PÉKIN, 19 mai 2023 /PRNewswire/ --",
        Some("PÉKIN"),
        Some("PRNewswire"),
        "",
    );
}

#[test]
fn a_dated_sentence_has_no_dateline() {
    for input in [
        "",
        "(",
        "Paris, le 3 mars 2024, le gouvernement a annoncé un plan - attendu depuis longtemps.",
        "Le 3 mars, le président (élu en 2020) a rencontré son homologue.",
        "Le président est arrivé à Paris, 3 mars (AFP) ou pas.",
        "À La Havane, le 30 août, la Radio a rappelé - entre autres - les faits.",
        "Lundi, 3 mars - le jour même - tout était fermé.",
        "Paris, 3 - Lyon, 2 : les résultats du jour.",
        "Le 17 septembre 2021, Douchanbé (Tadjikistan) a accueilli un sommet.",
        "Jean Dupont (AFP) a obtenu le prix Albert-Londres.",
        "La Chine (9 millions de km²) - troisième pays du monde - exporte.",
        "En 2024, le commerce sino-cubain a progressé de 6,5 %.",
        "Washington, 4 juillet 1976 : le bicentenaire.",
        "Saint-Denis, une ville de 110 000 habitants (Seine-Saint-Denis) - la troisième d'Île-de-France.",
        "Jeanne Martin (PC) - sénatrice depuis 2017 - a voté contre.",
        "Reuters (Londres) - le siège de l'agence - a été évacué.",
    ] {
        assert_eq!(dateline(input), None, "{input:?}");
    }
}

fn check_credits(cases: Vec<(&str, Credit)>) {
    for (input, expected) in cases {
        assert_eq!(credit(input), Some(expected), "{input:?}");
    }
}

fn text(s: &str) -> String {
    s.to_owned()
}

#[test]
fn agencies_are_told_apart() {
    check_credits(vec![
        ("(AFP)", Agency(text("AFP"))),
        ("AFP", Agency(text("AFP"))),
        ("(Belga)", Agency(text("Belga"))),
        ("(ats)", Agency(text("ats"))),
        ("ATS/AFP", Agency(text("ATS/AFP"))),
        ("Xinhua 06.01.2026 08h32", Agency(text("Xinhua"))),
        ("Avec AFP", Agency(text("AFP"))),
        ("(avec AFP)", Agency(text("AFP"))),
        ("Le Quotidien du Soir avec Reuters", Agency(text("Reuters"))),
        ("Par AFP", Agency(text("AFP"))),
        (
            "AFP, Reuters, AP, EFE, Xinhua, ANSA et Prensa Latina",
            Agency(text("AFP, Reuters, AP, EFE, Xinhua, ANSA et Prensa Latina")),
        ),
        (
            "(agence france-presse, associated press, reuters et prensa latina)",
            Agency(text(
                "agence france-presse, associated press, reuters et prensa latina",
            )),
        ),
        ("3.3.24 | AFP | 8", Agency(text("AFP"))),
    ]);
}

#[test]
fn people_are_told_apart() {
    check_credits(vec![
        ("Par Jeanne Martin", Author(text("Jeanne Martin"))),
        (
            "Par Jeanne Martin et Luc de La Tour",
            Author(text("Jeanne Martin et Luc de La Tour")),
        ),
        (
            "By John Smith, in Washington",
            Author(text("John Smith, in Washington")),
        ),
        ("PAR JEANNE MARTIN", Author(text("JEANNE MARTIN"))),
        ("Propos recueillis par Luc Petit", Author(text("Luc Petit"))),
        (
            "Édité par Reynaldo Henquen",
            Editor(text("Reynaldo Henquen")),
        ),
        ("Edited by Tania Hernández", Editor(text("Tania Hernández"))),
        ("Édité par : Jean Dupont", Editor(text("Jean Dupont"))),
        (
            "(Web editor: Ying Xie, Yishuang Liu)",
            Editor(text("Ying Xie, Yishuang Liu")),
        ),
        (
            "(Rédacteurs : Guangqi Cui, Ying Xie)",
            Editor(text("Guangqi Cui, Ying Xie")),
        ),
    ]);
}

#[test]
fn pictures_are_told_apart() {
    check_credits(vec![
        ("(Xinhua/Liu Bin)", Photo(Some(text("Liu Bin")))),
        ("(Xinhua / Cai Guodong)", Photo(Some(text("Cai Guodong")))),
        ("REUTERS/Jane Doe", Photo(Some(text("Jane Doe")))),
        ("(Photo : Jiang Wenyao)", Photo(Some(text("Jiang Wenyao")))),
        ("Image: Prensa Latina", Photo(Some(text("Prensa Latina")))),
        (
            "Crédit photo : Ville de Lyon",
            Photo(Some(text("Ville de Lyon"))),
        ),
        (
            "© Luc Petit / Agence X",
            Photo(Some(text("Luc Petit / Agence X"))),
        ),
        ("Photo d'archives", Photo(None)),
        ("AFP Photos", Photo(None)),
        ("((c) Jane Doe)", Photo(Some(text("Jane Doe")))),
        ("CRÉDIT PHOTO : Jane Doe", Photo(Some(text("Jane Doe")))),
        ("Image not found or type unknown", Photo(None)),
    ]);
}

#[test]
fn sources_are_told_apart() {
    check_credits(vec![
        ("Source Telesur", Source(text("Telesur"))),
        ("Source: Prensa Latina", Source(text("Prensa Latina"))),
        (
            "SOURCE Groupe Exemple Inc.",
            Source(text("Groupe Exemple Inc.")),
        ),
        (
            "source : https://www.exemple.org/fr/1",
            Source(text("https://www.exemple.org/fr/1")),
        ),
        ("(Source : Agences)", Source(text("Agences"))),
        (
            "The post Un titre appeared first on Le Blog.",
            Source(text("Le Blog")),
        ),
        (
            "La información Un título salió primero en Prensa Latina.",
            Source(text("Prensa Latina")),
        ),
    ]);
}

#[test]
fn marks_are_told_apart() {
    check_credits(vec![
        ("Fin", End),
        ("FIN", End),
        ("/Fin/", End),
        ("-30-", End),
        ("Fin http://exemple.net/2021/c_1.htm", End),
        ("010020070770000000000000011100001310193761", Id),
    ]);
}

#[test]
fn invitations_are_told_apart() {
    check_credits(vec![
        ("Pinterest", Share),
        ("Pinterest Telegram Linkedin WhatsApp", Share),
        ("Partager", Share),
        ("... Lire plus", Share),
        ("> À lire aussi :", Share),
        ("Plus »", Share),
        ("FacebookTwitter", Share),
        ("Partager sur Facebook", Share),
        ("Suivez-nous sur Telegram et WhatsApp", Share),
        (
            "Vous avez une question, une remarque, des suggestions ? Contactez notre équipe de rédaction par email à a@b.cn",
            Contact,
        ),
        ("Pour nous contacter", Contact),
        ("Contact presse : Luc Petit, +33 1 44 55 66 77", Contact),
        ("luc.petit@exemple.org", Contact),
        ("FAX 01 44 55 66 77", Contact),
        ("+33 1 44 55 66 77", Contact),
        ("Tél. : 514 555-1234", Contact),
        (
            "Pour plus d'informations, veuillez visiter https://exemple.org",
            Contact,
        ),
    ]);
}

#[test]
fn sentences_are_no_credits() {
    for input in [
        "",
        "Source d'inspiration pour toute une génération, le poète est mort à 80 ans.",
        "Source de revenus du village, le café manque.",
        "Source : le ministère a indiqué que les travaux, commencés en mars dans les trois régions, seront finis.",
        "Par ailleurs, le gouvernement a annoncé un plan.",
        "Par la suite, Jean Dupont a quitté Paris.",
        "Par Paris",
        "Fin mars, le conseil se réunira.",
        "Fin de la grève",
        "La fin",
        "Partager les richesses : tel est le mot d'ordre.",
        "Facebook a annoncé la suppression de dix mille postes.",
        "Le groupe Facebook",
        "Photo à l'appui, le témoin a raconté la scène aux enquêteurs venus de Lyon.",
        "AFP et Reuters ont confirmé l'information dans la soirée.",
        "Xinhua a publié le texte de l'accord.",
        "Selon Xinhua",
        "Écrivez-nous à luc@exemple.org avant le 3 mars pour participer au grand concours organisé par la ville.",
        "Il y avait 1 200 000 000 habitants en 2010.",
        "12345678901234567890",
        "Contact rompu entre Madrid et Caracas.",
        "Image de la Chine en Afrique : ce que disent les enquêtes.",
        "Plus de 300 entreprises participent.",
        "Édité par Gallimard, le livre raconte la guerre.",
        "Le président de la Chine",
        "X",
    ] {
        assert_eq!(credit(input), None, "{input:?}");
    }
}
