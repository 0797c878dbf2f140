//! The reader against known answers, against demos that the engine wrote, and against hostile bytes.

mod engine_written;
mod hostile;
mod known_answers;
mod played;
mod private;
mod round_trip;
mod writer;

use std::path::Path;

/// A file of `tests/data/demo`.
fn data(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demo");
    std::fs::read(folder.join(name)).unwrap()
}

fn json(name: &str) -> serde_json::Value {
    serde_json::from_slice(&data(name)).unwrap()
}

fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
