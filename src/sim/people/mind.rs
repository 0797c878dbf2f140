//! What a player has in mind.

use std::collections::VecDeque;

use crate::sim::body::Stance;
use crate::sim::ground::floors::CellId;

/// What somebody does at the end of a way.
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

/// Where somebody goes next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stop {
    pub(crate) cell: CellId,
    pub(crate) purpose: Purpose,
}

/// What somebody is doing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Task {
    /// Nothing: just spawned, or away from the keyboard.
    Rest { until_ms: i32 },
    /// Goes from stop to stop.
    March,
    /// Watches something.
    Wait { until_ms: i32, stance: Stance, yaw: f64 },
    /// Works with his hands.
    Work { until_ms: i32, purpose: Purpose },
}

/// An enemy somebody knows of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Foe {
    pub(crate) agent: usize,
    /// In sight since then.
    pub(crate) since_ms: i32,
    /// Seen last then.
    pub(crate) last_ms: i32,
    /// Where he was seen last.
    pub(crate) at: [f64; 3],
    /// In sight now.
    pub(crate) is_visible: bool,
}

/// A mind.
#[derive(Debug)]
pub(crate) struct Mind {
    pub(crate) task: Task,
    pub(crate) stops: VecDeque<Stop>,
    /// Corners of the way to the first stop.
    pub(crate) way: VecDeque<[f64; 2]>,
    pub(crate) foe: Option<Foe>,
    /// Sprints as long as his breath lasts.
    pub(crate) hurries: bool,
    /// Where he swings to beside the straight line, radians.
    pub(crate) swing: f64,
    pub(crate) swing_to: f64,
    /// Which way he dodges: −1, 0, 1, and until when.
    pub(crate) dodge: f64,
    pub(crate) dodge_until_ms: i32,
    /// Fights on the spot until then.
    pub(crate) stays_until_ms: i32,
    /// How long he has not got on, ms.
    pub(crate) stuck_ms: i32,
    /// Sprints away until then.
    pub(crate) flees_until_ms: i32,
    /// Is running home instead of where he wanted to go.
    pub(crate) is_fleeing: bool,
}

impl Mind {
    /// A mind that does nothing until then.
    pub(crate) fn new(until_ms: i32) -> Self {
        Self {
            task: Task::Rest { until_ms },
            stops: VecDeque::new(),
            way: VecDeque::new(),
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

    /// Whether he waits at a post.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.task, Task::Wait { .. })
    }

    /// Whether he needs to be told where to go.
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
        self.way.clear();
        self.task = Task::March;
    }

    /// Stops to think until then.
    pub(crate) fn pause(&mut self, until_ms: i32) {
        self.stops.clear();
        self.way.clear();
        self.task = Task::Rest { until_ms };
    }

    /// Goes to one stop first, on a way already found.
    pub(crate) fn detour(&mut self, stop: Stop, way: Vec<[f64; 2]>) {
        self.stops.push_front(stop);
        self.way = way.into();
        self.task = Task::March;
    }

    /// Forgets the way to the first stop, so that it is looked for from here.
    pub(crate) fn lose_way(&mut self) {
        self.way.clear();
    }
}
