//! Telling the world what changed (WebSub): foreign hubs by a ping, subscribers of our own hub by
//! the document itself.
//!
//! A reconciler like the publisher: it compares the shelf with what everybody was last told, and
//! what is still to be sent stands in rows. A crash forgets nothing, and a document that changes
//! twice before it is sent is sent once.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::{Id, JoinSet};
use url::Url;

use super::{Daemon, Shelf};
use crate::clock::Clock;
use crate::config::Config;
use crate::fetch::exchange::Broken;
use crate::fetch::message::{Message, Reply, token};
use crate::fetch::{Client, guard};
use crate::hub::{self, Ask, FORM_TYPE, Mode, SIGNATURE_HEADER};
use crate::store::{
    Admission, HubAsk, HubBounds, HubMode, HubPing, PushAsk, Queries, Store, StoreError,
    Subscription,
};

/// Requests for subscriptions that may wait to be looked at; more are turned away.
const WAITING: usize = 64;
/// Messages under way at once, at most one to each host.
const UNDER_WAY: usize = 16;
/// Due rows looked at in one go: more than one host can have.
const MOST_DUE: usize = 256;
/// Subscriptions and open questions, together and with callbacks on one host.
const BOUNDS: HubBounds = HubBounds {
    all: 2_000,
    per_host: 100,
};
/// How long a callback is left alone after it said no.
const REST: TimeDelta = TimeDelta::minutes(1);
/// How often a callback that cannot be reached is asked whether it meant it.
const MOST_QUESTIONS: u32 = 3;
/// Longest and shortest sleep between two looks at what is due: due times are whole seconds.
const SLEEPS: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// What a request for a subscription came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The callback will be asked.
    Taken,
    /// We publish no such feed.
    UnknownTopic,
    /// The callback is in a private network.
    Forbidden(String),
    /// The callback is left alone for so many seconds.
    Resting(i64),
    /// There are too many.
    Full,
    /// The hub is busy, or ending, or the store refuses.
    Unavailable,
}

/// What the web server passes on.
pub enum Knock {
    /// Somebody asks our hub for a subscription, or for its end.
    Ask(Ask),
    /// A source's hub asks whether we meant to subscribe there.
    Confirm {
        /// Last part of the address that it called.
        token: String,
        /// The address of the source, as it knows it.
        topic: String,
        /// How long the subscription will last.
        lease: TimeDelta,
    },
    /// A source's hub has something to tell, at the address with this last part.
    Pushed(String),
}

/// Where the web server asks for what is not its to decide.
#[derive(Clone)]
pub struct Door(mpsc::Sender<(Knock, oneshot::Sender<Answer>)>);

impl Door {
    /// A door behind which nobody is.
    pub(super) fn closed() -> Self {
        Self(mpsc::channel(1).0)
    }

    /// Asks; the answer comes when what was decided is committed.
    pub async fn knock(&self, knock: Knock) -> Answer {
        let (reply, answer) = oneshot::channel();
        if self.0.try_send((knock, reply)).is_err() {
            return Answer::Unavailable;
        }
        answer.await.unwrap_or(Answer::Unavailable)
    }
}

/// One message that is due.
enum Errand {
    Question(HubAsk),
    Delivery(Subscription),
    Ping(HubPing),
    Subscription(PushAsk),
}

impl Errand {
    /// The host that is spoken to.
    fn host(&self) -> String {
        match self {
            Self::Question(ask) => ask.host.clone(),
            Self::Delivery(subscription) => subscription.host.clone(),
            Self::Ping(ping) => host(&ping.hub),
            Self::Subscription(ask) => host(&ask.hub),
        }
    }
}

/// The hub, and the pinger of foreign ones.
pub(super) struct Hub {
    messenger: Messenger,
    config: watch::Receiver<Arc<Config>>,
    changed: Arc<Notify>,
    knocks: mpsc::Receiver<(Knock, oneshot::Sender<Answer>)>,
    tasks: JoinSet<()>,
    /// The hosts that are being spoken to.
    busy: HashMap<Id, String>,
}

