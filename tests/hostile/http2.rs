//! Servers behind TLS, and what HTTP/2 lets them do: frames by hand, since no library would write
//! them. The certificate is for `*.tls.localhost`; its key is a test's and protects nothing.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The root that signed the servers' certificate.
pub const ROOT: &[u8] = include_bytes!("root.pem");
const SERVER: &[u8] = include_bytes!("server.pem");

/// What a server does once the request has come.
#[derive(Clone)]
pub enum Act {
    Send(Vec<u8>),
    Flood(Vec<u8>),
    /// Sends a body without end, but no faster than the client makes room for it.
    Endless,
    Hold,
}

use Act::{Endless, Flood, Hold, Send};

/// Frame types of RFC 9113 §6.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// `:status: 200`, by its place in the table of RFC 7541.
const OK: &[u8] = &[0x88];

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("test frames are short");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A literal header field that is not kept in the table.
fn field(name: &str, value: &str) -> Vec<u8> {
    let length = |text: &str| u8::try_from(text.len()).expect("test fields are short");
    let mut field = vec![0, length(name)];
    field.extend(name.as_bytes());
    field.push(length(value));
    field.extend(value.as_bytes());
    field
}

fn head() -> Vec<u8> {
    frame(HEADERS, END_HEADERS, 1, OK)
}

fn reset(error: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, 1, &error.to_be_bytes())
}

/// A name for the row, what the server does, and the outcome in words.
pub fn acts() -> Vec<(&'static str, Vec<Act>, &'static str)> {
    let whole = [head(), frame(DATA, END_STREAM, 1, b"abc")].concat();
    let part = [head(), frame(DATA, 0, 1, b"abc")].concat();
    let long = [OK, &field("content-length", "99")].concat();
    let fields = field("x-a", &"a".repeat(100)).repeat(100);
    let mut many = frame(HEADERS, 0, 1, OK);
    many.extend(frame(CONTINUATION, 0, 1, &fields).repeat(7));
    many.extend(frame(CONTINUATION, END_HEADERS, 1, &fields));
    let bomb = [
        &[0x88, 0x40, 1, b'x', 0x7f, 0x81, 0x1e][..],
        &[b'a'; 4000],
        &[0xbe; 10_000],
    ]
    .concat();
    vec![
        ("healthy over HTTP/2", vec![Send(whole)], "body 3"),
        ("reset at once", vec![Send(reset(2))], "failed closed"),
        ("refused stream", vec![Send(reset(7))], "failed closed"),
        (
            "told to speak HTTP/1.1",
            vec![Send(reset(13))],
            "failed closed",
        ),
        (
            "reset within the body",
            vec![Send(part.clone()), Send(reset(2))],
            "failed truncated",
        ),
        (
            "cancelled within the body",
            vec![Send(part.clone()), Send(reset(8))],
            "failed truncated",
        ),
        (
            "closed within the body",
            vec![Send(part)],
            "failed truncated",
        ),
        (
            "gone away at once",
            vec![Send(frame(GOAWAY, 0, 0, &[0; 8]))],
            "failed closed",
        ),
        ("silence over HTTP/2", vec![Hold], "failed timeout"),
        (
            "more data than allowed",
            vec![Send(head()), Endless],
            "failed too-large",
        ),
        (
            "data without regard for room",
            vec![Send(head()), Flood(frame(DATA, 0, 1, &[b'x'; 8000]))],
            "failed too-large",
        ),
        (
            "endless empty data",
            vec![Send(head()), Flood(frame(DATA, 0, 1, b"").repeat(100))],
            "failed protocol",
        ),
        (
            "less than announced",
            vec![
                Send(frame(HEADERS, END_HEADERS, 1, &long)),
                Send(frame(DATA, END_STREAM, 1, b"abc")),
            ],
            "failed protocol",
        ),
        (
            "data before the head",
            vec![Send(frame(DATA, END_STREAM, 1, b"abc"))],
            "failed protocol",
        ),
        (
            "endless continuation",
            vec![
                Send(frame(HEADERS, 0, 1, OK)),
                Flood(frame(CONTINUATION, 0, 1, &field("x-a", &"a".repeat(100)))),
            ],
            "failed protocol",
        ),
        ("too many headers", vec![Send(many)], "failed protocol"),
        (
            "bomb of headers",
            vec![Send(frame(HEADERS, END_HEADERS, 1, &bomb))],
            "failed protocol",
        ),
        (
            "garbage for headers",
            vec![Send(frame(HEADERS, END_HEADERS, 1, &[0xff; 9]))],
            "failed protocol",
        ),
        (
            "a frame too large",
            vec![Send(frame(DATA, 0, 1, &[0; 100_000]))],
            "failed protocol",
        ),
        (
            "pings for ever",
            vec![Flood(frame(PING, 0, 0, &[0; 8]).repeat(50))],
            "failed timeout",
        ),
        (
            "settings for ever",
            vec![Flood(frame(SETTINGS, 0, 0, b"").repeat(50))],
            "failed timeout",
        ),
        (
            "HTTP/1 after all",
            vec![Send(b"HTTP/1.1 200 OK\r\n\r\nabc".to_vec())],
            "failed protocol",
        ),
    ]
}

