//! French agency-like prose by template grammar: many texts with different facts, always the same
//! for a seed, so that labelled pairs exist without a corpus at hand.

use depeche::text::dates::FRENCH_MONTHS;

/// A small generator of pseudo-random numbers (splitmix64), the same on every machine.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap_or(0)
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

const TOWNS: &[&str] = &[
    "Pékin",
    "La Havane",
    "Mexico",
    "Lima",
    "Bogota",
    "Astana",
    "Tachkent",
    "Bichkek",
    "Douchanbé",
    "Achgabat",
    "Brasilia",
    "Montevideo",
    "Santiago",
    "Quito",
    "Caracas",
    "Managua",
    "Genève",
    "Bruxelles",
    "Dakar",
    "Alger",
    "Tunis",
    "Rabat",
    "Abidjan",
    "Bamako",
    "Lyon",
    "Lille",
    "Nantes",
    "Québec",
    "Montréal",
    "Lausanne",
    "Liège",
    "Shanghai",
    "Chengdu",
    "Canton",
    "Oulan-Bator",
    "Hanoï",
    "Kinshasa",
    "Libreville",
    "Antananarivo",
    "Nouméa",
];
const LANDS: &[&str] = &[
    "Chine",
    "Bolivie",
    "Colombie",
    "Mongolie",
    "Tunisie",
    "Algérie",
    "Belgique",
    "Suisse",
    "Côte d'Ivoire",
    "Guinée",
    "République dominicaine",
    "Jamaïque",
    "Ouganda",
    "Zambie",
    "Namibie",
    "Slovénie",
    "Croatie",
    "Finlande",
    "Norvège",
    "Géorgie",
];
const FIRST: &[&str] = &[
    "Anne",
    "Karim",
    "Lucía",
    "Wei",
    "Bruno",
    "Aïssatou",
    "Timour",
    "Nadia",
    "Gaspard",
    "Inès",
    "Rodrigo",
    "Mei",
    "Farida",
    "Hugo",
    "Saltanat",
    "Paulo",
    "Awa",
    "Sven",
    "Clémence",
    "Omar",
    "Teresa",
    "Yann",
    "Goulnara",
    "Pedro",
];
const LAST: &[&str] = &[
    "Delmas",
    "Benali",
    "Fuentes",
    "Zhao",
    "Carvalho",
    "Diop",
    "Rakhimov",
    "Haddad",
    "Lemoine",
    "Quiroga",
    "Sapin",
    "Lindqvist",
    "Ouédraogo",
    "Perrault",
    "Abdykadyrov",
    "Nogueira",
    "Tran",
    "Mercier",
    "Castellanos",
    "Okafor",
    "Van Damme",
    "Rochat",
    "Beltrán",
    "Ismaïlova",
];
const POSTS: &[&str] = &[
    "ministre de l'Agriculture",
    "directrice du port",
    "chef de la délégation",
    "présidente de la chambre de commerce",
    "porte-parole de la mairie",
    "économiste à l'université",
    "commissaire au climat",
    "vice-ministre des Transports",
    "responsable du chantier",
    "conservateur du musée",
    "secrétaire générale de l'union syndicale",
    "médecin-chef de l'hôpital",
    "gouverneure de la banque centrale",
    "ambassadeur en poste depuis peu",
    "procureure de la République",
    "ingénieur en chef",
];
const BODIES: &[&str] = &[
    "la Banque interaméricaine de développement",
    "le Conseil des ministres",
    "l'Agence spatiale",
    "la Fédération des cheminots",
    "l'Organisation mondiale du tourisme",
    "le Fonds pour les forêts",
    "la Cour des comptes",
    "l'Observatoire des glaciers",
    "la Société nationale d'électricité",
    "l'Académie des sciences",
    "le Comité olympique",
    "la Caisse des retraites",
    "l'Institut de la statistique",
    "la Croix-Rouge locale",
    "le Syndicat des planteurs",
    "l'Autorité portuaire",
];
const WORKS: &[&str] = &[
    "une ligne ferroviaire à grande vitesse",
    "un barrage sur le fleuve",
    "une usine de batteries",
    "un parc solaire",
    "un centre de données",
    "un hôpital de campagne",
    "une bibliothèque universitaire",
    "un terminal à conteneurs",
    "un réseau d'irrigation",
    "une station d'épuration",
    "un téléphérique urbain",
    "un laboratoire de vaccins",
    "une école d'infirmières",
    "un pont à haubans",
    "un musée d'art précolombien",
    "une ferme d'éoliennes en mer",
];
const GOODS: &[&str] = &[
    "cerises",
    "lithium",
    "cacao",
    "soja",
    "avocats",
    "cuivre",
    "gaz naturel",
    "véhicules électriques",
    "coton",
    "café vert",
    "tracteurs",
    "médicaments génériques",
    "panneaux photovoltaïques",
    "viande bovine",
    "crevettes",
    "engrais",
    "acier",
    "thé",
];
const FIELDS: &[&str] = &[
    "la transition énergétique",
    "la formation professionnelle",
    "la lutte contre la sécheresse",
    "le commerce de détail",
    "la recherche médicale",
    "la sécurité alimentaire",
    "le tourisme rural",
    "la protection des oiseaux migrateurs",
    "l'économie numérique",
    "la coopération douanière",
    "l'accès au logement",
    "la prévention des incendies",
    "l'enseignement des langues",
    "la navigation fluviale",
    "la gestion des déchets",
    "l'artisanat textile",
];
const DAYS: &[&str] = &[
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];

