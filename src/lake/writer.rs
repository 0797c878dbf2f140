//! Changes of a lake. Each is done under the lock: new files under their names, whole and on the disk, then one new
//! `_lake.json`. Whoever is killed before has changed nothing; the files it left are removed by the next change.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use sha2::{Digest, Sha256};

use super::error::{LakeError, Result};
use super::manifest::{self, Manifest, Part, players_path};
use super::people::{Grade, RoundIds, Secret};
use super::place::Place;
use super::reader::{Lake, LakeRound};
use super::rows::{self, CLEANED_BY, SmallTables, round_id};
use super::schema::{Players, Rounds, Samples, Table};
use super::table_file::{self, GROUP_ROWS};
use crate::analysis::{duplicates, may_be_same_round, session_date};
use crate::files;
use crate::model::{Engagement, Guid, GuidKind, Round};
use crate::progress::{Bar, Progress, Silent};
use crate::text::hex;

/// How often a change is done again because another program was faster. Each time one of them has gone on, so that many
/// writers at once come to an end.
const MOST_TIMES: usize = 100;
/// Samples that are best added at once: more make fewer files, which cost less to write, and more must be kept in memory.
pub const SAMPLES_AT_ONCE: usize = 2 << 20;
/// Samples of a compacted file: 100 to 200 MB.
const PART_SAMPLES: u64 = 16 << 20;

/// A lake that no one else can change.
#[derive(Debug)]
pub struct LakeWriter {
    pub(super) lake: Lake,
    _lock: Option<File>,
}

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Added {
    /// Rounds that are new in the lake.
    pub new: usize,
    /// Of them those that took the place of a worse copy.
    pub better: usize,
    /// Rounds that the lake had already, as the same file or a better one.
    pub known: usize,
    /// Files that a lake does not keep, a sentence each.
    pub refused: Vec<String>,
}

impl Added {
    /// Adds what another import came to.
    pub fn join(&mut self, other: Self) {
        self.new += other.new;
        self.better += other.better;
        self.known += other.known;
        self.refused.extend(other.refused);
    }
}

/// What compacting came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compacted {
    /// Sets of files before.
    pub before: usize,
    /// Sets of files after.
    pub after: usize,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgotten {
    /// Names that the player had.
    pub names: usize,
    /// Lives that are gone.
    pub lives: usize,
}

/// A round on its way into a file.
enum Coming {
    /// From another part.
    Kept(Box<LakeRound>),
    /// From the input.
    New(Box<Round>, RoundIds),
}

impl Coming {
    fn id(&self) -> i64 {
        match self {
            Self::Kept(round) => round.id,
            Self::New(round, _) => round_id(&round.meta),
        }
    }
}

impl LakeWriter {
    /// Makes a lake in a folder, or at another place.
    ///
    /// # Errors
    /// [`LakeError`]: there is one already, or the folder cannot be written.
    pub fn init(place: impl Into<Place>, secret: &Secret) -> Result<()> {
        place.into().init(secret.mark())
    }

    /// Opens the lake in a folder for changes, and waits until others have done theirs. At another place whoever is done first
    /// has changed it, and the others begin anew: [`change`](Self::change) does.
    ///
    /// # Errors
    /// As [`Lake::open`].
    pub fn open(place: impl Into<Place>) -> Result<Self> {
        let place = place.into();
        let lock = if place.is_elsewhere() { None } else { Some(manifest::lock(place.folder())?) };
        Ok(Self { lake: Lake::open(place)?, _lock: lock })
    }

    /// Opens the lake for a change, and does the change again where another program was faster.
    ///
    /// # Errors
    /// As [`open`](Self::open) and as the change; [`LakeError::Changed`] after many times.
    pub fn change<T>(place: impl Into<Place>, change: impl Fn(Self) -> Result<T>) -> Result<T> {
        let place = place.into();
        if !place.is_elsewhere() {
            return change(Self::open(place)?);
        }
        for _ in 1..MOST_TIMES {
            let (_, before) = place.manifest()?;
            match Self::open(&place).and_then(&change) {
                // A file that is not there any more is no fault of the lake either, if the lake is another one now.
                Err(error) if matches!(error, LakeError::Changed(_)) || place.manifest()?.1 != before => {}
                done => return done,
            }
        }
        change(Self::open(place)?)
    }

