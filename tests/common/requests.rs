//! The requests that the outlets get: a listener in front of them that passes everything on and
//! writes the request lines down.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

/// The requests so far, as `host/path`, and whether each was conditional.
#[derive(Clone, Default)]
pub struct Requests(Arc<Mutex<Vec<(String, bool)>>>);

impl Requests {
    /// The requests since the last time this was asked.
    pub fn take(&self) -> Vec<String> {
        self.take_all().into_iter().map(|(url, _)| url).collect()
    }

    /// The same, each with whether it was conditional.
    pub fn take_all(&self) -> Vec<(String, bool)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// How many there were since the last time they were taken.
    pub fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Passes on for ever.
    pub async fn pass_on(self, listener: TcpListener, to: SocketAddr) {
        while let Ok((client, _)) = listener.accept().await {
            let log = self.clone();
            tokio::spawn(async move {
                let Ok(server) = TcpStream::connect(to).await else {
                    return;
                };
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let back = tokio::spawn(async move {
                    let _ = copy(&mut from_server, &mut to_client).await;
                });
                let mut head = Vec::new();
                let mut buffer = vec![0; 16 << 10];
                while let Ok(n @ 1..) = from_client.read(&mut buffer).await {
                    head.extend_from_slice(&buffer[..n]);
                    log.note(&mut head);
                    if to_server.write_all(&buffer[..n]).await.is_err() {
                        break;
                    }
                }
                let _ = to_server.shutdown().await;
                let _ = back.await;
            });
        }
    }

    /// Writes down every request whose head is complete; the outlets are only asked by GET.
    fn note(&self, head: &mut Vec<u8>) {
        while let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&head[..end]).into_owned();
            head.drain(..end + 4);
            let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
            let host = text
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("host: ")
                        .map(str::to_owned)
                })
                .unwrap_or_default();
            let conditional = text.to_ascii_lowercase().contains("\r\nif-none-match: ");
            let mut log = self.0.lock().unwrap();
            log.push((format!("{host}{path}"), conditional));
        }
    }
}
