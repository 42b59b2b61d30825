//! The shipped topic on articles written for these tests: title and body, wanted or not.

use super::*;
use crate::model::TopicId;

/// Each row: what it shows, title, body.
const WANTED: &[(&str, &str, &str)] = &[
    (
        "a visit of state",
        "Xi Jinping reçoit le président du Kazakhstan",
        "Le chef de l'État chinois s'est entretenu mercredi avec son homologue kazakh au Grand Palais du Peuple. Les deux dirigeants ont assisté à la signature d'une vingtaine de documents portant sur l'énergie et les transports.",
    ),
    (
        "a port built by a Chinese company",
        "Pérou : le mégaport de Chancay entre en service",
        "Construit par le géant chinois Cosco à 80 kilomètres au nord de Lima, le port en eau profonde de Chancay a été inauguré jeudi. Le Pérou espère devenir la porte d'entrée du commerce entre l'Amérique du Sud et l'Asie. L'investissement chinois dépasse 1,3 milliard de dollars.",
    ),
    (
        "capitals without accents",
        "PEKIN ET BRASILIA SIGNENT TRENTE ACCORDS",
        "Le président brésilien a été accueilli mardi avec les honneurs militaires place Tiananmen. Les textes concernent l'agriculture, l'espace et le numérique.",
    ),
    (
        "vaccines, the country only by its adjective",
        "Un nouveau lot de vaccins chinois arrive à Caracas",
        "Un avion transportant 500 000 doses du vaccin de Sinopharm a atterri dimanche à l'aéroport de Maiquetía. La vice-présidente vénézuélienne a remercié Pékin pour son aide.",
    ),
    (
        "the railway of Central Asia",
        "Le chemin de fer Chine-Kirghizstan-Ouzbékistan sort des cartons",
        "Les travaux de la ligne débuteront à l'automne. Bichkek, Tachkent et Pékin ont créé une coentreprise chargée de la construction et de l'exploitation pendant vingt-cinq ans.",
    ),
    (
        "diplomatic recognition",
        "Le Honduras rompt avec Taïwan et établit des relations diplomatiques avec Pékin",
        "Le ministre hondurien des Affaires étrangères a signé dimanche un communiqué conjoint avec son homologue chinois Qin Gang.",
    ),
    (
        "lithium",
        "Lithium : la Bolivie choisit un consortium chinois",
        "Le gouvernement bolivien a annoncé vendredi la signature d'un contrat d'un milliard de dollars avec le groupe CATL pour exploiter les salars d'Uyuni et de Coipasa.",
    ),
    (
        "an institution by its acronym, no country named",
        "La Celac et la Chine adoptent un plan d'action triennal",
        "Réunis en forum ministériel, les participants se sont engagés à développer les échanges dans l'agriculture, l'innovation et la santé.",
    ),
    (
        "in the body only, said twice",
        "Le conseil des ministres examine le budget",
        "La séance a duré quatre heures. Plusieurs dossiers ont été ajournés.\nLe ministre a ensuite rendu compte de sa tournée. La Chine financera la rénovation de l'hôpital de Cochabamba, a-t-il rapporté. L'ambassadeur de Chine et les autorités boliviennes signeront la convention en juin.",
    ),
    (
        "gas",
        "Turkménistan : nouveau gazoduc vers la Chine",
        "Achgabat et la compagnie pétrolière chinoise CNPC ont lancé la quatrième branche du gazoduc d'Asie centrale.",
    ),
    (
        "a loan",
        "L'Argentine renouvelle son échange de devises avec la Chine",
        "La Banque centrale argentine et la Banque populaire de Chine ont prolongé l'accord de swap de cinq milliards de dollars.",
    ),
    (
        "farm exports",
        "Le boeuf uruguayen à la conquête du marché chinois",
        "Les exportations de viande bovine vers la Chine ont bondi de 18 % au premier semestre, selon l'institut uruguayen de la viande.",
    ),
    (
        "twin towns",
        "Samarcande et Xi'an fêtent dix ans de jumelage",
        "Une délégation de la ville chinoise a été reçue en Ouzbékistan à l'occasion de cet anniversaire.",
    ),
    (
        "visas",
        "Pékin supprime les visas pour les Brésiliens, les Argentins et les Chiliens",
        "La mesure s'appliquera pendant un an aux ressortissants de cinq pays d'Amérique latine.",
    ),
    (
        "a stadium given is no match",
        "La Chine offre un stade national de football au Salvador",
        "Le président salvadorien et l'ambassadeur de Chine ont posé la première pierre de l'ouvrage, un don de Pékin de 50 000 places. La construction du stade par une entreprise chinoise durera trois ans, a indiqué le gouvernement du Salvador.",
    ),
    (
        "Belt and Road",
        "La Colombie rejoint les Nouvelles routes de la soie",
        "Gustavo Petro a signé à Pékin l'adhésion de son pays à l'initiative lancée par Xi Jinping en 2013.",
    ),
    (
        "scholarships",
        "Cinquante étudiants tadjiks en route pour Lanzhou",
        "Ils bénéficient de bourses d'études accordées par le gouvernement chinois. Le Tadjikistan et la Chine comptent désormais quatre instituts Confucius.",
    ),
    (
        "buses",
        "Cent autobus électriques Yutong livrés à Mexico",
        "Le constructeur chinois fournira au total 300 véhicules à la capitale mexicaine, financés par un prêt de la Banque de développement de Chine.",
    ),
    (
        "a satellite",
        "Lancement réussi du satellite sino-brésilien CBERS-6",
        "L'engin a été mis sur orbite depuis Taiyuan. Le programme de coopération spatiale entre les deux pays date de 1988.",
    ),
    (
        "spread over sentences",
        "Pékin promet une aide d'urgence",
        "Le Venezuela recevra des médicaments et du matériel médical. Le premier avion chinois se posera lundi à Caracas, selon l'ambassade.",
    ),
    (
        "a quarrel of others, by which the region gains",
        "Le maïs argentin profite de la guerre commerciale",
        "Les ventes de maïs argentin à la Chine ont triplé en un an. Les minotiers chinois se détournent des silos de l'Iowa, que frappent les droits de douane. Les quais de Rosario tournent jour et nuit.",
    ),
    (
        "nothing but a compound says that it is common",
        "Le télescope sino-chilien voit sa première lumière",
        "Une équipe d'astronomes a ouvert pour la première fois l'œil du nouvel instrument, conçu par les académies des deux pays. Il scrutera le ciel austral.",
    ),
];