    /// Adds rounds; what is there already stays as it is, a better copy takes a worse one's place. All of them or none.
    ///
    /// # Errors
    /// Another secret, or a file that cannot be read or written.
    pub fn add(mut self, rounds: Vec<Round>, secret: &Secret) -> Result<Added> {
        if secret.mark() != self.lake.manifest.secret {
            return Err(LakeError::OtherSecret(self.lake.place.name()));
        }
        let mut added = Added::default();
        let mut groups: BTreeMap<(String, String), Vec<Round>> = BTreeMap::new();
        for round in rounds {
            let name = round.meta.file_name.as_deref().unwrap_or("a round");
            match session_date(&round.meta) {
                None => added
                    .refused
                    .push(format!("{name}: neither its name nor its header says when it was played")),
                Some(_) if round.meta.content_hash.is_empty() => {
                    added.refused.push(format!("{name}: its content hash is missing"));
                }
                Some(date) => {
                    let month = date.strftime("%Y-%m").to_string();
                    groups.entry((round.meta.map.to_ascii_lowercase(), month)).or_default().push(round);
                }
            }
        }
        let before: BTreeSet<i64> = self.lake.people.aliases().collect();
        let mut next = self.lake.manifest.clone();
        let mut coming = Vec::with_capacity(groups.len());
        for (of, rounds) in groups {
            let rounds = self.choose(&of, rounds, secret, &mut next, &mut added)?;
            coming.push((of, rounds));
        }
        let written = (coming.into_par_iter())
            .map(|((map, month), rounds)| self.write_part(&map, &month, rounds, &Silent));
        next.parts.extend(written.collect::<Result<Vec<_>>>()?.into_iter().flatten());
        if added.new > 0 || next != self.lake.manifest {
            let fresh: BTreeSet<i64> = self.lake.people.aliases().filter(|a| !before.contains(a)).collect();
            if !fresh.is_empty() {
                self.write_players(Some(&fresh), &mut next)?;
            }
            self.commit(next)?;
        }
        Ok(added)
    }

    /// The rounds of a new part: of these, which are of one map and month, those that the lake has not, and what is left of a
    /// part that loses a round to a better copy. The next manifest is told what goes.
    fn choose(
        &mut self,
        (map, month): &(String, String),
        rounds: Vec<Round>,
        secret: &Secret,
        next: &mut Manifest,
        added: &mut Added,
    ) -> Result<Vec<Coming>> {
        let mut stored = Vec::new();
        for part in 0..self.lake.parts() {
            let Part { map: of, month: at, .. } = self.lake.part(part);
            if of == map && at == month {
                stored.extend(self.lake.rounds_of(part)?);
            }
        }
        let known: BTreeSet<String> =
            stored.iter().map(|round: &LakeRound| round.meta.content_hash.to_string()).collect();
        let mut fresh: Vec<Round> = Vec::new();
        for round in rounds {
            let hash = &*round.meta.content_hash;
            let is_known = known.contains(hash)
                || next.superseded.contains_key(hash)
                || fresh.iter().any(|other| other.meta.content_hash == round.meta.content_hash);
            if is_known {
                added.known += 1;
                continue;
            }
            let clash = |id| id == round_id(&round.meta);
            if stored.iter().any(|other| clash(other.id)) {
                let name = round.meta.file_name.as_deref().unwrap_or("a round");
                added.refused.push(format!("{name}: its number is another round's"));
                continue;
            }
            fresh.push(round);
        }
        // A round that the lake has may be told better by one of these, or worse.
        let is_suspect =
            |kept: &LakeRound| fresh.iter().any(|round| may_be_same_round(&kept.meta, &round.meta));
        let suspects: Vec<&LakeRound> = stored.iter().filter(|kept| is_suspect(kept)).collect();
        let loaded: Vec<Round> = suspects.iter().map(|kept| self.lake.load(kept)).collect::<Result<_>>()?;
        let all: Vec<&Round> = loaded.iter().chain(&fresh).collect();
        let (mut worse_new, mut worse_kept) = (BTreeSet::new(), BTreeSet::new());
        for double in duplicates(&all) {
            let hash = |index: usize| all[index].meta.content_hash.to_string();
            next.superseded.insert(hash(double.drop), hash(double.keep));
            match double.drop.checked_sub(loaded.len()) {
                Some(index) => worse_new.insert(index as i64),
                None => worse_kept.insert(suspects[double.drop].id),
            };
        }
        added.known += worse_new.len();
        added.better += worse_kept.len();
        let mut coming = Vec::new();
        for (index, mut round) in fresh.into_iter().enumerate() {
            if !worse_new.contains(&(index as i64)) {
                added.new += 1;
                let ids = self.lake.people.number(&round, secret);
                self.lake.people.cover(&mut round, secret);
                let (round, ids, _) = self.without_erased(round, ids);
                coming.push(Coming::New(Box::new(round), ids));
            }
        }
        // What is left of a part that loses a round goes along.
        let touched: BTreeSet<usize> =
            stored.iter().filter(|kept| worse_kept.contains(&kept.id)).map(|kept| kept.part).collect();
        for kept in stored.into_iter().filter(|kept| touched.contains(&kept.part)) {
            if !worse_kept.contains(&kept.id) {
                coming.push(Coming::Kept(Box::new(kept)));
            }
        }
        let gone: Vec<Part> = touched.into_iter().map(|part| self.lake.part(part).clone()).collect();
        next.parts.retain(|part| !gone.contains(part));
        next.retired.extend(gone);
        Ok(coming)
    }

