//! HTTP/1.1 as far as these tests need it.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub head: String,
    pub body: Vec<u8>,
}

/// A message with a file, as a form.
pub struct Form {
    pub payload: Value,
    pub file_name: String,
    pub file: Vec<u8>,
}

impl Asked {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body as a form of a message and its file, read by the rules of RFC 7578.
    pub fn form(&self) -> Form {
        let kind = self.header("content-type").unwrap();
        if kind.starts_with("application/json") {
            let payload = serde_json::from_slice(&self.body).unwrap();
            return Form { payload, file_name: String::new(), file: Vec::new() };
        }
        let boundary = kind.split_once("boundary=").unwrap().1.trim_matches('"');
        let mut form = Form { payload: Value::Null, file_name: String::new(), file: Vec::new() };
        let mark = format!("--{boundary}");
        let mut rest = &self.body[find(&self.body, mark.as_bytes()).unwrap() + mark.len()..];
        while let Some(part) = rest.strip_prefix(b"\r\n") {
            let end = find(part, format!("\r\n{mark}").as_bytes()).unwrap();
            let head_end = find(part, b"\r\n\r\n").unwrap();
            let (head, body) =
                (String::from_utf8_lossy(&part[..head_end]).into_owned(), &part[head_end + 4..end]);
            if head.contains("name=\"payload_json\"") {
                form.payload = serde_json::from_slice(body).unwrap();
            } else if head.contains("name=\"files[0]\"") {
                let name = head.split_once("filename=\"").unwrap().1;
                name.split('"').next().unwrap().clone_into(&mut form.file_name);
                form.file = body.to_vec();
            }
            rest = &part[end + 2 + mark.len()..];
        }
        assert!(rest.starts_with(b"--"), "the form has no end");
        form
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// A request's head; `None` when the client is gone.
pub fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// The key of a request for a websocket.
#[cfg(feature = "discord")]
pub fn websocket_key(head: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("sec-websocket-key").then(|| value.trim().to_owned())
    })
}

/// The request whose head was read.
pub fn read_body(head: &str, stream: &mut TcpStream) -> Option<Asked> {
    let mut words = head.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut asked = Asked { method, path, head: head.to_owned(), body: Vec::new() };
    let length: usize = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    asked.body.resize(length, 0);
    stream.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

/// Answers, with the limits that Discord tells beside.
pub fn write_answer(stream: &mut TcpStream, status: u16, body: &Value) -> Option<()> {
    let body = if status == 204 { String::new() } else { body.to_string() };
    let head = format!(
        "HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()
}
