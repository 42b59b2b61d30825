//! Words too common to be a term, and the articles a phrase may skip.

/// French words (folded) that stand in nearly every article: as a term they would match
/// everything.
pub const STOP_WORDS: &[&str] = &[
    "a", "ai", "aient", "ainsi", "alors", "apres", "as", "au", "aucun", "aussi", "autre", "autres",
    "aux", "avait", "avant", "avec", "avoir", "avons", "bien", "c", "ca", "car", "ce", "cela",
    "celle", "celui", "ces", "cet", "cette", "ceux", "chaque", "ci", "comme", "comment", "contre",
    "d", "dans", "de", "depuis", "des", "dit", "doit", "donc", "dont", "du", "elle", "elles", "en",
    "encore", "entre", "es", "est", "et", "etait", "etaient", "etant", "ete", "etre", "eu", "eux",
    "fait", "faire", "fois", "font", "hors", "il", "ils", "ici", "j", "je", "l", "la", "le", "les",
    "leur", "leurs", "lors", "lui", "ma", "mais", "me", "meme", "memes", "mes", "moi", "moins",
    "mon", "n", "ne", "ni", "nos", "notre", "nous", "on", "ont", "or", "ou", "par", "parce", "pas",
    "pendant", "peu", "peut", "plus", "pour", "pourquoi", "qu", "quand", "que", "quel", "quelle",
    "quelles", "quels", "qui", "quoi", "s", "sa", "sans", "se", "sera", "ses", "si", "son", "sont",
    "sous", "sur", "t", "ta", "te", "tes", "ton", "tous", "tout", "toute", "toutes", "tres", "tu",
    "un", "une", "vers", "voici", "voila", "vos", "votre", "vous", "y",
];

/// Articles and `de` (folded): a phrase may pass over them.
const SKIPPED: &[&str] = &["de", "du", "des", "la", "le", "les", "l", "d"];

/// Whether a folded word is one that a phrase may pass over.
pub fn is_skipped(folded: &str) -> bool {
    folded.len() <= 3 && SKIPPED.contains(&folded)
}
