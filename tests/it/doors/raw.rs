//! Requests as they are on the wire: any spelling of a path, any header, which no client library would send.

use crate::app::DEADLINE;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A connection to the server.
pub struct Wire {
    reader: BufReader<TcpStream>,
    host: String,
}

/// What came back.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Response {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Wire {
    /// Connects to the server at `url`.
    pub fn to(url: &str) -> Self {
        let host = url.strip_prefix("http://").unwrap().to_owned();
        let stream = TcpStream::connect(&host).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { reader: BufReader::new(stream), host }
    }

    /// The host of the server, with its port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends a request with these header lines and a JSON body (empty for none), and reads the answer.
    pub fn ask(&mut self, method: &str, target: &str, headers: &str, body: &str) -> Response {
        let host = format!("Host: {}\r\n{headers}", self.host);
        self.ask_as_is(method, target, &host, body)
    }

    /// As [`Wire::ask`], without a `Host` of its own.
    pub fn ask_as_is(&mut self, method: &str, target: &str, headers: &str, body: &str) -> Response {
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let length = body.len();
        let request = format!("{method} {target} HTTP/1.1\r\n{headers}{kind}Content-Length: {length}\r\n\r\n{body}");
        self.reader.get_mut().write_all(request.as_bytes()).unwrap();
        let response = self.read(method == "HEAD");
        if response.header("connection") == Some("close") {
            *self = Self::to(&format!("http://{}", self.host));
        }
        response
    }

    /// Sends the head of a request with a JSON body of `length` bytes, which [`Wire::finish`] sends.
    pub fn begin(&mut self, method: &str, target: &str, headers: &str, length: usize) {
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            self.host
        );
        self.reader.get_mut().write_all(head.as_bytes()).unwrap();
    }

    /// Sends the body of the request that was begun, and reads the answer.
    pub fn finish(&mut self, body: &str) -> Response {
        self.reader.get_mut().write_all(body.as_bytes()).unwrap();
        self.read(false)
    }

    /// Sends `text` as it is, and reads until the server closes.
    pub fn say(&mut self, text: &str) -> String {
        self.reader.get_mut().write_all(text.as_bytes()).unwrap();
        let mut said = String::new();
        self.reader.read_to_string(&mut said).unwrap();
        said
    }

    fn read(&mut self, is_head: bool) -> Response {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = self.reader.read_line(&mut head);
            assert!(read.as_ref().is_ok_and(|count| *count > 0), "the server hung up after {head:?}: {read:?}");
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut response = Response { status, head, body: String::new() };
        let length = response.header("content-length").and_then(|length| length.parse().ok());
        if !is_head && ![204, 304].contains(&status) {
            response.body = match length {
                Some(length) => self.bytes(length),
                None => self.chunks(),
            };
        }
        response
    }

    fn bytes(&mut self, length: usize) -> String {
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        String::from_utf8_lossy(&body).into_owned()
    }

    fn chunks(&mut self) -> String {
        let mut body = String::new();
        loop {
            let mut size = String::new();
            self.reader.read_line(&mut size).unwrap();
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            body.push_str(&self.bytes(size));
            self.bytes(2);
            if size == 0 {
                return body;
            }
        }
    }
}
