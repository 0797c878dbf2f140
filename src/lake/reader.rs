//! A lake that is read: its rounds by their headers, each round when it is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::{LakeError, Result};
use super::load;
use super::manifest::{Manifest, Part, players_path};
use super::people::{Grade, People, RoundIds, Secret};
use super::place::Place;
use super::rows::{CLEANED_BY, SmallTables};
use super::schema::{Cells, Engagements, Lives, Players, Revives, Rounds, Samples, TABLES, Table};
use super::table_file::TableFile;
use crate::analysis::StateDecoder;
use crate::files;
use crate::model::{Guid, Round, RoundMeta};
use crate::store::header_of;

/// Rows that memory is set aside for before they are read; a round of more grows as it is read.
const MOST_RESERVED: usize = 1 << 16;
/// Files that are kept open.
const MOST_OPEN: usize = 128;

/// A lake, as it was when it was opened.
#[derive(Debug)]
pub struct Lake {
    pub(super) place: Place,
    pub(super) manifest: Manifest,
    /// What tells this state of a lake that lies elsewhere from another one.
    pub(super) tag: Option<String>,
    pub(super) people: People,
    open: Mutex<BTreeMap<PathBuf, Arc<TableFile>>>,
}

/// A round of a lake, before it is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct LakeRound {
    /// What its file said about it.
    pub meta: RoundMeta,
    pub(super) id: i64,
    pub(super) part: usize,
    /// Its row in the part's table of rounds.
    pub(super) row: usize,
    /// What its stance and sprint mean; `None` where an older program wrote it.
    pub(super) meaning: Option<StateDecoder>,
    lives: Rows,
    samples: Rows,
    engagements: Rows,
    revives: Rows,
    cells: Rows,
}

/// Where a round's rows begin in a table of its part, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Rows {
    first: usize,
    count: usize,
}

impl Rows {
    /// The rows after these.
    fn next(&mut self, count: i32) -> Self {
        let rows = Self { first: self.first + self.count, count: usize::try_from(count).unwrap_or_default() };
        *self = rows;
        rows
    }
}

impl LakeRound {
    /// Its lives, those that are not used included.
    pub(super) fn life_rows(&self) -> usize {
        self.lives.count
    }

    /// Its samples, those that are not used included.
    pub(crate) fn sample_rows(&self) -> usize {
        self.samples.count
    }

    /// Where its rows stand in the tables of lives and of samples.
    pub(super) fn places(&self) -> [Range<usize>; 2] {
        [self.lives, self.samples].map(|rows| rows.first..rows.first + rows.count)
    }
}

impl Lake {
    /// Opens the lake in a folder, or at another place.
    ///
    /// # Errors
    /// [`LakeError`]: there is none, it is newer, or damaged.
    pub fn open(place: impl Into<Place>) -> Result<Self> {
        let place = place.into();
        let (manifest, tag) = place.manifest()?;
        place.tidy(&manifest);
        let mut people = People::default();
        for name in &manifest.players {
            let path = players_path(place.folder(), name);
            place.bring(&path)?;
            as_written(&path, manifest.players_crc32.get(name))?;
            people.read(&TableFile::open::<Players>(&path)?.read_all()?, &path)?;
        }
        Ok(Self { place, manifest, tag, people, open: Mutex::default() })
    }

    /// The lake's folder, or the one that stands for it here.
    pub fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// Number of rounds, lives and samples.
    pub fn counts(&self) -> [u64; 3] {
        [Rounds::NAME, Lives::NAME, Samples::NAME]
            .map(|table| self.manifest.parts.iter().map(|part| part.rows_of(table)).sum())
    }

    /// Sets of files in which the rounds lie; `proximity lake compact` makes them fewer.
    pub fn parts(&self) -> usize {
        self.manifest.parts.len()
    }

    /// The maps that rounds were played on, in lower case.
    pub fn maps(&self) -> BTreeSet<String> {
        self.manifest.parts.iter().map(|part| part.map.clone()).collect()
    }

    /// What a file of it is called where the lake lies.
    pub(crate) fn name_of(&self, file: &Path) -> PathBuf {
        if self.place.is_elsewhere() {
            self.place.name().join(self.place.within(file))
        } else {
            file.to_owned()
        }
    }

