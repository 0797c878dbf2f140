//! How long work tells how far it is. The program draws a bar; a library user need not listen.

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
