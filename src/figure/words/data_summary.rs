//! What went into a picture and what was left out, counted so that a caption's numbers add up to the input.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{number, recorder_view, recordings};
use crate::analysis::{
    DropReason, Dropped, Elsewhere, Filter, HeatSums, Life, Lives, LowMeaning, NarrowRound, PlayerKey,
    Provenance, RoundSums, State, StateDecoder, StateSet, UsedLife, round_number, session_date,
};
use crate::geom::WorldRect;
use crate::model::{Guid, PlayerName, RecorderView, Recordings, Round, RoundMeta};

/// What the user did not ask for, in the order: bots, other lives, the rest of those that are used.
const NOT_SELECTED: [DropReason; 3] = [DropReason::Bot, DropReason::Filtered, DropReason::Window];

/// The rounds, lives and samples behind a picture. Grows with the number of files by their names only.
#[derive(Debug, Clone, Default)]
pub struct DataSummary {
    extent: Option<WorldRect>,
    inputs: BTreeSet<Input>,
    rounds: BTreeSet<u32>,
    dates: BTreeSet<Date>,
    files: u64,
    /// Rounds that were recorded in several files, by their hash: how many files, and the time between those, ms.
    in_parts: BTreeMap<Box<str>, (u64, i64)>,
    /// Rounds that a player recorded, by their hash: what is there of the others.
    views: BTreeMap<Box<str>, RecorderView>,
    /// What rounds were read from demos, by their content.
    recordings: BTreeMap<Box<str>, Recordings>,
    /// Files of sums that another program made: of those nothing but the lives is known.
    elsewhere: u64,
    players: BTreeSet<PlayerKey>,
    lives: u64,
    recorded: u64,
    /// Samples of used lives in states that were not asked for.
    hidden: u64,
    off_map: u64,
    dropped: Dropped,
    /// Samples by how stance and sprint are known: recorded, derived, not recorded.
    stance: [u64; 3],
    sprint: [u64; 3],
    /// Samples whose stance cannot tell crouching from lying.
    low: u64,
}

/// One file behind a picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Input {
    /// Its name, without folders; empty when it did not come from a file.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}

/// The numbers of a data summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Files that matched.
    pub files: u64,
    /// Lives used.
    pub lives: u64,
    /// Players of those lives.
    pub players: u64,
    /// Samples used.
    pub samples: u64,
    /// Samples of those lives that lie off the map.
    pub off_map: u64,
    /// Samples left out as unusable.
    pub dropped: u64,
    /// Samples that the filter left out, bots included.
    pub not_selected: u64,
}

impl DataSummary {
    /// An empty data summary. Samples outside `extent` are counted as off the map.
    pub fn new(extent: WorldRect) -> Self {
        Self { extent: Some(extent), ..Self::default() }
    }

    /// Counts one round. A round that the filter does not match is not part of the input.
    pub fn add(&mut self, round: &Round, lives: &Lives<'_>, filter: &Filter) {
        if !filter.matches_round(round) {
            return;
        }
        self.add_header(&round.meta);
        self.dropped.merge(&lives.dropped);
        let mut samples = 0;
        for life in &lives.lives {
            let shown = shown_samples(life, filter.states);
            let is_shown = |i: usize| life.is_recorded(i) && shown.as_ref().is_none_or(|shown| shown[i]);
            let count = match &shown {
                None => life.recorded_samples(),
                Some(_) => (0..life.samples().len()).filter(|i| is_shown(*i)).count(),
            };
            self.lives += 1;
            self.hidden += (life.recorded_samples() - count) as u64;
            samples += count as u64;
            self.players.insert(PlayerKey::of(round, &life.track().guid, life.track().name.as_str()));
            if let Some(extent) = &self.extent {
                let off = |(i, at): (usize, _)| !extent.contains(at) && is_shown(i);
                let points = life.samples().iter().map(|s| s.at).enumerate();
                self.off_map += points.filter(|point| off(*point)).count() as u64;
            }
        }
        self.add_samples(samples, lives.meaning);
    }