/// Starts a server that speaks HTTP/2 over TLS, and gives its port. It lives on a thread of its
/// own, since there is no TLS for async sockets here.
pub fn listen(acts: Vec<Act>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("a bound socket").port();
    let config = Arc::new(config());
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else {
                continue;
            };
            // A client that has heard enough closes; that is the end of the act.
            let _ended = play(StreamOwned::new(connection, socket), &acts);
        }
    });
    port
}

fn config() -> ServerConfig {
    let chain = CertificateDer::pem_slice_iter(SERVER)
        .map(|certificate| certificate.expect("a certificate"));
    let key = PrivateKeyDer::from_pem_slice(SERVER).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_no_client_auth()
        .with_single_cert(chain.collect(), key)
        .expect("the key fits");
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

type Stream = StreamOwned<ServerConnection, std::net::TcpStream>;

/// Type, stream and payload of the next frame.
fn read_frame(stream: &mut Stream) -> std::io::Result<(u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    stream.read_exact(&mut head)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload)?;
    let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    Ok((head[3], id, payload))
}

/// Room on the connection and in the stream, as a frame of the client changes it (RFC 9113 §5.2).
fn widen(room: &mut [usize; 2], (kind, id, payload): &(u8, u32, Vec<u8>)) {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | usize::from(*byte));
    if *kind == WINDOW_UPDATE && *id <= 1 {
        room[*id as usize] += number(payload);
    }
    for setting in payload.chunks(6).filter(|_| *kind == SETTINGS) {
        if let [0, 4, size @ ..] = setting {
            room[1] = number(size);
        }
    }
}

fn flow(stream: &mut Stream, mut room: [usize; 2]) -> std::io::Result<()> {
    loop {
        while room.iter().all(|room| *room >= 8000) {
            stream.write_all(&frame(DATA, 0, 1, &[b'x'; 8000]))?;
            room = room.map(|room| room - 8000);
        }
        stream.flush()?;
        widen(&mut room, &read_frame(stream)?);
    }
}

fn play(mut stream: Stream, acts: &[Act]) -> std::io::Result<()> {
    stream.sock.set_read_timeout(Some(Duration::from_secs(3)))?;
    stream
        .sock
        .set_write_timeout(Some(Duration::from_secs(3)))?;
    let mut preface = [0; 24];
    stream.read_exact(&mut preface)?;
    stream.write_all(&frame(SETTINGS, 0, 0, b""))?;
    stream.write_all(&frame(SETTINGS, ACK, 0, b""))?;
    stream.flush()?;
    let mut room = [65_535; 2];
    loop {
        let frame = read_frame(&mut stream)?;
        widen(&mut room, &frame);
        if frame.0 == HEADERS {
            break;
        }
    }
    for act in acts {
        match act {
            Send(bytes) => stream.write_all(bytes)?,
            Flood(bytes) => loop {
                stream.write_all(bytes)?;
            },
            Endless => flow(&mut stream, room)?,
            Hold => std::thread::sleep(Duration::from_secs(3)),
        }
        stream.flush()?;
    }
    stream.conn.send_close_notify();
    stream.flush()?;
    // Closing with something unread would reset the connection, and what was sent with it.
    stream.sock.shutdown(Shutdown::Write)?;
    std::io::copy(&mut stream.sock, &mut std::io::sink()).map(drop)
}