    /// Puts the rounds of each map and month together in as few files as may be, and cleans anew what an older version of
    /// the program cleaned.
    ///
    /// # Errors
    /// A file that cannot be read or written.
    pub fn compact(self, progress: &dyn Progress) -> Result<Compacted> {
        let mut next = self.lake.manifest.clone();
        let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for index in 0..self.lake.parts() {
            let part = self.lake.part(index);
            let is_done = part.rows_of(Samples::NAME) >= PART_SAMPLES && part.cleaned_by == CLEANED_BY;
            if !is_done {
                groups.entry((part.map.clone(), part.month.clone())).or_default().push(index);
            }
        }
        groups.retain(|_, parts| {
            parts.len() > 1 || parts.iter().any(|part| self.lake.part(*part).cleaned_by != CLEANED_BY)
        });
        let rounds = groups.values().flatten().map(|part| self.lake.part(*part).rows_of(Rounds::NAME)).sum();
        let bar = progress.begin("compacting", rounds);
        for ((map, month), parts) in groups {
            let mut rounds = Vec::new();
            for part in &parts {
                rounds.extend(self.lake.rounds_of(*part)?);
            }
            rounds.sort_by_key(|round| round.id);
            let gone: Vec<Part> = parts.iter().map(|part| self.lake.part(*part).clone()).collect();
            next.parts.retain(|part| !gone.contains(part));
            next.retired.extend(gone);
            let mut samples = 0;
            let mut some = Vec::new();
            for round in rounds {
                samples += round.sample_rows() as u64;
                some.push(Coming::Kept(Box::new(round)));
                if samples >= PART_SAMPLES {
                    next.parts.extend(self.write_part(&map, &month, std::mem::take(&mut some), &*bar)?);
                    samples = 0;
                }
            }
            next.parts.extend(self.write_part(&map, &month, some, &*bar)?);
        }
        let compacted = Compacted { before: self.lake.parts(), after: next.parts.len() };
        if next.players.len() > 1 {
            next.retired_players.append(&mut next.players);
            self.write_players(None, &mut next)?;
        }
        self.commit(next)?;
        Ok(compacted)
    }