    /// Counts one round by its sums, which answer `filter`: they are of the lives that it [tells apart](Filter::tells_lives).
    /// Gives each life that is used to `used`.
    pub(crate) fn add_sums(&mut self, round: &RoundSums, filter: &Filter, mut used: impl FnMut(&UsedLife)) {
        if !filter.matches_meta(&round.meta) {
            return;
        }
        self.add_header(&round.meta);
        let mut samples = 0;
        for life in &round.lives {
            if let Some(reason) = filter.refuses_life(life.who, &life.guid, &life.name) {
                self.dropped.add_life(reason, life.samples as usize);
                continue;
            }
            self.dropped.merge(&life.dropped);
            let Some(left) = &life.used else { continue };
            let wanted = |counts: &[u64]| -> u64 {
                let states = State::ALL.into_iter().filter(|state| filter.states.contains(*state));
                states.map(|state| counts[state.index()]).sum()
            };
            let (shown, off_map) = match filter.states {
                StateSet::ALL => (left.samples, left.off_map),
                _ => (wanted(&left.begins), wanted(&left.begins_off_map)),
            };
            if filter.states != StateSet::ALL && shown == 0 {
                self.dropped.add_life(DropReason::Filtered, left.samples as usize);
                continue;
            }
            self.lives += 1;
            self.hidden += left.samples.saturating_sub(shown);
            samples += shown;
            self.off_map += off_map;
            self.players.insert(PlayerKey::in_file(&round.meta, &life.guid, life.name.as_str()));
            used(left);
        }
        self.add_samples(samples, round.meaning);
    }

    /// Counts one round whose lives were counted already.
    pub(crate) fn add_narrowed(&mut self, counted: &NarrowRound<'_>) {
        self.add_header(&counted.round.meta);
        self.dropped.merge(&counted.dropped);
        self.lives += counted.lives;
        self.hidden += counted.hidden;
        self.off_map += counted.off_map;
        let key = |(guid, name): &(&Guid, &PlayerName)| PlayerKey::of(counted.round, guid, name.as_str());
        self.players.extend(counted.players.keys().map(key));
        self.add_samples(counted.samples, counted.meaning);
    }

    /// Counts all rounds of some sums, as far as `filter` wants them.
    pub(crate) fn add_rounds(&mut self, sums: &HeatSums, filter: &Filter) {
        sums.rounds.iter().for_each(|round| self.add_sums(round, filter, |_| ()));
    }

    /// Counts what another program summed.
    pub(crate) fn add_elsewhere(&mut self, sums: &Elsewhere) {
        self.inputs.insert(Input { file: sums.file.clone(), sha256: sums.sha256.clone() });
        self.lives += sums.lives;
        self.elsewhere += 1;
    }

    /// Counts the file, or the files, of a round.
    fn add_header(&mut self, meta: &RoundMeta) {
        self.files += 1;
        let input = |file: &Option<Box<str>>, sha256: &str| Input {
            file: file.as_deref().unwrap_or_default().to_owned(),
            sha256: sha256.to_owned(),
        };
        if meta.parts.is_empty() {
            self.inputs.insert(input(&meta.file_name, &meta.content_hash));
        } else {
            let (hash, files) = (meta.content_hash.clone(), meta.parts.len() as u64);
            self.in_parts.insert(hash, (files, meta.unrecorded_ms()));
            self.inputs.extend(meta.parts.iter().map(|part| input(&part.file_name, &part.content_hash)));
        }
        if let Some(recordings) = &meta.recordings {
            self.recordings.insert(meta.content_hash.clone(), recordings.clone());
        }
        if let Some(view) = meta.recorder_view {
            self.views.insert(meta.content_hash.clone(), view);
        }
        self.rounds.extend(round_number(meta));
        self.dates.extend(session_date(meta));
    }

    /// Counts samples that are used, and how their states are known.
    fn add_samples(&mut self, samples: u64, meaning: StateDecoder) {
        self.recorded += samples;
        self.stance[meaning.stance as usize] += samples;
        self.sprint[meaning.sprint as usize] += samples;
        if meaning.low == LowMeaning::CrouchOrProne && meaning.stance != Provenance::NotRecorded {
            self.low += samples;
        }
    }

