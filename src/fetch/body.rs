//! Reading a body: decompression, and every limit that keeps a hostile server from our memory and
//! our time. A body is whole and within its limits, or it is a named failure.
//!
//! Gzip and deflate are undone here, where the bytes of the wire are seen, so that a bomb shows
//! before it has gone off and a cut stream is told from a whole one. Knows nothing of addresses
//! or domains.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use flate2::write::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::exchange::{Body, Broken};
use super::outcome::{Failure, FailureKind};
use super::within;
use crate::clock::Timer;

/// A body may grow this large unpacked whatever its ratio.
const ALWAYS_UNPACKED: usize = MIB;
/// The highest believable ratio of unpacked to packed; feeds and sitemaps stay below 60.
const HIGHEST_RATIO: usize = 250;
/// How a gzip stream begins (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// From this size on a body needs room among the large ones, as much as its kind may have.
const LARGE_BODY: usize = MIB / 2;
/// The room for large bodies, in MiB: what bounds the memory of all fetches together.
pub(super) const LARGE_MIB: u32 = 64;
/// So much of a body is unpacked before its size is looked at again.
const SLICE: usize = 4 * 1024;
const MIB: usize = 1024 * 1024;

/// The limits of one body.
pub(super) struct Limits {
    /// Decoded bytes.
    pub cap: usize,
    /// Whether what is beyond the cap is left out instead of refused.
    pub cut: bool,
    /// The longest wait for a piece.
    pub read_timeout: Duration,
    /// The time in which `slow_bytes` must come.
    pub slow_window: Duration,
    /// How many bytes must come in `slow_window`.
    pub slow_bytes: usize,
}

/// A body as read.
#[derive(Debug)]
pub(super) struct Whole {
    pub bytes: Vec<u8>,
    pub bytes_on_wire: u64,
    pub cut: bool,
}

/// Reads a body to its end.
pub(super) async fn read(
    body: &mut dyn Body,
    headers: &HeaderMap,
    limits: &Limits,
    timer: &dyn Timer,
    large: &Arc<Semaphore>,
) -> Result<Whole, Broken> {
    let coding = Coding::of(headers).map_err(Broken::Failed)?;
    if !limits.cut && coding == Coding::Identity && announced(headers) > limits.cap as u64 {
        return Err(Broken::Failed(too_large(limits.cap)));
    }
    let mut unpacker = Unpacker::new(coding, limits.cap);
    let mut pace = Pace::new(timer.elapsed());
    let mut wire = 0_usize;
    let mut place: Option<OwnedSemaphorePermit> = None;
    let mut full = false;
    while !full {
        let piece = match within(timer, limits.read_timeout, body.piece()).await {
            Some(piece) => piece?,
            None => return Err(Broken::Failed(stalled(limits.read_timeout))),
        };
        let Some(piece) = piece else { break };
        pace.check(timer.elapsed(), piece.len(), limits)
            .map_err(Broken::Failed)?;
        for slice in piece.chunks(SLICE) {
            wire = wire.saturating_add(slice.len());
            full = !unpacker.push(slice, wire).map_err(Broken::Failed)?;
            if full {
                break;
            }
            if place.is_none() && unpacker.len() > LARGE_BODY {
                place = room(large, limits.cap).await;
                unpacker.reserve();
            }
        }
        if full && !limits.cut {
            return Err(Broken::Failed(unpacker.overflow(wire)));
        }
    }
    if place.is_none() && unpacker.holds_packed() {
        place = room(large, limits.cap).await;
    }
    let (mut bytes, cut) = unpacker.finish(wire, limits.cut).map_err(Broken::Failed)?;
    bytes.shrink_to_fit();
    drop(place);
    Ok(Whole {
        bytes,
        bytes_on_wire: wire as u64,
        cut,
    })
}

/// Waits for room for a body that may grow to its cap.
async fn room(large: &Arc<Semaphore>, cap: usize) -> Option<OwnedSemaphorePermit> {
    let mib = u32::try_from(cap.div_ceil(MIB)).unwrap_or(LARGE_MIB);
    let room = Arc::clone(large).acquire_many_owned(mib.min(LARGE_MIB));
    room.await.ok()
}

fn announced(headers: &HeaderMap) -> u64 {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    length
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or_default()
}

fn too_large(cap: usize) -> Failure {
    Failure::new(
        FailureKind::TooLarge,
        format!(
            "the document is larger than the {} KiB that its kind may have",
            cap / 1024
        ),
    )
}

fn stalled(limit: Duration) -> Failure {
    Failure::new(
        FailureKind::Timeout,
        format!(
            "the server sent a part of the document and then nothing for {} ms",
            limit.as_millis()
        ),
    )
}

fn encoding(message: String) -> Failure {
    Failure::new(FailureKind::Encoding, message)
}

/// Watches that a body does not drip.
struct Pace {
    since: Duration,
    bytes: usize,
}

impl Pace {
    fn new(now: Duration) -> Self {
        Self {
            since: now,
            bytes: 0,
        }
    }

