//! How long work tells how far it is. The program draws a bar; a library user need not listen.
//!
//! ```
//! use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
//!
//! use proximity::progress::{Bar, Progress};
//!
//! #[derive(Default)]
//! struct Count(AtomicU64);
//!
//! impl Progress for Count {
//!     fn begin<'a>(&'a self, _what: &str, _steps: u64) -> Box<dyn Bar + 'a> {
//!         Box::new(Step(self))
//!     }
//! }
//!
//! struct Step<'a>(&'a Count);
//!
//! impl Bar for Step<'_> {
//!     fn step(&self) {
//!         self.0.0.fetch_add(1, Relaxed);
//!     }
//! }
//!
//! let count = Count::default();
//! let bar = count.begin("drawing", 2);
//! bar.step();
//! bar.step();
//! assert_eq!(count.0.load(Relaxed), 2);
//! ```

/// Whoever wants to know how far work is. Default implementation: [`Silent`].
pub trait Progress: Sync {
    /// Work of `steps` steps begins; `what` names it in a word or two. The work ends when the bar is dropped.
    fn begin<'a>(&'a self, what: &str, steps: u64) -> Box<dyn Bar + 'a>;
}

/// One piece of work on its way. Steps may be told from several threads.
pub trait Bar: Sync {
    /// One more step is done.
    fn step(&self);
}

/// Tells nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin<'a>(&'a self, _what: &str, _steps: u64) -> Box<dyn Bar + 'a> {
        Box::new(Self)
    }
}

impl Bar for Silent {
    fn step(&self) {}
}
