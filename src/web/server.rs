//! Accepting connections, with limits on everything a client can do to us: slow heads, large heads,
//! many connections, answers that are never read.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

/// What a client may take of us.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; further ones wait in the queue of the system.
    pub connections: usize,
    /// Time for the head of a request, also for the next one on a connection that is kept open.
    pub head_time: Duration,
    /// Size of the head of a request, in bytes.
    pub head_size: usize,
    /// Header fields of a request.
    pub headers: usize,
    /// Longest life of a connection; it then ends after the answer under way, or after as long again.
    pub life: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head_time: Duration::from_secs(15),
            head_size: 32 << 10,
            headers: 100,
            life: Duration::from_secs(300),
        }
    }
}

/// Serves until it is dropped; answers under way go on as long as the process does.
///
/// # Errors
/// Never by itself: a connection that cannot be accepted concerns nobody else.
pub async fn serve<L, S>(mut listener: L, service: S, limits: Limits) -> io::Result<()>
where
    L: Listener,
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let free = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else {
            return Ok(());
        };
        let (stream, _) = listener.accept().await;
        let service = service.clone();
        connections.spawn(async move {
            let mut server = http1::Builder::new();
            server
                .timer(TokioTimer::new())
                .header_read_timeout(limits.head_time)
                .max_header_size(limits.head_size)
                .max_headers(limits.headers);
            let connection = server.serve_connection(TokioIo::new(stream), service);
            tokio::pin!(connection);
            let ended = tokio::time::timeout(limits.life, connection.as_mut()).await;
            if ended.is_err() {
                connection.as_mut().graceful_shutdown();
                drop(tokio::time::timeout(limits.life, connection).await);
            }
            drop(permit);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use axum::Router;
    use axum::routing::get;
    use hyper_util::service::TowerToHyperService;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const SHORT: Duration = Duration::from_millis(200);

    async fn server(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/large", get(|| async { "x".repeat(64 << 20) }));
        tokio::spawn(serve(listener, TowerToHyperService::new(router), limits));
        address
    }

    /// Sends something and reads until the server closes.
    async fn told(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The server may close while we write.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn a_head_that_never_ends_is_not_waited_for() {
        let limits = Limits {
            head_time: SHORT,
            ..Limits::default()
        };
        let address = server(limits).await;
        let answer = told(address, "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
        assert!(!answer.contains("200"), "{answer}");
        let answer = told(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(
            answer.ends_with("hello"),
            "an idle connection is closed, too: {answer}"
        );
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let address = server(Limits::default()).await;
        let large = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Large: {}\r\n\r\n",
            "x".repeat(32 << 10)
        );
        let answer = told(address, &large).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
        let many: String = (0..150).map(|n| format!("X-{n}: y\r\n")).collect();
        let answer = told(address, &format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }

    #[tokio::test]
    async fn who_holds_all_connections_does_not_hold_them_for_ever() {
        let limits = Limits {
            connections: 2,
            head_time: SHORT,
            ..Limits::default()
        };
        let address = server(limits).await;
        let _first = TcpStream::connect(address).await.unwrap();
        let _second = TcpStream::connect(address).await.unwrap();
        let answer = told(
            address,
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert!(answer.ends_with("hello"), "{answer}");
    }

    #[tokio::test]
    async fn an_answer_that_is_not_read_is_given_up() {
        let limits = Limits {
            connections: 1,
            life: SHORT,
            ..Limits::default()
        };
        let address = server(limits).await;
        let mut lazy = TcpStream::connect(address).await.unwrap();
        lazy.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
            .await
            .unwrap();
        let answer = told(
            address,
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert!(answer.ends_with("hello"), "{answer}");
    }
}
