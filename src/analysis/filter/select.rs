//! Which rounds, lives and moments are meant: the one filter of every command.

use jiff::civil::Date;

use super::floor::Floor;
use super::who::Who;
use crate::analysis::life::dropped::DropReason;
use crate::analysis::life::state::State;
use crate::analysis::session::dates::{round_number, session_date};
use crate::model::{Class, Guid, GuidKind, PlayerName, Round, RoundMeta, Team, Track};

/// Whether bots count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Bots {
    /// Only people.
    #[default]
    Exclude,
    /// People and bots.
    Include,
    /// Only bots.
    Only,
}

/// A half-open span of milliseconds, `from <= t < to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WindowMs {
    /// First millisecond.
    pub from: i64,
    /// First millisecond after it.
    pub to: i64,
}

/// A set of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateSet(u8);

impl StateSet {
    /// Every state.
    pub const ALL: Self = Self((1 << State::ALL.len()) - 1);

    /// The set of the given states.
    pub fn of(states: &[State]) -> Self {
        Self(states.iter().fold(0, |bits, s| bits | 1 << s.index()))
    }

    /// Whether a state is in it.
    pub fn contains(self, state: State) -> bool {
        self.0 & (1 << state.index()) != 0
    }
}

impl Default for StateSet {
    /// Every state.
    fn default() -> Self {
        Self::ALL
    }
}

/// A player as typed by a user: a name (colour codes do not count, nor does case) or a GUID (at least its first
/// eight characters).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerPattern {
    typed: String,
    name: String,
}

/// Shortest GUID prefix that is taken for a GUID.
const GUID_PREFIX: usize = 8;

impl PlayerPattern {
    /// From what was typed.
    pub fn new(typed: &str) -> Self {
        Self { typed: typed.trim().to_owned(), name: PlayerName::from(typed.trim()).display().to_lowercase() }
    }

    /// What was typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// Whether it means the player with this GUID and name.
    pub fn matches(&self, guid: &str, name: &PlayerName) -> bool {
        let guid = guid.trim_end();
        let by_guid = if self.typed.len() >= GUID_PREFIX {
            guid.get(..self.typed.len()).is_some_and(|start| start.eq_ignore_ascii_case(&self.typed))
        } else {
            !self.typed.is_empty() && guid.eq_ignore_ascii_case(&self.typed)
        };
        by_guid || (!self.name.is_empty() && name.display().to_lowercase() == self.name)
    }
}

/// Which rounds, lives and moments to use. Empty lists and `None` mean "all". Default: everything but bots.
///
/// As JSON it is written in the words of the command line ([`crate::analysis::filter::words`]).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Map names, without regard to case. Default: all maps.
    pub maps: Vec<String>,
    /// First and last session date, both included. A round without a date never matches. Default: all sessions.
    pub sessions: Option<(Date, Date)>,
    /// Round number as people count (1 or 2). A round whose number is unknown never matches. Default: all rounds.
    pub round: Option<u32>,
    /// Players, any of them. Default: all players.
    pub players: Vec<PlayerPattern>,
    /// Sides, any of them. Default: all sides.
    pub teams: Vec<Team>,
    /// Classes at spawn, any of them. Default: all classes.
    pub classes: Vec<Class>,
    /// States: segments in other states are hidden, and lives without one in these are left out. Default: all states.
    pub states: StateSet,
    /// Whether bots count. Default: people only.
    pub bots: Bots,
    /// Only movement on this floor: steps that begin elsewhere are hidden, and lives that never were there are left out.
    /// Default: all floors.
    pub floor: Option<Floor>,
    /// Only this span of each life, milliseconds since its spawn. Default: whole lives.
    pub life_window: Option<WindowMs>,
    /// Only this span of each round, milliseconds since it went live (`RoundClock`). Default: whole rounds.
    pub round_window: Option<WindowMs>,
}

impl Filter {
    /// Everything, bots included.
    pub fn everything() -> Self {
        Self { bots: Bots::Include, ..Self::default() }
    }

    /// Every round and life of people; the methods below narrow it.
    ///
    /// ```
    /// use proximity::{Filter, Team};
    ///
    /// let opening = Filter::new().map("supply").team(Team::Axis).life_window(0..10_000);
    /// assert_eq!(opening.maps, ["supply"]);
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Also this map.
    #[must_use]
    pub fn map(mut self, name: &str) -> Self {
        self.maps.push(name.to_owned());
        self
    }

    /// Only sessions from the first date to the last, both included.
    #[must_use]
    pub fn sessions(self, first: Date, last: Date) -> Self {
        Self { sessions: Some((first, last)), ..self }
    }

    /// Only this round number.
    #[must_use]
    pub fn round(self, number: u32) -> Self {
        Self { round: Some(number), ..self }
    }

