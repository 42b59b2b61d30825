//! What an address alone tells: an article's (a date, an id, a slug of many words), or that of a
//! section, tag, author, archive, next page or form.
//!
//! Knows no page. The words are those of the common content systems and of the outlets' languages.

use url::Url;

/// What an address looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    /// From about -2 (a bare section) to 4 (date, id and slug).
    pub score: f64,
    /// The address with its words, numbers and dates made equal: addresses of one kind share it.
    pub template: String,
    /// Certainly no article.
    pub never: bool,
}

/// Most parts the path of an article has.
const DEPTH: usize = 16;

/// Parts of a path after which stand lists, unless an article does.
const HUBS: &str = "\
    category categories categorie categoria kategorie rubrique rubriques section sections \
    archive archives archivo page pages collection series serie";

/// Parts of a path that name a service of the site, unless an article follows.
const SERVICES: &str = "\
    contact contacts about mentions terms plan don print horoscope meteo weather jeux games \
    out amp immobilier applications apps widgets jobs careers recrutement carrieres annonces \
    concours store help regie backend goto donate soutenir feed programme-tv";

/// Parts of a path after which even many words are a subject, and only a number is an article.
const SUBJECTS: &str = "\
    keyword keywords schlagwort schlagworte thema themen tema temas topic topics theme themes thematique thematiques sujet sujets \
    etiquette etiquettes etiqueta etiquetas label labels mot motcle";

/// Parts of a path that lead to no article, whatever follows: tags, people, forms, sales.
const NEVER: &str = "\
    tag tags mots-cles mot-cle taxonomy auteur auteurs auteure author authors autor autores \
    contributor contributors contributeur contributeurs journaliste journalistes user users \
    utilisateur profile profil membre membres search recherche buscar suche rss login signin \
    sign-in signup register inscription connexion connection logout account compte \
    mon-compte moncompte abonnement abonnements abonnez-vous s-abonner subscribe \
    subscription subscriptions newsletter newsletters contactez-nous nous-contacter \
    nous-ecrire contactenos contacto kontakt about-us a-propos apropos qui-sommes-nous \
    quienes-somos impressum mentions-legales legal privacy privacy-policy confidentialite \
    politique-de-confidentialite cookies cookie-policy cgu cgv terms-of-use terms-of-service \
    conditions-generales sitemap plan-du-site faq aide publicite advertise advertising \
    boutique shop panier cart checkout dons faire-un-don wp-admin wp-login wp-content \
    wp-json imprimer share partager comment-page replytocom annonces-legales accessibilite \
    accessibility rss-feeds flux-rss redirect click cdn-cgi partenaires partenaire partners \
    sponsored sponsorise publireportage publi-redactionnel code-promo codes-promo promo \
    promos bons-plans services legals petites-annonces";

/// Parameters of lists, where no id stands beside them.
const LIST_KEYS: &str = "\
    cat category categorie tag author auteur sort order rubrique section mot id_rubrique \
    id_mot id_auteur m start offset debut_articles";

/// Parameters of forms and of second views of a page.
const FORM_KEYS: &str = "\
    s q query search recherche replytocom attachment_id feed share print tmpl paged";

/// Beginnings of parameters whose number names a list.
const LIST_IDS: &[&str] = &["cat", "rub", "sec", "tag", "auth", "user", "topic", "theme"];

/// Values of `view=` and `page=` that are lists and forms.
const LIST_VIEWS: &str = "\
    category categories featured archive tag tags contact login registration search plan \
    sommaire recherche backend";

/// Reads an address.
pub(crate) fn shape(url: &Url) -> Shape {
    let path = decoded(url.path());
    let segments: Vec<&str> = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != "index.php")
        .collect();
    let mut shape = Shape {
        score: 0.0,
        template: String::new(),
        never: false,
    };
    if segments.len() > DEPTH {
        shape.never = true;
        return shape;
    }
    let mut facts = Parts::default();
    for segment in &segments {
        shape.template.push('/');
        let (stem, ending) = split_ending(segment);
        facts.page_ending |= matches!(
            ending,
            "html" | "htm" | "shtml" | "php" | "aspx" | "asp" | "jsp" | "xhtml"
        );
        shape.template.push_str(&facts.take(stem));
        if !ending.is_empty() {
            shape.template.push('.');
            shape.template.push_str(ending);
        }
    }
    let mut query = Query::default();
    query.read(url, &mut shape.template);
    facts.id = facts.id.max(query.id);
    shape.score = facts.score(query.id > 0, segments.len());
    shape.never = query.form
        || query.list && query.id == 0 && facts.is_bare()
        || is_service(&segments, &facts)
        || is_archive(&segments) && query.id == 0;
    shape
}

/// What the parts of the path hold.
#[derive(Debug, Default)]
struct Parts {
    /// Digits of the longest number that may be an id.
    id: usize,
    /// Words of the longest slug.
    words: usize,
    /// Parts of a date seen: year, year and month, or a whole day.
    date: usize,
    /// Whether the address ends like a file that is a page.
    page_ending: bool,
}

