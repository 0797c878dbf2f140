//! Drawing the pictures of a report, and what each depends on.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::model::{Picture, SessionReport};
use super::page::{SCRIPT, STYLE};
use crate::error::Error;
use crate::figure::request::Finished;
use crate::progress::{Progress, Silent};
use crate::rounds::{EachRound, Faults, RoundView, RoundsError};
use crate::text::hex;

/// Some rounds of a report, in memory, cleaned before.
struct Members<'a> {
    report: &'a SessionReport<'a>,
    indices: &'a [usize],
}

impl EachRound for Members<'_> {
    fn look<A: Send>(
        &self,
        _progress: &dyn Progress,
        _what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        _merge: impl Fn(&mut A, A),
    ) -> Result<A, RoundsError> {
        let mut all = make();
        for &index in self.indices {
            add(&mut all, &self.report.view(index));
        }
        Ok(all)
    }

    fn fold<A: Send>(
        &self,
        progress: &dyn Progress,
        what: &str,
        make: impl Fn() -> A + Sync,
        add: impl Fn(&mut A, &RoundView<'_>) + Sync,
        merge: impl Fn(&mut A, A),
    ) -> Result<(A, Faults), RoundsError> {
        Ok((self.look(progress, what, make, add, merge)?, Faults::default()))
    }
}

impl<'a> SessionReport<'a> {
    /// A round as it passes by, with its lives.
    pub(super) fn view(&'a self, index: usize) -> RoundView<'a> {
        RoundView {
            order: index as u32,
            round: &self.rounds[index],
            cleaned: Some((self.filter, &self.cleaned[index])),
        }
    }

    /// What the page looks like in this version of the program, as text: it changes with every change of its form.
    pub fn look() -> String {
        let page = [include_str!("templates/report.html"), STYLE, SCRIPT].concat();
        hex(&Sha256::digest(page.as_bytes()))
    }

    /// What a picture depends on, as one hash: its request, the version of its figure, its map, and its rounds, which are
    /// told apart by their content, names and file name. The same key means the same pixels.
    pub fn key(&self, picture: &Picture) -> String {
        let map = &self.map_data[picture.map];
        let looks = &self.fingerprints[picture.map];
        let mut text = format!("{} {} {looks}", env!("CARGO_PKG_VERSION"), picture.request.key());
        let mut add = |index: usize| {
            let meta = &self.rounds[index].meta;
            // Writing to a String cannot fail.
            let _ = write!(text, " {index} {} {:?}", meta.content_key(), meta.file_name);
        };
        picture.rounds.iter().copied().for_each(&mut add);
        if map.picture.is_none() {
            // The ground is drawn from all tracks.
            (0..self.rounds.len()).for_each(add);
        }
        hex(&Sha256::digest(text.as_bytes()))
    }

    /// Draws one picture.
    ///
    /// # Errors
    /// A map's extent that is too large for a grid, or a life without a place.
    pub fn figure(&self, picture: &Picture) -> Result<Finished, Error> {
        let members = Members { report: self, indices: &picture.rounds };
        picture.request.draw_on(&members, &self.map_data[picture.map], None, &Silent)
    }
}
