//! The state of the simulated game: clients, their bodies and how they move. Speeds and flags are the engine's.

use std::collections::BTreeMap;

use super::disk::Disk;
use super::truth::{Life, Posture, RoundTruth, Turn};

pub const FLOOR: f64 = 24.125;
/// Where the intermission camera hangs.
pub const CAMERA: [f64; 3] = [-3000.0, 3000.0, 1200.0];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Team {
    Axis = 1,
    Allies = 2,
    Spectator = 3,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Soldier,
    Medic,
    Engineer,
    FieldOps,
    CovertOps,
}

impl Class {
    pub fn word(self) -> &'static str {
        ["SOLDIER", "MEDIC", "ENGINEER", "FIELDOPS", "COVERTOPS"][self as usize]
    }
}

/// What a player's keys say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gait {
    Stand,
    Walk,
    Run,
    Sprint,
    Crouch,
    Sneak,
    Prone,
    Crawl,
}

impl Gait {
    fn speed(self) -> f64 {
        match self {
            Self::Stand | Self::Crouch | Self::Prone => 0.0,
            Self::Walk => 129.0,
            Self::Run => 256.0,
            Self::Sprint => 352.0,
            Self::Sneak => 80.0,
            Self::Crawl => 67.0,
        }
    }

    pub fn stance(self) -> u8 {
        match self {
            Self::Crouch | Self::Sneak => 1,
            Self::Prone | Self::Crawl => 2,
            _ => 0,
        }
    }
}

/// What scripts see as `ps.*`: a player's own state, or a copy of another player's.
#[derive(Debug, Clone, Copy)]
pub struct PlayerState {
    pub origin: [f64; 3],
    pub velocity: [f64; 3],
    pub yaw: f64,
    pub pm_flags: i64,
    pub pm_type: i64,
    pub eflags: i64,
    pub weapon: i64,
    pub viewheight: i64,
    pub stamina: i64,
    pub adrenaline_until: i64,
    /// Which of the two flags the player carries: the red one, of Axis, or the blue one.
    pub flag: Option<Team>,
    pub grounded: bool,
}

impl PlayerState {
    fn new() -> Self {
        Self {
            origin: [0.0; 3],
            velocity: [0.0; 3],
            yaw: 0.0,
            pm_flags: 0,
            pm_type: 0,
            eflags: 0,
            weapon: 3,
            viewheight: 40,
            stamina: 20_000,
            adrenaline_until: 0,
            flag: None,
            grounded: true,
        }
    }
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, as the engine keeps them")]
pub struct Client {
    pub connected: i64,
    pub name: String,
    pub guid: String,
    pub bot: bool,
    pub team: Team,
    pub class: Class,
    pub health: i64,
    pub true_health: Option<i64>,
    pub ps: PlayerState,
    /// `r.currentOrigin`: stays at the body.
    pub body: [f64; 3],
    pub limbo: bool,
    pub gait: Gait,
    pub heading: f64,
    pub jump: bool,
    pub hold_until: i64,
    pub locked_until: i64,
    pub sprinted: bool,
    /// Commands arrive after so much time, all at once (`g_antiwarp 0`).
    pub lump_ms: i64,
    /// Time whose commands have not arrived.
    pub unheard_ms: i64,
    /// What `ps.velocity` says instead of the truth, for hostile values.
    pub false_velocity: Option<[f64; 3]>,
    pub false_origin: Option<[f64; 3]>,
    pub spot: [f64; 3],
    /// How many players have had this slot.
    pub tenants: usize,
}

impl Client {
    pub fn empty(slot: usize) -> Self {
        let side = if slot.is_multiple_of(2) { -1.0 } else { 1.0 };
        Self {
            connected: 0,
            name: String::new(),
            guid: String::new(),
            bot: false,
            team: Team::Spectator,
            class: Class::Soldier,
            health: 0,
            true_health: None,
            ps: PlayerState::new(),
            body: [0.0; 3],
            limbo: false,
            gait: Gait::Stand,
            heading: 0.0,
            jump: false,
            hold_until: 0,
            locked_until: 0,
            sprinted: false,
            lump_ms: 0,
            unheard_ms: 0,
            false_velocity: None,
            false_origin: None,
            spot: [side * 1000.0, 60.0 * slot as f64 - 600.0, FLOOR],
            tenants: 0,
        }
    }

