//! Hostile servers on raw sockets: every misbehaviour ends in its named outcome within its limits,
//! while a healthy source beside them is served on time.
//!
//! Each server has a name below `localhost`, and so a politeness budget of its own.

#[path = "hostile/http2.rs"]
mod http2;
#[path = "hostile/rows.rs"]
mod rows;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use depeche::clock::SystemClock;
use depeche::fetch::{Caps, Client, FailureKind, Kind, Lookup, Outcome, Request, Settings, Terms};
use futures_util::future::{BoxFuture, join_all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use url::Url;

use rows::{Row, Step, bodies, heads, statuses, whole};

/// No fetch may take longer than this, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(8);

async fn serve(mut socket: TcpStream, steps: Vec<Step>) -> std::io::Result<()> {
    match steps.first() {
        Some(Step::Slam) => return Ok(()),
        Some(Step::Blurt(bytes)) => return socket.write_all(bytes).await,
        _ => {}
    }
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if socket.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    for step in steps {
        match step {
            Step::Slam | Step::Blurt(_) => return Ok(()),
            Step::Send(bytes) => socket.write_all(&bytes).await?,
            Step::Flood(bytes) => loop {
                socket.write_all(&bytes).await?;
            },
            Step::Drip(bytes) => {
                for byte in bytes.iter().chain(std::iter::repeat(&b'x')) {
                    socket.write_all(&[*byte]).await?;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            Step::Trickle => loop {
                socket.write_all(&[b'x'; 200]).await?;
                tokio::time::sleep(Duration::from_millis(10)).await;
            },
            Step::Hold => std::future::pending().await,
        }
    }
    socket.shutdown().await
}

/// Starts a server and gives its port; `asked` counts its connections.
async fn listen(steps: Vec<Step>, asked: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            asked.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(socket, steps.clone()));
        }
    });
    port
}

fn settings() -> Settings {
    Settings {
        connect_timeout: Duration::from_millis(400),
        read_timeout: Duration::from_millis(700),
        total_timeout: Duration::from_secs(5),
        min_gap: Duration::from_millis(5),
        slow_window: Duration::from_millis(600),
        slow_bytes: 300,
        caps: Caps {
            page: 512 * 1024,
            ..Caps::default()
        },
        environment_proxy: false,
        allow_private: vec!["*.localhost".parse().expect("a pattern")],
        ..Settings::default()
    }
}

/// An outcome in a few words.
fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Body(response) => format!("body {}", response.body.len()),
        Outcome::Refused(refusal) => format!("refused {}", refusal.reason.word()),
        Outcome::Failed(failure) => match failure.kind {
            FailureKind::Status(status) => format!("failed {status}"),
            kind => format!("failed {}", kind.word()),
        },
        Outcome::Throttled { status, .. } => format!("throttled {}", status.unwrap_or_default()),
        Outcome::Gone { .. } | Outcome::NotModified(_) => outcome.word().to_owned(),
    }
}

/// Names of the test's own internet.
struct Names;

impl Lookup for Names {
    fn lookup(&self, name: &str) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let addresses: &[&str] = match name {
            "intranet.test" | "loopback.test" => &["127.0.0.1"],
            "loopback6.test" => &["::1"],
            "private.test" => &["10.1.2.3"],
            "private172.test" => &["172.20.0.1"],
            "private192.test" => &["192.168.0.1"],
            "metadata.test" => &["169.254.169.254"],
            "shared.test" => &["100.64.0.1"],
            "nowhere.test" => &["0.0.0.0"],
            "multicast.test" => &["224.0.0.251"],
            "mapped.test" => &["::ffff:127.0.0.1"],
            "compatible.test" => &["::127.0.0.1"],
            "nat64.test" => &["64:ff9b::7f00:1"],
            "6to4.test" => &["2002:7f00:1::1"],
            "teredo.test" => &["2001:0:1::1"],
            "unique.test" => &["fd00::1"],
            "link.test" => &["fe80::1"],
            "mixed.test" => &["93.184.216.34", "127.0.0.1"],
            "mixed-first.test" => &["127.0.0.1", "93.184.216.34"],
            "mixed6.test" => &["93.184.216.34", "::ffff:10.0.0.1"],
            "empty.test" => &[],
            _ => return Box::pin(async { Err(std::io::Error::other("no such name")) }),
        };
        let addresses = addresses
            .iter()
            .filter_map(|address| address.parse().ok())
            .collect();
        Box::pin(async move { Ok(addresses) })
    }
}

fn client() -> Client {
    Client::with_lookup(settings(), Arc::new(SystemClock), Arc::new(Names)).expect("a client")
}

async fn fetch(client: &Client, address: &str) -> (Outcome, Duration) {
    let request = Request::new(
        Url::parse(address).expect("test addresses parse"),
        Kind::Page,
    );
    let began = Instant::now();
    let outcome = client.fetch(&request).await;
    (outcome, began.elapsed())
}

