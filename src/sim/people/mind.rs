//! A player's intentions.

use std::collections::VecDeque;

use crate::sim::body::Stance;
use crate::sim::ground::floors::CellId;

/// What a player does at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Goes on.
    Pass,
    /// Waits at this post of the plan.
    Post(usize),
    /// Works on the objective, or guards it.
    Objective,
    /// Revives this player.
    Revive(usize),
}

/// Where a player goes next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    pub(crate) cell: CellId,
    pub(crate) purpose: Purpose,
}

/// What a player is doing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Task {
    /// Nothing: just spawned, or away from the keyboard.
    Rest { until_ms: i32 },
    /// Goes from stop to stop.
    March,
    /// Watches something.
    Wait { until_ms: i32, stance: Stance, yaw: f64 },
    /// Plants, builds, disarms or revives.
    Work { until_ms: i32, purpose: Purpose },
}

/// An enemy a player knows of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Foe {
    pub(crate) agent: usize,
    /// In sight since then.
    pub(crate) since_ms: i32,
    /// Seen last then.
    pub(crate) last_ms: i32,
    /// Where the enemy was seen last.
    pub(crate) at: [f64; 3],
    /// In sight now.
    pub(crate) is_visible: bool,
}

/// Intentions and what they depend on.
#[derive(Debug)]
pub(crate) struct Mind {
    pub(crate) task: Task,
    pub(crate) stops: VecDeque<Stop>,
    /// Corners of the path to the first stop.
    pub(crate) path: VecDeque<[f64; 2]>,
    pub(crate) foe: Option<Foe>,
    /// Sprints as long as stamina lasts.
    pub(crate) hurries: bool,
    /// Deviation from the straight line, radians.
    pub(crate) swing: f64,
    pub(crate) swing_to: f64,
    /// The side of a dodge: −1, 0, 1, and until when.
    pub(crate) dodge: f64,
    pub(crate) dodge_until_ms: i32,
    /// Stands to shoot until then.
    pub(crate) stays_until_ms: i32,
    /// For how long the player has been stuck, ms.
    pub(crate) stuck_ms: i32,
    /// Sprints away until then.
    pub(crate) flees_until_ms: i32,
    /// Is running back to the spawn instead of to the next stop.
    pub(crate) is_fleeing: bool,
}

impl Mind {
    /// No intention until then.
    pub(crate) fn new(until_ms: i32) -> Self {
        Self {
            task: Task::Rest { until_ms },
            stops: VecDeque::new(),
            path: VecDeque::new(),
            foe: None,
            hurries: false,
            swing: 0.0,
            swing_to: 0.0,
            dodge: 0.0,
            dodge_until_ms: 0,
            stays_until_ms: 0,
            stuck_ms: 0,
            flees_until_ms: 0,
            is_fleeing: false,
        }
    }

    /// Whether the player waits at a post.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.task, Task::Wait { .. })
    }

    /// Whether the player needs a new errand.
    pub(crate) fn is_idle(&self, now_ms: i32) -> bool {
        if self.is_fleeing && now_ms >= self.flees_until_ms {
            return true;
        }
        match self.task {
            Task::Rest { until_ms } | Task::Wait { until_ms, .. } => now_ms >= until_ms,
            Task::March => self.stops.is_empty(),
            Task::Work { .. } => false,
        }
    }

    /// Sets out for these stops.
    pub(crate) fn set_out(&mut self, stops: VecDeque<Stop>) {
        self.stays_until_ms = 0;
        self.stops = stops;
        self.path.clear();
        self.task = Task::March;
    }

    /// Stops to think until then.
    pub(crate) fn pause(&mut self, until_ms: i32) {
        self.stops.clear();
        self.path.clear();
        self.task = Task::Rest { until_ms };
    }

    /// Goes to one stop first, on a path already found.
    pub(crate) fn detour(&mut self, stop: Stop, path: Vec<[f64; 2]>) {
        self.stops.push_front(stop);
        self.path = path.into();
        self.task = Task::March;
    }

    /// Forgets the path to the first stop, so that it is looked for from here.
    pub(crate) fn forget_path(&mut self) {
        self.path.clear();
    }
}
