//! What each player decides in a frame, and what comes of their work.

use super::agent::Presence;
use super::arms;
use super::errand::side_index;
use super::mind::{Purpose, Stop, Task};
use crate::map::Side;
use crate::model::Class;
use crate::sim::body::FRAME_MS;
use crate::sim::ground::floors::CellId;
use crate::sim::ground::world::WORK_UNITS;
use crate::sim::play::Play;
use crate::sim::truth::Revival;

/// How long dynamite burns.
const FUSE_MS: i32 = 20_000;

impl Play<'_, '_> {
    /// Each player decides what to do.
    pub(crate) fn think(&mut self) {
        let now_ms = self.now_ms;
        self.situation.taken.clear();
        for agent in self.agents.iter().filter(|agent| agent.is_alive()) {
            let going = agent.mind.stops.iter().filter_map(|stop| match stop.purpose {
                Purpose::Post(post) => Some(post),
                _ => None,
            });
            self.situation.taken.extend(going);
            let (x, y) = (agent.body.at[0], agent.body.at[1]);
            let at = self.world.plan.posts.iter().position(|post| {
                agent.mind.is_waiting() && (post.at[0] - x).abs() < 60.0 && (post.at[1] - y).abs() < 60.0
            });
            self.situation.taken.extend(at);
        }
        let bodies: [Vec<(usize, CellId)>; 2] = [Side::Axis, Side::Allies].map(|side| self.bodies(side));
        for player in 0..self.agents.len() {
            if !self.agents[player].is_alive() {
                continue;
            }
            self.finish_work(player);
            if now_ms % 700 == (player as i32 * 50) % 700 {
                let side = side_index(self.agents[player].side);
                let agent = &mut self.agents[player];
                let helps = !bodies[side].is_empty()
                    && !agent.mind.is_fleeing
                    && agent.help(&bodies[side], self.world);
                if !helps {
                    self.hand_out(player);
                }
            }
            let agent = &mut self.agents[player];
            if agent.mind.is_idle(now_ms) {
                agent.mind.is_fleeing = false;
                agent.choose_errand(&self.situation, self.world);
            }
            self.give_up(player);
        }
    }

    /// Wounded players of a side that no medic is going to yet.
    fn bodies(&self, side: Side) -> Vec<(usize, CellId)> {
        let helped = |player: usize| {
            self.agents
                .iter()
                .filter_map(|agent| agent.mind.stops.front())
                .any(|s| s.purpose == Purpose::Revive(player))
        };
        let down = self.agents.iter().enumerate().filter(|(player, agent)| {
            agent.side == side && matches!(agent.presence, Presence::Down { .. }) && !helped(*player)
        });
        down.map(|(player, agent)| (player, agent.body.cell)).collect()
    }

    fn finish_work(&mut self, player: usize) {
        let now_ms = self.now_ms;
        let agent = &mut self.agents[player];
        if agent.class == Class::Medic && now_ms % 350 == 0 && agent.health < agent.max_health {
            agent.health += 1;
        }
        let Task::Work { until_ms, purpose } = agent.mind.task else { return };
        if now_ms < until_ms {
            return;
        }
        agent.mind.task = Task::March;
        let at = [agent.body.at[0], agent.body.at[1]];
        match purpose {
            Purpose::Revive(patient) => {
                let lies = &self.agents[patient];
                if matches!(lies.presence, Presence::Down { .. }) && lies.body.distance(at) < 80.0 {
                    self.agents[patient].get_up(now_ms);
                    self.log.revives.push(Revival { time_ms: now_ms, player: patient, medic: player });
                }
            }
            Purpose::Objective => self.work_on_objective(player),
            Purpose::Pass | Purpose::Post(_) => {}
        }
    }

    /// An attacker has laid dynamite, or a defender has defused it.
    fn work_on_objective(&mut self, player: usize) {
        let goal = self.world.objective(self.situation.stage).first().map(|cell| self.world.spot(*cell));
        let agent = &self.agents[player];
        if goal.is_none_or(|goal| agent.body.distance(goal) >= WORK_UNITS) {
            return;
        }
        match (agent.side, self.fuse_ms) {
            (Side::Allies, None) => {
                self.fuse_ms = Some(self.now_ms + FUSE_MS);
                self.call_to_objective();
            }
            (Side::Axis, Some(_)) => self.fuse_ms = None,
            _ => {}
        }
    }

    /// The defenders hear that dynamite is laid: many of them leave what they are doing.
    fn call_to_objective(&mut self) {
        let cells = self.world.objective(self.situation.stage).to_vec();
        let now_ms = self.now_ms;
        for agent in self.agents.iter_mut().filter(|agent| agent.is_alive() && agent.side == Side::Axis) {
            let busy = matches!(agent.mind.task, Task::Work { .. } | Task::Rest { .. });
            let engineer = agent.class == Class::Engineer;
            if !busy && now_ms >= agent.away_until_ms && (engineer || agent.random.chance(0.55)) {
                let pick = if engineer { 0 } else { agent.random.below(cells.len()) };
                let stop = cells.get(pick).map(|&cell| Stop { cell, purpose: Purpose::Objective });
                agent.mind.set_out(stop.into_iter().collect());
            }
        }
    }

    /// A medic or field officer hands a pack to a player nearby.
    fn hand_out(&mut self, player: usize) {
        let now_ms = self.now_ms;
        let giver = &self.agents[player];
        let busy =
            giver.mind.foe.is_some_and(|foe| foe.is_visible) || matches!(giver.mind.task, Task::Work { .. });
        let Some(pack) = arms::pack(&giver.class).filter(|_| !busy) else { return };
        let (side, heals) = (giver.side, giver.class == Class::Medic);
        let at = [giver.body.at[0], giver.body.at[1]];
        let taker = self.agents.iter_mut().enumerate().find(|(other, agent)| {
            let near =
                *other != player && agent.is_alive() && agent.side == side && agent.body.distance(at) < 170.0;
            near && (!heals || agent.health < agent.max_health - 15)
        });
        let Some((_, taker)) = taker else { return };
        if heals {
            taker.health = (taker.health + 20).min(taker.max_health);
        } else if !taker.random.chance(0.08) {
            return;
        }
        self.agents[player].take_up(pack, now_ms, 350);
    }

    /// A player with little health makes a self kill shortly before a wave; the wounded give up waiting.
    fn give_up(&mut self, player: usize) {
        let wave = self.next_wave(self.agents[player].side) - self.now_ms;
        let agent = &mut self.agents[player];
        let hopeless = agent.health < 40 && agent.mind.foe.is_none() && !agent.player.is_bot;
        let far = self.now_ms - agent.hurt_ms > 4_000;
        if hopeless && far && wave < 4_000 && agent.random.once_in(9.0, FRAME_MS) {
            self.kill(player, player, arms::SUICIDE);
        }
    }
}
