//! What really happened, noted by the simulated game itself and not by the module under test.

/// A player in one server frame of a life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posture {
    /// ms since the round went live, pauses left out.
    pub time: i64,
    pub at: [f64; 3],
    pub velocity: [f64; 3],
    pub yaw: f64,
    pub health: i64,
    pub weapon: i64,
    pub stance: u8,
    /// Whether the player sprinted during the frame, and how long the frame was, ms.
    pub sprinted: bool,
    pub frame_ms: i64,
    pub stamina: i64,
    pub pm_flags: i64,
    pub eflags: i64,
}

/// Something that happened to a player: a fall, a revive, the end of the life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    pub time: i64,
    /// Place in the order of everything that happened in the round.
    pub order: usize,
    pub at: [f64; 3],
    /// The file's word for it.
    pub word: &'static str,
}

/// One life, spawn to end.
#[derive(Debug, Clone)]
pub struct Life {
    pub slot: usize,
    pub guid: String,
    pub name: String,
    pub team: &'static str,
    pub class: &'static str,
    pub spawn: Turn,
    pub postures: Vec<Posture>,
    pub turns: Vec<Turn>,
    pub over: bool,
}

impl Life {
    /// The end: the last fall without a revive, or the survivor's end.
    pub fn end(&self) -> Turn {
        *self.turns.last().expect("the life has ended")
    }

    /// When the player was first seen away from the spawn spot.
    pub fn first_move(&self) -> Option<i64> {
        let [x, y, _] = self.spawn.at;
        let moved = |p: &&Posture| (p.at[0] - x).hypot(p.at[1] - y) > 1.0;
        self.seen().find(moved).map(|p| p.time)
    }

    /// The frames of this life that a module can see: not the frame of a revive, which proves itself in the next one,
    /// and not the first frame of intermission.
    pub fn seen(&self) -> impl Iterator<Item = &Posture> {
        let hidden =
            |turn: &Turn, time: i64| turn.time == time && matches!(turn.word, "revived" | "round_end");
        self.postures.iter().filter(move |p| !self.turns.iter().any(|turn| hidden(turn, p.time)))
    }

    /// Whether the player lay wounded at `time`.
    pub fn is_down(&self, time: i64) -> bool {
        let mut down = false;
        for turn in self.turns.iter().take_while(|turn| turn.time <= time) {
            down = turn.word != "revived";
        }
        down
    }
}

/// A hit on a living enemy.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub time: i64,
    /// Place in the order of everything that happened in the round.
    pub order: usize,
    pub attacker: String,
    pub target: String,
    pub target_slot: usize,
    pub damage: i64,
    pub weapon: i64,
    pub at: [f64; 3],
}

/// A player killed by another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Kill {
    pub time: i64,
    pub killer: String,
    pub victim: String,
    pub at: [f64; 3],
    pub by_axis: bool,
    pub of_enemy: bool,
}

/// One round as it was.
#[derive(Debug, Clone, Default)]
pub struct RoundTruth {
    pub lives: Vec<Life>,
    pub hits: Vec<Hit>,
    pub kills: Vec<Kill>,
    /// Revives: time, medic, patient.
    pub revives: Vec<(i64, String, String)>,
    order: usize,
}

impl RoundTruth {
    pub fn next_order(&mut self) -> usize {
        self.order += 1;
        self.order
    }

    pub fn open_life(&mut self, slot: usize) -> Option<&mut Life> {
        self.lives.iter_mut().rev().find(|life| life.slot == slot && !life.over)
    }
}
