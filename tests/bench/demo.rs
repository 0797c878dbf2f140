//! How fast demos are read, beside a plain copy of their bytes. `PROXIMITY_DEMO` names a larger demo than the one that
//! comes with the project.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on must stop")]

use std::hint::black_box;
use std::path::Path;

use divan::Bencher;
use divan::counter::BytesCount;
use proximity::demo::{ReadOptions, read};

fn main() {
    divan::main();
}

fn bytes() -> Vec<u8> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/demo/engine_written.tv_84");
    std::fs::read(std::env::var_os("PROXIMITY_DEMO").map_or(own, Into::into)).unwrap()
}

#[divan::bench(args = [0, 200])]
fn to_rounds(bencher: Bencher, interval_ms: u32) {
    let bytes = bytes();
    let options = ReadOptions::default().interval_ms(interval_ms);
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| {
        read(black_box(&bytes[..]), &options, |round| {
            black_box(round);
        })
        .unwrap()
    });
}

#[divan::bench]
fn plain_copy(bencher: Bencher) {
    let bytes = bytes();
    bencher.counter(BytesCount::of_slice(&bytes)).bench(|| black_box(&bytes).clone());
}