    /// Also this player, by name or GUID ([`PlayerPattern`]).
    #[must_use]
    pub fn player(mut self, typed: &str) -> Self {
        self.players.push(PlayerPattern::new(typed));
        self
    }

    /// Also this side.
    #[must_use]
    pub fn team(mut self, team: Team) -> Self {
        self.teams.push(team);
        self
    }

    /// Also this class.
    #[must_use]
    pub fn class(mut self, class: Class) -> Self {
        self.classes.push(class);
        self
    }

    /// Only these states.
    #[must_use]
    pub fn states(self, states: &[State]) -> Self {
        Self { states: StateSet::of(states), ..self }
    }

    /// Whether bots count.
    #[must_use]
    pub fn bots(self, bots: Bots) -> Self {
        Self { bots, ..self }
    }

    /// Only this span of each life, milliseconds since its spawn.
    #[must_use]
    pub fn life_window(self, ms: std::ops::Range<i64>) -> Self {
        Self { life_window: Some(WindowMs { from: ms.start, to: ms.end }), ..self }
    }

    /// Only this span of each round, milliseconds since it went live.
    #[must_use]
    pub fn round_window(self, ms: std::ops::Range<i64>) -> Self {
        Self { round_window: Some(WindowMs { from: ms.start, to: ms.end }), ..self }
    }

    /// Whether any life of this round can match, judged by map, session and round number.
    pub fn matches_round(&self, round: &Round) -> bool {
        self.matches_meta(&round.meta)
    }

    /// The same, from the header alone.
    pub fn matches_meta(&self, meta: &RoundMeta) -> bool {
        let map = self.maps.is_empty() || self.maps.iter().any(|m| m.eq_ignore_ascii_case(&meta.map));
        let session = self.sessions.is_none_or(|(first, last)| {
            session_date(meta).is_some_and(|date| (first..=last).contains(&date))
        });
        let round = self.round.is_none_or(|wanted| round_number(meta) == Some(wanted));
        map && session && round
    }

    /// Whether a life matches, judged by player, side, class and bot rule.
    pub fn matches_track(&self, track: &Track) -> bool {
        self.refuses(track).is_none()
    }

    /// Why a life does not match: [`DropReason::Bot`], or [`DropReason::Filtered`]; `None` when it does.
    pub(crate) fn refuses(&self, track: &Track) -> Option<DropReason> {
        if let Some(reason) = self.refuses_kind(track.guid.kind() == GuidKind::Bot) {
            return Some(reason);
        }
        let team = self.teams.is_empty() || self.teams.contains(&track.team);
        let class = self.classes.is_empty() || self.classes.contains(&track.class);
        let player = self.players.is_empty()
            || self.players.iter().any(|p| p.matches(track.guid.as_str(), &track.name));
        (!(team && class && player)).then_some(DropReason::Filtered)
    }

    /// The same of all lives of a kind, where the filter [`tells_kinds`](Self::tells_kinds) apart and no more.
    pub(crate) fn refuses_who(&self, who: Who) -> Option<DropReason> {
        let team = self.teams.is_empty() || self.teams.iter().any(|team| Who::team(team) == who.team);
        let class =
            self.classes.is_empty() || self.classes.iter().any(|class| Who::class(class) == who.class);
        self.refuses_kind(who.is_bot).or_else(|| (!(team && class)).then_some(DropReason::Filtered))
    }

    /// The same of a life by its kind and player, where the filter [`tells_lives`](Self::tells_lives) apart and no more.
    pub(crate) fn refuses_life(&self, who: Who, guid: &Guid, name: &PlayerName) -> Option<DropReason> {
        let player = self.players.is_empty() || self.players.iter().any(|p| p.matches(guid.as_str(), name));
        self.refuses_who(who).or_else(|| (!player).then_some(DropReason::Filtered))
    }

    /// Whether it tells the lives of a round apart by no more than [`Who`] and state: sums by those answer it.
    pub(crate) fn tells_kinds(&self) -> bool {
        self.players.is_empty() && self.tells_lives()
    }

    /// Whether it tells whole lives apart, by [`Who`], state and player, and nothing within them.
    pub(crate) fn tells_lives(&self) -> bool {
        self.floor.is_none()
            && self.life_window.is_none()
            && self.round_window.is_none()
            && !self.teams.iter().any(|team| matches!(team, Team::Other(_)))
            && !self.classes.iter().any(|class| matches!(class, Class::Other(_)))
    }

    fn refuses_kind(&self, is_bot: bool) -> Option<DropReason> {
        match self.bots {
            Bots::Exclude if is_bot => Some(DropReason::Bot),
            Bots::Only if !is_bot => Some(DropReason::Filtered),
            _ => None,
        }
    }
}
