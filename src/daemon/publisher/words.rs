//! Our own words in feeds: titles of channels, and what the health feed says, in French and English.

/// Words for one language.
#[derive(Debug)]
pub(super) struct Words {
    /// Title of the feed of everything.
    pub(super) all: &'static str,
    /// Heading of the feeds of single sources.
    pub(super) sources: &'static str,
    /// Heading of the feeds of tags.
    pub(super) tags: &'static str,
    /// Before the title of a topic whose rejections are shown.
    pub(super) rejected: &'static str,
    /// Heading of those feeds.
    pub(super) rejected_heading: &'static str,
    /// Title of the health feed.
    pub(super) health: &'static str,
    /// Its subtitle.
    pub(super) health_subtitle: &'static str,
    /// Before the moment at which something began.
    pub(super) since: &'static str,
    /// Before what a person can do.
    pub(super) remedy: &'static str,
    /// Before the details as the log gives them.
    pub(super) details: &'static str,
    /// Before the score of an article that is not wanted.
    pub(super) score: &'static str,
    /// Before what was found in it.
    pub(super) found: &'static str,
    /// Before the gates it missed.
    pub(super) missed: &'static str,
    told: &'static [(&'static str, Told)],
}

/// What is told about one kind of event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    /// The title, with `{}` for the source.
    pub(super) title: &'static str,
    /// What it means.
    pub(super) what: &'static str,
    /// What to do; empty when there is nothing to do.
    pub(super) remedy: &'static str,
}

const fn told(title: &'static str, what: &'static str, remedy: &'static str) -> Told {
    Told {
        title,
        what,
        remedy,
    }
}

const FRENCH: Words = Words {
    all: "Tous les articles",
    sources: "Par source",
    tags: "Par étiquette",
    rejected: "Écartés\u{A0}: ",
    rejected_heading: "Articles écartés",
    health: "État des sources",
    health_subtitle: "Une source meurt, déménage, se tait ou revient\u{A0}: une entrée par changement.",
    since: "Depuis le",
    remedy: "À faire\u{A0}: ",
    details: "Détail\u{A0}: ",
    score: "Note",
    found: "Trouvé",
    missed: "Manque",
    told: &[
        (
            "gone",
            told(
                "{} a disparu",
                "Le serveur répond que cette adresse n’existe plus (410). Elle n’est plus interrogée que de loin en loin.",
                "chercher la nouvelle adresse avec « depeche discover », ou retirer la source de sources.toml.",
            ),
        ),
        (
            "failing",
            told(
                "{} ne répond plus",
                "Les dernières lectures ont toutes échoué. Les essais continuent, de plus en plus espacés.",
                "ouvrir l’adresse dans un navigateur ; si elle a changé, l’écrire dans sources.toml.",
            ),
        ),
        (
            "moved",
            told(
                "{} a déménagé",
                "Chaque réponse renvoie pour toujours à une autre adresse. La source est lue, mais cela peut cesser.",
                "écrire la nouvelle adresse dans sources.toml.",
            ),
        ),
        (
            "stale",
            told(
                "{} ne publie plus rien",
                "La source se lit bien, mais son article le plus récent est plus ancien que stale_after.",
                "vérifier que le média publie encore à cette adresse ; sinon en chercher une autre avec « depeche discover ».",
            ),
        ),
        (
            "empty",
            told(
                "{} est vide",
                "La source se lit bien, mais ne contient aucun article.",
                "comparer la page avec les sélecteurs de la source (« depeche inspect feed »).",
            ),
        ),
        (
            "degraded",
            told(
                "{} n’est plus lu en entier",
                "Les articles de cette source n’ont plus leur texte complet.",
                "voir ce qui est lu d’une page avec « depeche inspect page », et adapter la règle du site.",
            ),
        ),
        (
            "refused",
            told(
                "{} n’est pas lu",
                "Nous refusons nous-mêmes de lire cette adresse (robots.txt, adresse privée ou type de document).",
                "lire le détail ci-dessous ; corriger l’adresse ou retirer la source.",
            ),
        ),
        (
            "paused",
            told(
                "{} nous fait attendre",
                "Le serveur demande d’attendre avant la prochaine requête.",
                "espacer les lectures avec every, si cela se répète.",
            ),
        ),
        (
            "recovered",
            told(
                "{} fonctionne à nouveau",
                "La source se lit de nouveau normalement.",
                "",
            ),
        ),
        (
            "configuration",
            told(
                "La nouvelle configuration est refusée",
                "Elle contient des erreurs\u{A0}; l’ancienne reste en vigueur.",
                "lancer « depeche check », corriger, puis recharger.",
            ),
        ),
        (
            "disk",
            told(
                "Le disque est presque plein",
                "Sans place, les articles ne peuvent plus être enregistrés.",
                "libérer de la place dans le dossier d’état, ou réduire keep dans [store].",
            ),
        ),
    ],
};

