//! The gateway: a websocket (RFC 6455) that says hello, hands out commands, counts heartbeats, and breaks when it is told to.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use super::http::Asked;
use super::{Fake, LONGEST_WAIT, State};

/// Time between heartbeats, ms.
const HEARTBEAT_MS: u64 = 400;

/// What a bot said and was told.
#[derive(Default)]
pub struct Bot {
    gateway: Gateway,
    /// What was said at once, by the interaction's number.
    callbacks: BTreeMap<String, (Value, Instant)>,
    /// The answers that followed, by the interaction's token.
    answers: BTreeMap<String, (Value, Vec<u8>, Instant)>,
    commands: Option<Value>,
    /// Messages that were removed: channel and message.
    removed: Vec<(String, String)>,
}

impl Fake {
    /// Does something with the gateway.
    pub fn gateway<T>(&self, act: impl FnOnce(&mut Gateway) -> T) -> T {
        act(&mut self.state.lock().unwrap().bot.gateway)
    }

    /// What was said at once to an interaction, and when.
    pub fn callback(&self, id: &str) -> Option<(Value, Instant)> {
        self.state.lock().unwrap().bot.callbacks.get(id).cloned()
    }

    /// The message that answered an interaction, and its file.
    pub fn answer_to(&self, id: &str) -> Option<(Value, Vec<u8>)> {
        let state = self.state.lock().unwrap();
        state
            .bot
            .answers
            .get(&format!("token-{id}"))
            .map(|(message, file, _)| (message.clone(), file.clone()))
    }

    /// When an interaction was answered.
    pub fn answered(&self, id: &str) -> Option<Instant> {
        self.state.lock().unwrap().bot.answers.get(&format!("token-{id}")).map(|(_, _, when)| *when)
    }

    /// The messages that were removed: channel and message.
    pub fn removed(&self) -> Vec<(String, String)> {
        self.state.lock().unwrap().bot.removed.clone()
    }

