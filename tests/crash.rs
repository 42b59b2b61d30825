//! Crash safety: the real binary dies again and again, at seeded moments and at every named step of
//! the pipeline. After each death store and published files are whole, and in the end nothing is
//! missing, doubled, or asked for once more than necessary.
//!
//! `DEPECHE_KILLS=300 cargo test --test program crash::` for more deaths than in every run of the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Child, Stdio};

use std::time::Duration;

use crate::common::World;
use crate::common::whole::{Given, check_database, check_files, published};
use chrono::TimeDelta;
use depeche::failpoint::STEPS;
use depeche::store::{DATABASE, SourceRow, SourceState, open_reader};

/// Deaths in an ordinary run of the tests.
const KILLS: usize = 24;
/// The times of the two sweeps of a life, in seconds after the start.
const SWEEPS: [i64; 2] = [0, 7_200];
/// The time of the last sweep of a life, in which nobody dies.
const LAST: i64 = 10_800;
/// After so many deaths a sweep is left to end in peace.
const DEATHS_PER_SWEEP: usize = 12;
/// How often it is looked whether it is time to kill.
const GLANCE: Duration = Duration::from_millis(1);

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap() + 1
    }
}

/// How a process is to die.
#[derive(Debug, Clone, Copy)]
enum Death {
    /// When it reaches a step for the n-th time.
    At(&'static str, usize),
    /// By `kill -9` when the outlets have got so many requests.
    AfterRequests(usize),
}

struct Lives {
    world: World,
    dice: Dice,
    deaths: usize,
    /// How the processes of this life died.
    history: Vec<String>,
    /// Whether time flowed for the last process, so that sources came due while it lived.
    flowing: bool,
    /// Whether more deaths were asked for than in every run of the tests.
    long: bool,
    /// Attempts to die at each step, and deaths.
    steps: BTreeMap<&'static str, (usize, usize)>,
}

impl Lives {
    fn state(&self) -> std::path::PathBuf {
        self.world.path().join("state")
    }

    /// A way to die: every step in turn at first, then by chance.
    fn death(&mut self) -> Death {
        let open = STEPS
            .iter()
            .map(|step| (self.steps.get(step).copied().unwrap_or_default(), *step))
            .filter(|((_, deaths), _)| *deaths == 0);
        match (open.min(), self.dice.roll(3)) {
            (Some((_, step)), 1 | 2) => Death::At(step, 1),
            (_, 1) => Death::AfterRequests(self.dice.roll(25)),
            _ => Death::At(STEPS[self.dice.roll(STEPS.len()) - 1], self.dice.roll(8)),
        }
    }

    /// Lets a process live until it dies or ends; true when it died.
    fn live(&mut self, death: Death) -> bool {
        let mut command = self.world.depeche(&["once"]);
        // Lets sources come due while it lives: slow, and so only in long runs.
        self.flowing = self.long && matches!(death, Death::AfterRequests(n) if n % 4 == 0);
        if self.flowing {
            command = self.world.depeche(&["run"]);
        }
        if let Death::At(step, count) = death {
            command.env("DEPECHE_FAIL", format!("{step}:{count}"));
        }
        let before = self.world.requests.count();
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let asked = |child: &mut Child| match death {
            Death::AfterRequests(n) if self.world.requests.count() >= before + n => {
                child.kill().unwrap();
            }
            _ => {}
        };
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            asked(&mut child);
            std::thread::sleep(GLANCE);
        };
        if let Death::At(step, _) = death {
            let (attempts, deaths) = self.steps.entry(step).or_default();
            *attempts += 1;
            *deaths += usize::from(status.code().is_none());
        }
        assert!(
            matches!(status.code(), None | Some(0 | 4)),
            "{death:?}: {status}"
        );
        status.code().is_none()
    }

