//! Memory under attack: as many hostile answers as may be in flight, each as large as it can be made,
//! under the limits that the daemon has. A program of its own, since the peak is that of a process.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use depeche::clock::SystemClock;
use depeche::fetch::{Client, Kind, Outcome, Request, Settings};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use url::Url;

/// What all of them may take together, in KiB.
const MOST: u64 = 256 << 10;
/// The kinds of documents that are attacked with.
const KINDS: [Kind; 5] = [
    Kind::Feed,
    Kind::Page,
    Kind::Listing,
    Kind::Sitemap,
    Kind::Json,
];

/// A body before it is sent.
struct Body {
    coding: &'static str,
    /// Sent before all have begun.
    start: Vec<u8>,
    /// Sent then, over and over where it is endless.
    rest: Vec<u8>,
    endless: bool,
}

/// Text that packs to about a hundredth: no bomb by its ratio.
fn text(size: usize) -> Vec<u8> {
    let block = |n: usize| {
        let word = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{word:016x}{}", "depeche ".repeat(250))
    };
    let mut text: Vec<u8> = (0..)
        .map(block)
        .take(size / 2_016)
        .collect::<String>()
        .into();
    text.resize(size, b'x');
    text
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bodies() -> Vec<Arc<Body>> {
    let (large, start) = (text(52 << 20), text(900 << 10));
    let packed = |coding, mut start: Vec<u8>| {
        let rest = start.split_off(1_000);
        let endless = false;
        Arc::new(Body {
            coding,
            start,
            rest,
            endless,
        })
    };
    let (once, twice) = (gzip(&large), gzip(&gzip(&large)));
    vec![
        Arc::new(Body {
            coding: "identity",
            start,
            rest: text(64 << 10),
            endless: true,
        }),
        packed("gzip", once.clone()),
        // A file that is packed itself, and one that is packed for the way, too.
        packed("identity", once),
        packed("gzip", twice),
    ]
}

async fn attack(mut socket: TcpStream, body: Arc<Body>, all: Arc<Barrier>) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if socket.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\n\r\n",
        body.coding
    );
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(&body.start).await?;
    all.wait().await;
    socket.write_all(&body.rest).await?;
    if !body.endless {
        return socket.shutdown().await;
    }
    loop {
        socket.write_all(&body.rest).await?;
    }
}

/// A figure of this process in KiB.
fn own(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().split_whitespace().next().unwrap();
    number.parse().unwrap()
}

/// What comes of as many fetches at once, every one of them answered by this body.
async fn attacked(client: &Client, body: &Arc<Body>, count: usize) -> Vec<Outcome> {
    let all = Arc::new(Barrier::new(count));
    let fetches = (0..count).map(|n| {
        let (client, body, all) = (client.clone(), body.clone(), all.clone());
        async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            tokio::spawn(async move {
                let (socket, _) = listener.accept().await?;
                attack(socket, body, all).await
            });
            let address = Url::parse(&format!("http://host{n}.localhost:{port}/")).unwrap();
            let request = Request::new(address, KINDS[n % KINDS.len()]);
            client.fetch(&request).await
        }
    });
    join_all(fetches).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_answers_in_flight_take_a_bounded_memory() {
    let settings = Settings {
        min_gap: Duration::ZERO,
        environment_proxy: false,
        allow_private: vec!["*.localhost".parse().unwrap()],
        ..Settings::default()
    };
    let count = settings.max_concurrent;
    let client = Client::new(settings, Arc::new(SystemClock)).unwrap();
    let bodies = bodies();
    // From here on the peak is that of the attack: what the bodies took to be made is given back.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = own("VmRSS:");
    for (n, body) in bodies.iter().enumerate() {
        let outcomes = attacked(&client, body, count).await;
        for outcome in &outcomes {
            assert!(matches!(outcome, Outcome::Failed(_)), "{outcome}");
        }
        let (coding, peak) = (body.coding, own("VmHWM:"));
        println!(
            "{count} hostile answers in flight ({n}, {coding}): {} MiB before, {} MiB at the peak",
            before >> 10,
            peak >> 10
        );
        assert!(peak - before < MOST, "{} KiB", peak - before);
    }
}
