//! A stand-in for Discord on loopback: its messages, its answers, and the ways in which those go wrong.

#[cfg(feature = "discord")]
mod gateway;
mod http;

use std::collections::VecDeque;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub use http::Asked;
use serde_json::{Value, json};

/// Longer than any step takes on a slow machine.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// What happens to the next request instead of the usual.
pub enum Next {
    /// It is answered with this.
    Answer(u16, Value),
    /// The message appears, and the connection closes without an answer.
    Drop,
    /// Its head is read, and no more until it is released.
    HoldUnread(Hold),
    /// The message appears, and the answer waits until it is released.
    HoldAnswer(Hold),
}

/// The far end of a request that is held.
pub struct Hold {
    arrived: Sender<()>,
    release: Receiver<()>,
}

/// The near end of a request that is held.
pub struct Held {
    arrived: Receiver<()>,
    release: Sender<()>,
}

impl Held {
    pub fn new() -> (Self, Hold) {
        let (arrived, has_arrived) = channel();
        let (release, is_released) = channel();
        (Self { arrived: has_arrived, release }, Hold { arrived, release: is_released })
    }

    /// Waits until the request is there.
    pub fn arrived(&self) {
        self.arrived.recv_timeout(LONGEST_WAIT).unwrap();
    }

    pub fn release(&self) {
        // The program may be gone.
        let _ = self.release.send(());
    }
}

impl Hold {
    fn wait(&self) {
        // The test may be gone.
        let _ = self.arrived.send(());
        let _ = self.release.recv_timeout(LONGEST_WAIT);
    }
}

/// A message in a channel.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub payload: Value,
    pub file_name: String,
    pub picture: Vec<u8>,
    pub edits: usize,
}

#[derive(Default)]
struct State {
    messages: Vec<Message>,
    asked: Vec<Asked>,
    next: VecDeque<Next>,
    #[cfg(feature = "discord")]
    bot: gateway::Bot,
}

/// The server.
pub struct Fake {
    pub address: String,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, state) = (stream.unwrap(), Arc::clone(&shared));
                thread::spawn(move || serve(stream, &state));
            }
        });
        Self { address, state }
    }

    /// Sets what happens to the requests to come; after them all goes its usual way.
    pub fn script(&self, next: impl IntoIterator<Item = Next>) {
        self.state.lock().unwrap().next.extend(next);
    }

    pub fn messages(&self) -> Vec<Message> {
        self.state.lock().unwrap().messages.clone()
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, holds: impl Fn(&[Message]) -> bool) {
        let begin = Instant::now();
        while !holds(&self.messages()) {
            assert!(begin.elapsed() < LONGEST_WAIT, "waited for: {what}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    while let Some(head) = http::read_head(&mut stream) {
        #[cfg(feature = "discord")]
        if let Some(key) = http::websocket_key(&head) {
            return gateway::serve(stream, &key, state);
        }
        let next = state.lock().unwrap().next.pop_front();
        if let Some(Next::HoldUnread(hold)) = &next {
            hold.wait();
            return;
        }
        let Some(asked) = http::read_body(&head, &mut stream) else { return };
        state.lock().unwrap().asked.push(asked.clone());
        let (status, body) = match next {
            Some(Next::Answer(status, body)) => (status, body),
            Some(Next::Drop) => {
                answer(&asked, state);
                return;
            }
            Some(Next::HoldAnswer(hold)) => {
                let answer = answer(&asked, state);
                hold.wait();
                answer
            }
            _ => answer(&asked, state),
        };
        if http::write_answer(&mut stream, status, &body).is_none() {
            return;
        }
    }
}

/// What Discord does when nothing goes wrong.
fn answer(asked: &Asked, state: &Mutex<State>) -> (u16, Value) {
    let mut state = state.lock().unwrap();
    let path = asked.path.split('?').next().unwrap();
    let parts: Vec<&str> = path.trim_start_matches("/api/v10/").split('/').collect();
    #[cfg(feature = "discord")]
    if let Some(answer) = gateway::answer(asked, &parts, &mut state.bot) {
        return answer;
    }
    match (asked.method.as_str(), parts.as_slice()) {
        ("POST", ["webhooks", _, _] | ["channels", _, "messages"]) => {
            let form = asked.form();
            let nonce = &form.payload["nonce"];
            let same = state.messages.iter().find(|message| {
                form.payload["enforce_nonce"] == true
                    && message.payload["nonce"] == *nonce
                    && nonce.is_string()
            });
            if let Some(same) = same {
                return (200, json!({"id": same.id}));
            }
            let id = (9_000_000_000_000_000_000_u64 + state.messages.len() as u64).to_string();
            state.messages.push(Message {
                id: id.clone(),
                payload: form.payload,
                file_name: form.file_name,
                picture: form.file,
                edits: 0,
            });
            (200, json!({"id": id}))
        }
        ("GET", ["webhooks", _, _]) => (200, json!({"id": "12", "name": "Results", "channel_id": "77"})),
        ("PATCH", ["webhooks", _, _, "messages", id] | ["channels", _, "messages", id]) => {
            let form = asked.form();
            match state.messages.iter_mut().find(|message| message.id == *id) {
                Some(message) => {
                    message.payload = form.payload;
                    message.picture = form.file;
                    message.file_name = form.file_name;
                    message.edits += 1;
                    (200, json!({"id": id}))
                }
                None => (404, json!({"code": 10008, "message": "Unknown Message"})),
            }
        }
        _ => (404, json!({"code": 0, "message": "404: Not Found"})),
    }
}
