//! What the program says: results to stdout, complaints and progress to stderr.

use std::io::{self, ErrorKind, IsTerminal, Stderr, Write, stderr, stdout};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Outcome;
use crate::progress::{Bar, Progress};
use crate::rounds::{Faults, Rounds};
use crate::text::{visible, visible_lines};

/// The two streams that a user sees.
pub(crate) struct Console {
    out: Box<dyn Write>,
    err: Stderr,
    progress: Bars,
}

impl Console {
    pub(crate) fn new() -> Self {
        Self { out: output(), err: stderr(), progress: Bars { is_terminal: stderr().is_terminal() } }
    }

    /// A line of result, to stdout.
    pub(crate) fn say(&mut self, line: &str) -> Result<()> {
        self.write(format!("{line}\n").as_bytes())
    }

    /// Says what would be done with `--yes`, which is all that is done without.
    pub(crate) fn would(&mut self, what: &str) -> Result<Outcome> {
        self.say(&format!("would {what}; confirm with --yes"))?;
        Ok(Outcome::Done)
    }

    /// Bytes of result, to stdout.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).and_then(|()| self.out.flush()).context("standard output")
    }

    /// A value as indented JSON, to stdout.
    pub(crate) fn json(&mut self, value: &serde_json::Value) -> Result<()> {
        self.say(&serde_json::to_string_pretty(value)?)
    }

    /// A line about something that is wrong, to stderr. Control characters in it are shown, not obeyed, and further
    /// lines are indented.
    pub(crate) fn complain(&mut self, line: &str) {
        // Nothing sensible is left to do when stderr itself is gone.
        let _ = writeln!(self.err, "{}", visible_lines(line));
    }

    /// A line about each file in which something is wrong.
    pub(crate) fn complaints(&mut self, faults: &Faults) {
        for line in &faults.complaints {
            self.complain(line);
        }
    }

    /// A line about each thing that lay beside the input and could not be looked at, and each demo with a fault.
    pub(crate) fn passed_over(&mut self, rounds: &Rounds) {
        for line in rounds.demo_faults() {
            self.complain(line);
        }
        for line in rounds.passed_over() {
            self.complain(&format!("passed over: {line}"));
        }
    }

    /// Progress bars on stderr; hidden unless it is a terminal.
    pub(crate) fn progress(&self) -> &'static Bars {
        if self.progress.is_terminal { &Bars { is_terminal: true } } else { &Bars { is_terminal: false } }
    }
}

/// Progress bars on stderr.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bars {
    is_terminal: bool,
}

/// One bar; it disappears when its work ends.
struct Shown(ProgressBar);

impl Progress for Bars {
    fn begin<'a>(&'a self, what: &str, steps: u64) -> Box<dyn Bar + 'a> {
        Box::new(Shown(self.bar(what, steps)))
    }
}

impl Bars {
    /// A bar of its own, for work that counts in its own way.
    pub(crate) fn bar(self, what: &str, steps: u64) -> ProgressBar {
        if !self.is_terminal || steps < 2 {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg:12} [{bar:32}] {pos}/{len} {eta:>4}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸─");
        ProgressBar::new(steps).with_style(style).with_message(what.to_owned())
    }
}

impl Bar for Shown {
    fn step(&self) {
        self.0.inc(1);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Whether an error is only that our output is not read any more.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|io| io.kind() == ErrorKind::BrokenPipe)
}

/// Standard output. On a terminal everything that it would obey is shown instead: names in a table or an export come from
/// whoever played.
pub(crate) fn output() -> Box<dyn Write> {
    if stdout().is_terminal() {
        Box::new(Screen { out: stdout(), line: Vec::new() })
    } else {
        Box::new(stdout())
    }
}

/// Passes whole lines on, made harmless.
struct Screen<W: Write> {
    out: W,
    /// A line that has not ended.
    line: Vec<u8>,
}

impl<W: Write> Screen<W> {
    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(visible(&String::from_utf8_lossy(bytes)).as_bytes())
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.pass(&line[..line.len() - 1])?;
                self.out.write_all(b"\n")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.line);
        self.pass(&rest)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_told_nothing_that_it_obeys() {
        let mut screen = Screen { out: Vec::new(), line: Vec::new() };
        for part in ["name\tkills\nZo", "ée\u{1b}[2J", "\u{9b}31m,\u{202e}7\nlast"] {
            screen.write_all(part.as_bytes()).unwrap();
        }
        screen.flush().unwrap();
        let shown = String::from_utf8(screen.out).unwrap();
        assert_eq!(shown, "name\\tkills\nZoée\\u{1b}[2J\\u{9b}31m,\\u{202e}7\nlast");
    }
}