    /// The files of a table that count, of all maps or one (without regard to case); `None` if there is no such table. Others
    /// may lie beside them: those that were replaced last.
    pub fn files(&self, table: &str, map: Option<&str>) -> Option<Vec<PathBuf>> {
        if table == Players::NAME {
            return Some(
                self.manifest.players.iter().map(|name| players_path(self.folder(), name)).collect(),
            );
        }
        let is_wanted = |part: &&Part| map.is_none_or(|map| part.map.eq_ignore_ascii_case(map));
        let sums = self.manifest.heat.iter().map(|sums| &sums.files);
        let parts = self.manifest.parts.iter().chain(sums).filter(is_wanted);
        let has_table = parts.filter(|part| part.rows.contains_key(table));
        TABLES.contains(&table).then(|| has_table.map(|part| part.path(self.folder(), table)).collect())
    }

    /// Where the lake is for another process, whatever its working folder: an absolute path, or where it lies elsewhere.
    #[cfg(feature = "cluster")]
    pub(crate) fn address(&self) -> String {
        let folder = self.folder();
        match self.place.source() {
            Some(source) => source.address().to_owned(),
            None => std::path::absolute(folder).as_deref().unwrap_or(folder).to_string_lossy().into_owned(),
        }
    }

    /// Where a file of it is for an engine that reads it there.
    #[cfg(feature = "cluster")]
    pub(crate) fn address_of(&self, file: &Path) -> String {
        match self.place.source() {
            // In an address `%` begins the code of a letter.
            Some(source) => {
                let file = self.place.within(file).to_string_lossy().replace('%', "%25");
                format!("{}/{file}", source.address())
            }
            None => file.to_string_lossy().into_owned(),
        }
    }

    /// The files of a table that count, by map and month.
    #[cfg(feature = "cluster")]
    pub(crate) fn months(&self, table: &str) -> BTreeMap<(String, String), Vec<PathBuf>> {
        let mut months: BTreeMap<(String, String), Vec<PathBuf>> = BTreeMap::new();
        let sums = self.manifest.heat.iter().map(|sums| &sums.files);
        for part in self.manifest.parts.iter().chain(sums).filter(|part| part.rows.contains_key(table)) {
            let month = (part.map.clone(), part.month.clone());
            months.entry(month).or_default().push(part.path(self.folder(), table));
        }
        months
    }

    /// The rounds, by their headers.
    ///
    /// # Errors
    /// [`LakeError`]: a file that is damaged.
    pub fn rounds(&self) -> Result<Vec<LakeRound>> {
        let mut rounds = Vec::new();
        for part in 0..self.manifest.parts.len() {
            rounds.extend(self.rounds_of(part)?);
        }
        Ok(rounds)
    }

    /// The rounds of one part, in its order.
    pub(super) fn rounds_of(&self, part: usize) -> Result<Vec<LakeRound>> {
        let path = self.path(part, Rounds::NAME);
        let table: Rounds = self.file::<Rounds>(part)?.read_all()?;
        let [mut lives, mut samples, mut engagements, mut revives, mut cells] = [Rows::default(); 5];
        let mut rounds = Vec::with_capacity(table.round.len());
        for row in 0..table.round.len() {
            let header = table.header[row].as_utf8().map_err(|_| LakeError::damaged(&path, "no UTF-8"))?;
            let meta = header_of(header).map_err(|error| LakeError::damaged(&path, error.to_string()))?;
            let low = table.low_is_crouch[row];
            let meaning = low
                .map(|low| load::decoder(table.stance_known[row], table.sprint_known[row], low))
                .map(|meaning| {
                    meaning.ok_or_else(|| LakeError::damaged(&path, "a round's states are damaged"))
                })
                .transpose()?;
            rounds.push(LakeRound {
                meta,
                meaning,
                id: table.round[row],
                part,
                row,
                lives: lives.next(table.lives[row]),
                samples: samples.next(table.samples[row]),
                engagements: engagements.next(table.engagements[row]),
                revives: revives.next(table.revives[row]),
                cells: cells.next(table.cells[row]),
            });
        }
        Ok(rounds)
    }

    /// A round, as it was read from its file.
    ///
    /// # Errors
    /// [`LakeError`]: a file that is damaged, or was replaced since the lake was opened.
    pub fn load(&self, round: &LakeRound) -> Result<Round> {
        Ok(self.load_with_ids(round)?.0)
    }