    fn check(&mut self, now: Duration, bytes: usize, limits: &Limits) -> Result<(), Failure> {
        self.bytes += bytes;
        if now.saturating_sub(self.since) < limits.slow_window {
            return Ok(());
        }
        if self.bytes < limits.slow_bytes {
            let message = format!(
                "the server drips: {} bytes in {} ms",
                self.bytes,
                now.saturating_sub(self.since).as_millis()
            );
            return Err(Failure::new(FailureKind::Timeout, message));
        }
        *self = Self::new(now);
        Ok(())
    }
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
    Deflate,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        let mut found = Self::Identity;
        for value in headers.get_all(CONTENT_ENCODING) {
            let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
            for token in value.split(',').map(str::trim) {
                let coding = match token {
                    "gzip" | "x-gzip" => Self::Gzip,
                    "deflate" => Self::Deflate,
                    // Some servers put a charset or a wish here; the body is then as it is.
                    "" | "identity" | "none" | "binary" | "8bit" | "utf-8" | "utf8"
                    | "iso-8859-1" => continue,
                    other => {
                        return Err(encoding(format!(
                            "the document is packed in a way we did not ask for: {}",
                            other.escape_debug()
                        )));
                    }
                };
                if found != Self::Identity {
                    return Err(encoding("the document is packed more than once".to_owned()));
                }
                found = coding;
            }
        }
        Ok(found)
    }
}

/// Bytes with a limit.
#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    allowed: usize,
    full: bool,
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let room = self.allowed.saturating_sub(self.bytes.len());
        let taken = piece.len().min(room);
        self.bytes.extend_from_slice(&piece[..taken]);
        if taken < piece.len() {
            self.full = true;
            return Err(io::Error::other("the limit of the body"));
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first bytes tell a zlib stream from a bare deflate stream, so they are waited for.
enum Stage {
    Plain(Sink),
    Waiting(Start),
    Gzip(GzDecoder<Sink>),
    Deflate(Inflater),
    /// The packed stream has ended; what follows is ignored, as browsers do.
    Ended(Sink),
}

impl Stage {
    fn sink(&self) -> &Sink {
        match self {
            Self::Plain(sink) | Self::Ended(sink) => sink,
            Self::Waiting(start) => &start.sink,
            Self::Gzip(decoder) => decoder.get_ref(),
            Self::Deflate(decoder) => &decoder.sink,
        }
    }

    fn sink_mut(&mut self) -> &mut Sink {
        match self {
            Self::Plain(sink) | Self::Ended(sink) => sink,
            Self::Waiting(start) => &mut start.sink,
            Self::Gzip(decoder) => decoder.get_mut(),
            Self::Deflate(decoder) => &mut decoder.sink,
        }
    }

    /// Takes what it can of a piece; nothing once the packed stream has ended.
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(sink) => sink.write(piece),
            Self::Gzip(decoder) => decoder.write(piece),
            Self::Deflate(decoder) => decoder.write(piece),
            Self::Waiting(_) | Self::Ended(_) => Ok(piece.len()),
        }
    }

    /// Ends a stream. One that has not come to its end is a truncated document, unless it is the
    /// sink that is full.
    fn close(&mut self) -> Result<(), Failure> {
        let whole = match self {
            Self::Plain(_) | Self::Ended(_) => true,
            Self::Waiting(start) => start.held.is_empty() || !start.first,
            Self::Gzip(decoder) => decoder.try_finish().is_ok(),
            Self::Deflate(decoder) => decoder.ended,
        };
        if whole || self.sink().full {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Truncated,
            "the packed document ended before its end, or is damaged there",
        ))
    }
}

/// A packed stream of which only the beginning is missing.
struct Start {
    coding: Coding,
    /// The one byte that has come.
    held: Vec<u8>,
    /// Whether it is the first stream of the body, and not what follows one.
    first: bool,
    sink: Sink,
}

impl Start {
    fn begin(&mut self) -> Result<Stage, Failure> {
        let sink = std::mem::take(&mut self.sink);
        if self.coding == Coding::Gzip {
            return match (self.held.starts_with(&GZIP), self.first) {
                (true, _) => Ok(Stage::Gzip(GzDecoder::new(sink))),
                (false, false) => Ok(Stage::Ended(sink)),
                (false, true) => Err(encoding(
                    "the headers say gzip but the document is not".to_owned(),
                )),
            };
        }
        // RFC 9110 §8.4.1.2 means a zlib stream; some servers send a bare one. A zlib header is
        // two bytes that 31 divides (RFC 1950 §2.2).
        let zlib = self.held[0] & 0x0f == 8
            && u16::from_be_bytes([self.held[0], self.held[1]]).is_multiple_of(31);
        Ok(Stage::Deflate(Inflater {
            decoder: Decompress::new(zlib),
            ended: false,
            sink,
        }))
    }
}

struct Unpacker {
    stage: Stage,
    cap: usize,
    packed: bool,
}

impl Unpacker {
    fn new(coding: Coding, cap: usize) -> Self {
        let sink = Sink::default();
        let stage = match coding {
            Coding::Identity => Stage::Plain(sink),
            coding => Stage::Waiting(Start {
                coding,
                held: Vec::new(),
                first: true,
                sink,
            }),
        };
        Self {
            stage,
            cap,
            packed: coding != Coding::Identity,
        }
    }