    /// Takes a player's GUID and names away, or the player's lives, too. No file of the lake holds them afterwards, and a
    /// later import does not bring them back.
    ///
    /// # Errors
    /// Another secret, a GUID that is no player's, or a file that cannot be read or written.
    pub fn forget(
        mut self,
        guid: &Guid,
        grade: Grade,
        secret: &Secret,
        progress: &dyn Progress,
    ) -> Result<Forgotten> {
        if secret.mark() != self.lake.manifest.secret {
            return Err(LakeError::OtherSecret(self.lake.place.name()));
        }
        let player = secret.player(guid).ok_or_else(|| {
            LakeError::Unstorable(format!("{:?} is not the guid of a player", guid.as_str()))
        })?;
        let within = self.lake.people.renaming(player);
        let mut forgotten =
            Forgotten { names: self.lake.people.forget(player, grade), ..Forgotten::default() };
        let mut next = self.lake.manifest.clone();
        let bar = progress.begin("forgetting", self.lake.counts()[0]);
        for index in 0..self.lake.parts() {
            let rounds = self.lake.rounds_of(index)?;
            let mut coming = Vec::with_capacity(rounds.len());
            let mut lives = 0;
            for kept in rounds {
                bar.step();
                let mut objectives = kept.meta.objectives.clone();
                let is_named = within.apply_to(&mut objectives);
                if is_named || grade == Grade::Lives && self.is_in(&kept, player)? {
                    let (mut round, ids) = self.lake.load_with_ids(&kept)?;
                    round.meta.objectives = objectives;
                    let (round, ids, gone) = self.without_erased(round, ids);
                    lives += gone;
                    coming.push(Coming::New(Box::new(round), ids));
                } else {
                    coming.push(Coming::Kept(Box::new(kept)));
                }
            }
            if coming.iter().any(|round| matches!(round, Coming::New(..))) {
                // What is damaged would be as it was written again.
                self.lake.verify(index, Samples::NAME)?;
                let part = self.lake.part(index).clone();
                next.parts.retain(|other| *other != part);
                next.parts.extend(self.write_part(&part.map, &part.month, coming, &Silent)?);
                forgotten.lives += lives;
            }
        }
        next.players.clear();
        self.write_players(None, &mut next)?;
        if guid.kind() == GuidKind::Bot {
            // Without the GUID the lives count as people's.
            next.heat.clear();
        }
        next.drop_old_sums();
        // Whoever reads at this moment may have to begin anew: nothing that was replaced may stay.
        next.retired.clear();
        next.retired_players.clear();
        self.commit(next)?;
        Ok(forgotten)
    }

    /// Whether a player has part in a round.
    fn is_in(&self, kept: &LakeRound, player: i64) -> Result<bool> {
        let (_, ids) = self.lake.load_with_ids(kept)?;
        let is_of = |alias: &i64| self.lake.people.is_of(*alias, player);
        Ok(ids.lives.iter().any(|(of, _)| *of == player)
            || ids.engagements.iter().any(|who| {
                is_of(&who.target) || who.killer.iter().chain(&who.attackers).chain(&who.crossfire).any(is_of)
            })
            || ids.revives.iter().any(|(of, medic)| is_of(of) || is_of(medic)))
    }

    /// The round without the lives, engagements and revives of players who are erased, and how many lives went.
    fn without_erased(&self, mut round: Round, mut ids: RoundIds) -> (Round, RoundIds, usize) {
        let people = &self.lake.people;
        let is_erased = |alias: &i64| people.is_erased(*alias);
        let before = round.tracks.len();
        let mut lives = ids.lives.iter();
        round.tracks.retain(|_| lives.next().is_some_and(|(_, alias)| !is_erased(alias)));
        ids.lives.retain(|(_, alias)| !is_erased(alias));
        let stays: Vec<bool> = ids
            .engagements
            .iter()
            .map(|who| {
                let others = who.killer.iter().chain(&who.attackers).chain(&who.crossfire);
                !others.chain([&who.target]).any(is_erased)
            })
            .collect();
        let mut keep = stays.iter();
        round.engagements.retain(|_: &Engagement| keep.next() == Some(&true));
        let mut keep = stays.iter();
        ids.engagements.retain(|_| keep.next() == Some(&true));
        let mut revives = ids.revives.iter();
        round.revives.retain(|_| revives.next().is_some_and(|(of, by)| !is_erased(of) && !is_erased(by)));
        ids.revives.retain(|(of, by)| !is_erased(of) && !is_erased(by));
        let gone = before - round.tracks.len();
        (round, ids, gone)
    }

    /// A round's rows. Those that this version of the program has written stay as they are; `headers` are the rounds of parts.
    fn rows_of(&self, round: Coming, headers: &BTreeMap<usize, Rounds>) -> Result<(SmallTables, Samples)> {
        let (round, ids) = match round {
            Coming::Kept(kept) if self.lake.is_current(&kept) => {
                let (mut small, samples) = self.lake.rows_of_round(&kept)?;
                small.rounds.push_row(&headers[&kept.part], kept.row);
                return Ok((small, samples));
            }
            Coming::Kept(kept) => self.lake.load_with_ids(&kept)?,
            Coming::New(round, ids) => (*round, ids),
        };
        let (mut small, mut samples) = (SmallTables::default(), Samples::default());
        rows::add(&round, &ids, &mut small, &mut samples)?;
        Ok((small, samples))
    }