impl Daemon {
    pub(super) fn hub(&self) -> (Door, Hub) {
        let (sender, knocks) = mpsc::channel(WAITING);
        let hub = Hub {
            messenger: Messenger {
                store: self.pipeline.store.clone(),
                client: self.pipeline.client.clone(),
                clock: self.pipeline.clock.clone(),
                shelf: self.publisher.shelf.clone(),
            },
            config: self.config.subscribe(),
            changed: Arc::default(),
            knocks,
            tasks: JoinSet::new(),
            busy: HashMap::new(),
        };
        (Door(sender), hub)
    }
}

impl Hub {
    /// To be notified when documents may have changed.
    pub(super) fn waker(&self) -> Arc<Notify> {
        self.changed.clone()
    }

    /// Runs for ever. What the store refuses is logged and tried again.
    pub(super) async fn run(&mut self) {
        // Before anybody can subscribe, or a newcomer would be sent what it has just read.
        self.look_or_log().await;
        loop {
            let pause = match self.start_due().await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!("{}", crate::report(&error));
                    SLEEPS.1
                }
            };
            tokio::select! {
                Some((knock, reply)) = self.knocks.recv() => {
                    // Who asked may have gone.
                    let _ = reply.send(self.answer(knock).await);
                }
                Some(ended) = self.tasks.join_next_with_id() => self.note_end(ended),
                () = self.changed.notified() => self.look_or_log().await,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Looks once, and sends until nothing is due.
    ///
    /// # Errors
    /// When the store refuses.
    pub(super) async fn sweep(&mut self) -> Result<(), StoreError> {
        self.look().await?;
        loop {
            self.start_due().await?;
            match self.tasks.join_next_with_id().await {
                Some(ended) => self.note_end(ended),
                None => return Ok(()),
            }
        }
    }

    /// Lets what is under way end, for at most `grace`; the rest stays due.
    pub(super) async fn finish(&mut self, grace: Duration) {
        let ended = tokio::time::timeout(grace, async {
            while self.tasks.join_next().await.is_some() {}
        });
        if ended.await.is_err() {
            self.tasks.shutdown().await;
        }
    }

    fn note_end(&mut self, ended: Result<(Id, ()), tokio::task::JoinError>) {
        match ended {
            Ok((id, ())) => drop(self.busy.remove(&id)),
            Err(error) => {
                self.busy.remove(&error.id());
                tracing::error!(%error, "a WebSub message ended in a panic; it stays due");
            }
        }
    }

    async fn look_or_log(&self) {
        if let Err(error) = self.look().await {
            tracing::error!("{}", crate::report(&error));
        }
    }

    /// Compares the shelf with what everybody was last told.
    async fn look(&self) -> Result<(), StoreError> {
        let config = self.config.borrow().clone();
        let (store, now) = (&self.messenger.store, self.messenger.clock.now());
        let mut documents = self.messenger.shelf.etags();
        documents.retain(|(path, _)| is_feed(path));
        let known = store.read(|r| r.queries().hub_documents()).await?;
        if known == documents {
            return Ok(());
        }
        let hubs: Vec<String> = config.publish.hubs.iter().map(Url::to_string).collect();
        let changed = store
            .write(move |w| w.record_hub_documents(&documents, &hubs, now))
            .await?;
        tracing::debug!(
            changed,
            "{changed} feeds have changed since everybody was told"
        );
        Ok(())
    }

    async fn answer(&self, knock: Knock) -> Answer {
        match knock {
            Knock::Ask(ask) => self.admit(ask).await,
            Knock::Confirm {
                token,
                topic,
                lease,
            } => self.messenger.confirm(token, topic, lease).await,
            Knock::Pushed(token) => self.messenger.pushed(token).await,
        }
    }

    /// Decides about a request for a subscription.
    async fn admit(&self, ask: Ask) -> Answer {
        let config = self.config.borrow().clone();
        let Some(path) = self.path_of(&config, &ask.topic) else {
            return Answer::UnknownTopic;
        };
        let allowed = &config.publish.hub_allow_private;
        if let Err(reason) = guard::judge(&ask.callback, allowed, &[]) {
            return Answer::Forbidden(format!(
                "{reason}; who runs this hub can allow it by hub_allow_private in [publish]"
            ));
        }
        let question = HubAsk {
            id: 0,
            mode: match ask.mode {
                Mode::Subscribe => HubMode::Subscribe,
                Mode::Unsubscribe => HubMode::Unsubscribe,
            },
            host: host(ask.callback.as_str()),
            callback: ask.callback.into(),
            path,
            topic: ask.topic,
            secret: ask.secret,
            lease: ask.lease,
            failures: 0,
        };
        let now = self.messenger.clock.now();
        let stored = &self.messenger.store;
        let taken = stored
            .write(move |w| w.record_hub_ask(&question, BOUNDS, now))
            .await;
        match taken {
            Ok(Admission::Taken) => Answer::Taken,
            Ok(Admission::Resting(until)) => Answer::Resting((until - now).num_seconds()),
            Ok(Admission::Full) => Answer::Full,
            Err(error) => {
                tracing::error!("{}", crate::report(&error));
                Answer::Unavailable
            }
        }
    }

    /// The path of one of our feeds, by its address.
    fn path_of(&self, config: &Config, topic: &str) -> Option<String> {
        let topic = Url::parse(topic).ok()?;
        let path = topic
            .as_str()
            .strip_prefix(config.daemon.base_url.as_str())?;
        let feed = is_feed(path) && self.messenger.shelf.get(path).is_some();
        feed.then(|| path.to_owned())
    }

    /// Sends what is due; returns how long there is nothing more to do.
    async fn start_due(&mut self) -> Result<Duration, StoreError> {
        let config = self.config.borrow().clone();
        let now = self.messenger.clock.now();
        let (due, next) = {
            let config = config.clone();
            let store = &self.messenger.store;
            store.read(move |r| due(&r.queries(), &config, now)).await?
        };
        for errand in due {
            let host = errand.host();
            if self.tasks.len() >= UNDER_WAY || self.busy.values().any(|busy| *busy == host) {
                continue;
            }
            let (messenger, config) = (self.messenger.clone(), config.clone());
            let handle = self.tasks.spawn(async move {
                if let Err(error) = messenger.run(&config, errand).await {
                    tracing::error!("{}", crate::report(&error));
                    // The store refuses: do not ask it in a tight loop.
                    tokio::time::sleep(SLEEPS.1).await;
                }
            });
            self.busy.insert(handle.id(), host);
        }
        // What is due already waits for a host, and the end of that one's message is waited for.
        let wait = next.and_then(|at| (at - now).to_std().ok());
        let wait = wait.filter(|wait| !wait.is_zero());
        Ok(wait.unwrap_or(SLEEPS.1).clamp(SLEEPS.0, SLEEPS.1))
    }
}

/// Whether anybody may read a feed. Passwords and tokens may have been asked for only after somebody
/// had subscribed.
fn is_open(config: &Config, path: &str) -> bool {
    let feed = path.strip_prefix("feeds/").and_then(|f| f.rsplit_once('.'));
    let feed = feed.map_or(path, |(feed, _)| feed);
    let access = &config.access;
    access.basic.is_none()
        && !["*", feed]
            .iter()
            .any(|name| access.tokens.contains_key(*name))
}

/// What is due, and when there is more.
type Due = (Vec<Errand>, Option<DateTime<Utc>>);

fn due(q: &Queries<'_>, config: &Config, now: DateTime<Utc>) -> Result<Due, StoreError> {
    let mut due: Vec<Errand> = Vec::new();
    if config.publish.hub {
        let (asks, deliveries) = (
            q.due_hub_asks(now, MOST_DUE)?,
            q.due_deliveries(now, MOST_DUE)?,
        );
        due.extend(asks.into_iter().map(Errand::Question));
        due.extend(deliveries.into_iter().map(Errand::Delivery));
    }
    if config.fetch.push {
        let asks = q.due_pushes(now, MOST_DUE)?;
        due.extend(asks.into_iter().map(Errand::Subscription));
    }
    due.extend(
        q.due_hub_pings(now, MOST_DUE)?
            .into_iter()
            .map(Errand::Ping),
    );
    let next = [q.next_hub_due()?, q.next_push_due()?];
    Ok((due, next.into_iter().flatten().min()))
}

/// The host of an address that was read before; its text when it is none.
fn host(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or(address).to_owned()
}

/// Sends one message and writes down what came of it.
#[derive(Clone)]
pub(super) struct Messenger {
    pub(super) store: Store,
    pub(super) client: Client,
    pub(super) clock: Arc<dyn Clock>,
    shelf: Arc<Shelf>,
}

impl Messenger {
    async fn run(&self, config: &Config, errand: Errand) -> Result<(), StoreError> {
        match errand {
            Errand::Question(ask) => self.question(config, ask).await,
            Errand::Delivery(subscription) => self.deliver(config, subscription).await,
            Errand::Ping(ping) => self.ping(config, ping).await,
            Errand::Subscription(ask) => self.subscribe(config, ask).await,
        }
    }

