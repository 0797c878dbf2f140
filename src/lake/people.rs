//! Who is who in a lake: numbers that only the holder of the secret can make from a GUID, and the one table that has GUIDs
//! and names.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use parquet::data_type::ByteArray;

use super::error::{LakeError, Result};
use super::schema::Players;
use crate::files;
use crate::model::{Engagement, Guid, GuidKind, PlayerName, Renaming, Round};
use crate::store::Salt;
use crate::text::hex;

/// What a forgotten player is called.
const FORGOTTEN: &str = "forgotten";

/// What is left of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Grade {
    /// Everything.
    #[default]
    Nothing,
    /// GUID and names are gone; lives stay, without a name.
    Name,
    /// Lives are gone, too.
    Lives,
}

/// The secret that players' numbers are made with. It lies outside the lake: without it no number can be traced back to a
/// GUID, not even by trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret(Salt);

impl Secret {
    /// The secret in a file, which must lie outside of the lake.
    ///
    /// # Errors
    /// A file that cannot be read, is too short, or lies in the lake.
    pub fn of_file(file: &Path, lake: &Path) -> Result<Self> {
        let bytes = files::read(file, files::WRITTEN_BY_HAND)?;
        let refuse = |what: String| Err(LakeError::Unstorable(format!("{}: {what}", file.display())));
        if let (Ok(inner), Ok(outer)) = (file.canonicalize(), lake.canonicalize())
            && inner.starts_with(outer)
        {
            return refuse("a lake's secret lies outside of the lake; move it".to_owned());
        }
        match Salt::new(&bytes) {
            Some(salt) => Ok(Self(salt)),
            None => refuse(format!("a secret has at least {} bytes", Salt::SHORTEST)),
        }
    }

    /// What tells this secret from another one, and nothing else.
    pub(super) fn mark(&self) -> String {
        hex(&self.0.digest("lake", &[])[..8])
    }

    fn number(&self, what: &str, texts: &[&str]) -> i64 {
        first_63_bits(&self.0.digest(what, texts))
    }

    /// The number of a GUID that is the same in every file; `None` for a stand-in.
    pub(super) fn player(&self, guid: &Guid) -> Option<i64> {
        match guid.kind() {
            GuidKind::Person | GuidKind::Bot => {
                Some(self.number("player", &[&guid.as_str().trim().to_ascii_uppercase()]))
            }
            GuidKind::FileLocal | GuidKind::World => None,
        }
    }

    /// The number of a player in one file.
    fn player_in(&self, file: &str, guid: &Guid, name: &str) -> i64 {
        self.player(guid).unwrap_or_else(|| self.number("in a file", &[file, guid.as_str(), name]))
    }

    fn alias(&self, guid: &Guid, name: &str) -> i64 {
        self.number("alias", &[guid.as_str(), name])
    }
}

/// The first 63 bits of a hash as a number.
pub(super) fn first_63_bits(hash: &[u8]) -> i64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(hash).for_each(|(byte, of)| *byte = *of);
    (u64::from_be_bytes(bytes) >> 1) as i64
}

/// The numbers of everyone in a round, in the round's order.
#[derive(Debug, Clone, Default)]
pub(super) struct RoundIds {
    /// Player and alias of each life.
    pub(super) lives: Vec<(i64, i64)>,
    /// Who took part in each engagement.
    pub(super) engagements: Vec<EngagementIds>,
    /// Who was revived, and by whom.
    pub(super) revives: Vec<(i64, i64)>,
}

/// The aliases of an engagement.
#[derive(Debug, Clone, Default)]
pub(super) struct EngagementIds {
    pub(super) target: i64,
    pub(super) killer: Option<i64>,
    pub(super) attackers: Vec<i64>,
    pub(super) crossfire: Vec<i64>,
}

/// A GUID with a name.
#[derive(Debug, Clone, PartialEq)]
struct Person {
    player: Option<i64>,
    guid: Guid,
    name: PlayerName,
    forgotten: Grade,
}

/// Everyone in a lake.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    by_alias: BTreeMap<i64, Person>,
    /// Players of whom something is forgotten.
    forgotten: BTreeMap<i64, Grade>,
}

