//! WebSub (W3C Recommendation, 23 January 2018) from the hub's side: what a subscriber may ask, and
//! what it is told.
//!
//! Pure: requests are bytes in, notices are addresses and bytes out. Knows no server, no client, no
//! store and no clock; who is subscribed stands in the store, and `daemon/hub.rs` sends.

mod ask;
mod notice;

use chrono::TimeDelta;

pub use ask::{Ask, MAX_BODY, Mode, parse};
pub use notice::{
    confirmed, denial, link, named, publication, signature, subscription, verification,
};

/// The header that carries [`signature`].
pub const SIGNATURE_HEADER: &str = "X-Hub-Signature";
/// Media type of what subscribers, and publishers, send to a hub.
pub const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// How many failures in a row end a delivery for good.
const MOST_FAILURES: u32 = 12;
/// The first wait after a failure; each further one is three times as long.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(12);

/// How long to wait after so many failures in a row; None when it is time to give up, which is
/// after almost three days.
pub fn wait_after(failures: u32) -> Option<TimeDelta> {
    if failures >= MOST_FAILURES {
        return None;
    }
    let factor = 3_i32.checked_pow(failures.saturating_sub(1))?;
    let wait = FIRST_WAIT.checked_mul(factor).unwrap_or(LONGEST_WAIT);
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_day_and_end() {
        let waits: Vec<i64> = (1..MOST_FAILURES)
            .filter_map(wait_after)
            .map(|w| w.num_minutes())
            .collect();
        assert_eq!(waits[..5], [1, 3, 9, 27, 81]);
        assert_eq!(waits.last(), Some(&720));
        assert_eq!(waits.len(), 11);
        assert_eq!(wait_after(MOST_FAILURES), None);
        assert!((60..72).contains(&(waits.iter().sum::<i64>() / 60)));
    }
}