    /// Asks a callback whether it meant it (WebSub §5.3). Only its own challenge is a yes.
    async fn question(&self, config: &Config, ask: HubAsk) -> Result<(), StoreError> {
        let id = ask.id;
        let (Ok(callback), Ok(challenge)) = (Url::parse(&ask.callback), token()) else {
            return self.store.write(move |w| w.close_hub_ask(id)).await;
        };
        let verify = |mode| hub::verification(&callback, mode, &ask.topic, &challenge, ask.lease);
        let url = match ask.mode {
            HubMode::Subscribe => verify(Mode::Subscribe),
            HubMode::Unsubscribe => verify(Mode::Unsubscribe),
            HubMode::Denied => hub::denial(&callback, &ask.topic, "no longer published"),
        };
        let reply = self.client.send(to_subscriber(config, url)).await;
        let now = self.clock.now();
        tracing::debug!(callback = %ask.callback, ?reply, "the callback was asked");
        self.store
            .write(move |w| match reply {
                _ if ask.mode == HubMode::Denied && ask.failures + 1 >= MOST_QUESTIONS => {
                    w.close_hub_ask(id)
                }
                Ok(_) if ask.mode == HubMode::Denied => w.close_hub_ask(id),
                Ok(Reply {
                    status: 200..=299,
                    body,
                    ..
                }) if hub::confirmed(&body, &challenge) => w.confirm_hub_ask(id, now),
                Err(Broken::Failed(_)) if ask.failures + 1 < MOST_QUESTIONS => {
                    let wait = hub::wait_after(ask.failures + 1).unwrap_or(REST);
                    w.defer_hub_ask(id, now + wait)
                }
                Ok(_) | Err(_) => w.refuse_hub_ask(id, now + REST),
            })
            .await
    }