/// Sentences with places for facts; each subject of the list is the stock of one kind of article.
const SUBJECTS: &[&[&str]] = &[
    &[
        "Les ventes de {goods} à destination de {town} ont progressé de {pct} % en {month}, selon {body}.",
        "Le prix de la tonne de {goods} s'est établi à {n} dollars {day}, son plus haut niveau depuis {year}.",
        "{who}, {post}, attribue cette évolution à {field} et à la vigueur de la demande.",
        "Près de {n} exploitations familiales de la région de {town} vivent de cette filière.",
        "Un accord signé à {town} prévoit la levée progressive des droits sur {n} produits d'ici à {year}.",
        "Les importateurs redoutent toutefois une pénurie de conteneurs avant la fin de l'année.",
        "« Nous avons doublé nos équipes en moins de {small} mois », assure {who}, qui dirige une coopérative près de {town}.",
        "La part du pays dans les échanges mondiaux de {goods} atteint désormais {pct} %.",
        "En face, les producteurs de {town} réclament un prix plancher et des avances de trésorerie.",
        "{body} table sur une récolte de {n} tonnes, contre {n} l'année précédente.",
        "Les analystes interrogés jugent l'objectif ambitieux mais à portée de main.",
        "Le transport par rail entre {town} et {town} ne prend plus que {small} jours.",
    ],
    &[
        "{who}, {post}, a été reçu {day} à {town} pour un entretien consacré à {field}.",
        "Les deux parties sont convenues d'ouvrir {small} consulats supplémentaires avant {month} {year}.",
        "Le communiqué publié à l'issue de la rencontre insiste sur le respect mutuel et sur {field}.",
        "Une déclaration commune de {n} mots a été adoptée sans vote par les délégations.",
        "La visite, la première à ce rang depuis {year}, doit s'achever {day} par une étape à {town}.",
        "Selon une source diplomatique, le différend sur {goods} n'a pas été abordé.",
        "« Le dialogue vaut mieux que la surenchère », a déclaré {who} devant la presse.",
        "Un mémorandum relatif à {field} a été paraphé en présence de {n} entrepreneurs.",
        "{town} accueillera la prochaine session de la commission mixte au mois de {month}.",
        "Les exemptions de visa concernent à ce jour {n} voyageurs par an.",
        "Le Parlement devra ratifier le texte à la majorité des {small} cinquièmes.",
        "Plusieurs pays voisins, dont la {land}, ont salué une avancée pour toute la région.",
    ],
    &[
        "{n} personnes ont été évacuées dans la nuit de {day} après la crue du fleuve en amont de {town}.",
        "Le bilan provisoire fait état de {small} blessés, dont deux enfants soignés à {town}.",
        "Les secours ont déployé {small} hélicoptères et une quarantaine d'embarcations légères.",
        "« L'eau est montée d'un mètre en une heure », raconte {who}, habitante du quartier bas.",
        "La route nationale reste coupée sur {small} kilomètres et le trafic ferroviaire suspendu.",
        "{body} a débloqué {n} millions d'euros pour l'hébergement d'urgence.",
        "Les météorologues n'attendent pas d'accalmie avant {day} soir.",
        "{who}, {post}, s'est rendue sur place et a promis la reconstruction de {small} écoles.",
        "L'eau potable est distribuée dans les gymnases de {town} et des communes alentour.",
        "Une enquête dira si les digues, rénovées en {year}, avaient été bien entretenues.",
        "Le dernier épisode comparable, en {month} {year}, avait touché {n} foyers.",
        "Des équipes venues de {land} doivent prêter main-forte aux pompiers locaux.",
    ],
    &[
        "Une équipe de {town} a identifié {small} espèces d'orchidées que personne n'avait encore décrites.",
        "Les résultats, parus {day} dans une revue à comité de lecture, portent sur {n} échantillons.",
        "{who}, {post}, y voit une piste sérieuse pour {field}.",
        "Le télescope installé près de {town} a observé pendant {small} nuits une étoile naine très ancienne.",
        "La température moyenne des lacs d'altitude a gagné {pct} degré depuis {year}.",
        "Financé par {body}, le programme court jusqu'en {year} et emploie {n} chercheurs.",
        "D'autres spécialistes appellent à la prudence, l'étude n'ayant pas été reproduite.",
        "Les données brutes seront mises en ligne au mois de {month} pour les laboratoires du monde entier.",
        "Un prototype pèse {n} grammes et tient dans la paume de la main.",
        "La campagne en mer, partie de {town}, a rapporté des carottes de sédiments longues de {small} mètres.",
        "« On ne s'attendait pas à trouver la vie à une telle profondeur », confie {who}.",
        "La méthode coûte {pct} fois moins cher que les analyses classiques, d'après ses auteurs.",
    ],
    &[
        "Le chantier prévoit {work} à {town} pour un coût de {n} millions de dollars.",
        "La première pierre a été posée {day} par {who}, {post}.",
        "{body} apporte {pct} % du financement, le reste venant de banques de la {land}.",
        "Les travaux doivent durer {small} ans et employer jusqu'à {n} ouvriers.",
        "Des riverains ont déposé {small} recours, inquiets pour une zone humide classée.",
        "Le tracé retenu évite désormais le quartier historique et ses {n} maisons anciennes.",
        "Une étude d'impact de {n} pages est consultable en mairie jusqu'au mois de {month}.",
        "« Ce projet changera la vie des habitants », promet {who}, sans cacher les retards passés.",
        "L'appel d'offres lancé en {year} avait réuni {small} groupements d'entreprises.",
        "Une fois en service, l'ouvrage desservira {n} usagers par jour, estime l'exploitant.",
        "Le béton bas carbone utilisé provient d'une cimenterie proche de {town}.",
        "À terme, {work} pourrait compléter l'ensemble, sous réserve d'un vote du conseil.",
    ],
    &[
        "Le festival de {town} ouvrira {day} avec {small} concerts donnés sur la place du marché.",
        "L'exposition réunit {n} photographies prises entre {year} et {year} par des amateurs.",
        "{who}, {post}, a choisi pour fil conducteur l'exil et la transmission.",
        "Le roman couronné raconte la traversée de trois sœurs parties de {town} à bicyclette.",
        "La salle, fermée depuis {year}, a retrouvé son plafond peint et {n} fauteuils neufs.",
        "Le jury, présidé par {who}, a visionné {small} films en une semaine.",
        "Les billets coûtent entre {small} et {n} pesos, la moitié pour les étudiants.",
        "« La musique est notre façon de tenir tête à l'oubli », dit {who} en accordant son violon.",
        "{body} prête des manuscrits jamais montrés hors de {town}.",
        "Une tournée passera ensuite par {town}, puis par la {land} à l'automne.",
        "L'an dernier, la manifestation avait attiré {n} visiteurs malgré la pluie.",
        "Des ateliers de gravure sont proposés aux écoles chaque {day} du mois de {month}.",
    ],
];