    pub fn plays(&self) -> bool {
        self.connected == 2 && self.team != Team::Spectator
    }

    /// Alive and playing.
    pub fn is_alive(&self) -> bool {
        self.plays() && self.health > 0 && !self.limbo
    }

    /// Puts the player on the spawn spot as `ClientSpawn` does: nine units up, view height and flags not yet settled.
    pub fn place(&mut self, level_time: i64) {
        self.ps = PlayerState::new();
        self.ps.weapon = if self.team == Team::Allies { 8 } else { 3 };
        self.ps.origin = [self.spot[0], self.spot[1], self.spot[2] + 9.0];
        self.ps.pm_flags = 0x200;
        self.ps.viewheight = 0;
        self.ps.grounded = false;
        self.body = self.ps.origin;
        self.health = if self.class == Class::Medic { 124 } else { 109 };
        self.true_health = None;
        self.limbo = false;
        self.hold_until = level_time + 400;
        self.locked_until = 0;
        self.jump = false;
        self.gait = Gait::Stand;
    }

    /// The commands of a frame, or of as many as it takes until they arrive.
    pub fn hear(&mut self, level_time: i64, ms: i64) {
        self.unheard_ms += ms;
        if self.unheard_ms >= self.lump_ms {
            while self.unheard_ms > 0 {
                self.think(level_time, ms);
                self.unheard_ms -= ms;
            }
        }
    }

    /// One frame of movement.
    fn think(&mut self, level_time: i64, ms: i64) {
        let seconds = ms as f64 / 1000.0;
        let locked = level_time < self.locked_until;
        let adrenaline = self.ps.adrenaline_until > level_time;
        // Partial sprinting within a frame is left out: the key works while there is stamina for the whole frame.
        let able = adrenaline || self.ps.stamina >= (5 * ms).max(50);
        let gait = match self.gait {
            _ if locked => Gait::Crouch,
            Gait::Sprint if !able => Gait::Run,
            gait => gait,
        };
        self.sprinted = gait == Gait::Sprint;
        let regained = if self.ps.stamina < 5000 { ms / 2 } else { ms };
        self.ps.stamina += if self.sprinted { -5 * ms } else { regained };
        if self.jump && self.ps.grounded && gait.stance() == 0 {
            self.ps.velocity[2] = 270.0;
            self.ps.stamina -= 2500;
            self.ps.grounded = false;
        }
        self.jump = false;
        self.ps.stamina = if adrenaline { 20_000 } else { self.ps.stamina.clamp(0, 20_000) };
        let (sin, cos) = self.heading.to_radians().sin_cos();
        let speed = gait.speed();
        self.ps.yaw = self.heading;
        self.ps.velocity[0] = speed * cos;
        self.ps.velocity[1] = speed * sin;
        self.ps.origin[0] += self.ps.velocity[0] * seconds;
        self.ps.origin[1] += self.ps.velocity[1] * seconds;
        if !self.ps.grounded {
            self.ps.velocity[2] -= 800.0 * seconds;
            self.ps.origin[2] += self.ps.velocity[2] * seconds;
            if self.ps.origin[2] <= self.spot[2] {
                self.ps.origin[2] = self.spot[2];
                self.ps.velocity[2] = 0.0;
                self.ps.grounded = true;
            }
        }
        if locked {
            // The engine reports a velocity although the body lies still.
            self.ps.velocity[0] = 131.0;
        }
        self.settle(gait, level_time, locked);
        self.body = self.ps.origin;
        self.health = self.true_health.take().unwrap_or(self.health);
    }

    fn settle(&mut self, gait: Gait, level_time: i64, locked: bool) {
        let stance = gait.stance();
        let held = level_time < self.hold_until;
        // Prone sets the ducked bit too, and often the backwards-jump bit.
        self.ps.pm_flags = [0, 1, 9][stance as usize];
        self.ps.pm_flags |= if held { 0x200 } else { 0 };
        self.ps.pm_flags |= if locked { 0x8000 } else { 0 };
        self.ps.pm_flags |= if self.ps.grounded { 0 } else { 2 };
        self.ps.eflags &= 0x4;
        self.ps.eflags |= [0, 0x10, 0x80000][stance as usize];
        self.ps.eflags |= if gait == Gait::Crawl { 0x0010_0000 } else { 0 };
        self.ps.viewheight = [40, 16, -8][stance as usize];
    }