    /// Sends a subscriber the newest document (WebSub §7).
    async fn deliver(&self, config: &Config, to: Subscription) -> Result<(), StoreError> {
        let id = to.id;
        let document = self
            .shelf
            .get(&to.path)
            .filter(|_| self.clock.now() < to.expires && is_open(config, &to.path));
        let (Some(document), Ok(url)) = (document, Url::parse(&to.callback)) else {
            return self.store.write(move |w| w.end_subscription(id)).await;
        };
        let own = config.own_hub();
        let mut message = to_subscriber(config, url);
        message.headers = vec![
            ("Content-Type", document.media_type.to_owned()),
            ("Link", hub::link([own.as_str()], &to.topic)),
        ];
        if let Some(secret) = &to.secret {
            let signature = hub::signature(secret, &document.bytes);
            message.headers.push((SIGNATURE_HEADER, signature));
        }
        message.body = Some(document.bytes.to_vec());
        let reply = self.client.send(message).await;
        let (now, failures) = (self.clock.now(), to.failures + 1);
        let (callback, etag) = (to.callback, document.etag.clone());
        let fate = Fate::of(&reply, failures);
        match &fate {
            Fate::Done => tracing::debug!(%callback, path = %to.path, "delivered"),
            Fate::Again(wait) => tracing::debug!(%callback, failures, %wait, "not delivered"),
            Fate::Over => {
                tracing::info!(%callback, path = %to.path, "a subscription is over: the callback is gone")
            }
        }
        self.store
            .write(move |w| match fate {
                Fate::Done => w.record_delivery(id, &etag, now),
                Fate::Again(wait) => w.defer_delivery(id, now + wait),
                Fate::Over => w.end_subscription(id),
            })
            .await
    }

