//! Named steps of the pipeline at which a test can let the process die, as by `kill -9`. In release
//! builds there is nothing here.

/// Every step, in the order of an article's way.
pub const STEPS: [&str; 16] = [
    "migration.begun",
    "fetch.answered",
    "candidate.preparing",
    "poll.read",
    "poll.committed",
    "article.preparing",
    "page.extracted",
    "article.committed",
    "store.begun",
    "store.committed",
    "politeness.learnt",
    "publish.opened",
    "publish.written",
    "publish.synced",
    "publish.renamed",
    "store.closing",
];

/// Says that a step is reached. In a debug build the process dies when `DEPECHE_FAIL` says
/// `STEP:N` and this is the N-th time; with `STEP:N:panic` the step panics the first N times.
#[inline]
pub fn reach(step: &'static str) {
    #[cfg(debug_assertions)]
    plan::reach(step);
    #[cfg(not(debug_assertions))]
    let _ = step;
}

#[cfg(debug_assertions)]
mod plan {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Plan {
        step: String,
        left: AtomicUsize,
        panics: bool,
    }

    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();

    fn read() -> Option<Plan> {
        let text = std::env::var("DEPECHE_FAIL").ok()?;
        let (step, count) = text.split_once(':')?;
        let panics = count.ends_with(":panic");
        let count = count.trim_end_matches(":panic");
        assert!(super::STEPS.contains(&step), "there is no step {step}");
        Some(Plan {
            step: step.to_owned(),
            left: AtomicUsize::new(count.parse().ok()?),
            panics,
        })
    }

    pub(super) fn reach(step: &str) {
        debug_assert!(super::STEPS.contains(&step), "{step} is not in STEPS");
        let Some(plan) = PLAN.get_or_init(read) else {
            return;
        };
        if plan.step != step || plan.left.load(Ordering::Relaxed) == 0 {
            return;
        }
        let last = plan.left.fetch_sub(1, Ordering::Relaxed) == 1;
        assert!(!plan.panics, "{step} fails, as it was told to");
        if last {
            std::process::abort();
        }
    }
}
