//! A server on loopback that is a subscriber, a foreign hub or an outlet, and writes down what it
//! gets.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use url::form_urlencoded;

use crate::common::running::wait_for;

/// How a subscriber, or a foreign hub, answers.
#[derive(Clone, Copy, PartialEq)]
pub enum Manner {
    /// Confirms and takes everything.
    Willing,
    /// Answers verifications with something else.
    Wrong,
    /// Confirms, but answers everything else with this status.
    Status(u16),
}

#[derive(Clone, Debug)]
pub struct Got {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Got {
    pub fn query(&self) -> HashMap<String, String> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }
}

/// A server on loopback that writes down what it gets.
#[derive(Clone)]
pub struct Listener {
    pub port: u16,
    pub got: Arc<Mutex<Vec<Got>>>,
    manner: Arc<Mutex<Manner>>,
    /// What a GET gets that is no verification.
    pub document: Arc<Mutex<String>>,
}

impl Listener {
    pub fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            got: Arc::default(),
            manner: Arc::new(Mutex::new(manner)),
            document: Arc::default(),
        };
        let serving = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.serve(stream);
            }
        });
        server
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some(got) = read(&mut stream) else {
            return;
        };
        let challenge = got.query().remove("hub.challenge");
        let (status, body) = match (challenge, *self.manner.lock().unwrap()) {
            (Some(_), Manner::Wrong) => (200, "something else".to_owned()),
            (Some(challenge), _) => (200, challenge),
            (None, Manner::Status(status)) => (status, String::new()),
            (None, _) if got.method == "GET" => (200, self.document.lock().unwrap().clone()),
            (None, _) => (202, String::new()),
        };
        self.got.lock().unwrap().push(got);
        let _ = write!(
            stream,
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    pub fn callback(&self) -> String {
        format!("http://127.0.0.1:{}/push?reader=7", self.port)
    }

    pub fn all(&self, method: &str) -> Vec<Got> {
        let got = self.got.lock().unwrap();
        got.iter().filter(|g| g.method == method).cloned().collect()
    }

    /// Waits for so many requests of a method.
    pub fn wait(&self, method: &str, count: usize) -> Vec<Got> {
        assert!(
            wait_for(|| self.all(method).len() >= count),
            "{count} {method}: {:?}",
            self.got.lock().unwrap()
        );
        self.all(method)
    }
}

fn read(stream: &mut TcpStream) -> Option<Got> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 << 10];
    let (head, start) = loop {
        let n = stream.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break (String::from_utf8_lossy(&bytes[..end]).into_owned(), end + 4);
        }
    };
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .map_or(0, |n| n.parse().unwrap());
    while bytes.len() < start + length {
        let n = stream.read(&mut buffer).ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
    let body = bytes[start..].to_vec();
    Some(Got {
        method,
        path,
        headers,
        body,
    })
}
