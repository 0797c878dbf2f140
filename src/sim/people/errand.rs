//! Where a player goes: routes through places to the objective, posts, and the bodies of team-mates.

use std::collections::VecDeque;

use super::agent::Agent;
use super::mind::{Purpose, Stop, Task};
use crate::map::Side;
use crate::model::Class;
use crate::sim::ground::floors::CellId;
use crate::sim::ground::world::World;
use crate::sim::plan::Route;
use crate::sim::random::Random;

/// What all players know about the round.
#[derive(Debug)]
pub(crate) struct Situation {
    /// 1 until the first objective is done, then 2.
    pub(crate) stage: u8,
    /// Posts that a player waits at or goes to.
    pub(crate) taken: Vec<usize>,
    /// The route most of a wave takes, by side (Axis, Allies): index among the side's routes.
    pub(crate) main_route: [Option<usize>; 2],
}

/// A body farther away than this is not looked for, cost of the path.
const REVIVE_COST: u32 = 1_900;

impl Situation {
    /// Chooses the route that the next wave of a side will take.
    pub(crate) fn plan_wave(&mut self, side: Side, world: &World, random: &mut Random) {
        let routes = world.routes(side, self.stage);
        self.main_route[side_index(side)] = random.weighted(routes.iter().map(|route| route.weight));
    }
}

/// 0 for Axis, 1 for Allies.
pub(crate) fn side_index(side: Side) -> usize {
    match side {
        Side::Axis => 0,
        Side::Allies => 1,
    }
}

impl Agent {
    /// Sets out for something new.
    pub(crate) fn choose_errand(&mut self, situation: &Situation, world: &mut World) {
        let mut stops = match self.side {
            Side::Allies => self.attack(situation, world),
            Side::Axis => self.defend(situation, world),
        };
        if stops.is_empty() {
            // Nothing to do here: to the objective of either side.
            let goal = pick(world.objective(situation.stage), &mut self.random);
            stops.extend(goal.map(|cell| Stop { cell, purpose: Purpose::Objective }));
        }
        self.mind.set_out(stops);
    }

    /// Along a route to the objective, with a halt at a post now and then.
    fn attack(&mut self, situation: &Situation, world: &mut World) -> VecDeque<Stop> {
        let stage = situation.stage;
        let Some(&objective) = world.objective(stage).first() else { return VecDeque::new() };
        let mut stops = VecDeque::new();
        let here = world.navigation.cost(self.body.cell, objective).unwrap_or(0);
        if let Some(route) = self.route(situation, world) {
            let halt = self.random.below(route.via.len() * 2);
            let mut last = here;
            for (index, name) in route.via.iter().enumerate() {
                let Some(cell) = pick(world.place(name), &mut self.random) else { continue };
                // Places behind the player are left out; the last ones bring the path to its end in any case.
                let cost = world.navigation.cost(cell, objective).unwrap_or(0);
                if cost + 200 > here || (cost > last && cost > here / 2) {
                    continue;
                }
                last = cost;
                stops.push_back(Stop { cell, purpose: Purpose::Pass });
                if index == halt && !self.player.is_bot {
                    stops.extend(self.post_near(cell, 1_100, situation, world));
                }
            }
        }
        let cell = match self.class {
            Class::Engineer => Some(objective),
            _ if here < 900 && self.random.chance(0.6) => {
                stops.extend(self.post_near(self.body.cell, 1_600, situation, world));
                pick(world.objective(stage), &mut self.random)
            }
            _ => pick(world.objective(stage), &mut self.random),
        };
        stops.extend(cell.map(|cell| Stop { cell, purpose: Purpose::Objective }));
        stops
    }

    /// To a post, mostly on one of the usual paths.
    fn defend(&mut self, situation: &Situation, world: &mut World) -> VecDeque<Stop> {
        let mut stops = VecDeque::new();
        let free: Vec<usize> =
            world.posts(self.side, situation.stage).filter(|post| !situation.taken.contains(post)).collect();
        let costs: Vec<u32> = free
            .iter()
            .map(|&post| world.navigation.cost(self.body.cell, world.post(post).1).unwrap_or(u32::MAX))
            .collect();
        // Near ones are likelier; bold players prefer far ones.
        let liking = 600.0 + 2_600.0 * self.player.nerve;
        let weights = costs.iter().map(|&cost| 1.0 / (1.0 + f64::from(cost) / liking));
        let Some(chosen) = self.random.weighted(weights) else { return stops };
        let (post, goal) = (free[chosen], world.post(free[chosen]).1);
        if let Some(route) = self.route(situation, world) {
            for name in &route.via {
                let Some(cell) = pick(world.place(name), &mut self.random) else { continue };
                let on_the_way = world.navigation.cost(cell, goal).unwrap_or(u32::MAX);
                if on_the_way.saturating_add(150) < costs[chosen] {
                    stops.push_back(Stop { cell, purpose: Purpose::Pass });
                }
            }
        }
        stops.push_back(Stop { cell: goal, purpose: Purpose::Post(post) });
        stops
    }

    /// The route of the player's wave, or one of their own.
    fn route<'a>(&mut self, situation: &Situation, world: &World<'a>) -> Option<&'a Route> {
        let routes = world.routes(self.side, situation.stage);
        // Medics stay with the others.
        let loyalty = if self.class == Class::Medic { 0.9 } else { 0.5 };
        let main = situation.main_route[side_index(self.side)].filter(|_| self.random.chance(loyalty));
        let index = main.or_else(|| self.random.weighted(routes.iter().map(|route| route.weight)))?;
        routes.get(index).copied()
    }

    fn post_near(
        &mut self,
        cell: CellId,
        most: u32,
        situation: &Situation,
        world: &mut World,
    ) -> Option<Stop> {
        let near: Vec<usize> = world
            .posts(self.side, situation.stage)
            .filter(|post| !situation.taken.contains(post))
            .filter(|&post| world.navigation.cost(cell, world.post(post).1).is_some_and(|cost| cost < most))
            .collect();
        let post = *near.get(self.random.below(near.len()))?;
        Some(Stop { cell: world.post(post).1, purpose: Purpose::Post(post) })
    }

    /// A medic's path to a wounded team-mate; `bodies` are players and the cells they lie in. Whether the medic goes.
    pub(crate) fn help(&mut self, bodies: &[(usize, CellId)], world: &World) -> bool {
        let busy = matches!(self.mind.task, Task::Work { .. } | Task::Rest { .. })
            || self.mind.stops.front().is_some_and(|stop| matches!(stop.purpose, Purpose::Revive(_)));
        let in_combat = self
            .mind
            .foe
            .is_some_and(|foe| foe.is_visible && self.body.distance([foe.at[0], foe.at[1]]) < 500.0);
        if busy || in_combat || self.class != Class::Medic {
            return false;
        }
        let near =
            |(_, cell): &&(usize, CellId)| self.body.distance(world.spot(*cell)) < f64::from(REVIVE_COST);
        for &(player, cell) in bodies.iter().filter(near) {
            let Some(corners) = world.navigation.short_path(self.body.cell, cell, REVIVE_COST) else {
                continue;
            };
            let mut path: Vec<[f64; 2]> = corners.into_iter().map(|corner| world.spot(corner)).collect();
            path.push(world.spot(cell));
            self.mind.detour(Stop { cell, purpose: Purpose::Revive(player) }, path);
            return true;
        }
        false
    }
}

fn pick(cells: &[CellId], random: &mut Random) -> Option<CellId> {
    cells.get(random.below(cells.len())).copied()
}