impl People {
    /// Adds the rows of a table. Of two rows for one alias the one that is forgotten counts.
    pub(super) fn read(&mut self, rows: &Players, file: &Path) -> Result<()> {
        let text = |bytes: &ByteArray| {
            bytes.as_utf8().map(str::to_owned).map_err(|_| LakeError::damaged(file, "a name is no UTF-8"))
        };
        for (row, &alias) in rows.alias.iter().enumerate() {
            let forgotten = match rows.forgotten[row] {
                0 => Grade::Nothing,
                1 => Grade::Name,
                _ => Grade::Lives,
            };
            let person = Person {
                player: rows.player[row],
                guid: Guid::new(text(&rows.guid[row])?),
                name: PlayerName(text(&rows.name[row])?.into()),
                forgotten,
            };
            self.put(alias, person);
        }
        Ok(())
    }

    fn put(&mut self, alias: i64, person: Person) {
        if let (Some(player), true) = (person.player, person.forgotten > Grade::Nothing) {
            let grade = self.forgotten.entry(player).or_default();
            *grade = person.forgotten.max(*grade);
        }
        match self.by_alias.get(&alias) {
            Some(known) if known.forgotten >= person.forgotten => {}
            _ => {
                self.by_alias.insert(alias, person);
            }
        }
    }

    /// The rows of a table with these aliases, or with all.
    pub(super) fn rows(&self, only: Option<&std::collections::BTreeSet<i64>>) -> Players {
        let mut rows = Players::default();
        for (&alias, person) in &self.by_alias {
            if only.is_none_or(|only| only.contains(&alias)) {
                rows.alias.push(alias);
                rows.player.push(person.player);
                rows.guid.push(person.guid.as_str().into());
                rows.name.push(person.name.as_str().into());
                rows.forgotten.push(person.forgotten as i32);
            }
        }
        rows
    }

