//! Where the web server listens: a TCP address, a Unix socket, or a socket that systemd has opened.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;

use axum::serve::Listener;
use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use crate::config::Listen;

/// Whoever may enter the folder may connect, as anybody may who reaches a TCP address.
const SOCKET_MODE: u32 = 0o666;

/// An open socket.
#[derive(Debug)]
pub enum Socket {
    /// TCP.
    Tcp(TcpListener),
    /// Unix.
    Unix(UnixListener),
}

impl Socket {
    /// The socket that systemd passed (sd_listen_fds(3)); without one, a new one as configured.
    ///
    /// # Errors
    /// When the address is taken or may not be used.
    pub async fn open(listen: &Listen) -> io::Result<Self> {
        if let Some(socket) = Self::passed()? {
            return Ok(socket);
        }
        match listen {
            Listen::Tcp(address) => Ok(Self::Tcp(TcpListener::bind(address).await?)),
            Listen::Unix(path) => Self::unix(path),
        }
    }

    fn passed() -> io::Result<Option<Self>> {
        let mut passed = ListenFd::from_env();
        if passed.len() == 0 {
            return Ok(None);
        }
        if let Ok(Some(listener)) = passed.take_tcp_listener(0) {
            listener.set_nonblocking(true)?;
            return Ok(Some(Self::Tcp(TcpListener::from_std(listener)?)));
        }
        let Some(listener) = passed.take_unix_listener(0)? else {
            return Ok(None);
        };
        listener.set_nonblocking(true)?;
        Ok(Some(Self::Unix(UnixListener::from_std(listener)?)))
    }

    /// A socket file that nobody listens on any more, as a crash leaves it, is replaced.
    fn unix(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let is_socket = fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket());
        if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
            fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(SOCKET_MODE))?;
        Ok(Self::Unix(listener))
    }
}

impl From<TcpListener> for Socket {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

impl Listener for Socket {
    type Io = Either<TcpStream, UnixStream>;
    type Addr = Option<SocketAddr>;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self {
            Self::Tcp(listener) => {
                let (stream, address) = Listener::accept(listener).await;
                // An answer is written at once; waiting for more of it helps nobody.
                let _ = stream.set_nodelay(true);
                (Either::Left(stream), Some(address))
            }
            Self::Unix(listener) => (Either::Right(Listener::accept(listener).await.0), None),
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Some),
            Self::Unix(_) => Ok(None),
        }
    }
}