    fn posture(&self, time: i64, frame_ms: i64) -> Posture {
        let locked = self.ps.pm_flags & 0x8000 != 0;
        Posture {
            time,
            at: self.ps.origin,
            velocity: self.ps.velocity,
            yaw: self.ps.yaw,
            health: self.health,
            weapon: self.ps.weapon,
            stance: if locked { 1 } else { self.gait.stance() },
            sprinted: self.sprinted,
            frame_ms,
            stamina: self.ps.stamina,
            pm_flags: self.ps.pm_flags,
            eflags: self.ps.eflags,
        }
    }
}

pub struct World {
    pub level_time: i64,
    /// Configstring 11, unpushed.
    pub level_start: i64,
    pub paused_ms: i64,
    pub paused: bool,
    pub intermission: bool,
    /// ms since the round went live, pauses left out: the truth's clock.
    pub round_ms: i64,
    pub live: bool,
    pub unix_start: i64,
    pub clients: Vec<Client>,
    pub cvars: BTreeMap<String, String>,
    pub configstrings: BTreeMap<i64, String>,
    pub console: Vec<String>,
    /// What a module must never do: unknown calls, values returned, errors.
    pub faults: Vec<String>,
    pub disk: Disk,
    pub truth: RoundTruth,
    pub past: Vec<RoundTruth>,
    /// A field that this server's build does not have.
    pub lacks_field: Option<&'static str>,
}

impl World {
    pub fn new() -> Self {
        let cvars = [
            ("sv_maxclients", "20"),
            ("mapname", "supply"),
            ("g_gametype", "3"),
            ("g_currentRound", "0"),
            ("gamestate", "2"),
            ("net_port", "27960"),
            ("g_redlimbotime", "30000"),
            ("g_bluelimbotime", "20000"),
            ("fs_homepath", "/home/et/.etlegacy"),
        ];
        Self {
            level_time: 41_000,
            level_start: 41_000,
            paused_ms: 0,
            paused: false,
            intermission: false,
            round_ms: 0,
            live: false,
            unix_start: 1_790_000_000,
            clients: (0..20).map(Client::empty).collect(),
            cvars: cvars.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect(),
            configstrings: BTreeMap::new(),
            console: Vec::new(),
            faults: Vec::new(),
            disk: Disk::default(),
            truth: RoundTruth::default(),
            past: Vec::new(),
            lacks_field: None,
        }
    }

    pub fn unix(&self) -> i64 {
        self.unix_start + self.level_time / 1000
    }

    pub fn cvar(&mut self, name: &str, value: &str) {
        self.cvars.insert(name.into(), value.into());
    }

    /// A map is loaded or restarted: everything starts anew but the clock and the clients.
    pub fn begin_map(&mut self) {
        self.level_start = self.level_time;
        self.paused_ms = 0;
        self.intermission = false;
        self.paused = false;
        self.configstrings.insert(32, "134".into());
        self.publish_start();
        self.round_ms = 0;
        self.live = self.cvars["gamestate"] == "0";
        self.truth = RoundTruth::default();
        for client in &mut self.clients {
            client.limbo = false;
            client.health = 0;
            client.tenants = usize::from(client.connected == 2);
        }
    }

    /// The start of a frame: time goes on, all players move.
    pub fn begin_frame(&mut self, ms: i64) {
        self.level_time += ms;
        if self.paused {
            self.paused_ms += ms;
            // Pushed forward from time to time, and exactly when the pause ends.
            if self.level_time % 500 == 0 {
                self.publish_start();
            }
            return;
        }
        if self.intermission {
            return;
        }
        self.round_ms += ms;
        let now = self.level_time;
        for client in self.clients.iter_mut().filter(|client| client.is_alive()) {
            client.hear(now, ms);
        }
    }

    pub fn publish_start(&mut self) {
        self.configstrings.insert(11, (self.level_start + self.paused_ms).to_string());
    }

    pub fn pause(&mut self, on: bool) {
        self.paused = on;
        self.configstrings.insert(32, if on { "150" } else { "134" }.into());
        if !on {
            self.publish_start();
        }
        for client in self.clients.iter_mut().filter(|client| client.is_alive()) {
            client.ps.pm_type = if on { 4 } else { 0 };
        }
    }

