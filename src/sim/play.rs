//! A round, played frame by frame.

use super::body::{FRAME_MS, ORIGIN_UNITS, SPAWN_DROP_UNITS};
use super::ground::floors::CellId;
use super::ground::world::World;
use super::people::agent::{Agent, Presence};
use super::people::arms;
use super::people::arms::Grenade;
use super::people::errand::Situation;
use super::people::mind::Task;
use super::people::roster::Player;
use super::random::Random;
use super::script::{Cue, Script};
use super::truth::{LateJoin, Life, LifeEnd, Phase, RoundTruth};
use crate::map::Side;
use crate::model::Class;

/// When the first players appear, ms since the round went live.
const FIRST_SPAWN_MS: i32 = 500;
/// From wave to wave: the attackers come back sooner.
const AXIS_WAVE_MS: i32 = 30_000;
const ALLIES_WAVE_MS: i32 = 20_000;

/// What a round is played with.
#[derive(Debug, Clone)]
pub(crate) struct RoundOrder<'a> {
    pub(crate) players: &'a [Player],
    /// 1 or 2.
    pub(crate) number: u8,
    pub(crate) start_unix: i64,
    /// When it ends at the latest.
    pub(crate) limit_ms: i32,
    pub(crate) script: Script,
}

/// A round being played.
#[derive(Debug)]
pub(crate) struct Play<'w, 'p> {
    pub(crate) world: &'w mut World<'p>,
    pub(crate) now_ms: i32,
    pub(crate) agents: Vec<Agent>,
    pub(crate) log: RoundTruth,
    pub(crate) grenades: Vec<Grenade>,
    /// Who died in this frame.
    pub(crate) died: Vec<usize>,
    pub(crate) situation: Situation,
    random: Random,
    script: Script,
    /// By agent: the open life in the log.
    open_lives: Vec<Option<usize>>,
    /// What the waves are shifted by, Axis and Allies.
    wave_offsets_ms: [i32; 2],
    /// When the dynamite goes off.
    pub(crate) fuse_ms: Option<i32>,
    is_over: bool,
}

/// Plays a round.
pub(crate) fn play(world: &mut World, order: &RoundOrder, mut random: Random) -> RoundTruth {
    let agent = |(index, player): (usize, &Player)| {
        let chance = Random::new(random.next(), index as u64 + 1);
        Agent::new(player, player.crew.side(order.number), world.floors, chance)
    };
    let agents: Vec<Agent> = order.players.iter().enumerate().map(agent).collect();
    let log = RoundTruth {
        map: world.plan.name.clone(),
        number: order.number,
        start_unix: order.start_unix,
        duration_ms: 0,
        axis_wave_ms: AXIS_WAVE_MS,
        allies_wave_ms: ALLIES_WAVE_MS,
        players: order.players.to_vec(),
        lives: Vec::new(),
        hits: Vec::new(),
        deaths: Vec::new(),
        revives: Vec::new(),
        joins: Vec::new(),
    };
    let mut play = Play {
        world,
        now_ms: 0,
        open_lives: vec![None; agents.len()],
        agents,
        log,
        grenades: Vec::new(),
        died: Vec::new(),
        situation: Situation { stage: 1, taken: Vec::new(), main_route: [None, None] },
        wave_offsets_ms: [random.millis(0, 8) * 1_000, random.millis(0, 8) * 1_000],
        random,
        script: order.script.clone(),
        fuse_ms: None,
        is_over: false,
    };
    while !play.is_over {
        play.now_ms += FRAME_MS;
        play.frame(order.limit_ms);
    }
    play.finish()
}

impl Play<'_, '_> {
    fn frame(&mut self, limit_ms: i32) {
        self.follow_script();
        self.spawn_waves();
        if self.now_ms % 100 == 0 {
            self.look_round();
        }
        self.think();
        self.go();
        self.shoot();
        self.record();
        if self.fuse_ms.is_some_and(|fuse| self.now_ms >= fuse) {
            self.fuse_ms = None;
            self.situation.stage += 1;
            self.is_over = self.situation.stage > 2;
            self.turn_round();
        }
        self.is_over |= self.now_ms >= limit_ms;
    }

