//! A message with a picture, and its form on the wire.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::text::hex;

/// Longest text of a message, characters.
pub(super) const LONGEST_CONTENT: usize = 2000;
/// Longest description of a picture, characters.
pub(super) const LONGEST_ALT: usize = 1024;

/// A message, mostly with a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Its text; foreign text in it has gone through [`plain`](super::plain).
    pub content: String,
    /// The picture's name, of plain letters.
    pub file_name: String,
    /// The picture, a PNG, GIF or MP4 by its name; empty for none.
    pub picture: Vec<u8>,
    /// What the picture shows, in a sentence for those who cannot see it. No markup is read in it.
    pub alt: String,
}

impl Message {
    /// A message with a picture, both cut to the lengths that Discord takes.
    pub fn new(content: &str, file_name: &str, picture: Vec<u8>, alt: &str) -> Self {
        Self {
            content: content.chars().take(LONGEST_CONTENT).collect(),
            file_name: file_name.to_owned(),
            picture,
            alt: alt.chars().filter(|c| !c.is_control()).take(LONGEST_ALT).collect(),
        }
    }

    /// A message without a picture, cut to the length that Discord takes.
    #[cfg(feature = "discord")]
    pub(super) fn text(content: &str) -> Self {
        Self::new(content, "", Vec::new(), "")
    }

    /// The message without the picture's bytes. No one is mentioned by it, whatever the text says.
    fn payload(&self, nonce: Option<&str>) -> Value {
        let mut payload = json!({
            "content": self.content,
            "allowed_mentions": {"parse": []},
            // What is not named here is removed from a message that is changed.
            "attachments": [],
        });
        if !self.picture.is_empty() {
            payload["attachments"] = json!([{"id": 0, "filename": self.file_name, "description": self.alt}]);
        }
        if let Some(nonce) = nonce {
            payload["nonce"] = json!(nonce);
            payload["enforce_nonce"] = json!(true);
        }
        payload
    }

    fn media_type(&self) -> &'static str {
        match self.file_name.rsplit_once('.') {
            Some((_, "gif")) => "image/gif",
            Some((_, "mp4")) => "video/mp4",
            _ => "image/png",
        }
    }

    /// The message as a form (RFC 7578): its content type and its bytes.
    pub(super) fn form(&self, nonce: Option<&str>) -> (String, Vec<u8>) {
        if self.picture.is_empty() {
            return ("application/json".to_owned(), self.payload(nonce).to_string().into_bytes());
        }
        // A hash of the picture does not occur in it, but by a chance that no file can force.
        let boundary = format!("proximity-{}", hex(&Sha256::digest(&self.picture)[..16]));
        let mut form = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\
             Content-Type: application/json\r\n\r\n{}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            self.payload(nonce),
            self.file_name,
            self.media_type(),
        )
        .into_bytes();
        form.extend_from_slice(&self.picture);
        form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), form)
    }
}
