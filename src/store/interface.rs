//! What a store can do, whatever the database behind it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::analysis::Filter;
use crate::model::{Guid, PlayerName, Round};
use crate::store::demos::{DemoFile, DemoKill, KillSearch};
use crate::store::error::Result;
use crate::store::privacy::Renamed;
use crate::store::privacy::pseudonym::Salt;
use crate::store::read::load::{RoundKey, StoredRound};
use crate::store::read::stats::{Stats, Table};
use crate::store::read::status::Status;
use crate::store::read::verify::Verified;
use crate::store::schema::{Migration, SchemaState};
use crate::store::write::cleanup::Removed;
use crate::store::write::import::Imported;
use crate::store::write::posts::Post;
use crate::store::write::prepare::file::{Form, ImportFile};
#[cfg(doc)]
use crate::store::write::prepare::prepare;
use crate::store::write::shown::Answer;

/// A place where rounds are kept. Every method that writes is one transaction: done whole or not at all.
pub trait Storage: Send {
    /// What form of paths this store keeps; [`prepare`] wants to know.
    fn form(&self) -> Form;

    /// Whose tables the database has, and of which version.
    ///
    /// # Errors
    /// When the database cannot be asked.
    fn schema(&mut self) -> Result<SchemaState>;

    /// Brings the tables to the version of this program, from nothing, from January 2026, or from an older version;
    /// says what was applied.
    ///
    /// # Errors
    /// When the tables are newer or another program's, or a migration fails.
    fn migrate(&mut self) -> Result<Vec<Migration>>;

    /// Takes the last migration back, with all data that only it has a place for; `None` when there is none.
    ///
    /// # Errors
    /// When the older tables cannot hold what the newer ones do, or the tables are not ours.
    fn rollback(&mut self) -> Result<Option<Migration>>;

    /// Keeps a round, and computes the figures of its players and its map anew. Knows it again by its bytes, by its
    /// identity, and as a better or worse copy of one it has.
    ///
    /// # Errors
    /// When the round cannot be kept; nothing has changed then.
    fn import(&mut self, file: ImportFile) -> Result<Imported>;

    /// The same for one of many rounds: figures stay as they are, marked as stale, until [`Storage::settle`]. Tables of
    /// figures are computed from the rounds themselves as long as there are marks.
    ///
    /// # Errors
    /// When the round cannot be kept; nothing has changed then.
    fn import_unsettled(&mut self, file: ImportFile) -> Result<Imported>;

    /// Computes every stale figure anew. [`Storage::migrate`] does so too: what a killed import left is made up for.
    ///
    /// # Errors
    /// When the database cannot be written; figures stay stale then.
    fn settle(&mut self) -> Result<()>;

    /// Content hashes of all files that need not be imported again.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn known(&mut self) -> Result<BTreeSet<String>>;

    /// The rounds that a filter's map, session and round number match, in the order they were written.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn rounds(&mut self, filter: &Filter) -> Result<Vec<StoredRound>>;

    /// A round, as it was read from its file.
    ///
    /// # Errors
    /// When it is not there any more, or damaged.
    fn load(&mut self, key: RoundKey) -> Result<Round>;

    /// The same with nothing but its header and its lives, for those who count them: of what our own module wrote behind a
    /// sample's values the engine's flags are left (`,,,12`).
    ///
    /// # Errors
    /// As [`Storage::load`].
    fn load_lives(&mut self, key: RoundKey) -> Result<Round>;

    /// What is kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn status(&mut self) -> Result<Status>;

    /// Removes every round of a session date.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn cleanup(&mut self, date: Date) -> Result<Removed>;

    /// A table of figures. A filter's states and windows do not matter here.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn stats(&mut self, what: Stats, filter: &Filter) -> Result<Table>;

    /// Under how many names a player is in the tables, the one of a hidden player included; 0 for a player who is not there.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn names_of(&mut self, guid: &Guid) -> Result<u64>;

    /// Takes a player's guid and names out of every table, and off the disk; the lives stay, under a guid that no
    /// player has. In the index of kills, where there are no guids, the names go whoever bore them. [`Renamed::left`] tells what the disk still holds; another call tries again.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn forget(&mut self, guid: &Guid) -> Result<Renamed>;

    /// Shows a player under another guid and name from now on: in every table, and in rounds that are imported later. Names in
    /// the index of kills become that name, whoever bore them.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn hide(&mut self, guid: &Guid) -> Result<Renamed>;

    /// Shows a hidden player under the own guid again, also in rounds to come, and under this name in every round so far: the
    /// names that were replaced are not kept. `None` for a player who is not hidden.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn unhide(&mut self, guid: &Guid, name: &PlayerName) -> Result<Option<Renamed>>;

    /// Gives every player a pseudonym that only the holder of the salt can tell again. Empties the index of kills.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn anonymize(&mut self, salt: &Salt) -> Result<Renamed>;

    /// The files that were read for the index of kills, by their paths.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn demos(&mut self) -> Result<Vec<DemoFile>>;

    /// Keeps files with the kills that they tell of, in the place of what was kept of them, and takes those at the paths in
    /// `gone` out of the index.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn keep_demos(&mut self, read: &[(DemoFile, Vec<DemoKill>)], gone: &[String]) -> Result<()>;

    /// Gives each kill of the index that is asked for to `take`, with its file's path; in the order of the paths.
    ///
    /// # Errors
    /// When the database cannot be read, and the first error of `take`.
    fn demo_kills(
        &mut self,
        search: &KillSearch,
        take: &mut dyn FnMut(&str, DemoKill) -> Result<()>,
    ) -> Result<()>;

    /// The messages about sessions that were sent to a target, or are to be, by session.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn posts(&mut self, target: &str) -> Result<Vec<Post>>;

    /// Writes a post in the place of the one that was read, `None` for none; `false` when another sender was faster, and
    /// nothing has changed.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn swap_post(&mut self, before: Option<&Post>, after: &Post) -> Result<bool>;

    /// Notes which players an answer shows, by their names: it is to be removed when one of them is forgotten within three
    /// months from `now`, seconds since 1970.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn note_answer(&mut self, answer: &Answer, names: &BTreeSet<String>, now: i64) -> Result<()>;

    /// The answers that are to be removed.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn answers_to_remove(&mut self) -> Result<Vec<Answer>>;

    /// An answer was removed, or cannot be.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn answer_is_gone(&mut self, answer: &Answer) -> Result<()>;

    /// The channel that a Discord server's admins chose for messages about sessions.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn channel(&mut self, guild: &str) -> Result<Option<String>>;

    /// Chooses that channel; `None` for no messages.
    ///
    /// # Errors
    /// When the database cannot be written.
    fn set_channel(&mut self, guild: &str, channel: Option<&str>) -> Result<()>;

    /// Reads every round and says which are damaged; those are noted, so that an import of their files replaces them.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn verify(&mut self) -> Result<Verified>;

    /// Every table of rounds as text, in natural order, without serial numbers and times of import: equal for equal content,
    /// whatever the backend and the order of imports.
    ///
    /// # Errors
    /// When the database cannot be read.
    fn dump(&mut self) -> Result<String>;
}
