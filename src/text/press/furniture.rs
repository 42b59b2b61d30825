//! Paragraphs by which a page speaks of itself before and behind an article: what to do with it, what
//! it is filed under, what else there is to read, its other pages. General forms of French, Spanish
//! and English.
//!
//! Only for the edges of a text: within it they may be said of anything.

use std::sync::LazyLock;

use regex::Regex;

/// Longest such paragraph, in bytes.
const LONGEST: usize = 260;
/// Most words of a question to the reader that names nothing to do.
const BRIEF: usize = 10;

fn regex(source: &str) -> Regex {
    Regex::new(source).expect("the patterns below are literals and compile")
}

/// `Vous avez repéré une erreur ?`
static MISTAKE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^\W*(?:(?:si\s+)?vous\s+(?:avez|remarquez|constatez|rep[ée]rez|voyez|trouvez)\s|avez[- ]vous\s|une?\s|",
        r"(?:si\s+)?(?:ha[ns]?\s+)?(?:encontr|detect|vi[os])\p{L}*\s+(?:alg[uú]n|un)\s|",
        r"(?:(?:if|have|did)\s+you(?:[’']ve)?\s+)?(?:spot(?:ted)?|found|find|see|notice[d]?)\s+(?:an?|any)\s).{0,40}?",
        r"(?:erreur|faute|coquille|inexactitude|error|errata|mistake|typo|inaccurac)",
    ))
});
/// What the reader is asked to do about it.
static ACT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)[ée]crive[zr]|signale[zr]|contacte[zr]|pr[ée]vene[zr]|informe[zr]|cliquez|faites|dites|aidez|av[íi]s[ae]|escr[íi]b|cont[áa]ct|h[áa]zn|report|let\s+us|tell\s+us|contact|e-?mail|@",
    )
});
/// Paragraphs that are furniture as a whole.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^\W*(?:",
        // What was thought of it.
        r"cet?(?:te)?\s+(?:article|contenu|page|vid[ée]o)\s+vous\s+a(?:-t-(?:il|elle))?\s+(?:plu|int[ée]ress|[ée]t[ée]\s+utile).*|",
        r"vous\s+(?:avez\s+aim[ée]|aimez|appr[ée]ciez)\s+(?:cet|nos)\s+articles?.*|",
        r"te\s+(?:gust[óo]|ha\s+gustado)\s+(?:el|la|est[ea])\s+(?:art[íi]culo|nota|noticia).*|",
        r"(?:did\s+you\s+)?(?:like|enjoy(?:ed)?)\s+(?:this|the)\s+(?:article|story|post).*|was\s+this\s+(?:article|page|story)\s+helpful.*|",
        // What is to be reported.
        r"signaler\s+(?:une?\s+|cet?\s+)?(?:erreur|faute|coquille|abus|contenu|probl[èe]me|article).{0,60}|reportar\s+(?:un\s+)?error.{0,60}|report\s+(?:an?\s+|this\s+)?(?:error|typo|mistake|correction|problem).{0,60}|",
        // What it recommends.
        r"la\s+r[ée]daction\s+(?:vous\s+)?(?:conseille|recommande|propose)|(?:nous|on)\s+vous\s+(?:conseill|recommand)(?:e|ons)(?:\s+aussi)?|(?:s[ée]lectionn[ée]|choisi|recommand[ée])e?s?\s+pour\s+vous|",
        r"(?:(?:les|articles)\s+)?(?:plus|mieux)\s+(?:lus|populaires|partag[ée]s|comment[ée]s)|dans\s+la\s+m[êe]me\s+(?:rubrique|cat[ée]gorie)|articles?\s+(?:similaires?|r[ée]cents?|associ[ée]s?|connexes?|pr[ée]c[ée]dent|suivant)|",
        r"vous\s+aimerez\s+(?:aussi|peut-[êe]tre)|(?:ces\s+articles\s+)?(?:peuvent|pourraient|pourrait|devraient)\s+(?:aussi\s+)?vous\s+(?:int[ée]resser|plaire)|",
        r"la\s+redacci[óo]n\s+(?:le\s+|te\s+)?recomienda|(?:te|le)\s+recomendamos|(?:lo|las)\s+m[áa]s\s+(?:le[íi]d[oa]s?|vistos?)|art[íi]culos?\s+(?:relacionados?|recientes?)|tambi[ée]n\s+te\s+puede\s+(?:interesar|gustar)|",
        r"editor[’']s\s+picks?|recommended(?:\s+(?:for\s+you|reading|stories|articles))?|most\s+(?:read|popular|viewed)|trending(?:\s+now)?|you\s+(?:might|may)\s+also\s+like|(?:previous|next|similar|latest)\s+(?:articles?|posts?|stories)",
        r")\W*$",
    ))
});
/// `Mots-clés : …`
static FILED: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^\W*(?:mots?[-\s]?cl[ée]s?|tags?|[ée]tiquettes?|th[èe]mes?|th[ée]matiques?|rubriques?|cat[ée]gories?|class[ée]\s+(?:dans|sous)|",
        r"palabras?\s+claves?|etiquetas?|temas?|categor[íi]as?|key\s?words?|topics?|filed\s+under|category)\s*:\s*(?P<what>.+)$",
    ))
});
/// Buttons: printing, sending, keeping, answering.
static BUTTONS: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^\W*(?:(?:imprimer|imprimir|print|version\s+imprimable|versi[óo]n\s+para\s+imprimir|printer[- ]friendly(?:\s+version)?|",
        r"envoyer(?:\s+(?:par\s+(?:e-?)?(?:mail|courriel)|[àa]\s+un(?:\s*\(?e\)?)?\s+amie?))?|(?:enviar|send)(?:\s+(?:por|by|via|to\s+a)\s+(?:correo(?:\s+electr[óo]nico)?|e-?mail|friend))?|",
        r"(?:e-?)?mail|courriel|pdf|(?:t[ée]l[ée]charger|descargar|download)(?:\s+(?:en|le|as))?\s+pdf|",
        r"partager|compartir|share|commenter|comentar|comment|r[ée]agir|enregistrer|sauvegarder|guardar|save|bookmark|favoris|copier\s+le\s+lien|copy\s+link|facebook|twitter|x|whats\s?app|linked\s?in|telegram)",
        r"(?:\s+(?:cet\s+article|l[’']article|la\s+page|cette\s+page|this\s+(?:article|page|story)|est[ea]\s+(?:art[íi]culo|nota|noticia)))?(?:[\s|·•/,–—-]+|$))+$",
    ))
});
/// `1 2 3 Suivant`: numbers by which a page leads to the others of its article.
static PAGES: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i)^(?:pages?\s*:?|[«‹<←]|pr[ée]c[ée]dente?|previous|prev|anterior|\s)*(?P<numbers>\d{1,2}(?:[\s|·•\[\]]+(?:\d{1,2}|…|\.{3}))+)",
        r"[\s|·•\]]*(?:suivante?|next|siguiente|page|[»›>→]|\s)*$|^page\s+\d{1,2}\s*(?:/|sur|of|de)\s*\d{1,2}$",
    ))
});