    fn len(&self) -> usize {
        self.stage.sink().bytes.len()
    }

    /// Takes the memory that the body may need at once: growing by and by would take twice as much.
    fn reserve(&mut self) {
        let cap = self.cap;
        let bytes = &mut self.stage.sink_mut().bytes;
        bytes.reserve_exact(cap.saturating_sub(bytes.len()));
    }

    /// Whether what has come is packed itself.
    fn holds_packed(&self) -> bool {
        self.stage.sink().bytes.starts_with(&GZIP)
    }

    /// Takes a piece, of a body of which `wire` bytes have come; false when a limit is reached.
    fn push(&mut self, mut piece: &[u8], wire: usize) -> Result<bool, Failure> {
        self.stage.sink_mut().allowed = match self.packed {
            true => self
                .cap
                .min(wire.saturating_mul(HIGHEST_RATIO).max(ALWAYS_UNPACKED)),
            false => self.cap,
        };
        // What unpacks to nothing is not endless either.
        if wire > self.cap.saturating_add(ALWAYS_UNPACKED) {
            return Ok(false);
        }
        while let Some((first, rest)) = piece.split_first() {
            if let Stage::Waiting(start) = &mut self.stage {
                start.held.push(*first);
                piece = rest;
                if start.held.len() == 2 {
                    let held = start.held.clone();
                    self.stage = start.begin()?;
                    self.write(&held)?;
                }
                continue;
            }
            match self.write(piece)? {
                Some(0) => self.wait_for_next()?,
                Some(taken) => piece = &piece[taken..],
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// How much of a piece was taken; None when a limit is reached.
    fn write(&mut self, piece: &[u8]) -> Result<Option<usize>, Failure> {
        match self.stage.write(piece) {
            Ok(taken) => Ok(Some(taken)),
            Err(_) if self.stage.sink().full => Ok(None),
            Err(error) => Err(encoding(format!(
                "the document cannot be unpacked: {error}"
            ))),
        }
    }

    /// A packed stream has ended within a piece: another one may follow (RFC 1952 §2.2).
    fn wait_for_next(&mut self) -> Result<(), Failure> {
        self.stage.close()?;
        let sink = std::mem::take(self.stage.sink_mut());
        self.stage = match self.stage {
            Stage::Gzip(_) => Stage::Waiting(Start {
                coding: Coding::Gzip,
                held: Vec::new(),
                first: false,
                sink,
            }),
            _ => Stage::Ended(sink),
        };
        Ok(())
    }

    /// Which limit was reached: the cap, or the ratio before it.
    fn overflow(&self, wire: usize) -> Failure {
        if self.stage.sink().allowed >= self.cap || !self.stage.sink().full {
            return too_large(self.cap);
        }
        let message = format!(
            "a decompression bomb: {wire} bytes unpack to more than {HIGHEST_RATIO} times as many"
        );
        Failure::new(FailureKind::TooLarge, message)
    }

    /// The body, and whether it was cut at its limit, where `cut` allows that.
    fn finish(mut self, wire: usize, cut: bool) -> Result<(Vec<u8>, bool), Failure> {
        self.stage.close()?;
        let sink = std::mem::take(self.stage.sink_mut());
        if sink.full && !cut {
            *self.stage.sink_mut() = sink;
            return Err(self.overflow(wire));
        }
        if !sink.bytes.starts_with(&GZIP) {
            return Ok((sink.bytes, sink.full));
        }
        // A file that is packed itself (`sitemap.xml.gz`), or packed twice by mistake.
        let mut inner = Unpacker::new(Coding::Gzip, self.cap);
        inner.reserve();
        inner.push(&sink.bytes, wire)?;
        inner.stage.close()?;
        let full = inner.stage.sink().full || sink.full;
        match full && !cut {
            true => Err(inner.overflow(wire)),
            false => Ok((std::mem::take(&mut inner.stage.sink_mut().bytes), full)),
        }
    }
}

/// A zlib or bare deflate stream on its way into a sink. Unlike a writer it knows its end.
struct Inflater {
    decoder: Decompress,
    ended: bool,
    sink: Sink,
}

impl Inflater {
    /// Takes what it can of a piece; nothing once the stream has ended.
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let mut unpacked = [0; 16 * 1024];
        let mut taken = 0;
        while !self.ended {
            let (before_in, before_out) = (self.decoder.total_in(), self.decoder.total_out());
            let status = self
                .decoder
                .decompress(&piece[taken..], &mut unpacked, FlushDecompress::None)
                .map_err(io::Error::other)?;
            let came = usize::try_from(self.decoder.total_out() - before_out).unwrap_or_default();
            let went = usize::try_from(self.decoder.total_in() - before_in).unwrap_or_default();
            taken += went;
            self.sink.write_all(&unpacked[..came])?;
            self.ended = status == Status::StreamEnd;
            if came == 0 && went == 0 || came < unpacked.len() && taken == piece.len() {
                break;
            }
        }
        Ok(taken)
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
