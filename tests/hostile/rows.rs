//! What hostile servers do, and the outcome each of them must end in.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// What a server does with a connection, one step after the other; then it closes.
#[derive(Clone)]
pub enum Step {
    /// Closes without reading the request.
    Slam,
    /// Speaks without waiting for the request, and closes.
    Blurt(Vec<u8>),
    Send(Vec<u8>),
    /// Sends the same for ever, as fast as it is taken.
    Flood(Vec<u8>),
    /// Sends one byte of the text after the other, and the last one for ever, slowly.
    Drip(Vec<u8>),
    /// Sends 20 kB a second for ever.
    Trickle,
    /// Sends nothing more, and does not close.
    Hold,
}

use Step::{Drip, Flood, Hold, Send, Slam};

pub fn send(text: &str) -> Step {
    Send(text.as_bytes().to_vec())
}

fn flood(text: &str) -> Step {
    Flood(text.repeat(4096 / text.len() + 1).into_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

/// A complete answer with a length.
pub fn whole(headers: &str, body: &[u8]) -> Step {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n",
        body.len()
    );
    Send([head.as_bytes(), body].concat())
}

/// The beginning of an answer without a length, packed.
fn gzipped(body: Vec<u8>) -> Step {
    let head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
    Send([&head[..], &body].concat())
}

/// A name for the row, what the server does, and the outcome in words.
pub type Row = (&'static str, Vec<Step>, &'static str);

pub fn bodies() -> Vec<Row> {
    let ok = "HTTP/1.1 200 OK\r\n";
    let page = b"<p>Une d\xC3\xA9p\xC3\xAAche.</p>";
    let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
    let whole_gzip = gzip(&page.repeat(100));
    vec![
        ("healthy", vec![whole("", page)], "body 21"),
        (
            "endless body",
            vec![send("HTTP/1.1 200 OK\r\n\r\n"), flood("<p>x</p>")],
            "failed too-large",
        ),
        (
            "endless chunks",
            vec![
                send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                flood(&format!("3e8\r\n{}\r\n", "x".repeat(1000))),
            ],
            "failed too-large",
        ),
        (
            "ten gigabytes announced",
            vec![
                send("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"),
                flood("x"),
            ],
            "failed too-large",
        ),
        (
            "dripping body",
            vec![send("HTTP/1.1 200 OK\r\n\r\n"), Drip(Vec::new())],
            "failed timeout",
        ),
        (
            "stalled body",
            vec![
                send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
                Hold,
            ],
            "failed timeout",
        ),
        (
            "bomb",
            vec![whole("Content-Encoding: gzip\r\n", &bomb)],
            "failed too-large",
        ),
        (
            "endless tail of gzip",
            vec![gzipped(whole_gzip.clone()), flood("x")],
            "failed too-large",
        ),
        (
            "endless gzips of nothing",
            vec![gzipped(gzip(b"")), Flood(gzip(b"").repeat(200))],
            "failed too-large",
        ),
        ("bomb as a file", vec![whole("", &bomb)], "failed too-large"),
        (
            "bomb in a bomb",
            vec![whole("Content-Encoding: gzip\r\n", &gzip(&bomb))],
            "failed too-large",
        ),
        (
            "lying gzip",
            vec![whole("Content-Encoding: gzip\r\n", page)],
            "failed encoding",
        ),
        (
            "lying deflate",
            vec![whole("Content-Encoding: deflate\r\n", page)],
            "failed encoding",
        ),
        (
            "brotli, for which we did not ask",
            vec![whole("Content-Encoding: br\r\n", &page.repeat(100))],
            "failed encoding",
        ),
        (
            "unknown coding",
            vec![whole("Content-Encoding: zstd\r\n", page)],
            "failed encoding",
        ),
        (
            "gzip with a cut end",
            vec![whole(
                "Content-Encoding: gzip\r\n",
                &whole_gzip[..whole_gzip.len() - 3],
            )],
            "failed truncated",
        ),
        (
            "gzip with a tail",
            vec![whole(
                "Content-Encoding: gzip\r\n",
                &[&whole_gzip[..], b"tail"].concat(),
            )],
            "body 2100",
        ),
        (
            "length too long",
            vec![send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc")],
            "failed truncated",
        ),
        (
            "length too short",
            vec![send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")],
            "body 3",
        ),
        (
            "two lengths",
            vec![send(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            )],
            "failed protocol",
        ),
        (
            "negative length",
            vec![send("HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "length in words",
            vec![send("HTTP/1.1 200 OK\r\nContent-Length: three\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "garbage for a chunk",
            vec![chunked("zz\r\nabc\r\n0\r\n\r\n")],
            "failed protocol",
        ),
        (
            "chunk without end",
            vec![chunked("ff\r\nabc")],
            "failed truncated",
        ),
        (
            "chunks without end",
            vec![chunked("3\r\nabc\r\n")],
            "failed truncated",
        ),
        (
            "chunk size overflows",
            vec![chunked("fffffffffffffffff\r\nabc\r\n")],
            "failed protocol",
        ),
        (
            "chunk longer than said",
            vec![chunked("2\r\nabcdef\r\n0\r\n\r\n")],
            "failed protocol",
        ),
        (
            "endless chunk extension",
            vec![chunked("3;"), flood("x")],
            "failed protocol",
        ),
        (
            "trailers",
            vec![chunked(
                "3\r\nabc\r\n0\r\nX-A: 1\r\nSet-Cookie: a=1\r\n\r\n",
            )],
            "body 3",
        ),
        (
            "endless trailers",
            vec![chunked("3\r\nabc\r\n0\r\n"), flood("X-A: 1\r\n")],
            "failed protocol",
        ),
        (
            "length and chunks",
            vec![send(&format!(
                "{ok}Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
            ))],
            "body 3",
        ),
        (
            "old and without length",
            vec![send("HTTP/1.0 200 OK\r\n\r\nabc")],
            "body 3",
        ),
        ("NULs in the body", vec![whole("", b"a\0b\0c")], "body 5"),
        (
            "a second answer unasked",
            vec![whole("", b"abc"), whole("", b"evil")],
            "body 3",
        ),
        (
            "a film",
            vec![
                send("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"),
                flood("x"),
            ],
            "refused media-type",
        ),
        (
            "a PDF under a wrong name",
            vec![whole("Content-Type: text/html\r\n", b"%PDF-1.7")],
            "refused media-type",
        ),
        (
            "an archive without a name",
            vec![whole("", b"PK\x03\x04...")],
            "refused media-type",
        ),
    ]
}

fn chunked(body: &str) -> Step {
    send(&format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
    ))
}

pub fn heads() -> Vec<Row> {
    let many = "X-A: 1\r\n".repeat(250);
    vec![
        ("silence", vec![Hold], "failed timeout"),
        (
            "dripping head",
            vec![Drip(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec())],
            "failed timeout",
        ),
        (
            "endless headers",
            vec![send("HTTP/1.1 200 OK\r\n"), flood("X-A: 1\r\n")],
            "failed protocol",
        ),
        (
            "one endless header",
            vec![send("HTTP/1.1 200 OK\r\nX-A: "), flood("x")],
            "failed protocol",
        ),
        (
            "endless cookies",
            vec![
                send("HTTP/1.1 200 OK\r\n"),
                flood("Set-Cookie: a=b; Path=/\r\n"),
            ],
            "failed protocol",
        ),
        (
            "250 headers",
            vec![send(&format!("HTTP/1.1 200 OK\r\n{many}\r\nabc"))],
            "failed protocol",
        ),
        (
            "a large cookie",
            vec![whole(
                &format!("Set-Cookie: {}\r\n", "a".repeat(90_000)),
                b"abc",
            )],
            "body 3",
        ),
        (
            "interim answers for ever",
            vec![flood("HTTP/1.1 103 Early Hints\r\n\r\n")],
            "failed timeout",
        ),
        (
            "some interim answers",
            vec![send("HTTP/1.1 100 Continue\r\n\r\n"), whole("", b"abc")],
            "body 3",
        ),
        (
            "another protocol unasked",
            vec![send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            )],
            "failed 101",
        ),
        (
            "no head at all",
            vec![send("<html>HTTP/0.9 lives</html>")],
            "failed protocol",
        ),
        (
            "another service",
            vec![send("SSH-2.0-OpenSSH_9.2\r\n")],
            "failed protocol",
        ),
        (
            "a frame of HTTP/2",
            vec![Send(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64".to_vec())],
            "failed protocol",
        ),
        (
            "a status in words",
            vec![send("HTTP/1.1 OK 200\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "a status of two digits",
            vec![send("HTTP/1.1 20 OK\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "a status beyond",
            vec![send("HTTP/1.1 999 Wrong\r\n\r\nabc")],
            "failed 999",
        ),
        (
            "a NUL in a header",
            vec![send("HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "a header without a name",
            vec![send("HTTP/1.1 200 OK\r\n: x\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "a header without a colon",
            vec![send("HTTP/1.1 200 OK\r\nnonsense\r\n\r\nabc")],
            "failed protocol",
        ),
        (
            "bare line feeds",
            vec![send("HTTP/1.1 200 OK\nContent-Length: 3\n\nabc")],
            "body 3",
        ),
        ("closed at once", vec![Slam], "failed closed"),
        ("closed before the head", vec![], "failed closed"),
        (
            "closed within the head",
            vec![send("HTTP/1.1 200 OK\r\nX-A:")],
            "failed closed",
        ),
    ]
}

pub fn statuses() -> Vec<Row> {
    let to = |location: &[u8]| {
        vec![Send(
            [b"HTTP/1.1 302 Found\r\nLocation: ", location, b"\r\n\r\n"].concat(),
        )]
    };
    let answer = |text: &str| vec![send(&format!("HTTP/1.1 {text}\r\n\r\n"))];
    vec![
        (
            "nothing with something",
            vec![send(
                "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
            )],
            "failed 204",
        ),
        (
            "reset with something",
            vec![send("HTTP/1.1 205 Reset\r\nContent-Length: 3\r\n\r\nabc")],
            "failed 205",
        ),
        (
            "a part unasked",
            vec![send(
                "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-2/9\r\n\r\nabc",
            )],
            "failed 206",
        ),
        (
            "unchanged unasked",
            answer("304 Not Modified"),
            "failed protocol",
        ),
        ("gone", answer("410 Gone"), "gone"),
        (
            "not found for ever",
            vec![send("HTTP/1.1 404 Not Found\r\n\r\n"), flood("x")],
            "failed 404",
        ),
        (
            "429 in seconds",
            answer("429 Slow\r\nRetry-After: 120"),
            "throttled 429",
        ),
        ("429 without a word", answer("429 Slow"), "throttled 429"),
        (
            "429 for an eternity",
            answer("429 Slow\r\nRetry-After: 99999999999999999999"),
            "throttled 429",
        ),
        (
            "503 until a date",
            answer("503 Busy\r\nRetry-After: Sun, 01 Mar 2099 12:00:00 GMT"),
            "throttled 503",
        ),
        (
            "503 in garbage",
            answer("503 Busy\r\nRetry-After: \u{fe0f}soon"),
            "throttled 503",
        ),
        (
            "503 in the past",
            answer("503 Busy\r\nRetry-After: -1"),
            "throttled 503",
        ),
        ("a circle", to(b"/"), "refused too-many-redirects"),
        (
            "a redirect to a file",
            to(b"file:///etc/passwd"),
            "refused scheme",
        ),
        (
            "a redirect to a private network",
            to(b"http://10.0.0.1/"),
            "refused address",
        ),
        (
            "a redirect to metadata",
            to(b"http://169.254.169.254/latest/meta-data/"),
            "refused address",
        ),
        (
            "a redirect to loopback in hex",
            to(b"http://0x7f000001/"),
            "refused address",
        ),
        (
            "a redirect to mapped loopback",
            to(b"http://[::ffff:7f00:1]/"),
            "refused address",
        ),
        (
            "a redirect to a name of the house",
            to(b"http://intranet.test/"),
            "refused address",
        ),
        (
            "a redirect to garbage",
            to(b"http://\xFF\xFE\xFD/"),
            "failed protocol",
        ),
        (
            "a redirect to nowhere",
            answer("302 Found"),
            "failed protocol",
        ),
        (
            "a redirect with an endless body",
            vec![
                send("HTTP/1.1 302 Found\r\nLocation: file:///x\r\n\r\n"),
                flood("x"),
            ],
            "refused scheme",
        ),
    ]
}