impl Parts {
    /// Reads one part of the path and gives its place in the template.
    fn take(&mut self, stem: &str) -> String {
        if stem
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'-' || b == b'_')
        {
            return self.take_number(stem);
        }
        if stem.len() >= 16
            && stem
                .bytes()
                .filter(|&b| b != b'-')
                .all(|b| b.is_ascii_hexdigit())
        {
            self.id = self.id.max(9);
            return "h".to_owned();
        }
        let mut words = 0;
        let mut kind = String::new();
        for part in stem
            .split(['-', '_', '+', ' ', ',', '.'])
            .filter(|part| !part.is_empty())
        {
            let digits = longest_number(part);
            if part.bytes().all(|b| b.is_ascii_digit()) {
                self.id = self.id.max(digits);
                if !kind.ends_with('n') {
                    kind.push('n');
                }
                continue;
            }
            if digits >= 3
                || (digits > 0
                    && ["article", "art", "breve", "news", "id"]
                        .iter()
                        .any(|name| {
                            part.strip_prefix(name)
                                .is_some_and(|rest| rest.len() == digits)
                        }))
            {
                self.id = self.id.max(digits.max(3));
            }
            let wide = part
                .chars()
                .filter(|c| {
                    !c.is_ascii() && c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase()
                })
                .count();
            words += 1 + wide / 3;
            if !kind.ends_with('w') {
                kind.push('w');
            }
        }
        self.words = self.words.max(words);
        if words >= 3 {
            kind.replace('w', "W")
        } else {
            kind
        }
    }

    fn take_number(&mut self, stem: &str) -> String {
        let digits: String = stem.chars().filter(char::is_ascii_digit).collect();
        let year = digits
            .get(..4)
            .and_then(|year| year.parse::<u32>().ok())
            .is_some_and(|year| (1990..2100).contains(&year));
        if year && matches!(digits.len(), 4 | 6 | 8) {
            self.date = self.date.max(digits.len() / 2 - 1);
            return "y".to_owned();
        }
        if self.date > 0 && self.date < 3 && digits.len() <= 4 {
            self.date = (self.date + digits.len().div_ceil(2)).min(3);
            return "d".to_owned();
        }
        self.id = self.id.max(digits.len());
        "n".to_owned()
    }

    /// Whether nothing in the path points at one article.
    fn is_bare(&self) -> bool {
        self.id < 3 && self.words < 3 && self.date < 3
    }

    fn score(&self, id_in_query: bool, depth: usize) -> f64 {
        let id = match self.id {
            0..=2 => {
                if id_in_query {
                    1.2
                } else {
                    0.0
                }
            }
            3 | 4 => 1.3,
            _ => 2.0,
        };
        let words = match self.words {
            0 | 1 => 0.0,
            2 => 0.3,
            3 => 1.2,
            4 => 1.7,
            _ => 2.0,
        };
        let date = if self.date >= 3 {
            2.0
        } else if self.date == 2 {
            1.0
        } else {
            0.0
        };
        let sum: f64 = id + words + date + if self.page_ending { 0.3 } else { 0.0 };
        if sum >= 1.0 {
            return sum.min(4.0);
        }
        sum - if depth <= 1 { 2.0 } else { 1.5 }
    }
}

/// What the query holds.
#[derive(Debug, Default)]
struct Query {
    /// Digits of an id.
    id: usize,
    /// Whether it asks for a form, a second view or a further page.
    form: bool,
    /// Whether it names a list.
    list: bool,
}

impl Query {
    fn read(&mut self, url: &Url, template: &mut String) {
        let mut paged = false;
        for (name, value) in url.query_pairs().take(20) {
            let name = name.to_lowercase();
            let digits = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
                value.len()
            } else {
                longest_number(&value).max(longest_number(&name))
            };
            let spip = |kind: &str| {
                name.strip_prefix(kind)
                    .is_some_and(|rest| rest.len() == digits && value.is_empty())
            };
            template.push('&');
            if spip("article") || spip("breve") {
                self.id = self.id.max(digits.max(3));
                template.push_str("article");
                continue;
            }
            self.form |= spip("rubrique") || spip("mot") || spip("auteur");
            self.form |= is_in(FORM_KEYS, &name);
            self.list |=
                is_in(LIST_KEYS, &name) || LIST_IDS.iter().any(|start| name.starts_with(start));
            self.form |= matches!(name.as_str(), "view" | "page")
                && is_in(LIST_VIEWS, &value.to_lowercase());
            paged |= name == "page" && digits > 0;
            let is_id = matches!(
                name.as_str(),
                "p" | "nid" | "artid" | "idart" | "news" | "article" | "n" | "a"
            ) || name.ends_with("id")
                || name.starts_with("id");
            if is_id
                && digits > 0
                && name != "itemid"
                && !LIST_IDS.iter().any(|start| name.starts_with(start))
            {
                self.id = self.id.max(digits);
            }
            template.push_str(&name);
        }
        self.form |= paged && self.id == 0;
    }
}

