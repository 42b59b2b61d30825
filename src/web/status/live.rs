//! The live view: one event whenever something may have changed, and the script that then fetches
//! the page anew. The script is allowed by its hash alone.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::Stream;
use futures_util::stream::unfold;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::web::{CONTENT_SECURITY_POLICY, Site};

/// Time between two looks at the store while somebody watches.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// Pages that may be watched at once: each looks at the store.
const WATCHERS: usize = 32;
static FREE: Semaphore = Semaphore::const_new(WATCHERS);

/// Fetches the page anew at every event, and puts its main part in the place of the old one.
pub(super) const SCRIPT: &str = r#"if(window.EventSource){new EventSource("events").onmessage=async()=>{const answer=await fetch(location.href);if(answer.ok){const page=new DOMParser().parseFromString(await answer.text(),"text/html");document.querySelector("main").replaceWith(page.querySelector("main"))}}}"#;

/// What the first page may load: our policy, and the script with what it asks for.
pub(super) fn policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let hash = STANDARD.encode(Sha256::digest(SCRIPT));
        format!("{CONTENT_SECURITY_POLICY}; script-src 'sha256-{hash}'; connect-src 'self'")
    });
    &POLICY
}

/// `GET /events`: server-sent events (HTML living standard §9.2), one for each change.
///
/// # Errors
/// 503 when too many watch already.
pub(in crate::web) async fn events(
    State(site): State<Site>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    let seat = FREE
        .try_acquire()
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let first = pulse(&site).await;
    let stream = unfold((site, first, seat), |(site, last, seat)| async move {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = pulse(&site).await;
            if now != last {
                return Some((Ok(Event::default().data("changed")), (site, now, seat)));
            }
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// What is compared: the rows' pulse, and the last reading of the configuration.
async fn pulse(site: &Site) -> Option<((i64, i64, i64), Option<u64>)> {
    let read = site.store.read(|r| {
        let queries = r.queries();
        let reloaded = crate::overview::last_reload(&queries)?;
        Ok((queries.pulse()?, reloaded.map(|r| r.number)))
    });
    read.await.ok()
}
