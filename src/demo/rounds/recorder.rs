//! Builds rounds out of snapshots.

use super::life::LONGEST_GAP_MS;
use super::lives::Moment;
use super::open_round::{OpenRound, RoundParts};
use super::provenance::Source;
use super::roster::{Change, Roster};
use crate::demo::delta::fields::player;
use crate::demo::meaning::{
    Condition, Meaning, Obituaries, Obituary, Teammate, View, of_entity, of_player, teammates,
};
use crate::demo::state::{ConfigStrings, Connection, Snapshot, Update};
use crate::model::{DeathType, PlayerName, Team};

const INTERMISSION: i32 = 5;
const SPECTATOR: i32 = 2;
const MOVE_FOLLOW: i32 = 4096;
const MOVE_LIMBO: i32 = 16384;
/// `snapFlags` bit that toggles at each restart.
const RESTART_BIT: u32 = 4;
/// `CS_SERVERTOGGLES` bit of a pause.
const PAUSED_BIT: i32 = 16;
const PLAYING: i32 = 0;
const ROUND_OVER: i32 = 3;
/// Straight below the recorder by more than this: a false place that a guard against wall-hacks sent, units.
const GUARD_DEPTH_UNITS: f32 = 100.0;

/// Builds rounds out of snapshots, one at a time.
#[derive(Debug)]
pub(in crate::demo) struct Recorder {
    interval_ms: u32,
    samples_per_round: usize,
    meaning: Meaning,
    roster: Roster,
    obituaries: Obituaries,
    open: Option<OpenRound>,
    /// Server time of the last snapshot of this gamestate.
    last_server_time: Option<i32>,
    last_flags: Option<u32>,
    /// Memory that serves every snapshot.
    views: Vec<Option<(View, Source)>>,
    told: Vec<Obituary>,
    revived: Vec<(u8, u8)>,
    mates: Vec<Teammate>,
}

impl Recorder {
    pub(in crate::demo) fn new(interval_ms: u32, samples_per_round: usize) -> Self {
        Self {
            interval_ms,
            samples_per_round,
            meaning: Meaning::of(&ConfigStrings::default()),
            roster: Roster::default(),
            obituaries: Obituaries::default(),
            open: None,
            last_server_time: None,
            last_flags: None,
            views: Vec::new(),
            told: Vec::new(),
            revived: Vec::new(),
            mates: Vec::new(),
        }
    }

    /// The mod whose numbers are read.
    pub(in crate::demo) fn meaning(&self) -> &Meaning {
        &self.meaning
    }

    /// The name in a slot, as it stands now.
    pub(in crate::demo) fn name(&self, slot: u8) -> Option<&PlayerName> {
        self.roster.get(slot).map(|player| &player.name)
    }

    /// A map begins. Gives the round that was open.
    pub(in crate::demo) fn gamestate(&mut self, connection: &Connection) -> Option<RoundParts> {
        let closed = self.close(&DeathType::Shutdown, None);
        self.meaning = Meaning::of(&connection.config);
        self.roster.read_all(&connection.config);
        self.obituaries.forget();
        self.last_server_time = None;
        self.last_flags = None;
        closed
    }

    /// Takes in what changed since the last snapshot, and the snapshot. Gives a round that ended.
    pub(in crate::demo) fn snapshot(
        &mut self,
        connection: &Connection,
        updates: &[Update],
        snapshot: &Snapshot,
    ) -> Option<RoundParts> {
        let config = &connection.config;
        let toggled = self.last_flags.replace(snapshot.flags & RESTART_BIT);
        let mut restarted = toggled.is_some_and(|flags| flags != snapshot.flags & RESTART_BIT);
        self.mates.clear();
        let mut left = Vec::new();
        for update in updates {
            match update {
                Update::Restart => restarted = true,
                Update::TeamInfo(numbers) => self.mates.extend(teammates(numbers)),
                Update::Config(number) => {
                    if let Some(slot) = ConfigStrings::slot(*number)
                        && self.roster.read(slot, config) == Change::Left
                    {
                        left.push(slot);
                    }
                }
            }
        }
        let before = self.last_server_time.replace(snapshot.server_time);
        let elapsed = before.map(|before| i64::from(snapshot.server_time) - i64::from(before));
        let continuous = elapsed.is_some_and(|ms| (0..=LONGEST_GAP_MS).contains(&ms));
        let told: i32 = config.info(ConfigStrings::WOLF_INFO, "gamestate").parse().unwrap_or(PLAYING);
        // Players are at the intermission's camera a moment before the config string says so.
        let state = if told == PLAYING && is_intermission(connection, snapshot) { ROUND_OVER } else { told };
        let closed = if restarted || state != PLAYING {
            if let Some(open) = &mut self.open {
                open.advance(snapshot.server_time);
            }
            match state {
                // Maps set a winner beforehand: only at the end it is one.
                ROUND_OVER => self.close(&DeathType::RoundEnd, winner(config)),
                _ => self.close(&DeathType::Shutdown, None),
            }
        } else {
            None
        };
        if state != PLAYING {
            return closed;
        }
        let seen_before = before.is_some();
        let zero = config.number(ConfigStrings::LEVEL_START).unwrap_or(0);
        if self.open.is_none() {
            let times = (zero, snapshot.server_time);
            let limits = (self.interval_ms, self.samples_per_round);
            self.open = Some(OpenRound::new(connection, times, restarted || seen_before, limits));
        }
        let paused = config.number(ConfigStrings::TOGGLES).unwrap_or(0) & PAUSED_BIT != 0;
        if let Some(mut open) = self.open.take() {
            if paused {
                open.server_time = snapshot.server_time;
            } else {
                open.zero = zero;
                open.advance(snapshot.server_time);
                self.play(&mut open, connection, snapshot, continuous, &left);
            }
            self.open = Some(open);
        }
        closed
    }

