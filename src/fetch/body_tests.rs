//! Tables for [`super::read`]: codings, lies, bombs, limits.

use std::collections::VecDeque;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use reqwest::header::HeaderValue;

use super::super::exchange::Pieces;
use super::*;
use crate::clock::{SteppedClock, Timer};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

const CAP: usize = 4 * 1024 * 1024;

/// Reads a body in pieces of a size.
fn read_in(coding: &str, body: &[u8], size: usize, cut: bool) -> Result<Whole, Failure> {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(coding).expect("test headers are valid");
    headers.insert(CONTENT_ENCODING, value);
    let limits = Limits {
        cap: CAP,
        cut,
        read_timeout: Duration::from_secs(1),
        slow_window: Duration::from_secs(1),
        slow_bytes: 1,
    };
    let mut pieces = Pieces(
        body.chunks(size.max(1))
            .map(<[u8]>::to_vec)
            .collect::<VecDeque<_>>(),
    );
    let clock = SteppedClock::new(chrono::DateTime::UNIX_EPOCH);
    let large = Arc::new(Semaphore::new(LARGE_MIB as usize));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let read = runtime.block_on(read(&mut pieces, &headers, &limits, &clock, &large));
    read.map_err(|broken| match broken {
        Broken::Failed(failure) => failure,
        Broken::Refused(refusal) => panic!("{refusal:?}"),
    })
}

#[test]
fn codings_are_undone_in_pieces_of_any_size() {
    let text = "Une dépêche. ".repeat(300);
    let text = text.as_bytes();
    let halves = [gzip(&text[..1000]), gzip(&text[1000..])].concat();
    let with_rest = [gzip(text), b"<!-- served in 3 ms -->".to_vec()].concat();
    let zlib_with_rest = [zlib(text), b"rest".to_vec()].concat();
    for (coding, body) in [
        ("", text.to_vec()),
        ("identity", text.to_vec()),
        ("UTF-8", text.to_vec()),
        ("gzip", gzip(text)),
        ("X-GZIP", gzip(text)),
        ("gzip", halves),
        ("gzip", with_rest),
        ("deflate", zlib(text)),
        ("deflate", deflate(text)),
        ("deflate", zlib_with_rest),
        ("identity, gzip", gzip(text)),
        // Packed as a file, or twice by mistake.
        ("", gzip(text)),
        ("gzip", gzip(&gzip(text))),
    ] {
        for size in [1, 7, 1 << 20] {
            let whole = read_in(coding, &body, size, false);
            let whole = whole.unwrap_or_else(|failure| panic!("{coding} by {size}: {failure:?}"));
            assert!(whole.bytes == text, "{coding} by {size}");
            assert_eq!(whole.bytes_on_wire, body.len() as u64);
        }
    }
    assert_eq!(
        read_in("gzip", b"", 1, false).expect("an empty body").bytes,
        b""
    );
}

#[test]
fn damage_has_a_name() {
    let text = "Une dépêche. ".repeat(300);
    let packed = gzip(text.as_bytes());
    let mut flipped = packed.clone();
    let at = packed.len() / 2;
    flipped[at] ^= 0xFF;
    flipped[at + 1] ^= 0xFF;
    let mut bad_sum = packed.clone();
    let last = packed.len() - 6;
    bad_sum[last] ^= 0xFF;
    let check = |coding: &str, body: &[u8], expected: &[FailureKind]| {
        for size in [64, 999, 1 << 20] {
            let kind = read_in(coding, body, size, false).expect_err(coding).kind;
            assert!(expected.contains(&kind), "{coding} by {size}: {kind:?}");
        }
    };
    use FailureKind::{Encoding, TooLarge, Truncated};
    check("gzip", b"<html>plain text", &[Encoding]);
    check("gzip", b"x", &[Truncated]);
    check("gzip", &packed[..packed.len() - 1], &[Truncated]);
    check("gzip", &packed[..packed.len() / 2], &[Truncated]);
    check("gzip", &packed[..5], &[Truncated]);
    check("gzip", &flipped, &[Encoding, Truncated]);
    check("gzip", &bad_sum, &[Truncated, Encoding]);
    check("deflate", b"<html>plain text", &[Encoding]);
    check("deflate", &zlib(text.as_bytes())[..40], &[Truncated]);
    check("deflate", &deflate(text.as_bytes())[..20], &[Truncated]);
    check("zstd", b"x", &[Encoding]);
    check("compress", b"x", &[Encoding]);
    check("gzip, gzip", &packed, &[Encoding]);
    check("gzip, br", &packed, &[Encoding]);
    check("", &packed[..packed.len() / 2], &[Truncated]);
    check("", &vec![b'x'; CAP + 1], &[TooLarge]);
    check("gzip", &gzip(&vec![b'x'; CAP + 1]), &[TooLarge]);
    check("deflate", &zlib(&vec![b'x'; CAP + 1]), &[TooLarge]);
}

#[test]
fn a_bomb_is_seen_before_the_cap() {
    let bomb = gzip(&vec![b'x'; 3 * 1024 * 1024]);
    let failure = read_in("gzip", &bomb, 256, false).expect_err("a bomb");
    assert_eq!(failure.kind, FailureKind::TooLarge);
    assert!(failure.message.contains("bomb"), "{}", failure.message);
    let nested = gzip(&gzip(&vec![b'x'; 3 * 1024 * 1024]));
    let failure = read_in("gzip", &nested, 1 << 20, false).expect_err("a bomb in a bomb");
    assert_eq!(failure.kind, FailureKind::TooLarge);
    assert!(
        read_in("gzip", &gzip(&vec![b'x'; 900 * 1024]), 1 << 20, false).is_ok(),
        "small enough to be harmless"
    );
}

#[test]
fn a_body_may_be_cut_where_that_is_asked_for() {
    for (coding, body) in [
        ("", vec![b'x'; CAP + 9]),
        ("gzip", {
            let noisy: Vec<u8> = (0..CAP + 9)
                .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect();
            gzip(&noisy)
        }),
    ] {
        let whole = read_in(coding, &body, 65_536, true).expect("a cut body");
        assert!(
            whole.cut && whole.bytes.len() == CAP,
            "{coding}: {}",
            whole.bytes.len()
        );
    }
}

#[test]
fn dripping_is_too_slow() {
    let limits = Limits {
        cap: CAP,
        cut: false,
        read_timeout: Duration::from_secs(20),
        slow_window: Duration::from_secs(15),
        slow_bytes: 4096,
    };
    let clock = SteppedClock::new(chrono::DateTime::UNIX_EPOCH);
    let mut pace = Pace::new(clock.elapsed());
    let mut drip = |bytes: usize| {
        clock.advance(Duration::from_secs(5));
        pace.check(clock.elapsed(), bytes, &limits)
    };
    for _ in 0..30 {
        assert_eq!(drip(2000), Ok(()), "slow but steady");
    }
    assert_eq!(drip(10), Ok(()));
    assert_eq!(drip(10), Ok(()));
    assert_eq!(
        drip(10).map_err(|failure| failure.kind),
        Err(FailureKind::Timeout)
    );
}