/// Each row: what it shows, title, body.
const UNWANTED: &[(&str, &str, &str)] = &[
    (
        "Cuban internal news that mentions China once",
        "La Havane inaugure une nouvelle ligne d'autobus",
        "Le gouvernement de la capitale cubaine a mis en service ce lundi une ligne reliant Playa à la Vieille Havane. Le projet bénéficie du soutien de l'État et améliorera la mobilité de milliers de Cubains. Les véhicules, fabriqués en Chine, circuleront toutes les vingt minutes.",
    ),
    (
        "once, in one sentence with Cuba",
        "Le président cubain visite une ferme de Cienfuegos",
        "Miguel Díaz-Canel s'est entretenu avec les coopérateurs et a appelé à augmenter la production. Il a souligné l'importance de l'aide aux jeunes agriculteurs.\nParmi les machines figurent des tracteurs que Cuba a reçus de Chine l'an dernier. La visite s'est achevée par une rencontre avec les travailleurs.",
    ),
    (
        "a football match",
        "Football : la Chine battue par le Brésil (3-0)",
        "En match amical à Wuhan, la sélection brésilienne a dominé l'équipe de Chine devant 50 000 spectateurs. L'accord entre les deux fédérations prévoit une revanche.",
    ),
    (
        "a match whose title does not say so",
        "Le Brésil domine la Chine",
        "Les joueuses brésiliennes se sont imposées en trois sets face aux Chinoises mercredi à Macao, grâce au soutien du public. Elles disputeront la finale du tournoi dimanche.",
    ),
    (
        "an earthquake on the same day",
        "Séismes au Chili et en Chine : le point",
        "Deux tremblements de terre ont frappé mardi le nord du Chili et la province chinoise du Qinghai. Les secours sont à l'œuvre. L'Union européenne a proposé son aide.",
    ),
    (
        "American tariffs",
        "Trump relève les droits de douane sur la Chine et le Mexique",
        "Le président américain a signé lundi un décret portant à 25 % la surtaxe sur les produits chinois et mexicains, faute d'accord sur le fentanyl.",
    ),
    (
        "China only",
        "La Chine relance son marché immobilier",
        "Pékin a présenté de nouvelles mesures de soutien au crédit. Les banques chinoises accorderont des prêts à taux réduit.",
    ),
    (
        "the region only",
        "Le Brésil et l'Argentine signent un accord gazier",
        "Les deux pays du Mercosur construiront un gazoduc depuis Vaca Muerta. L'investissement s'élève à trois milliards de dollars.",
    ),
    (
        "another region",
        "La Chine et le Sénégal renforcent leur partenariat",
        "Le président sénégalais a été reçu à Pékin par Xi Jinping. Plusieurs accords ont été signés.",
    ),
    (
        "the stock exchange",
        "Bourses : Wall Street recule, la Chine et le Brésil résistent",
        "Les marchés attendent un accord commercial. L'indice de Shanghai a gagné 0,4 %, celui de São Paulo 0,2 %.",
    ),
    (
        "horoscope",
        "Horoscope chinois : ce qui attend les natifs du Brésil",
        "Le dragon favorise les accords et les partenariats en Chine comme au Brésil.",
    ),
    (
        "what only bears the name",
        "Une porcelaine de Chine retrouvée à Mexico",
        "Le vase, orné à l'encre de Chine, provenait d'un don. Le musée a signé un accord avec le collectionneur mexicain.",
    ),
    (
        "Georgetown is also a university",
        "La Chine vue par un chercheur de l'université de Georgetown",
        "Le partenariat entre Pékin et Moscou inquiète Washington, explique le chercheur dans un entretien.",
    ),
    (
        "the dateline names the place of the office",
        "La Chine et la Russie approfondissent leur coopération",
        "La Havane, 30 août (RHC)- La Chine et la Russie ont signé un accord de coopération sur l'énergie. Vladimir Poutine a remercié Xi Jinping de son soutien.",
    ),
    (
        "travel on the ancient road",
        "Ouzbékistan : dix jours sur la Route de la soie",
        "De Samarcande à Boukhara, l'agence propose un projet de voyage en partenariat avec des guides ouzbeks.",
    ),
    (
        "a list of many countries",
        "Climat : ce que promettent les grands pollueurs",
        "L'accord de Paris fête ses dix ans. La Chine vise la neutralité carbone en 2060, l'Inde en 2070, le Brésil en 2050, l'Union européenne en 2050. Les financements manquent.",
    ),
    (
        "a surname that is a town",
        "Rodrigo de Lima présente ses toiles à Chengdu",
        "Le peintre Rodrigo de Lima ouvre une exposition, fruit d'un partenariat entre la Chine et une galerie lyonnaise. Rodrigo de Lima avait signé un contrat à Pékin.",
    ),
    (
        "a university named after its quarter",
        "Un chercheur de Georgetown privé de visa par Pékin",
        "Georgetown avait conclu un accord avec une université de Shanghai. La Chine reproche à Georgetown ses publications.",
    ),
    (
        "the country is no more than the place of a summit",
        "Au G20 de Rio, Scholz plaide auprès de Xi pour un accord sur l'acier",
        "Le chancelier s'est entretenu avec Xi Jinping à Rio de Janeiro, au Brésil. L'Allemagne et la Chine veulent renouer le dialogue.",
    ),
    (
        "a friendly match",
        "Basket : l'Argentine domine la Chine en match amical",
        "L'Argentine a battu la Chine 88-71 en match amical à Macao. Les deux équipes se reverront au Mondial.",
    ),
    (
        "a reporter who was sent",
        "Le chorégraphe cubain Carlos Acosta danse pour un musée chinois",
        "Il parle de la Chine ancienne à notre envoyée spéciale à Londres, entre deux répétitions.",
    ),
];