    /// Waits until something is so.
    pub fn wait(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !holds(self) {
            assert!(begin.elapsed() < LONGEST_WAIT, "waited for: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The part of Discord's interface that bots use.
pub fn answer(asked: &Asked, parts: &[&str], bot: &mut Bot) -> Option<(u16, Value)> {
    let said = || serde_json::from_slice::<Value>(&asked.body).unwrap();
    Some(match (asked.method.as_str(), parts) {
        ("POST", ["interactions", id, _, "callback"]) => {
            bot.callbacks.insert((*id).to_owned(), (said(), Instant::now()));
            (204, Value::Null)
        }
        ("PATCH", ["webhooks", _, token, "messages", "@original"]) => {
            let form = asked.form();
            bot.answers.insert((*token).to_owned(), (form.payload, form.file, Instant::now()));
            // The interaction's own number serves as that of its message.
            (200, json!({"id": token.trim_start_matches("token-")}))
        }
        ("DELETE", ["channels", channel, "messages", message]) => {
            bot.removed.push(((*channel).to_owned(), (*message).to_owned()));
            (204, Value::Null)
        }
        ("GET", ["applications", _, "commands"]) => (200, bot.commands.clone().unwrap_or_else(|| json!([]))),
        ("PUT", ["applications", _, "commands"]) => {
            bot.commands = Some(said());
            (200, said())
        }
        ("GET", ["users", "@me"]) => (200, json!({"id": "1", "username": "bot"})),
        ("GET", ["guilds", id]) => (200, json!({"id": id})),
        _ => return None,
    })
}

/// What the gateway knows of its client.
#[derive(Default)]
pub struct Gateway {
    socket: Option<Arc<Mutex<TcpStream>>>,
    sequence: u64,
    /// Commands that were given while no client was there.
    missed: Vec<Value>,
    /// Whether the next resumption is refused.
    pub is_forgetful: bool,
    pub beats: usize,
    /// What each client said first: that it is new, or where it left off.
    pub opened: Vec<Value>,
}

impl Gateway {
    /// Sends a command, now or when there is a client.
    pub fn command(&mut self, interaction: Value) {
        if self.socket.is_none() {
            self.missed.push(interaction);
            return;
        }
        self.dispatch("INTERACTION_CREATE", &interaction);
    }

    fn dispatch(&mut self, name: &str, data: &Value) {
        self.sequence += 1;
        let event = json!({"op": 0, "s": self.sequence, "t": name, "d": data});
        if let Some(socket) = &self.socket {
            send(socket, 1, event.to_string().as_bytes());
        }
    }

    /// The number of the last event.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Closes the connection with a code.
    pub fn close(&mut self, code: u16) {
        if let Some(socket) = self.socket.take() {
            send(&socket, 8, &code.to_be_bytes());
            // The client may have closed it first.
            let _ = socket.lock().unwrap().shutdown(std::net::Shutdown::Both);
        }
    }
}

/// Serves a client that asked for a websocket.
pub fn serve(mut stream: TcpStream, key: &str, state: &Mutex<State>) {
    let address = stream.local_addr().unwrap();
    let accept = base64::engine::general_purpose::STANDARD
        .encode(sha1(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11").as_bytes()));
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let socket = Arc::new(Mutex::new(stream.try_clone().unwrap()));
    let say = |message: Value| send(&socket, 1, message.to_string().as_bytes());
    say(json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": HEARTBEAT_MS}}));
    while let Some(text) = read_text(&mut stream) {
        let message: Value = serde_json::from_str(&text).unwrap();
        let mut state = state.lock().unwrap();
        let gateway = &mut state.bot.gateway;
        match message["op"].as_u64() {
            Some(1) => {
                gateway.beats += 1;
                say(json!({"op": 11, "s": null, "t": null, "d": null}));
            }
            Some(2) => {
                gateway.opened.push(message);
                gateway.socket = Some(Arc::clone(&socket));
                gateway.sequence = 0;
                let ready = json!({
                    "v": 10, "user": {"id": "1", "username": "bot", "discriminator": "0", "avatar": null, "bot": true,
                    "mfa_enabled": false, "verified": true, "email": null, "flags": 0}, "guilds": [],
                    "session_id": "session-1", "resume_gateway_url": format!("ws://{address}"),
                    "session_type": "normal", "shard": [0, 1], "application": {"id": "1111", "flags": 0},
                });
                gateway.dispatch("READY", &ready);
                gateway.catch_up();
            }
            Some(6) => {
                gateway.opened.push(message);
                if std::mem::take(&mut gateway.is_forgetful) {
                    say(json!({"op": 9, "s": null, "t": null, "d": false}));
                } else {
                    gateway.socket = Some(Arc::clone(&socket));
                    gateway.catch_up();
                    gateway.dispatch("RESUMED", &json!({}));
                }
            }
            _ => {}
        }
    }
}

impl Gateway {
    fn catch_up(&mut self) {
        for interaction in std::mem::take(&mut self.missed) {
            self.dispatch("INTERACTION_CREATE", &interaction);
        }
    }
}

/// A frame to the client, whole and unmasked.
fn send(socket: &Mutex<TcpStream>, opcode: u8, payload: &[u8]) {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        short @ 0..=125 => frame.push(short as u8),
        middle @ 126..=65_535 => {
            frame.push(126);
            frame.extend((middle as u16).to_be_bytes());
        }
        long => {
            frame.push(127);
            frame.extend((long as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    // A client that is gone reads nothing.
    let _ = socket.lock().unwrap().write_all(&frame);
}

/// The next text of the client; `None` when it is gone. Its frames are masked.
fn read_text(stream: &mut TcpStream) -> Option<String> {
    loop {
        let mut head = [0; 2];
        stream.read_exact(&mut head).ok()?;
        let length = match head[1] & 0x7f {
            126 => {
                let mut bytes = [0; 2];
                stream.read_exact(&mut bytes).ok()?;
                u64::from(u16::from_be_bytes(bytes))
            }
            127 => {
                let mut bytes = [0; 8];
                stream.read_exact(&mut bytes).ok()?;
                u64::from_be_bytes(bytes)
            }
            short => u64::from(short),
        };
        let mut mask = [0; 4];
        stream.read_exact(&mut mask).ok()?;
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).ok()?;
        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        match head[0] & 0x0f {
            1 => return String::from_utf8(payload).ok(),
            8 => return None,
            _ => {}
        }
    }
}

/// SHA-1 (FIPS 180-4), which a websocket's greeting needs and nothing else here.
fn sha1(text: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut padded = text.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((text.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks(64) {
        let mut words: Vec<u32> =
            block.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        for i in 16..80 {
            words.push((words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (i, word) in words.iter().enumerate() {
            let (f, k) = match i / 20 {
                0 => ((b & c) | (!b & d), 0x5a82_7999),
                1 => (b ^ c ^ d, 0x6ed9_eba1),
                2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc),
                _ => (b ^ c ^ d, 0xca62_c1d6),
            };
            let next = a.rotate_left(5).wrapping_add(f).wrapping_add(e).wrapping_add(k).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut out = [0; 20];
    out.chunks_mut(4).zip(state).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_be_bytes()));
    out
}