    /// Tells a foreign hub that a document has changed (WebSub §6).
    async fn ping(&self, config: &Config, ping: HubPing) -> Result<(), StoreError> {
        let url = config
            .publish
            .hubs
            .iter()
            .find(|hub| hub.as_str() == ping.hub);
        let Some(url) = url.cloned() else {
            return self.store.write(move |w| w.close_hub_ping(&ping)).await;
        };
        let topic = format!("{}{}", config.daemon.base_url, ping.path);
        let message = Message {
            url,
            headers: vec![("Content-Type", FORM_TYPE.to_owned())],
            body: Some(hub::publication(&topic)),
            allow_private: config.fetch.allow_private.clone(),
        };
        let reply = self.client.send(message).await;
        let (now, failures) = (self.clock.now(), ping.failures + 1);
        let fate = Fate::of(&reply, failures);
        if let Fate::Again(_) = &fate
            && failures == 1
        {
            tracing::info!(hub = %ping.hub, "the hub {} could not be told of a change; it is tried again: {}", ping.hub, told(&reply));
        }
        self.store
            .write(move |w| match fate {
                Fate::Again(wait) => w.defer_hub_ping(&ping, now + wait),
                // A hub that is gone or has failed for days is told of the next change again.
                Fate::Done | Fate::Over => w.close_hub_ping(&ping),
            })
            .await
    }
}

/// What becomes of a message.
pub(super) enum Fate {
    Done,
    Again(TimeDelta),
    Over,
}

impl Fate {
    pub(super) fn of(reply: &Result<Reply, Broken>, failures: u32) -> Self {
        let asked = match reply {
            Ok(Reply {
                status: 200..=299, ..
            }) => return Self::Done,
            Ok(Reply { status: 410, .. }) => return Self::Over,
            Ok(reply) => reply
                .retry_after
                .and_then(|wait| TimeDelta::from_std(wait).ok()),
            Err(_) => None,
        };
        match hub::wait_after(failures) {
            Some(wait) => Self::Again(wait.max(asked.unwrap_or_default().min(TimeDelta::days(1)))),
            None => Self::Over,
        }
    }
}

fn told(reply: &Result<Reply, Broken>) -> String {
    match reply {
        Ok(reply) => format!("it answered {}", reply.status),
        Err(Broken::Refused(refusal)) => refusal.message.clone(),
        Err(Broken::Failed(failure)) => failure.message.clone(),
    }
}

fn to_subscriber(config: &Config, url: Url) -> Message {
    Message {
        url,
        headers: Vec::new(),
        body: None,
        allow_private: config.publish.hub_allow_private.clone(),
    }
}

/// Whether a document is a feed; the pages of some stand beside them.
fn is_feed(path: &str) -> bool {
    path.starts_with("feeds/") && !path.ends_with(".html")
}