fn verdict(title: &str, body: &str) -> Verdict {
    let document = Document::new(&Text {
        title,
        body,
        language: Some("fr"),
        ..Text::default()
    });
    SHIPPED
        .explain(&document, &TopicId::from("chine-amlat"))
        .expect("the topic is there")
}

fn reasons(verdict: &Verdict) -> String {
    verdict
        .why
        .iter()
        .map(|hit| {
            format!(
                "\n  {} {} {:?} {:.1}: {}",
                hit.rule, hit.term, hit.field, hit.points, hit.snippet
            )
        })
        .collect()
}

#[test]
fn wanted_articles_match() {
    let missed: Vec<String> = WANTED
        .iter()
        .map(|(name, title, body)| (name, verdict(title, body)))
        .filter(|(_, verdict)| !verdict.matched)
        .map(|(name, verdict)| format!("{name}: {:.1} {:?}", verdict.score, verdict.missed))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn unwanted_articles_do_not() {
    let matched: Vec<String> = UNWANTED
        .iter()
        .map(|(name, title, body)| (name, verdict(title, body)))
        .filter(|(_, verdict)| verdict.matched)
        .map(|(name, verdict)| format!("{name}: {:.1} {}", verdict.score, reasons(&verdict)))
        .collect();
    assert!(matched.is_empty(), "{}", matched.join("\n"));
}

#[test]
fn a_sentence_that_stands_twice_counts_once() {
    let (_, title, body) = UNWANTED[1];
    let twice = format!("{body}\n{title}\n{body}");
    assert!(!verdict(title, &twice).matched);
}

#[test]
fn articles_in_another_language_are_refused() {
    let document = Document::new(&Text {
        title: "La Chine et Cuba signent un accord",
        body: "La Chine et Cuba renforcent leur coopération.",
        language: Some("es"),
        ..Text::default()
    });
    let verdict = &SHIPPED.judge(&document)[0];
    assert!(!verdict.matched);
    assert!(
        verdict.missed.iter().any(|m| m.contains("`es`")),
        "{:?}",
        verdict.missed
    );
}