    /// Writes the files of one part, a step of the bar for each round; `None` when there is no round.
    fn write_part(
        &self,
        map: &str,
        month: &str,
        mut coming: Vec<Coming>,
        bar: &dyn Bar,
    ) -> Result<Option<Part>> {
        if coming.is_empty() {
            return Ok(None);
        }
        coming.sort_by_key(Coming::id);
        let mut hash = Sha256::new();
        hash.update(self.lake.manifest.generation.to_le_bytes());
        hash.update(self.lake.place.salt());
        for round in &coming {
            hash.update(round.id().to_le_bytes());
        }
        let mut part = Part {
            map: map.to_owned(),
            month: month.to_owned(),
            name: hex(&hash.finalize()[..8]),
            cleaned_by: CLEANED_BY,
            rows: BTreeMap::new(),
            crc32: BTreeMap::new(),
        };
        let mut headers = BTreeMap::new();
        for round in &coming {
            if let Coming::Kept(kept) = round
                && let Entry::Vacant(rounds) = headers.entry(kept.part)
            {
                self.lake.verify(kept.part, Samples::NAME)?;
                rounds.insert(self.lake.file::<Rounds>(kept.part)?.read_all::<Rounds>()?);
            }
        }
        let folder = self.lake.folder();
        let mut small = SmallTables::default();
        let mut written = 0;
        table_file::write::<Samples>(&part.path(folder, Samples::NAME), |group| {
            let (mut samples, mut rows) = (Vec::new(), 0);
            let mut coming = coming.into_iter();
            loop {
                let some: Vec<Coming> = coming.by_ref().take(rayon::current_num_threads()).collect();
                let is_end = some.is_empty();
                let some = some.into_par_iter().map(|round| self.rows_of(round, &headers));
                for (others, of_round) in some.collect::<Result<Vec<_>>>()? {
                    bar.step();
                    small.append(others);
                    rows += of_round.len();
                    samples.push(of_round);
                }
                if is_end || rows >= GROUP_ROWS {
                    group(&samples)?;
                    written += std::mem::take(&mut rows) as u64;
                    samples.clear();
                }
                if is_end {
                    return Ok(());
                }
            }
        })?;
        part.note(folder, Samples::NAME, written)?;
        self.write_table(&mut part, &small.lives)?;
        self.write_table(&mut part, &small.engagements)?;
        self.write_table(&mut part, &small.revives)?;
        self.write_table(&mut part, &small.cells)?;
        self.write_table(&mut part, &small.rounds)?;
        Ok(Some(part))
    }

    pub(super) fn write_table<T: Table>(&self, part: &mut Part, rows: &T) -> Result<()> {
        if rows.len() > 0 {
            table_file::write::<T>(&part.path(self.lake.folder(), T::NAME), |group| {
                group(std::slice::from_ref(rows))
            })?;
            part.note(self.lake.folder(), T::NAME, rows.len() as u64)?;
        }
        Ok(())
    }

    /// Writes a file of players: these aliases, or all. The next manifest names it.
    fn write_players(&self, only: Option<&BTreeSet<i64>>, next: &mut Manifest) -> Result<()> {
        let rows = self.lake.people.rows(only);
        let mut hash = Sha256::new();
        hash.update(self.lake.manifest.generation.to_le_bytes());
        hash.update(self.lake.place.salt());
        for alias in &rows.alias {
            hash.update(alias.to_le_bytes());
        }
        let name = hex(&hash.finalize()[..8]);
        let path = players_path(self.lake.folder(), &name);
        table_file::write::<Players>(&path, |group| group(&[rows]))?;
        next.players_crc32.insert(name.clone(), files::crc32(&path)?);
        next.players.push(name);
        Ok(())
    }

    /// Makes the next manifest the lake's, and removes the files that neither it nor the one before names.
    pub(super) fn commit(self, mut next: Manifest) -> Result<()> {
        next.drop_old_sums();
        let before = &self.lake.manifest;
        // What the change before this one replaced has been waiting long enough.
        next.retired.retain(|part| !before.retired.contains(part));
        next.retired_players.retain(|name| !before.retired_players.contains(name));
        let place = &self.lake.place;
        if place.is_elsewhere() {
            return place.publish(before, self.lake.tag.as_deref(), &mut next);
        }
        next.write(place.folder())?;
        for path in next.orphans(place.folder()) {
            fs::remove_file(&path).map_err(|source| LakeError::Io { path: path.clone(), source })?;
        }
        Ok(())
    }
}