    /// Ends the open round.
    pub(in crate::demo) fn close(&mut self, kind: &DeathType, winner: Option<Team>) -> Option<RoundParts> {
        self.open.take().map(|open| open.close(kind, winner, self.interval_ms))
    }

    fn play(
        &mut self,
        open: &mut OpenRound,
        connection: &Connection,
        snapshot: &Snapshot,
        continuous: bool,
        left: &[u8],
    ) {
        let now = open.now;
        for slot in left {
            open.lives.is_absent(*slot, now);
        }
        self.gather(connection, snapshot);
        let views = &self.views;
        let dies = |slot: u8| {
            let seen = views[usize::from(slot)].as_ref();
            seen.is_some_and(|(view, _)| view.condition == Condition::Down) && open.lives.is_alive(slot)
        };
        self.obituaries.new_ones(&snapshot.entities, &self.meaning, dies, &mut self.told, &mut self.revived);
        let moment =
            Moment { now, roster: &self.roster, revives: &self.revived, everyone: open.everyone, continuous };
        for (slot, seen) in self.views.iter().enumerate() {
            if let Some((view, _)) = seen {
                open.lives.notice_hit(slot as u8, view, moment);
            }
        }
        for told in &self.told {
            open.tell(told, &self.views, moment);
        }
        if !open.everyone {
            open.watch(&self.told, &self.mates, &self.views, connection.client, moment);
        }
        for (slot, seen) in self.views.iter_mut().enumerate() {
            match seen.take() {
                Some((view, source)) => {
                    open.lives.look(slot as u8, view, source, moment);
                    *seen = None;
                    self.mates.retain(|mate| {
                        let here = usize::from(mate.slot) == slot;
                        if here {
                            open.lives.hear_of(*mate, true, moment);
                        }
                        !here
                    });
                }
                None if open.everyone => open.lives.is_absent(slot as u8, now),
                None => {}
            }
        }
        for mate in &self.mates {
            open.lives.hear_of(*mate, false, moment);
        }
    }

    /// Gathers every player that the snapshot shows, each from the best source.
    fn gather(&mut self, connection: &Connection, snapshot: &Snapshot) {
        self.views.clear();
        self.views.resize(ConfigStrings::MAX_PLAYERS, None);
        let meaning = &self.meaning;
        let mut put = |slot: u8, view: View, source: Source| {
            if let Some(place) = self.views.get_mut(usize::from(slot))
                && place.is_none()
                && view.is_plausible()
            {
                *place = Some((view, source));
            }
        };
        for (slot, state) in &snapshot.players {
            let mut view = of_player(state, false, meaning);
            if state.client() != *slot {
                view.condition = Condition::Away;
            }
            put(*slot, view, Source::Recorded);
        }
        let own = &snapshot.player;
        if !connection.tv {
            let recorder = connection.client;
            let watched = own.client();
            let kind = own.int(player::TYPE);
            let following = own.int(player::MOVE_FLAGS) & MOVE_FOLLOW != 0;
            if watched == recorder {
                let mut view = of_player(own, false, meaning);
                if following || kind == SPECTATOR || kind == INTERMISSION {
                    view.condition = Condition::Away;
                }
                put(recorder, view, Source::Recorded);
            } else {
                let mut view = of_player(own, true, meaning);
                view.condition =
                    if kind == SPECTATOR || kind == INTERMISSION { Condition::Away } else { view.condition };
                // Class and side in the copy may be the recorder's own; the player's config string knows.
                if own.int(player::MOVE_FLAGS) & MOVE_LIMBO != 0 {
                    view.class = None;
                }
                if view.condition != Condition::Away {
                    put(watched, view, Source::Recorded);
                }
                let away = View { condition: Condition::Away, ..of_player(own, true, meaning) };
                put(recorder, away, Source::Recorded);
            }
        }
        let eyes = own.vector(player::ORIGIN);
        for entity in
            snapshot.entities.iter().take_while(|e| usize::from(e.number) < ConfigStrings::MAX_PLAYERS)
        {
            if let Some(view) = of_entity(entity, meaning)
                && (connection.tv || !is_guarded(&view, eyes))
            {
                put(entity.number as u8, view, Source::Seen);
            }
        }
    }
}

/// The side that won the round that is over.
fn winner(config: &ConfigStrings) -> Option<Team> {
    match config.info(ConfigStrings::WINNER, "w") {
        "0" => Some(Team::Axis),
        "1" => Some(Team::Allies),
        _ => None,
    }
}

fn is_intermission(connection: &Connection, snapshot: &Snapshot) -> bool {
    let everyone = snapshot.players.iter().map(|(_, state)| state);
    let own = (!connection.tv).then_some(&snapshot.player);
    everyone.chain(own).any(|state| state.int(player::TYPE) == INTERMISSION)
}

/// Whether a body was moved straight below the recorder, where a server's guard against wall-hacks puts enemies whom
/// the recorder cannot see.
fn is_guarded(view: &View, [x, y, z]: [f32; 3]) -> bool {
    (view.at.x - x).abs() <= 1.0 && (view.at.y - y).abs() <= 1.0 && z - view.at.z > GUARD_DEPTH_UNITS
}