/// Sentences that fit any article.
const ANYWHERE: &[&str] = &[
    "Contactée, la direction n'a pas souhaité faire d'autre commentaire à ce stade.",
    "Un point d'étape est attendu en {month}, a précisé {who}.",
    "La {land} suit le dossier avec attention, ont indiqué ses représentants à {town}.",
    "Depuis {year}, {field} figure parmi les priorités affichées par les autorités.",
    "Le sujet sera de nouveau débattu {day} à {town}, lors d'une réunion à huis clos.",
    "Selon un sondage mené auprès de {n} personnes, une majorité s'y dit favorable.",
    "Le coût total, estimé à {n} millions, reste à confirmer par {body}.",
    "« Il faudra juger sur pièces », tempère {who}, {post}.",
];

/// An article: title and paragraphs.
#[derive(Debug, Clone)]
pub struct Article {
    pub title: String,
    pub paragraphs: Vec<String>,
}

impl Article {
    pub fn text(&self) -> String {
        self.paragraphs.join("\n")
    }

    pub fn words(&self) -> usize {
        self.text().split_whitespace().count()
    }
}

/// Fills the places of a template.
pub fn fill(template: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (slot, tail) = after.split_once('}').expect("templates close their braces");
        out.push_str(&fact(slot, dice));
        rest = tail;
    }
    out.push_str(rest);
    let mut chars = out.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