    /// One life from an empty folder through all sweeps, with deaths on the way.
    fn one(&mut self, most: usize) -> Given {
        for folder in ["state", "feeds"] {
            let _ = fs::remove_dir_all(self.world.path().join(folder));
        }
        let mut given = Given::new();
        self.history.clear();
        for sweep in SWEEPS {
            self.world
                .clock
                .set(self.world.start + TimeDelta::seconds(sweep));
            let mut deaths = 0;
            while deaths < DEATHS_PER_SWEEP && self.deaths < most {
                let known = self.sources();
                self.world.requests.take_all();
                let death = self.death();
                if !self.live(death) {
                    break;
                }
                deaths += 1;
                let time = if self.flowing { "flowed" } else { "stood" };
                self.history
                    .push(format!("{sweep} s: {death:?}, time {time}"));
                self.deaths += 1;
                self.check(&mut given, &known);
            }
            let known = self.sources();
            self.world.requests.take_all();
            self.flowing = false;
            self.world.once_after(sweep);
            self.check(&mut given, &known);
        }
        // What a daemon left due for a moment after the sweep, and pages put off by a busy machine.
        self.world.once_after(LAST);
        self.check(&mut given, &[]);
        given
    }

    /// What the store and the last processes say of these titles, for a test that fails.
    fn told(&self, titles: &BTreeSet<&String>) -> String {
        let reader = open_reader(&self.state()).unwrap();
        let articles = (1..)
            .map(|id| {
                reader
                    .queries()
                    .article(depeche::model::ArticleId(id))
                    .unwrap()
            })
            .map_while(|article| article)
            .filter(|article| titles.contains(&article.title));
        let articles: Vec<String> = articles.map(|a| format!("{a:?}")).collect();
        format!("{}\n{:#?}", articles.join("\n"), self.history)
    }

    fn sources(&self) -> Vec<SourceRow> {
        match self.state().join(DATABASE).exists() {
            true => {
                let reader = open_reader(&self.state()).unwrap();
                // A death before the first migration leaves an empty database.
                reader.queries().sources(true).unwrap_or_default()
            }
            false => Vec::new(),
        }
    }

    /// What must hold at every moment. `known` are the sources as they were before the last process.
    fn check(&self, given: &mut Given, known: &[SourceRow]) {
        check_database(&self.state());
        self.check_requests(known);
        let feed = self.world.path().join("feeds/chine-amlat.atom");
        check_files(&self.world.path().join("feeds"));
        if !feed.exists() {
            assert!(given.is_empty(), "a published feed is gone");
            return;
        }
        let now = published(&feed);
        for id in given.keys() {
            assert!(now.contains_key(id), "{id} was published and is gone");
        }
        *given = now;
    }

    /// A feed whose body was committed is not asked for again without its validators, nor before it
    /// is due.
    fn check_requests(&self, known: &[SourceRow]) {
        let now = self.world.clock_now();
        let asked = self.world.requests.take_all();
        for source in known.iter().filter(|s| s.etag.is_some()) {
            let address = source.url.split_once("://").unwrap().1;
            for (url, conditional) in &asked {
                if url == address {
                    assert!(conditional, "{url} was fetched unconditionally");
                    let due = self.flowing || source.next_fetch_at <= now;
                    assert!(due, "{url} was asked for again, but not due");
                }
            }
        }
    }
}

#[test]
fn no_death_loses_or_doubles_anything() {
    let most = std::env::var("DEPECHE_KILLS").ok();
    let most = most.and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let mut lives = Lives {
        world: World::with_every_feed(),
        dice: Dice(1),
        deaths: 0,
        history: Vec::new(),
        flowing: false,
        long: most > KILLS,
        steps: BTreeMap::new(),
    };
    let undisturbed = lives.one(0);
    assert!(undisturbed.len() > 10, "{undisturbed:#?}");
    let titles = |given: &Given| given.values().cloned().collect::<BTreeSet<_>>();
    let mut count = 0;
    while lives.deaths < most {
        let given = lives.one(most);
        let (found, wanted) = (titles(&given), titles(&undisturbed));
        let other: BTreeSet<_> = found.symmetric_difference(&wanted).collect();
        assert!(
            other.is_empty(),
            "life {count}: {other:?}\n{}",
            lives.told(&other)
        );
        for source in lives.sources() {
            let read = matches!(source.state, SourceState::Ok | SourceState::Stale);
            assert!(!read || source.unconditional <= 1, "{}", source.id);
        }
        count += 1;
    }
    println!(
        "{} deaths in {count} lives: {:?}",
        lives.deaths, lives.steps
    );
    let died = |step| lives.steps.get(step).is_some_and(|(_, deaths)| *deaths > 0);
    let missed: Vec<_> = STEPS.iter().filter(|step| !died(*step)).collect();
    assert!(missed.is_empty(), "nobody died at {missed:?}");
}
