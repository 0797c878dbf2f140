//! A life as line pictures need it: compact, and free of the round it came from.

use crate::analysis::{BreakReason, Life, PlayerKey, PlayerPattern, State, StepKind};
use crate::geom::WorldPoint;
use crate::model::{Event, LevelTime, PlayerName, Team, Track, Weapon};

/// One life's path.
#[derive(Debug, Clone, PartialEq)]
pub struct LifePath {
    /// Place in time: the round's place in the input, the spawn on the round's clock, the row in the file.
    pub order: (u32, i64, u32),
    /// Whose side.
    pub team: Team,
    /// Whose it is.
    pub player: PlayerKey,
    /// The player's name without colour codes.
    pub name: Box<str>,
    /// How it ended.
    pub end: PathEnd,
    /// Whether it begins at a spawn (and not at the edge of a time window).
    pub from_spawn: bool,
    /// Its points in time order, at least one.
    pub points: Vec<PathPoint>,
}

/// How a path ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathEnd {
    /// The player died.
    Death,
    /// The player was alive when the round, the server or the connection ended.
    Alive,
    /// A time window ended, or the record did: nothing happened to the player here.
    Cut,
}

/// One point of a path and what comes after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathPoint {
    /// Where.
    pub at: WorldPoint,
    /// When, ms since the spawn.
    pub ms: i32,
    /// Horizontal speed, u/s.
    pub speed_ups: f32,
    /// Health; `None` where it is not known.
    pub health: Option<i16>,
    /// The weapon in hand.
    pub weapon: Weapon,
    /// What leads to the next point.
    pub next: Next,
}

/// What leads from one point to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Walked in this state.
    Walk(State),
    /// Walked, but the filter hides it; also after the last point.
    Hidden,
    /// Not walked, or how is not known.
    Break(BreakReason),
}

impl LifePath {
    /// The path of a life of the round at place `order` of the input.
    pub fn of(order: u32, life: &Life<'_>) -> Self {
        let track = life.track();
        let spawn = track.spawn;
        let mut points: Vec<PathPoint> = life
            .samples()
            .iter()
            .map(|sample| PathPoint {
                at: sample.at,
                ms: sample.time.since(spawn) as i32,
                speed_ups: sample.speed_ups,
                health: sample.known_health(),
                weapon: sample.weapon,
                next: Next::Hidden,
            })
            .collect();
        for step in life.steps() {
            points[step.index].next = match step.kind {
                StepKind::Segment(state) => Next::Walk(state),
                StepKind::Hidden(_) => Next::Hidden,
                StepKind::Break(reason) => Next::Break(reason),
            };
        }
        Self {
            order: (order, life.start_since_live_ms(), life.track_index() as u32),
            team: track.team.clone(),
            player: PlayerKey::of(life.round(), &track.guid, track.name.as_str()),
            name: track.name.display().into(),
            // What happened on another floor than the wanted one is not shown, so it is no end here.
            end: if life.samples().last().is_some_and(|last| life.is_on_floor(last)) {
                end_of(track, life.end())
            } else {
                PathEnd::Cut
            },
            from_spawn: life.start() == spawn
                && track.is_told_from_spawn()
                && life.samples().first().is_some_and(|first| life.is_on_floor(first)),
            points,
        }
    }

    /// Whether it is of a player that a pattern means.
    pub fn is_of(&self, pattern: &PlayerPattern) -> bool {
        pattern.matches(self.player.guid().as_str(), &PlayerName::from(&*self.name))
    }

    /// Seconds from the first point to the last.
    pub fn seconds(&self) -> f64 {
        let first = self.points.first().map_or(0, |p| p.ms);
        let last = self.points.last().map_or(0, |p| p.ms);
        f64::from(last - first) / 1000.0
    }

    /// Its runs of neighbouring points that were walked, each with at least two points.
    pub fn runs(&self) -> impl Iterator<Item = &[PathPoint]> {
        self.points.chunk_by(|a, _| matches!(a.next, Next::Walk(_))).filter(|run| run.len() > 1)
    }

    /// Its breaks: why, and the points on either side.
    pub fn breaks(&self) -> impl Iterator<Item = (BreakReason, &PathPoint, &PathPoint)> {
        self.points.windows(2).filter_map(|pair| match pair[0].next {
            Next::Break(reason) => Some((reason, &pair[0], &pair[1])),
            Next::Walk(_) | Next::Hidden => None,
        })
    }
}

/// How the life of a track ended of which this is left.
pub(super) fn end_of(track: &Track, end: LevelTime) -> PathEnd {
    if end < track.end.unwrap_or(end) {
        return PathEnd::Cut;
    }
    match track.samples.last().map(|sample| sample.event) {
        Some(Event::Unknown) | None => PathEnd::Cut,
        Some(event) if event.is_survival() => PathEnd::Alive,
        Some(event) if event.is_terminal() => PathEnd::Death,
        Some(_) => PathEnd::Cut,
    }
}
