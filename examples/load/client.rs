//! A minimal HTTP/1.1 client over one kept-alive connection.
//!
//! It shares the machine with the server it measures, so it does next to nothing: requests are bytes made beforehand,
//! answers are cut out of one buffer. No chunked answers, no redirects.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Where requests go, and as whom.
#[derive(Clone)]
pub struct Target {
    /// The server.
    pub addr: SocketAddr,
    /// The admin token; empty for none.
    pub admin_token: String,
}

impl Target {
    /// A request as bytes. `headers` are whole lines, each with its end.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
        let Self { addr, admin_token } = self;
        let token =
            if admin_token.is_empty() { String::new() } else { format!("Authorization: Bearer {admin_token}\r\n") };
        let length = body.len();
        let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {addr}\r\n{token}{headers}{kind}Content-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body.as_bytes()].concat()
    }
}

/// One kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// An answer; it lives until the next request of its connection.
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    head: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// The body as JSON, if the status says success.
    pub fn json(&self) -> Result<Value> {
        let text = String::from_utf8_lossy(self.body);
        ensure!((200..300).contains(&self.status), "the server answered {}: {text}", self.status);
        serde_json::from_slice(self.body)
            .with_context(|| format!("the server answered something that is not JSON: {text}"))
    }
}

impl Connection {
    /// Connects.
    pub async fn open(addr: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(addr).await.with_context(|| format!("cannot connect to {addr}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 * 1_024], filled: 0 })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.write(request).await?;
        self.filled = 0;
        let head_len = loop {
            self.read().await?;
            if let Some(at) = self.buffer[..self.filled].windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..head_len])?;
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).context("no status line")?;
        let length: usize = match header(head, "content-length") {
            Some(length) => length.parse()?,
            None if status == 204 => 0,
            None => bail!("an answer without Content-Length: {head}"),
        };
        let end = head_len + length;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        while self.filled < end {
            self.read().await?;
        }
        let head = std::str::from_utf8(&self.buffer[..head_len])?;
        Ok(Answer { status, head, body: &self.buffer[head_len..end] })
    }

    async fn write(&self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.stream.writable().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<()> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut self.buffer[self.filled..]) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(read) => {
                    self.filled += read;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}
