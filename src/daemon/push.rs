//! Being told of new articles by the hubs of our sources (WebSub): asks for subscriptions, confirms
//! them, and lets a source be polled at once when its hub calls.

use chrono::TimeDelta;
use url::Url;

use super::hub::{Answer, Fate, Messenger};
use crate::config::Config;
use crate::fetch::message::Message;
use crate::hub::{self, FORM_TYPE};
use crate::store::{PushAsk, StoreError};

/// The lease we ask for.
const LEASE: TimeDelta = TimeDelta::days(10);
/// When a request that was taken, but never confirmed, is made again.
const UNCONFIRMED: TimeDelta = TimeDelta::days(1);
/// When a hub that said no, or is gone, is asked again.
const REFUSED: TimeDelta = TimeDelta::days(7);

impl Messenger {
    /// Asks a source's hub for a subscription, or to renew it (WebSub §5.1).
    pub(super) async fn subscribe(&self, config: &Config, ask: PushAsk) -> Result<(), StoreError> {
        let (Some(source), Ok(url)) = (config.source(&ask.source), Url::parse(&ask.hub)) else {
            return self.store.write(move |w| w.end_push(&ask.source)).await;
        };
        let callback = format!("{}push/{}", config.daemon.base_url, ask.token);
        let message = Message {
            url,
            headers: vec![("Content-Type", FORM_TYPE.to_owned())],
            body: Some(hub::subscription(&ask.topic, &callback, LEASE)),
            allow_private: [
                &source.terms.allow_private[..],
                &config.fetch.allow_private[..],
            ]
            .concat(),
        };
        let reply = self.client.send(message).await;
        let now = self.clock.now();
        let (wait, failed) = match Fate::of(&reply, ask.failures + 1) {
            Fate::Done => (UNCONFIRMED, false),
            Fate::Again(wait) => (wait, true),
            Fate::Over => (REFUSED, false),
        };
        tracing::debug!(source = %ask.source, hub = %ask.hub, ?reply, "the hub was asked for a subscription");
        self.store
            .write(move |w| w.defer_push(&ask.token, now + wait, failed))
            .await
    }

    /// Answers a hub that asks whether we meant it. Renewed when nine tenths of the lease are over.
    pub(super) async fn confirm(&self, token: String, topic: String, lease: TimeDelta) -> Answer {
        let due = self.clock.now() + lease.clamp(TimeDelta::hours(1), LEASE) * 9 / 10;
        self.known(move |w| w.confirm_push(&token, &topic, due))
            .await
    }

    /// Takes note that a hub has something to tell.
    pub(super) async fn pushed(&self, token: String) -> Answer {
        let now = self.clock.now();
        self.known(move |w| w.pushed(&token, now)).await
    }

    async fn known(
        &self,
        write: impl FnOnce(&crate::store::Writer<'_>) -> Result<bool, StoreError> + Send + 'static,
    ) -> Answer {
        match self.store.write(write).await {
            Ok(true) => Answer::Taken,
            Ok(false) => Answer::UnknownTopic,
            Err(error) => {
                tracing::error!("{}", crate::report(&error));
                Answer::Unavailable
            }
        }
    }
}