    fn follow_script(&mut self) {
        let now_ms = self.now_ms;
        for cue in self.script.due(now_ms) {
            match cue {
                Cue::Start(player) => self.agents[player].presence = Presence::Waiting,
                Cue::Join(player) => self.join(player),
                Cue::Away(player, until_ms) => self.agents[player].away_until_ms = until_ms,
                // Back at the keyboard, the player makes a self kill to spawn with the team.
                Cue::Return(player) if self.agents[player].is_alive() => {
                    self.kill(player, player, arms::SUICIDE);
                }
                Cue::Leave(player) if self.agents[player].is_alive() => {
                    self.agents[player].presence = Presence::Absent;
                    self.close_life(player, LifeEnd::Disconnect);
                }
                // A player who is not alive then leaves at the next spawn.
                Cue::Leave(player) => self.script.put_off(Cue::Leave(player), now_ms + 1_000),
                Cue::Return(_) => {}
            }
        }
    }

    /// A player joins: the player seems to stand at a spawn spot, then watches a team-mate until the wave.
    fn join(&mut self, player: usize) {
        let side = self.agents[player].side;
        let mates =
            self.agents.iter().enumerate().filter(|(_, agent)| agent.is_alive() && agent.side == side);
        let watched = mates.map(|(index, _)| index).next();
        self.agents[player].presence = Presence::Waiting;
        let (Some(watched), Some((cell, _))) = (watched, self.spawn_spot(side, player)) else { return };
        let [x, y, z] = self.world.floors.middle(cell);
        self.log.joins.push(LateJoin {
            player,
            time_ms: self.now_ms,
            until_ms: self.now_ms,
            at: [x as f32, y as f32, (z + ORIGIN_UNITS + SPAWN_DROP_UNITS) as f32],
            watched,
        });
    }

    /// Time from a moment to the next wave of a side.
    pub(crate) fn next_wave(&self, side: Side) -> i32 {
        let (interval, offset) = match side {
            Side::Axis => (AXIS_WAVE_MS, self.wave_offsets_ms[0]),
            Side::Allies => (ALLIES_WAVE_MS, self.wave_offsets_ms[1]),
        };
        self.now_ms + interval - (self.now_ms + offset).rem_euclid(interval)
    }

    fn spawn_waves(&mut self) {
        for side in [Side::Axis, Side::Allies] {
            let first = self.now_ms == FIRST_SPAWN_MS;
            let (interval, offset) = match side {
                Side::Axis => (AXIS_WAVE_MS, self.wave_offsets_ms[0]),
                Side::Allies => (ALLIES_WAVE_MS, self.wave_offsets_ms[1]),
            };
            let wave = self.now_ms > FIRST_SPAWN_MS && (self.now_ms + offset) % interval == 0;
            if !first && !wave {
                continue;
            }
            self.situation.plan_wave(side, self.world, &mut self.random);
            for player in 0..self.agents.len() {
                let agent = &self.agents[player];
                if agent.side == side && matches!(agent.presence, Presence::Waiting | Presence::Down { .. }) {
                    self.spawn(player);
                }
            }
        }
    }

    fn spawn(&mut self, player: usize) {
        let (now_ms, side) = (self.now_ms, self.agents[player].side);
        let Some((cell, yaw)) = self.spawn_spot(side, player) else { return };
        self.close_dead_life(player);
        for join in self.log.joins.iter_mut().filter(|join| join.player == player) {
            join.until_ms = now_ms;
        }
        let medics = self.agents.iter().filter(|agent| {
            agent.side == side && agent.class == Class::Medic && agent.presence != Presence::Absent
        });
        let base = 100 + (10 * medics.count() as i32).min(25);
        let agent = &mut self.agents[player];
        agent.max_health = if agent.class == Class::Medic { base * 112 / 100 } else { base };
        agent.spawn(now_ms, self.world.floors, cell, yaw);
        self.open_lives[player] = Some(self.log.lives.len());
        let class = agent.class.clone();
        self.log.lives.push(Life { player, side, class, end: LifeEnd::RoundEnd, frames: Vec::new() });
    }

