//! What a service did, as numbers that only grow, in the text form that Prometheus reads.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::answer::{Picture, Refusal};

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    pictures: AtomicU64,
    cached: AtomicU64,
    drawn: AtomicU64,
    drawing_us: AtomicU64,
    not_kept: AtomicU64,
    refused: AtomicU64,
    put_off: AtomicU64,
    broken: AtomicU64,
}

impl Metrics {
    pub(super) fn answered(&self, answer: &Result<std::sync::Arc<Picture>, Refusal>) {
        let counter = match answer {
            Ok(_) => &self.pictures,
            Err(refusal) if refusal.is_passing() => &self.put_off,
            Err(refusal) if refusal.is_askers_fault() => &self.refused,
            Err(_) => &self.broken,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn cached(&self) {
        self.cached.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn drawn(&self, took: Duration) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
        self.drawing_us.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    pub(super) fn not_kept(&self) {
        self.not_kept.fetch_add(1, Ordering::Relaxed);
    }

    /// Pictures that were drawn, not taken from the cache.
    pub fn drawings(&self) -> u64 {
        self.drawn.load(Ordering::Relaxed)
    }

    /// All counters, and `gauges` with their values now.
    pub(super) fn text(&self, gauges: &[(&str, u64)]) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = [
            ("pictures_total", "Requests answered with a picture.", read(&self.pictures)),
            ("pictures_cached_total", "Pictures that came from the cache.", read(&self.cached)),
            ("pictures_drawn_total", "Pictures that were drawn.", read(&self.drawn)),
            ("pictures_not_kept_total", "Pictures that the cache could not keep.", read(&self.not_kept)),
            ("requests_refused_total", "Requests for what is not there.", read(&self.refused)),
            ("requests_put_off_total", "Requests refused for lack of time or turns.", read(&self.put_off)),
            ("requests_broken_total", "Requests that a fault left without an answer.", read(&self.broken)),
        ];
        let mut text = String::new();
        // Writing to a String cannot fail.
        for (name, help, value) in counters {
            let _ = writeln!(text, "# HELP proximity_{name} {help}\n# TYPE proximity_{name} counter");
            let _ = writeln!(text, "proximity_{name} {value}");
        }
        let seconds = read(&self.drawing_us) as f64 / 1e6;
        let _ = writeln!(text, "# TYPE proximity_drawing_seconds_total counter");
        let _ = writeln!(text, "proximity_drawing_seconds_total {seconds}");
        for (name, value) in gauges {
            let _ = writeln!(text, "# TYPE proximity_{name} gauge\nproximity_{name} {value}");
        }
        text
    }
}