/// Whether a part of the path names a service, or a list with nothing of an article after it.
fn is_service(segments: &[&str], facts: &Parts) -> bool {
    let articles = |part: &str| {
        let mut own = Parts::default();
        own.take(split_ending(part).0);
        own.words >= 4 || own.id >= 3
    };
    segments.iter().enumerate().any(|(place, segment)| {
        let stem = split_ending(segment).0.to_lowercase();
        let after = &segments[place + 1..];
        let spip = ["rubrique", "mot", "auteur"].iter().any(|kind| {
            stem.strip_prefix(kind)
                .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        });
        let bare = after.iter().all(|part| !articles(part)) && facts.date == 0;
        let subject = is_in(SUBJECTS, &stem) && facts.id < 4 && facts.date == 0;
        let hub = is_in(HUBS, &stem) && bare;
        let front = matches!(stem.as_str(), "index" | "home" | "accueil") && facts.is_bare();
        let service = front || is_in(SERVICES, &stem) && (place + 1 == segments.len() || bare);
        spip || hub || subject || service || is_in(NEVER, &stem) && place < 3
    })
}

/// Whether the path is a date and nothing else: an archive of a day, month or year.
fn is_archive(segments: &[&str]) -> bool {
    let number = |part: &&&str| part.bytes().all(|b| b.is_ascii_digit());
    let tail = segments.iter().rev().take_while(number).count();
    let dated = segments
        .get(segments.len() - tail)
        .is_some_and(|year| year.len() == 4 && (year.starts_with("19") || year.starts_with("20")));
    dated
        && tail <= 3
        && segments[segments.len() - tail + 1..]
            .iter()
            .all(|part| part.len() <= 2)
}

fn split_ending(segment: &str) -> (&str, &str) {
    match segment.rsplit_once('.') {
        Some((stem, ending))
            if !stem.is_empty()
                && ending.len() <= 5
                && ending.bytes().all(|b| b.is_ascii_alphabetic()) =>
        {
            (stem, ending)
        }
        _ => (segment, ""),
    }
}

fn is_in(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

fn longest_number(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit())
        .map(str::len)
        .max()
        .unwrap_or_default()
}

/// A path with its UTF-8 escapes read.
fn decoded(path: &str) -> String {
    if !path.contains('%') {
        return path.to_owned();
    }
    let form = url::form_urlencoded::parse(path.as_bytes()).next();
    form.map_or_else(|| path.to_owned(), |(name, _)| name.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Shape {
        shape(&Url::parse(&format!("http://a.fr{path}")).expect("an address"))
    }

    #[test]
    fn articles() {
        for path in [
            "/fr/noticias/nacionales/268534-le-mexique",
            "/communique-20055294.html",
            "/2021-09/17/c_1310193761.htm",
            "/20250513/6cd0df3d6cd0df3d6cd0df3d6cd0df3d/c.html",
            "/Chine/n3/2025/0427/c31354-20307855.html",
            "/news/2024-05-01/1784912345678901234/index.html",
            "/2025/11/02/une-nouvelle",
            "/?p=57801",
            "/spip.php?article123",
            "/la-chine-et-le-bresil-signent-un-accord",
            "/article.php?id=12",
            "/archives/4512",
            "/index.php?option=com_content&view=article&id=12:x&catid=3&Itemid=4",
            "/Le-Perou-ouvre-un-port.html",
            "/asie/习近平会见巴西总统卢拉",
            "/category/asie/le-perou-ouvre-un-port",
            "/article4512",
        ] {
            let shape = of(path);
            assert!(shape.score >= 1.0 && !shape.never, "{path} {shape:?}");
        }
    }

    #[test]
    fn no_articles() {
        for path in [
            "/tag/amerique-latine",
            "/auteur/jean-dupont-de-la-tour",
            "/category/asie/chine",
            "/2026/08/",
            "/2026/08/02",
            "/?cat=5",
            "/?paged=2",
            "/page/2/",
            "/monde/page/3",
            "/spip.php?rubrique5",
            "/spip.php?page=plan",
            "/rubrique12",
            "/mentions-legales",
            "/abonnement/offre",
            "/index.php?option=com_content&view=category&id=8",
            "/?s=chine",
            "/monde?page=2",
            "/contact.html",
            "/qui-sommes-nous/",
            "/archives/2026/08",
        ] {
            assert!(of(path).never, "{path} {:?}", of(path));
        }
        for path in [
            "/monde",
            "/fr/noticias/nacionales",
            "/afrique/ouest",
            "/chine/index.htm",
            "/en/",
        ] {
            let shape = of(path);
            assert!(shape.score < 0.0 || shape.never, "{path} {shape:?}");
        }
    }

    #[test]
    fn templates() {
        let same = |a: &str, b: &str| of(a).template == of(b).template;
        assert!(same(
            "/fr/noticias/nacionales/268534-le-mexique-et-la-chine",
            "/fr/noticias/internacionales/268539-un-port-pour-le-perou"
        ));
        assert!(same(
            "/2021-09/17/c_1310193761.htm",
            "/2021-10/01/c_1310193999.htm"
        ));
        assert!(!same("/monde/le-perou-ouvre-un-port", "/monde/afrique"));
        assert!(!same("/article.php?id=3", "/article.php?rub=3"));
    }
}