    pub(super) fn aliases(&self) -> impl Iterator<Item = i64> + '_ {
        self.by_alias.keys().copied()
    }

    /// What is left of a player.
    pub(super) fn grade(&self, player: i64) -> Grade {
        self.forgotten.get(&player).copied().unwrap_or_default()
    }

    /// GUID and name of an alias.
    pub(super) fn of(&self, alias: i64, file: &Path) -> Result<(Guid, PlayerName)> {
        match self.by_alias.get(&alias) {
            Some(person) => Ok((person.guid.clone(), person.name.clone())),
            None => Err(LakeError::damaged(file, "it names a player who is not in the table of players")),
        }
    }

    /// Whether an alias is one of a player's.
    pub(super) fn is_of(&self, alias: i64, player: i64) -> bool {
        self.by_alias.get(&alias).is_some_and(|person| person.player == Some(player))
    }

    /// Whether an alias is one of a player whose lives are gone.
    pub(super) fn is_erased(&self, alias: i64) -> bool {
        let player = self.by_alias.get(&alias).and_then(|person| person.player);
        player.is_some_and(|player| self.grade(player) == Grade::Lives)
    }

    /// Takes GUID and names of a player away. Gives the number of names.
    pub(super) fn forget(&mut self, player: i64, grade: Grade) -> usize {
        let mut names = 0;
        for person in self.by_alias.values_mut().filter(|person| person.player == Some(player)) {
            names += usize::from(person.forgotten == Grade::Nothing && !person.name.as_str().is_empty());
            *person = Person { forgotten: grade.max(person.forgotten), ..forgotten(player) };
        }
        // A tombstone of its own: the player stays forgotten when no life is left.
        self.put(player, Person { forgotten: grade, ..forgotten(player) });
        names
    }

    /// The names of a player that are not forgotten; `None` of one who is in no round.
    pub(super) fn names_of(&self, player: i64) -> Option<usize> {
        let mut known = self.by_alias.values().filter(|person| person.player == Some(player)).peekable();
        known.peek()?;
        let is_name =
            |person: &&Person| person.forgotten == Grade::Nothing && !person.name.as_str().is_empty();
        Some(known.filter(is_name).count())
    }

    /// What takes the place of a player's GUID and names within other words, once they are forgotten.
    pub(super) fn renaming(&self, player: i64) -> Renaming {
        let new = forgotten(player);
        let known = self.by_alias.values().filter(|person| person.player == Some(player));
        let old = known.map(|person| [person.guid.as_str(), person.name.as_str()]);
        Renaming::of(old.map(|old| (old, [new.guid.as_str(), FORGOTTEN])))
    }

    /// Takes GUIDs and names of forgotten players out of what a round says of objectives.
    pub(super) fn cover(&self, round: &mut Round, secret: &Secret) {
        if self.forgotten.is_empty() {
            return;
        }
        let lives = round.tracks.iter().map(|track| (&track.guid, track.name.as_str()));
        let others = round.engagements.iter().flat_map(|engagement| {
            let target = (&engagement.target_guid, engagement.target_name.as_str());
            let killer = engagement
                .killer_guid
                .iter()
                .map(|guid| (guid, engagement.killer_name.as_ref().map_or("", PlayerName::as_str)));
            let attackers = engagement.attackers.iter().map(|by| (&by.guid, by.name.as_str()));
            killer.chain(attackers).chain([target])
        });
        let changes: Vec<(String, String, Guid)> = lives
            .chain(others)
            .filter_map(|(guid, name)| {
                let player = secret.player(guid).filter(|player| self.grade(*player) > Grade::Nothing)?;
                Some((guid.as_str().to_owned(), name.to_owned(), forgotten(player).guid))
            })
            .collect();
        let changes =
            changes.iter().map(|(guid, name, new)| ([guid.as_str(), name], [new.as_str(), FORGOTTEN]));
        Renaming::of(changes).apply_to(&mut round.meta.objectives);
    }

    /// Someone who was not known before: without GUID and name if that player is forgotten.
    fn person(&self, player: Option<i64>, guid: &Guid, name: &str) -> Person {
        match player.map(|player| (player, self.grade(player))) {
            Some((player, grade)) if grade > Grade::Nothing => {
                Person { forgotten: grade, ..forgotten(player) }
            }
            _ => Person {
                player,
                guid: guid.clone(),
                name: PlayerName(name.into()),
                forgotten: Grade::Nothing,
            },
        }
    }

    /// Numbers for everyone in a round; those that are new are added.
    pub(super) fn number<'r>(&mut self, round: &'r Round, secret: &Secret) -> RoundIds {
        let file = &round.meta.content_hash;
        let none = Guid::new("");
        // A number is a hash with a key, and a round names the same few people again and again.
        let mut known: HashMap<(&'r str, &'r str), (i64, i64)> = HashMap::new();
        let mut numbers = |guid: Option<&'r Guid>, name: &'r str| {
            *known.entry((guid.map_or("", Guid::as_str), name)).or_insert_with(|| {
                let guid = guid.unwrap_or(&none);
                let alias = secret.alias(guid, name);
                if !self.by_alias.contains_key(&alias) {
                    let person = self.person(secret.player(guid), guid, name);
                    self.by_alias.insert(alias, person);
                }
                (secret.player_in(file, guid, name), alias)
            })
        };
        let lives = round.tracks.iter().map(|track| numbers(Some(&track.guid), track.name.as_str()));
        let lives = lives.collect();
        let mut alias = |guid, name| numbers(guid, name).1;
        let engagements = round.engagements.iter().map(|engagement| {
            let Engagement { killer_guid, killer_name, .. } = engagement;
            let is_known = killer_guid.is_some() || killer_name.is_some();
            EngagementIds {
                target: alias(Some(&engagement.target_guid), engagement.target_name.as_str()),
                killer: is_known.then(|| {
                    alias(killer_guid.as_ref(), killer_name.as_ref().map_or("", PlayerName::as_str))
                }),
                attackers: engagement
                    .attackers
                    .iter()
                    .map(|by| alias(Some(&by.guid), by.name.as_str()))
                    .collect(),
                crossfire: engagement
                    .crossfire_participants
                    .iter()
                    .map(|guid| alias(Some(guid), ""))
                    .collect(),
            }
        });
        let engagements = engagements.collect();
        let revives = round.revives.iter().map(|revive| {
            (alias(Some(&revive.guid), revive.name.as_str()), alias(Some(&revive.medic_guid), ""))
        });
        let revives = revives.collect();
        RoundIds { lives, engagements, revives }
    }
}

/// A player without GUID and name. The number stands for the GUID, so that lives of one player stay together.
fn forgotten(player: i64) -> Person {
    Person {
        player: Some(player),
        guid: Guid::new(format!("F0{player:030X}")),
        name: FORGOTTEN.into(),
        forgotten: Grade::Name,
    }
}