    /// A free spot of the side's spawn area, and where one looks from there.
    fn spawn_spot(&mut self, side: Side, player: usize) -> Option<(CellId, f64)> {
        let spawn = self.world.plan.spawn(side, self.situation.stage.min(2))?;
        let first = self.random.below(16);
        let spots = (0..16).filter_map(|turn| {
            let [dx, dy] = spawn.spot(first + turn);
            self.world.floors.nearest([spawn.at[0] + dx, spawn.at[1] + dy, spawn.at[2]])
        });
        let free = |cell: &CellId| {
            let at = self.world.spot(*cell);
            let others =
                self.agents.iter().enumerate().filter(|(index, agent)| *index != player && agent.is_alive());
            others.map(|(_, agent)| agent.body.distance(at)).all(|off| off > 44.0)
        };
        let cell = spots.clone().find(free).or_else(|| spots.clone().next())?;
        Some((cell, self.random.between(-0.6, 0.6)))
    }

    fn go(&mut self) {
        let places: Vec<Option<[f64; 2]>> = self
            .agents
            .iter()
            .map(|agent| agent.is_alive().then_some([agent.body.at[0], agent.body.at[1]]))
            .collect();
        for (player, agent) in self.agents.iter_mut().enumerate() {
            if let Presence::Down { until_ms } = agent.presence
                && self.now_ms >= until_ms
            {
                agent.presence = Presence::Waiting;
            }
            if !agent.is_alive()
                || self.open_lives[player].is_none_or(|life| self.log.lives[life].frames.is_empty())
            {
                continue;
            }
            let near =
                places.iter().enumerate().filter(|(other, _)| *other != player).filter_map(|(_, at)| *at);
            let mates: Vec<[f64; 2]> = near.filter(|at| agent.body.distance(*at) < 60.0).collect();
            let intent = agent.intend(self.now_ms, self.world, &mates);
            agent.body.step(self.world.plan, self.world.floors, &intent);
        }
    }

    /// Writes down where each player is.
    fn record(&mut self) {
        let now_ms = self.now_ms;
        for player in 0..self.agents.len() {
            let Some(life) = self.open_lives[player] else { continue };
            let agent = &mut self.agents[player];
            let died = self.died.contains(&player);
            let revived = self.log.revives.iter().rev().take_while(|revive| revive.time_ms == now_ms);
            let phase = match agent.presence {
                _ if died => Phase::Death,
                _ if self.log.lives[life].frames.is_empty() => Phase::Spawn,
                Presence::Alive if revived.clone().any(|revive| revive.player == player) => Phase::Revived,
                Presence::Alive => Phase::Alive,
                _ => Phase::Down,
            };
            self.log.lives[life].frames.push(agent.frame(now_ms, phase));
            if died {
                agent.body.velocity = [0.0; 3];
                agent.body.is_sprinting = false;
                agent.fires = false;
            }
        }
        self.died.clear();
    }

    /// The first objective is done: all players set out for the second.
    fn turn_round(&mut self) {
        for agent in
            self.agents.iter_mut().filter(|agent| agent.is_alive() && self.now_ms >= agent.away_until_ms)
        {
            if !matches!(agent.mind.task, Task::Work { .. } | Task::Rest { .. }) {
                let wait = agent.random.millis(200, 2_500);
                agent.mind.pause(self.now_ms + wait);
            }
        }
    }

    /// A life that ended with a death ends there.
    fn close_dead_life(&mut self, player: usize) {
        let Some(life) = self.open_lives[player].take() else { return };
        let life = &mut self.log.lives[life];
        let alive = life.frames.iter().rposition(|frame| frame.phase != Phase::Down);
        life.frames.truncate(alive.map_or(0, |last| last + 1));
        let end_ms = life.end_ms();
        let last =
            self.log.deaths.iter().rev().find(|death| death.victim == player && death.time_ms == end_ms);
        life.end = match last {
            Some(death) if death.killer == player => LifeEnd::SelfKill,
            Some(death) => LifeEnd::Killed { means: death.means },
            None => LifeEnd::RoundEnd,
        };
    }

    fn close_life(&mut self, player: usize, end: LifeEnd) {
        if let Some(life) = self.open_lives[player].take() {
            self.log.lives[life].end = end;
        }
    }

    fn finish(mut self) -> RoundTruth {
        self.log.duration_ms = self.now_ms;
        for player in 0..self.agents.len() {
            if self.agents[player].is_alive() {
                self.close_life(player, LifeEnd::RoundEnd);
            } else {
                self.close_dead_life(player);
            }
        }
        for join in &mut self.log.joins {
            if join.until_ms == join.time_ms {
                join.until_ms = self.now_ms;
            }
        }
        self.log
    }
}