    /// Client end-of-frame: a player who waits becomes a copy of one who plays.
    pub fn copy_the_watched(&mut self) {
        if self.intermission {
            return;
        }
        for slot in 0..self.clients.len() {
            let client = &self.clients[slot];
            let spectates = client.connected == 2 && client.team == Team::Spectator;
            if !client.limbo && !spectates {
                continue;
            }
            let watched = self
                .clients
                .iter()
                .position(|other| other.is_alive() && (spectates || other.team == client.team));
            let flags = if spectates { 0x1000 } else { 0x5000 };
            let (body, watched) = (client.body, watched.map(|w| self.clients[w].ps));
            let client = &mut self.clients[slot];
            if let Some(ps) = watched {
                client.ps = ps;
                client.ps.pm_flags |= flags;
            } else {
                client.ps.pm_type = 2;
                client.ps.pm_flags |= flags & 0x4000;
                client.ps.origin = body;
            }
        }
    }

    /// Notes each player's posture in this frame.
    pub fn note_postures(&mut self, ms: i64) {
        if !self.live || self.paused || self.intermission {
            return;
        }
        for (slot, client) in self.clients.iter().enumerate().filter(|(_, client)| client.is_alive()) {
            if let Some(life) = self.truth.open_life(slot) {
                life.postures.push(client.posture(self.round_ms, ms));
            }
        }
    }

    /// Every `ps.origin` goes to the camera; bodies stay.
    pub fn begin_intermission(&mut self) {
        self.intermission = true;
        self.cvar("gamestate", "3");
        for client in self.clients.iter_mut().filter(|client| client.connected == 2) {
            client.ps.origin = CAMERA;
            client.ps.velocity = [0.0; 3];
            client.ps.pm_type = 5;
            client.ps.pm_flags = 0;
            client.ps.eflags = 0;
        }
    }

    pub fn guid_expected(&self, slot: usize) -> String {
        let client = &self.clients[slot];
        let guid = client.guid.trim_end().to_uppercase();
        let hex = guid.len() == 32
            && guid.bytes().all(|b| b.is_ascii_hexdigit())
            && guid.bytes().any(|b| b != b'0');
        if hex || guid.starts_with("OMNIBOT") { guid } else { format!("SLOT{slot}_{}", client.tenants) }
    }

    pub fn open_life(&mut self, slot: usize) {
        if !self.live {
            return;
        }
        let client = &self.clients[slot];
        let team = if client.team == Team::Axis { "AXIS" } else { "ALLIES" };
        let order = self.truth.next_order();
        let spawn = Turn { time: self.round_ms, order, at: client.ps.origin, word: "spawn" };
        let life = Life {
            slot,
            guid: self.guid_expected(slot),
            name: client.name.clone(),
            team,
            class: client.class.word(),
            spawn,
            postures: Vec::new(),
            turns: Vec::new(),
            over: false,
        };
        if let Some(earlier) = self.truth.open_life(slot) {
            earlier.over = true;
        }
        self.truth.lives.push(life);
    }

    pub fn turn(&mut self, slot: usize, word: &'static str) {
        let order = self.truth.next_order();
        let turn = Turn { time: self.round_ms, order, at: self.clients[slot].body, word };
        if let Some(life) = self.truth.open_life(slot) {
            life.turns.push(turn);
        }
    }

    /// The end of a life. That of a wounded player ended at the fall.
    pub fn end_life(&mut self, slot: usize, word: &'static str) {
        let time = self.round_ms;
        let Some(life) = self.truth.open_life(slot) else { return };
        if !life.is_down(time) {
            self.turn(slot, word);
        }
        if let Some(life) = self.truth.open_life(slot) {
            life.over = true;
        }
    }

    pub fn end_truth(&mut self, word: &'static str) {
        if !self.live {
            return;
        }
        for slot in 0..self.clients.len() {
            self.end_life(slot, word);
        }
        self.live = false;
        self.past.push(std::mem::take(&mut self.truth));
    }

    pub fn give_adrenaline(&mut self, slot: usize) {
        let ps = &mut self.clients[slot].ps;
        ps.adrenaline_until = self.level_time + 10_000;
        ps.stamina = 20_000;
    }

    /// The process is gone, and with it all connections and what was not on disk.
    pub fn crash(&mut self) {
        self.end_truth("shutdown");
        self.disk.crash();
        for (slot, client) in self.clients.iter_mut().enumerate() {
            *client = Client::empty(slot);
        }
    }
}