fn fact(slot: &str, dice: &mut Dice) -> String {
    match slot {
        "town" => dice.pick(TOWNS).to_owned(),
        "land" => dice.pick(LANDS).to_owned(),
        "who" => format!("{} {}", dice.pick(FIRST), dice.pick(LAST)),
        "post" => dice.pick(POSTS).to_owned(),
        "body" => dice.pick(BODIES).to_owned(),
        "work" => dice.pick(WORKS).to_owned(),
        "goods" => dice.pick(GOODS).to_owned(),
        "field" => dice.pick(FIELDS).to_owned(),
        "month" => dice.pick(&FRENCH_MONTHS).to_owned(),
        "day" => dice.pick(DAYS).to_owned(),
        "year" => (1988 + dice.below(37)).to_string(),
        "small" => (3 + dice.below(40)).to_string(),
        "pct" => format!("{},{}", 1 + dice.below(30), 1 + dice.below(9)),
        "n" if dice.chance(50) => (101 + dice.below(890)).to_string(),
        "n" => format!("{}\u{A0}{:03}", 1 + dice.below(90), dice.below(1000)),
        other => panic!("no facts for {other}"),
    }
}

/// Writes the article of a seed: 5 to 11 paragraphs on one subject.
pub fn write(seed: u64) -> Article {
    let mut dice = Dice::new(seed);
    let subject = SUBJECTS[dice.below(SUBJECTS.len())];
    let mut stock: Vec<&str> = subject.to_vec();
    stock.extend(ANYWHERE);
    dice.shuffle(&mut stock);
    let count = 9 + dice.below(10);
    let mut sentences: Vec<String> = stock
        .iter()
        .take(count)
        .map(|t| fill(t, &mut dice))
        .collect();
    let mut paragraphs = Vec::new();
    while !sentences.is_empty() {
        let take = (1 + dice.below(3)).min(sentences.len());
        paragraphs.push(sentences.drain(..take).collect::<Vec<_>>().join(" "));
    }
    let title = title(&mut dice);
    Article { title, paragraphs }
}