const ENGLISH: Words = Words {
    all: "All articles",
    sources: "By source",
    tags: "By tag",
    rejected: "Rejected: ",
    rejected_heading: "Rejected articles",
    health: "Health of the sources",
    health_subtitle: "A source dies, moves, falls silent or comes back: one entry for each change.",
    since: "Since",
    remedy: "What to do: ",
    details: "Details: ",
    score: "Score",
    found: "Found",
    missed: "Missing",
    told: &[
        (
            "gone",
            told(
                "{} is gone",
                "The server says that this address exists no more (410). It is only asked from time to time now.",
                "look for the new address with `depeche discover`, or take the source out of sources.toml.",
            ),
        ),
        (
            "failing",
            told(
                "{} does not answer",
                "The last polls all failed. They go on, less and less often.",
                "open the address in a browser; if it has changed, write the new one into sources.toml.",
            ),
        ),
        (
            "moved",
            told(
                "{} has moved",
                "Every answer redirects for good to another address. The source is read, but that may end.",
                "write the new address into sources.toml.",
            ),
        ),
        (
            "stale",
            told(
                "{} brings nothing new",
                "It is read well, but its newest article is older than stale_after.",
                "see whether the outlet still publishes there; if not, look for another address with `depeche discover`.",
            ),
        ),
        (
            "empty",
            told(
                "{} is empty",
                "It is read well, but holds no articles.",
                "compare the page with the selectors of the source (`depeche inspect feed`).",
            ),
        ),
        (
            "degraded",
            told(
                "{} is no longer read whole",
                "The articles of this source come without their whole text.",
                "see what is read of a page with `depeche inspect page`, and adapt the site rule.",
            ),
        ),
        (
            "refused",
            told(
                "{} is not read",
                "We refuse to read this address ourselves (robots.txt, private address or media type).",
                "read the details below; correct the address or take the source out.",
            ),
        ),
        (
            "paused",
            told(
                "{} makes us wait",
                "The server asks to wait before the next request.",
                "poll less often with `every`, if this happens again.",
            ),
        ),
        (
            "recovered",
            told(
                "{} is well again",
                "The source is read as it should be.",
                "",
            ),
        ),
        (
            "configuration",
            told(
                "The new configuration is refused",
                "It has mistakes; the old one stays in force.",
                "run `depeche check`, correct it, and reload.",
            ),
        ),
        (
            "disk",
            told(
                "The disk is nearly full",
                "Without room articles can no longer be stored.",
                "make room in the state folder, or shorten keep in [store].",
            ),
        ),
    ],
};

impl Words {
    /// The words for a language tag; English where we have none of its own.
    pub(super) fn of(language: &str) -> &'static Self {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") {
            &FRENCH
        } else {
            &ENGLISH
        }
    }

    /// What is told about a kind of event.
    pub(super) fn told(&self, kind: &str) -> Told {
        let found = self.told.iter().find(|(word, _)| *word == kind);
        found.map_or(
            Told {
                title: "{}",
                what: "",
                remedy: "",
            },
            |(_, told)| *told,
        )
    }
}