/// Whether a whole paragraph at the edge of a text is the page's, not the article's.
pub fn is_furniture(paragraph: &str) -> bool {
    let line = paragraph.trim();
    if line.is_empty() || line.len() > LONGEST {
        return false;
    }
    let words = line.split_whitespace().count();
    let brief = words <= BRIEF && line.ends_with(['?', '!']);
    let lower = line.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    (holds(&MISTAKES) && MISTAKE.is_match(line) && (brief || ACT.is_match(line)))
        || (holds(&ITSELF) && WHOLE.is_match(line))
        || (line.contains(':') && is_filing(line))
        || (is_button(&lower) && BUTTONS.is_match(line))
        || (line.contains(char::is_numeric) && is_page_numbers(line))
}

/// What [`MISTAKE`] looks for, in small letters: patterns are compiled when a line needs them.
const MISTAKES: [&str; 7] = [
    "faute",
    "coquille",
    "inexactitude",
    "err",
    "mistake",
    "typo",
    "inaccurac",
];
/// What the lines hold that [`WHOLE`] finds.
const ITSELF: [&str; 36] = [
    "article",
    "contenu",
    "page",
    "vid",
    "artículo",
    "articulo",
    "nota",
    "noticia",
    "story",
    "stories",
    "post",
    "signaler",
    "report",
    "conseill",
    "recomm",
    "daction",
    "lectionn",
    "choisi",
    "lus",
    "populaires",
    "partag",
    "comment",
    "rubrique",
    "gorie",
    "aimerez",
    "resser",
    "plaire",
    "recom",
    "leíd",
    "leid",
    "visto",
    "puede",
    "pick",
    "most",
    "trending",
    "like",
];