    /// Adds another data summary, of other rounds or of other lives of the same ones. The order does not matter.
    pub fn merge(&mut self, other: Self) {
        let again = self.inputs.intersection(&other.inputs).filter(|input| !input.sha256.is_empty());
        let joined_again: u64 = other
            .in_parts
            .iter()
            .filter(|(hash, _)| self.in_parts.contains_key(*hash))
            .map(|(_, (files, _))| files - 1)
            .sum();
        self.files -= again.count() as u64 - joined_again;
        self.in_parts.extend(other.in_parts);
        self.views.extend(other.views);
        self.recordings.extend(other.recordings);
        self.inputs.extend(other.inputs);
        self.rounds.extend(other.rounds);
        self.dates.extend(other.dates);
        self.players.extend(other.players);
        self.files += other.files;
        self.elsewhere += other.elsewhere;
        self.lives += other.lives;
        self.recorded += other.recorded;
        self.off_map += other.off_map;
        self.dropped.merge(&other.dropped);
        self.hidden += other.hidden;
        self.low += other.low;
        for i in 0..3 {
            self.stance[i] += other.stance[i];
            self.sprint[i] += other.sprint[i];
        }
    }

    /// Its numbers. Samples used, off the map, dropped and not selected add up to the samples read.
    pub fn counts(&self) -> Counts {
        let left_out = NOT_SELECTED.iter().map(|reason| self.dropped.samples(*reason)).sum::<u64>();
        Counts {
            files: self.elsewhere
                + self.files
                + self.in_parts.values().map(|(files, _)| files - 1).sum::<u64>(),
            lives: self.lives,
            players: self.players.len() as u64,
            samples: self.recorded - self.off_map,
            off_map: self.off_map,
            dropped: self.dropped.total_samples() - left_out,
            not_selected: left_out + self.hidden,
        }
    }