/// Writes a title.
pub fn title(dice: &mut Dice) -> String {
    const TITLES: &[&str] = &[
        "{town} : {field} au cœur d'une rencontre à {town}",
        "{who} plaide pour {field}",
        "{body} alerte sur {field}",
        "À {town}, {work} divise les habitants",
        "Les exportations de {goods} bondissent de {pct} %",
        "{land} : {who} annonce {work}",
        "{town} mise sur {field}",
    ];
    let template = dice.pick(TITLES);
    fill(template, dice)
}

/// Kinds of series: bulletins whose words stay and whose figures change.
const SERIES: &[&[&str]] = &[
    &[
        "Le temps sera {sky} {day} {small} {month} sur l'ensemble de la région, avec un vent de {small} km/h.",
        "Les températures minimales seront comprises entre {small} et {small} degrés au lever du jour.",
        "Dans l'après-midi, le thermomètre affichera jusqu'à {small} degrés à {town} et {small} degrés sur le littoral.",
        "Les précipitations cumulées devraient atteindre {small} millimètres selon les prévisionnistes.",
        "Le soleil se lèvera à 7 heures {small} et se couchera à 20 heures {small}.",
        "La qualité de l'air restera moyenne, avec un indice de {small} sur cent.",
    ],
    &[
        "La Bourse de {town} a terminé en {trend} de {pct} % {day}, dans un volume d'échanges de {n} millions d'euros.",
        "L'indice vedette a clôturé à {n} points, après avoir touché {n} points en séance.",
        "Le baril de pétrole brut cotait {small} dollars en fin d'après-midi, en recul de {pct} %.",
        "L'euro s'échangeait à 1,{small} dollar vers 18 heures, contre 1,{small} dollar la veille au soir.",
        "Parmi les valeurs, {who} Industries a gagné {pct} % et la Banque du Nord a cédé {pct} %.",
        "L'once d'or valait {n} dollars, selon les chiffres de la place.",
    ],
    &[
        "Les numéros tirés {day} {small} {month} sont le {small}, le {small}, le {small}, le {small} et le {small}.",
        "Le numéro complémentaire est le {small}, pour une cagnotte de {n} millions d'euros.",
        "Au total, {n} joueurs ont trouvé au moins {small} bons numéros lors de ce tirage.",
        "Le prochain tirage aura lieu {day} avec un gros lot d'au moins {small} millions d'euros.",
        "Le règlement peut être consulté dans tous les points de vente agréés du pays.",
    ],
    &[
        "L'indice des prix à la consommation a progressé de {pct} % sur un an en {month}, a annoncé {day} l'institut de la statistique.",
        "Sur un mois, la hausse des prix atteint {pct} %, après {pct} % en {month}.",
        "Les prix de l'alimentation ont augmenté de {pct} % et ceux de l'énergie de {pct} % sur la même période.",
        "Hors alimentation et énergie, l'inflation sous-jacente ressort à {pct} %.",
        "Dans les villes, la hausse est de {pct} %, contre {pct} % dans les campagnes.",
        "Sur les {small} premiers mois, la progression moyenne s'établit à {pct} %.",
    ],
];

/// Writes one issue of a series.
pub fn issue(series: usize, seed: u64) -> Article {
    const NAMES: [&str; 4] = [
        "Météo",
        "Bourse",
        "Loterie nationale",
        "Prix à la consommation",
    ];
    let mut dice = Dice::new(seed ^ 0xABCD);
    let kind = series % SERIES.len();
    let paragraphs = SERIES[kind]
        .iter()
        .map(|template| {
            let sky = dice.pick(&["ensoleillé", "couvert", "pluvieux", "brumeux", "orageux"]);
            let trend = dice.pick(&["hausse", "baisse"]);
            fill(
                &template.replace("{sky}", sky).replace("{trend}", trend),
                &mut dice,
            )
        })
        .collect();
    let title = fill(
        &format!("{} : le point de {{day}} {{small}} {{month}}", NAMES[kind]),
        &mut dice,
    );
    Article { title, paragraphs }
}