/// The highest memory of this process so far, in KiB, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misbehaviour_has_its_outcome() {
    let rows: Vec<Row> = [bodies(), heads(), statuses()]
        .into_iter()
        .flatten()
        .collect();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let before = peak_memory();
    let client = client();
    let healthy = listen(vec![whole("", b"on time")], Arc::default()).await;
    let beside = tokio::spawn({
        let client = client.clone();
        async move {
            let mut slowest = Duration::ZERO;
            for _ in 0..30 {
                let (outcome, took) =
                    fetch(&client, &format!("http://beside.localhost:{healthy}/")).await;
                assert_eq!(words(&outcome), "body 7", "{outcome}");
                slowest = slowest.max(took);
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            slowest
        }
    });
    let fetches = rows
        .into_iter()
        .enumerate()
        .map(|(number, (name, steps, expected))| {
            let client = client.clone();
            async move {
                let port = listen(steps, Arc::default()).await;
                let (outcome, took) =
                    fetch(&client, &format!("http://row{number}.localhost:{port}/")).await;
                (name, expected, outcome, took)
            }
        });
    let mut wrong = Vec::new();
    for (name, expected, outcome, took) in join_all(fetches).await {
        if words(&outcome) != expected || took > PATIENCE {
            wrong.push(format!(
                "{name}: {} and not {expected}, in {took:?}: {outcome}",
                words(&outcome)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let slowest = beside.await.expect("the healthy source does not panic");
    assert!(
        slowest < Duration::from_secs(2),
        "the healthy source waited {slowest:?}"
    );
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        assert!(
            after - before < 120 * 1024,
            "{} KiB more than before",
            after - before
        );
    }
}

#[tokio::test]
async fn names_of_private_addresses_are_not_dialled() {
    let asked = Arc::new(AtomicUsize::new(0));
    let port = listen(vec![whole("", b"secret")], Arc::clone(&asked)).await;
    let client = client();
    for name in [
        "loopback",
        "loopback6",
        "private",
        "private172",
        "private192",
        "metadata",
        "shared",
        "nowhere",
        "multicast",
        "mapped",
        "compatible",
        "nat64",
        "6to4",
        "teredo",
        "unique",
        "link",
        "mixed",
        "mixed-first",
        "mixed6",
    ] {
        let (outcome, _) = fetch(&client, &format!("http://{name}.test:{port}/")).await;
        assert_eq!(words(&outcome), "refused address", "{name}: {outcome}");
        assert!(
            outcome.to_string().contains(&format!("{name}.test")),
            "{outcome}"
        );
    }
    for address in [
        "http://127.0.0.1",
        "http://localhost",
        "http://2130706433",
        "http://[::ffff:127.0.0.1]",
    ] {
        let (outcome, _) = fetch(&client, &format!("{address}:{port}/")).await;
        assert_eq!(words(&outcome), "refused address", "{address}: {outcome}");
    }
    for name in ["empty", "unknown"] {
        let (outcome, _) = fetch(&client, &format!("http://{name}.test:{port}/")).await;
        assert_eq!(words(&outcome), "failed dns", "{name}: {outcome}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody came");
}

#[tokio::test]
async fn leave_for_one_source_is_no_leave_for_another() {
    let asked = Arc::new(AtomicUsize::new(0));
    let port = listen(vec![whole("", b"secret")], Arc::clone(&asked)).await;
    let client = client();
    let address = format!("http://intranet.test:{port}/");
    let with_leave = |pattern: String| {
        let terms = Terms {
            allow_private: vec![pattern.parse().expect("a pattern")],
            ..Terms::default()
        };
        Request {
            source: Arc::new(terms),
            ..Request::new(
                Url::parse(&address).expect("test addresses parse"),
                Kind::Page,
            )
        }
    };
    let outcome = client
        .fetch(&with_leave(format!("intranet.test:{port}")))
        .await;
    assert_eq!(words(&outcome), "body 6", "{outcome}");
    // The connection is still open, and must not be used without leave.
    let (outcome, _) = fetch(&client, &address).await;
    assert_eq!(words(&outcome), "refused address", "{outcome}");
    let outcome = client
        .fetch(&with_leave("intranet.test:1".to_owned()))
        .await;
    assert_eq!(words(&outcome), "refused address", "{outcome}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_cannot_be_reached_has_a_name() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        listener.local_addr().expect("a bound socket").port()
    };
    let plain = listen(
        vec![Step::Blurt(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())],
        Arc::default(),
    )
    .await;
    let slow = listen(vec![Step::Hold], Arc::default()).await;
    let client = client();
    for (address, expected) in [
        (
            format!("http://closed.localhost:{closed}/"),
            "failed connection-refused",
        ),
        (format!("https://plain.localhost:{plain}/"), "failed tls"),
        (format!("https://slow.localhost:{slow}/"), "failed timeout"),
        ("http://unknown.test/".to_owned(), "failed dns"),
        ("ftp://outlet.test/".to_owned(), "refused scheme"),
    ] {
        let (outcome, took) = fetch(&client, &address).await;
        assert_eq!(words(&outcome), expected, "{address}: {outcome}");
        assert!(took < PATIENCE, "{address} took {took:?}");
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut request = Vec::new();
                while socket
                    .read_buf(&mut request)
                    .await
                    .is_ok_and(|read| read > 0)
                {
                    if request.ends_with(b"\r\n\r\n") {
                        request.clear();
                        let _sent = socket
                            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                            .await;
                    }
                }
            });
        }
    });
    let client = client();
    for _ in 0..5 {
        let (outcome, _) = fetch(&client, &format!("http://kept.localhost:{port}/")).await;
        assert_eq!(words(&outcome), "body 2", "{outcome}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_steady_body_without_end_ends_with_the_total_time() {
    let steps = vec![
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        Step::Trickle,
    ];
    let port = listen(steps, Arc::default()).await;
    let terms = Terms {
        timeout: Some(Duration::from_millis(700)),
        ..Terms::default()
    };
    let address = format!("http://steady.localhost:{port}/");
    let request = Request {
        source: Arc::new(terms),
        ..Request::new(
            Url::parse(&address).expect("test addresses parse"),
            Kind::Page,
        )
    };
    let began = Instant::now();
    let outcome = client().fetch(&request).await;
    assert_eq!(words(&outcome), "failed timeout", "{outcome}");
    assert!(outcome.to_string().contains("within 700 ms"), "{outcome}");
    assert!(began.elapsed() < PATIENCE);
}

#[tokio::test]
async fn a_proxy_is_used_and_the_guard_still_reads_numbers() {
    let asked = Arc::new(AtomicUsize::new(0));
    let port = listen(vec![whole("", b"by proxy")], Arc::clone(&asked)).await;
    let proxied = Settings {
        proxy: Url::parse(&format!("http://proxy.localhost:{port}")).ok(),
        allow_private: Vec::new(),
        ..settings()
    };
    let client =
        Client::with_lookup(proxied, Arc::new(SystemClock), Arc::new(Names)).expect("a client");
    for (address, expected) in [
        ("http://unknown.test/", "body 8"),
        ("http://10.0.0.1/", "refused address"),
        ("http://127.0.0.1/", "refused address"),
        ("http://[64:ff9b::1]/", "refused address"),
        ("http://proxy.localhost/", "refused address"),
    ] {
        let (outcome, _) = fetch(&client, address).await;
        assert_eq!(words(&outcome), expected, "{address}: {outcome}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misbehaviour_over_http2_has_its_outcome() {
    let trusting = Settings {
        extra_roots: http2::ROOT.to_vec(),
        ..settings()
    };
    let client =
        Client::with_lookup(trusting, Arc::new(SystemClock), Arc::new(Names)).expect("a client");
    let fetches = http2::acts()
        .into_iter()
        .enumerate()
        .map(|(number, (name, acts, expected))| {
            let client = client.clone();
            async move {
                let port = http2::listen(acts);
                let (outcome, took) = fetch(
                    &client,
                    &format!("https://row{number}.tls.localhost:{port}/"),
                )
                .await;
                (name, expected, outcome, took)
            }
        });
    let mut wrong = Vec::new();
    for (name, expected, outcome, took) in join_all(fetches).await {
        if words(&outcome) != expected || took > PATIENCE {
            wrong.push(format!(
                "{name}: {} and not {expected}, in {took:?}: {outcome}",
                words(&outcome)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_certificate_must_be_trusted_and_fit_the_name() {
    let whole = http2::acts().swap_remove(0).1;
    let port = http2::listen(whole.clone());
    let (outcome, _) = fetch(&client(), &format!("https://a.tls.localhost:{port}/")).await;
    assert_eq!(words(&outcome), "failed tls", "an unknown root: {outcome}");
    let trusting = Settings {
        extra_roots: http2::ROOT.to_vec(),
        ..settings()
    };
    let trusting =
        Client::with_lookup(trusting, Arc::new(SystemClock), Arc::new(Names)).expect("a client");
    for (name, expected) in [
        ("a.tls.localhost", "body 3"),
        ("b.other.localhost", "failed tls"),
    ] {
        let port = http2::listen(whole.clone());
        let (outcome, _) = fetch(&trusting, &format!("https://{name}:{port}/")).await;
        assert_eq!(words(&outcome), expected, "{name}: {outcome}");
    }
    let broken = Settings {
        extra_roots: b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n".to_vec(),
        ..settings()
    };
    assert!(Client::new(broken, Arc::new(SystemClock)).is_err());
}
