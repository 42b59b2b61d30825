//! What the benchmarks share: numbers that repeat, a made-up French, and percentiles.

use std::time::Duration;

/// Distinct words of the made-up language, about as many as a newspaper uses in a month.
const WORDS: usize = 60_000;

/// A small generator of repeatable numbers (xorshift, Marsaglia 2003).
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % limit.max(1) as u64) as usize
    }

    /// Whether an event of so many percent happens.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// A rank below a limit, as frequent as words of that rank are (Zipf).
    pub fn rank(&mut self, limit: usize) -> usize {
        let share = self.below(1 << 30) as f64 / f64::from(1 << 30);
        ((limit as f64).powf(share) as usize).min(limit) - 1
    }
}

/// A vocabulary whose first words are those that hold a French text together.
pub struct French(Vec<String>);

impl French {
    /// The vocabulary, always the same.
    pub fn new() -> Self {
        const SMALL: &str = "de la le et les des à en un du une que dans est pour qui a par plus sur pas au \
            il se ne avec ce sont son aux cette mais ont d'un ou comme ses été sa ces leur deux l'on fait \
            entre être après sans depuis selon où sous avait contre tout aussi encore pays ans";
        const HEADS: [&str; 40] = [
            "ac", "ba", "chan", "con", "dé", "dia", "é", "fer", "gou", "hy", "in", "jou", "ki",
            "lit", "mar", "né", "ou", "por", "pro", "qua", "ré", "sou", "tra", "u", "ver", "bri",
            "clo", "dra", "fon", "gra", "im", "lo", "mou", "nau", "pla", "ré", "sta", "ter", "va",
            "zo",
        ];
        const MIDDLES: [&str; 40] = [
            "", "bi", "cor", "di", "fi", "gra", "la", "li", "men", "mi", "na", "no", "pa", "que",
            "ra", "ri", "ro", "sa", "si", "ta", "ti", "to", "tu", "va", "vi", "ban", "cher", "don",
            "gui", "lan", "mon", "pen", "ran", "sen", "ten", "ven", "bou", "cou", "lou", "rou",
        ];
        const ENDS: [&str; 40] = [
            "tion", "ment", "tique", "taire", "teur", "té", "tage", "tisme", "tant", "teux",
            "telle", "tée", "tance", "toir", "ble", "bles", "cien", "cienne", "deur", "dits",
            "geant", "gées", "lent", "liste", "lier", "mer", "nal", "nels", "nées", "neur", "per",
            "quer", "rait", "ront", "sable", "sique", "ssant", "vent", "ver", "vité",
        ];
        let mut words: Vec<String> = SMALL.split_whitespace().map(str::to_owned).collect();
        let all = HEADS.len() * MIDDLES.len() * ENDS.len();
        // A stride without common divisor goes through all words in no visible order.
        let made = (0..WORDS).map(|n| {
            let n = n * 7_919 % all;
            let (head, rest) = (n % HEADS.len(), n / HEADS.len());
            let (middle, end) = (rest % MIDDLES.len(), rest / MIDDLES.len());
            format!("{}{}{}", HEADS[head], MIDDLES[middle], ENDS[end])
        });
        words.extend(made);
        Self(words)
    }

    /// A word of a rank.
    pub fn word(&self, rank: usize) -> &str {
        &self.0[rank % self.0.len()]
    }

    /// A sentence of about so many words.
    pub fn sentence(&self, numbers: &mut Numbers, words: usize) -> String {
        let length = words / 2 + numbers.below(words);
        let mut text = String::with_capacity(length * 8);
        for n in 0..length.max(3) {
            if n > 0 {
                text.push(' ');
            }
            if numbers.percent(1) {
                text.push_str(&(numbers.below(900) + 2).to_string());
            } else {
                text.push_str(self.word(numbers.rank(self.0.len())));
            }
        }
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text.push('.');
        text
    }

    /// A title.
    pub fn title(&self, numbers: &mut Numbers) -> String {
        let words = 6 + numbers.below(7);
        let mut title: Vec<&str> = Vec::with_capacity(words);
        for n in 0..words {
            // Every other word carries content: titles are denser than texts.
            let rank = match n % 2 {
                0 => 60 + numbers.rank(WORDS - 60),
                _ => numbers.rank(WORDS),
            };
            title.push(self.word(rank));
        }
        title.join(" ")
    }

    /// A paragraph of some sentences.
    pub fn paragraph(&self, numbers: &mut Numbers) -> String {
        let sentences = 2 + numbers.below(3);
        let all: Vec<String> = (0..sentences).map(|_| self.sentence(numbers, 22)).collect();
        all.join(" ")
    }
}

/// The value below which a share of the times lies.
pub fn percentile(times: &mut [Duration], share: f64) -> Duration {
    if times.is_empty() {
        return Duration::ZERO;
    }
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}