    pub(super) fn load_with_ids(&self, round: &LakeRound) -> Result<(Round, RoundIds)> {
        let (rows, samples) = self.rows_of_round(round)?;
        load::round(round.meta.clone(), &rows, &samples, &self.people, &self.path(round.part, Lives::NAME))
    }

    /// A round's rows in every table but `rounds`, as they stand in its part.
    pub(super) fn rows_of_round(&self, round: &LakeRound) -> Result<(SmallTables, Samples)> {
        let part = round.part;
        let rows = SmallTables {
            rounds: Rounds::default(),
            lives: self.rows::<Lives>(part, round.lives)?,
            engagements: self.rows::<Engagements>(part, round.engagements)?,
            revives: self.rows::<Revives>(part, round.revives)?,
            cells: self.rows::<Cells>(part, round.cells)?,
        };
        let samples = self.rows::<Samples>(part, round.samples)?;
        if rows.lives.round.iter().chain(&samples.round).any(|id| *id != round.id) {
            let path = self.path(part, Lives::NAME);
            return Err(LakeError::damaged(path, "its rows are not those of the rounds"));
        }
        Ok((rows, samples))
    }

    /// Makes sure that a part's file of a table is as it was written.
    ///
    /// # Errors
    /// It is not, or cannot be read.
    pub(super) fn verify(&self, part: usize, table: &str) -> Result<()> {
        let path = self.path(part, table);
        self.place.bring(&path)?;
        as_written(&path, self.part(part).crc32.get(table))
    }

    /// What tells this state of the lake from every other one: the names of its sets of files.
    pub(crate) fn names(&self) -> Vec<String> {
        let parts = self.manifest.parts.iter().map(|part| &part.name);
        parts.chain(&self.manifest.players).cloned().collect()
    }

    /// Under how many names a lake knows a player, and what is left of that player; `None` when it knows none of this GUID.
    ///
    /// # Errors
    /// Another secret than the lake's.
    pub fn knows(&self, guid: &Guid, secret: &Secret) -> Result<Option<(usize, Grade)>> {
        if secret.mark() != self.manifest.secret {
            return Err(LakeError::OtherSecret(self.place.name()));
        }
        let player = secret.player(guid);
        Ok(player.and_then(|player| Some((self.people.names_of(player)?, self.people.grade(player)))))
    }

    /// Whether its rows are what this version of the program would write.
    pub(super) fn is_current(&self, round: &LakeRound) -> bool {
        round.meaning.is_some() && self.part(round.part).cleaned_by == CLEANED_BY
    }

    fn rows<T: Table>(&self, part: usize, Rows { first, count }: Rows) -> Result<T> {
        let mut rows = T::default();
        if count > 0 {
            // Columns that grow as they are read hold up to twice the memory. What a file claims is not believed.
            rows.reserve(count.min(MOST_RESERVED));
            self.file::<T>(part)?.read(first, count, None, &mut rows)?;
        }
        Ok(rows)
    }

    pub(super) fn part(&self, part: usize) -> &Part {
        &self.manifest.parts[part]
    }

    pub(super) fn path(&self, part: usize, table: &str) -> PathBuf {
        self.part(part).path(self.folder(), table)
    }

    /// A part's file of a table, opened once.
    pub(super) fn file<T: Table>(&self, part: usize) -> Result<Arc<TableFile>> {
        let path = self.path(part, T::NAME);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&path) {
            return Ok(file.clone());
        }
        if open.len() >= MOST_OPEN {
            open.clear();
        }
        self.place.bring(&path)?;
        // Samples are too many to be read as a whole for each picture: `check` does, and whoever writes them again.
        if T::NAME != Samples::NAME {
            self.verify(part, T::NAME)?;
        }
        let file = Arc::new(TableFile::open::<T>(&path)?);
        open.insert(path, file.clone());
        Ok(file)
    }
}

/// Compares a file with the CRC-32 that was noted when it was written, if it was.
fn as_written(path: &Path, noted: Option<&u32>) -> Result<()> {
    match noted {
        Some(noted) if files::crc32(path)? != *noted => Err(LakeError::damaged(
            path,
            "it is not as it was written; put back a copy of it, or add its rounds to a new lake",
        )),
        _ => Ok(()),
    }
}