    /// The files behind it, by name.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter()
    }

    /// Samples that are not upright but cannot be told apart further.
    pub fn has_low(&self) -> bool {
        self.low > 0
    }

    /// Whether some samples can be told apart as crouching or lying.
    pub fn has_crouch(&self) -> bool {
        known(&self.stance) > self.low
    }

    /// Whether some files say who sprinted.
    pub fn has_sprint(&self) -> bool {
        known(&self.sprint) > 0
    }

    /// The session, if it was one: `10 Oct 2026`.
    pub fn date(&self) -> Option<String> {
        let first = self.dates.first()?;
        (self.dates.len() == 1).then(|| number::date(*first))
    }

    /// Whether every file says who sprinted.
    pub fn sprint_is_known(&self) -> bool {
        self.sprint[Provenance::NotRecorded as usize] == 0
    }

    /// Rounds and date: `rounds 1–2 · 10 Oct 2026`. Parts that are not known are left out.
    pub fn when(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let one_session = self.dates.len() <= 1;
        match (self.files, self.rounds.len()) {
            (0, _) => {}
            (files, rounds) if one_session && rounds as u64 == files => {
                let noun = if files == 1 { "round" } else { "rounds" };
                parts.push(format!("{noun} {}", number::ranges(self.rounds.iter().copied())));
            }
            (files, _) => parts.push(number::counted(files, "round", "rounds")),
        }
        match (self.dates.first(), self.dates.last()) {
            (Some(first), Some(last)) if first == last => parts.push(number::date(*first)),
            (Some(first), Some(last)) => {
                parts.push(format!("{} – {}", number::date(*first), number::date(*last)));
            }
            _ => {}
        }
        parts
    }

    /// `150 lives · 12 players · 22 844 samples used`.
    pub fn used_line(&self) -> String {
        let counts = self.counts();
        if self.elsewhere > 0 {
            return format!("{} · summed by another program", number::counted(counts.lives, "life", "lives"));
        }
        format!(
            "{} · {} · {} used",
            number::counted(counts.lives, "life", "lives"),
            number::counted(counts.players, "player", "players"),
            number::counted(counts.samples, "sample", "samples"),
        )
    }

    /// `1 round recorded in 2 parts, with 43 s between them not recorded`.
    fn parts_line(&self) -> Option<String> {
        let files: u64 = self.in_parts.values().map(|(files, _)| files).sum();
        let hole_ms: i64 = self.in_parts.values().map(|(_, ms)| ms).sum();
        (files > 0).then(|| {
            format!(
                "{} recorded in {files} parts, with {} between them not recorded",
                number::counted(self.in_parts.len() as u64, "round", "rounds"),
                number::seconds(hole_ms as f64 / 1000.0)
            )
        })
    }

    /// `recorder's view: others seen 41 % of their time`, of rounds that a player recorded.
    pub fn view_line(&self) -> Option<String> {
        recorder_view::line(self.views.values().copied(), self.files)
    }

    /// The same without the number of rounds.
    pub fn short_view(&self) -> Option<String> {
        recorder_view::short(self.views.values().copied())
    }

    /// Where the rounds' clocks have their zero: only demos tell when a round began.
    pub fn clock_words(&self) -> &'static str {
        match self.recordings.len() as u64 {
            0 => "clock from the first spawn",
            demos if demos < self.files => "clock from the first spawn, of demos from the round's beginning",
            _ => "clock from the round's beginning",
        }
    }

    /// Whether whole lives were left out for this reason.
    pub(in crate::figure) fn leaves_out(&self, reason: DropReason) -> bool {
        self.dropped.lives(reason) > 0
    }

    /// What was left out, each with its reason, in samples; whole lives in brackets.
    pub fn dropped_lines(&self) -> Vec<String> {
        let mut reasons: Vec<String> = Vec::new();
        for (reason, lives, samples) in self.dropped.iter() {
            if NOT_SELECTED.contains(&reason) {
                continue;
            }
            let lives = match lives {
                0 => String::new(),
                n => format!(" ({})", number::counted(n, "life", "lives")),
            };
            reasons.push(format!("{} {}{lives}", number::count(samples), reason.label()));
        }
        if self.off_map > 0 {
            reasons.push(format!("{} off the map", number::count(self.off_map)));
        }
        let recorded = recordings::lines(self.recordings.values());
        let mut lines: Vec<String> =
            self.view_line().into_iter().chain(recorded).chain(self.parts_line()).collect();
        if !reasons.is_empty() {
            lines.push(format!("dropped samples: {}", reasons.join(", ")));
        }
        for (words, reasons, hidden) in
            [("not selected", &NOT_SELECTED[1..], self.hidden), ("bots left out", &NOT_SELECTED[..1], 0)]
        {
            let sum = |count: fn(&Dropped, DropReason) -> u64| -> u64 {
                reasons.iter().map(|reason| count(&self.dropped, *reason)).sum()
            };
            let (lives, samples) = (sum(Dropped::lives), sum(Dropped::samples) + hidden);
            if lives + samples > 0 {
                lines.push(format!(
                    "{words}: {}, {}",
                    number::counted(lives, "life", "lives"),
                    number::counted(samples, "sample", "samples")
                ));
            }
        }
        lines
    }

    /// How states are known: `states: stance recorded, sprint derived`, with shares when files differ.
    pub fn states_line(&self) -> Option<String> {
        let how = |what: &str, by: &[u64; 3]| {
            let total: u64 = by.iter().sum();
            let ways = [Provenance::Recorded, Provenance::Derived, Provenance::NotRecorded];
            let used: Vec<(Provenance, u64)> =
                ways.into_iter().zip(*by).filter(|(_, samples)| *samples > 0).collect();
            match used.as_slice() {
                [] => None,
                [(word, _)] => Some(format!("{what} {word}")),
                several => {
                    let shares: Vec<String> = several
                        .iter()
                        .map(|(word, n)| format!("{word} {}", number::percent(*n as f64 / total as f64)))
                        .collect();
                    Some(format!("{what} {}", shares.join(", ")))
                }
            }
        };
        let stance = how("stance", &self.stance)?;
        let sprint = how("sprint", &self.sprint)?;
        let low = match (self.has_low(), self.has_crouch()) {
            (true, false) => " (crouch and prone alike)",
            (true, true) => " (in part crouch and prone alike)",
            (false, _) => "",
        };
        Some(format!("states: {stance}{low}, {sprint}"))
    }
}

/// Which samples begin a step in these states; `None`: all of them count.
fn shown_samples(life: &Life<'_>, states: StateSet) -> Option<Vec<bool>> {
    (states != StateSet::ALL).then(|| {
        let mut shown = vec![false; life.samples().len()];
        life.segments().for_each(|segment| shown[segment.index] = true);
        shown
    })
}

/// Samples of which something is known.
fn known(by: &[u64; 3]) -> u64 {
    by[Provenance::Recorded as usize] + by[Provenance::Derived as usize]
}