/// Whether a line in small letters begins like a button.
fn is_button(lower: &str) -> bool {
    const BEGIN: [&str; 35] = [
        "imprim",
        "print",
        "versi",
        "envoyer",
        "enviar",
        "send",
        "e-mail",
        "email",
        "mail",
        "courriel",
        "pdf",
        "tél",
        "tel",
        "descargar",
        "download",
        "partager",
        "compartir",
        "share",
        "comment",
        "comentar",
        "réagir",
        "reagir",
        "enregistrer",
        "sauvegarder",
        "guardar",
        "save",
        "bookmark",
        "favoris",
        "copier",
        "copy",
        "facebook",
        "twitter",
        "x",
        "whats",
        "linked",
    ];
    let opened = lower.trim_start_matches(|c: char| !c.is_alphabetic());
    BEGIN.iter().any(|word| opened.starts_with(word))
}

/// `Tags: …`, unless a sentence follows.
fn is_filing(line: &str) -> bool {
    let found = FILED.captures(line);
    found.is_some_and(|found| !found["what"].trim_end().ends_with(['.', '!', '?', ':']))
}

/// Numbers that count from one, as those of pages do: `3 2` is something else.
fn is_page_numbers(line: &str) -> bool {
    let Some(found) = PAGES.captures(line) else {
        return false;
    };
    let Some(numbers) = found.name("numbers") else {
        return true;
    };
    let numbers = numbers.as_str().split(|c: char| !c.is_ascii_digit());
    let numbers: Vec<u32> = numbers.filter_map(|n| n.parse().ok()).collect();
    let (first, rises) = (numbers.first(), numbers.is_sorted_by(|a, b| a < b));
    first == Some(&1) && numbers.get(1) == Some(&2) && rises
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_speak_of_themselves() {
        for line in [
            "Vous avez repéré une erreur ? Écrivez-nous.",
            "Vous avez repéré une erreur ?",
            "Si vous constatez une faute dans cet article, signalez-la à la rédaction.",
            "Une erreur dans cet article ? Signalez-la.",
            "¿Encontró un error? Avísenos",
            "¿Has detectado un error? Escríbenos a esta dirección.",
            "Spotted a mistake? Let us know.",
            "Signaler une erreur",
            "Cet article vous a plu ? Partagez-le !",
            "Vous avez aimé cet article ?",
            "¿Te gustó el artículo? Compártelo",
            "Did you enjoy this article?",
            "Mots-clés : Chine, Brésil, Recife",
            "Mots clés: énergie",
            "Tags: China, Brazil",
            "Palabras clave: China, Cuba",
            "Classé dans : Monde, Économie",
            "La rédaction vous conseille",
            "La rédaction vous conseille :",
            "Les plus lus",
            "Sélectionnés pour vous",
            "La redacción recomienda",
            "Lo más leído",
            "Editor’s picks",
            "You may also like",
            "Imprimer | Envoyer par mail",
            "Imprimer",
            "Imprimer · Envoyer à un ami · PDF",
            "Print | Email this article",
            "Imprimir - Enviar por correo",
            "1 2 3",
            "1 | 2 | 3 | Suivant",
            "Page 1 2 … 9 »",
            "Page 2 sur 3",
        ] {
            assert!(is_furniture(line), "{line}");
        }
    }

    #[test]
    fn sentences_are_no_furniture() {
        for line in [
            "Vous avez trouvé une erreur de calcul dans ce budget, qui prévoyait pourtant quinze millions de dollars pour le centre de Recife.",
            "Une erreur a été commise par le pilote.",
            "Cet article du traité a été adopté en mars.",
            "Le thème : la mer. Les chercheurs : cinquante.",
            "Thème : une conférence de presse, puis un dîner, a réuni les deux ministres à Pékin.",
            "La rédaction de l'accord a pris quinze mois.",
            "Les plus lus des auteurs cubains sont traduits en chinois.",
            "Imprimer de l'argent ne suffit pas",
            "Il faut imprimer",
            "La Chine a gagné 3 2",
            "1 200 chercheurs",
            "2 3 4",
            "1-2",
            "2026",
            "They found an error in the treaty of 1842 that nobody had seen in a century of study.",
        ] {
            assert!(!is_furniture(line), "{line}");
        }
    }
}
