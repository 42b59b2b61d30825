//! A daemon that runs while a test looks at it: the real binary, asked over HTTP and by signals.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{World, free_port};

/// How long a test waits for what another process does. It bounds a test that fails, and is never
/// reached by one that passes: machines under load are slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// A user and group without rights.
const NOBODY: u32 = 65_534;

/// A daemon on the world's configuration and store; killed when the test ends before it.
pub struct Running {
    child: Child,
    /// Where it listens.
    pub port: u16,
}

impl Running {
    /// Starts the daemon on a free port and waits until it answers.
    pub fn start(world: &World) -> Self {
        let running = Self::launch(world);
        running.wait_until_up();
        running
    }

    /// Starts the daemon on a free port, and does not wait.
    pub fn launch(world: &World) -> Self {
        Self::with(world, &[])
    }

    /// The same with further arguments.
    pub fn with(world: &World, arguments: &[&str]) -> Self {
        let port = free_port();
        let main = fs::read_to_string(world.main()).unwrap();
        let main: String = main
            .lines()
            .map(|line| match line.starts_with("listen") {
                true => format!("listen = \"127.0.0.1:{port}\"\n"),
                false => format!("{line}\n"),
            })
            .collect();
        fs::write(world.main(), main).unwrap();
        Self::spawn(world, port, arguments)
    }

    /// Starts the daemon where it is configured to listen, and does not wait: its addresses stay
    /// the same over a restart.
    pub fn again(world: &World) -> Self {
        Self::spawn(world, port_of(world), &[])
    }

    /// Starts the daemon from a shell that first does something, and does not wait.
    pub fn under(world: &World, script: &str) -> Self {
        let daemon = Self::command(world);
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).arg(daemon.get_program());
        shell.args(daemon.get_args());
        Self::of(shell, world)
    }

    /// Starts the daemon as a user who may not write what is read-only, and does not wait.
    pub fn unprivileged(world: &World) -> Self {
        let mut command = Self::command(world);
        if fs::metadata(world.path()).unwrap().uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        Self::of(command, world)
    }

    fn command(world: &World) -> Command {
        world.depeche(&["run"])
    }

    fn of(mut command: Command, world: &World) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self {
            child: child.unwrap(),
            port: port_of(world),
        }
    }

    fn spawn(world: &World, port: u16, arguments: &[&str]) -> Self {
        let child = Self::command(world)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, port }
    }

    /// Waits until it answers.
    pub fn wait_until_up(&self) {
        let up = wait_for(|| {
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                .is_ok_and(|_| self.get("/healthz", "").1 == "ok\n")
        });
        assert!(up, "the daemon did not come up");
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Whether the process is still there, waiting for nothing.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Ends it with SIGTERM; how it ended.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// Status line and fields, and body, of an answer.
    pub fn get(&self, path: &str, headers: &str) -> (String, String) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}");
        let (head, body) = self.ask(&request);
        (head, String::from_utf8_lossy(&body).into_owned())
    }

    /// The same for a request of any kind: its lines, each with its end, but not the empty one.
    pub fn ask(&self, request: &str) -> (String, Vec<u8>) {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                exchange(stream, request)
            }
            Err(_) => Default::default(),
        }
    }

    /// A JSON document of its.
    pub fn json(&self, path: &str) -> Value {
        let (_, body) = self.get(path, "");
        let start = body.find('{').unwrap_or(0);
        let end = body.rfind('}').map_or(body.len(), |i| i + 1);
        serde_json::from_str(&body[start..end]).unwrap()
    }
}

/// Where the world's daemon is configured to listen.
fn port_of(world: &World) -> u16 {
    let main = fs::read_to_string(world.main()).unwrap();
    main.lines()
        .find_map(|line| line.strip_prefix("listen = \"127.0.0.1:"))
        .and_then(|rest| rest.trim_end_matches('"').parse().ok())
        .expect("the configuration names a port")
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection, and its answer.
pub fn exchange(mut stream: impl Read + Write, request: &str) -> (String, Vec<u8>) {
    let mut answer = Vec::new();
    let sent = write!(stream, "{request}Connection: close\r\n\r\n");
    if sent.and_then(|()| stream.read_to_end(&mut answer)).is_err() {
        // A server that is just ending.
        return Default::default();
    }
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = end.map_or(Vec::new(), |end| answer[end + 4..].to_vec());
    let head = &answer[..end.unwrap_or(answer.len())];
    (String::from_utf8_lossy(head).into_owned(), body)
}

/// Waits for something another process does; false when it did not happen.
pub fn wait_for(mut done: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if done() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    false
}
