//! A simulated game server: the `et` table and the order of events as the engine has them, around a module under test.
//!
//! Play is told in plain words (`join`, `go`, `shoot`, `revive`, …) and happens in the next server frame. Beside the
//! module's file stands the truth: what the simulated players really did.

mod disk;
mod et;
mod players;
pub mod truth;
pub mod world;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::{Function, HookTriggers, IntoLuaMulti, Lua, MultiValue, Value, VmState};

use truth::RoundTruth;
use world::World;
pub use world::{CAMERA, Class, Gait, Team};

/// The module that ships.
pub const MODULE: &str = include_str!("../../../../lua/proximity_tracker.lua");

/// Means of death, engine numbers.
pub mod means {
    pub const GRENADE: i64 = 4;
    pub const KNIFE: i64 = 5;
    pub const MP40: i64 = 8;
    pub const THOMPSON: i64 = 9;
    pub const WATER: i64 = 27;
    pub const FALLING: i64 = 32;
    pub const SUICIDE: i64 = 33;
    pub const CARBINE: i64 = 37;
    pub const KAR98: i64 = 38;
    pub const SWITCHTEAM: i64 = 59;
}

const WORLD: i64 = 1022;

/// Something that happens in the next frame.
#[derive(Debug, Clone)]
enum Act {
    Respawn(usize),
    Shoot { attacker: usize, target: usize, damage: i64, means: i64 },
    Harm { target: usize, means: i64 },
    SlashKill(usize),
    Revive { medic: usize, patient: usize },
    TapOut(usize),
    ChangeTeam(usize, Team),
    Disconnect(usize),
}

/// Lua time and instructions of one et_RunFrame.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    #[allow(dead_code, reason = "the bench reads it")]
    pub time: Duration,
    pub instructions: u64,
}

pub struct GameServer {
    pub world: Rc<RefCell<World>>,
    lua: Option<Lua>,
    module: String,
    acts: Vec<Act>,
    pub frame_ms: i64,
    /// What each et_RunFrame cost.
    pub costs: Vec<Cost>,
    instructions: Option<Rc<RefCell<u64>>>,
    /// Whether et_Revive exists (from 2.84 on).
    pub tells_of_revives: bool,
}

impl GameServer {
    /// A server with the module that ships, not yet started.
    pub fn new() -> Self {
        Self::with_module(MODULE)
    }

    pub fn with_module(module: &str) -> Self {
        Self {
            world: Rc::new(RefCell::new(World::new())),
            lua: None,
            module: module.to_owned(),
            acts: Vec::new(),
            frame_ms: 50,
            costs: Vec::new(),
            instructions: None,
            tells_of_revives: true,
        }
    }

    pub fn cvar(&mut self, name: &str, value: &str) -> &mut Self {
        self.world.borrow_mut().cvar(name, value);
        self
    }

    /// The side that a map's script calls the winner, which counts only once the round is over.
    pub fn winner(&mut self, side: &str) -> &mut Self {
        self.world.borrow_mut().configstrings.insert(14, format!("\\w\\{side}"));
        self
    }

    pub fn max_clients(&mut self, count: usize) -> &mut Self {
        self.cvar("sv_maxclients", &count.to_string());
        self.world.borrow_mut().clients = (0..count).map(world::Client::empty).collect();
        self
    }

    pub fn count_instructions(&mut self) -> &mut Self {
        self.instructions = Some(Rc::default());
        self
    }

    // The server's life ------------------------------------------------------------------------------------------------

    /// The process starts and loads its first map, into warm-up.
    pub fn boot(&mut self) -> &mut Self {
        self.cvar("gamestate", "2");
        self.load(0);
        self.settle();
        self
    }

    fn load(&mut self, restart: i64) {
        self.world.borrow_mut().begin_map();
        self.load_module();
        let level_time = self.world.borrow().level_time;
        self.call("et_SpawnEntitiesFromString", ());
        self.call("et_InitGame", (level_time, 12_345, restart));
    }

    fn load_module(&mut self) {
        let lua = Lua::new();
        et::install(&lua, &self.world).expect("the et table");
        if let Some(counter) = &self.instructions {
            let counter = counter.clone();
            let each = HookTriggers::new().every_nth_instruction(100);
            let count = move |_: &Lua, _: &mlua::debug::Debug<'_>| {
                *counter.borrow_mut() += 100;
                Ok(VmState::Continue)
            };
            lua.set_global_hook(each, count).expect("the hook");
        }
        if let Err(error) = lua.load(self.module.as_str()).set_name("=module").exec() {
            self.world.borrow_mut().faults.push(format!("the module does not load: {error}"));
        }
        self.lua = Some(lua);
    }

    fn settle(&mut self) {
        for _ in 0..3 {
            self.slow_frame(100);
        }
    }

    fn unload(&mut self, restart: i64) {
        let running = self.lua.is_some();
        if running {
            self.call("et_ShutdownGame", restart);
            self.call("et_Quit", ());
        }
        self.lua = None;
        let world = &mut *self.world.borrow_mut();
        let open: Vec<String> =
            world.disk.open_handles().iter().map(|path| format!("{path} is still open")).collect();
        world.faults.extend(open);
    }

    /// The same map again: a new VM in which all players are connected anew.
    fn map_restart(&mut self) {
        self.acts.clear();
        self.world.borrow_mut().end_truth("shutdown");
        self.unload(1);
        self.load(1);
        self.settle();
        self.world.borrow_mut().begin_frame(self.frame_ms);
        for slot in self.connected() {
            for skill in 0..7 {
                self.call("et_SetPlayerSkill", (slot, skill));
            }
            let bot = i64::from(self.world.borrow().clients[slot].bot);
            self.call("et_ClientConnect", (slot, 0, bot));
            self.call("et_ClientUserinfoChanged", slot);
            let plays = self.world.borrow().clients[slot].team != Team::Spectator;
            if plays {
                self.spawn(slot, 1);
            } else {
                self.call("et_ClientSpawn", (slot, 0, 1, 1));
            }
            self.call("et_ClientBegin", slot);
        }
        self.end_frame(self.frame_ms);
        self.run_lua_frame();
    }

    /// The match starts out of warm-up. The gamestate is the new one before the old VM is gone.
    pub fn start_match(&mut self) -> &mut Self {
        self.cvar("gamestate", "0");
        self.map_restart();
        self
    }

    /// The gamestate goes from warm-up to live and nothing else happens.
    pub fn go_live_without_restart(&mut self) -> &mut Self {
        self.cvar("gamestate", "0");
        self.world.borrow_mut().live = true;
        self
    }

    /// `map_restart` in mid-round.
    pub fn restart(&mut self) -> &mut Self {
        self.map_restart();
        self
    }

    /// The round ends: intermission, seen by the module in the next frame.
    pub fn end_round(&mut self) -> &mut Self {
        let ms = self.frame_ms;
        self.begin_frame(ms);
        {
            let world = &mut *self.world.borrow_mut();
            world.end_truth("round_end");
            world.configstrings.insert(12, "1".into());
            if world.cvars["g_gametype"] == "3" {
                let next = if world.cvars["g_currentRound"] == "0" { "1" } else { "0" };
                world.cvar("g_currentRound", next);
            }
            world.begin_intermission();
        }
        self.run_lua_frame();
        self
    }

    /// `map x`, into warm-up.
    pub fn change_map(&mut self, name: &str) -> &mut Self {
        self.acts.clear();
        self.world.borrow_mut().end_truth("shutdown");
        self.unload(0);
        self.cvar("mapname", name).cvar("g_currentRound", "0").cvar("gamestate", "2");
        self.load(0);
        self.settle();
        self
    }

    /// `quit`.
    pub fn stop(&mut self) -> &mut Self {
        self.acts.clear();
        self.world.borrow_mut().end_truth("shutdown");
        self.unload(0);
        self
    }

    /// `lua_restart`: a new VM that is told nothing.
    pub fn lua_restart(&mut self) -> &mut Self {
        self.call("et_Quit", ());
        self.load_module();
        self
    }

    /// The process dies without a word.
    pub fn crash(&mut self) -> &mut Self {
        self.acts.clear();
        self.lua = None;
        self.world.borrow_mut().crash();
        self
    }

    // Frames -----------------------------------------------------------------------------------------------------------

    /// Lets the game run for at least `ms`.
    pub fn run(&mut self, ms: i64) -> &mut Self {
        let until = self.world.borrow().level_time + ms;
        while self.world.borrow().level_time < until {
            self.slow_frame(self.frame_ms);
        }
        self
    }

    /// One frame of this length.
    pub fn slow_frame(&mut self, ms: i64) -> &mut Self {
        self.begin_frame(ms);
        self.run_lua_frame();
        self
    }

    fn begin_frame(&mut self, ms: i64) {
        self.world.borrow_mut().begin_frame(ms);
        for act in std::mem::take(&mut self.acts) {
            self.perform(&act);
        }
        self.end_frame(ms);
    }

    fn end_frame(&mut self, ms: i64) {
        let world = &mut *self.world.borrow_mut();
        world.copy_the_watched();
        world.note_postures(ms);
    }

    fn run_lua_frame(&mut self) {
        let level_time = self.world.borrow().level_time;
        let before = self.instructions.as_ref().map_or(0, |count| *count.borrow());
        let start = Instant::now();
        self.call("et_RunFrame", level_time);
        let time = start.elapsed();
        let instructions = self.instructions.as_ref().map_or(0, |count| *count.borrow()) - before;
        self.costs.push(Cost { time, instructions });
    }

    /// The match is paused for `ms` of the server's time.
    pub fn pause(&mut self, ms: i64) -> &mut Self {
        self.world.borrow_mut().pause(true);
        self.run(ms);
        self.world.borrow_mut().pause(false);
        self
    }

    /// Calls a callback; an error is printed and ends only that call, a returned value is a fault.
    fn call(&mut self, name: &str, args: impl IntoLuaMulti) {
        let Some(lua) = &self.lua else { return };
        let Ok(callback) = lua.globals().get::<Function>(name) else { return };
        let result = callback.call::<MultiValue>(args);
        let world = &mut *self.world.borrow_mut();
        match result {
            Ok(values) if values.iter().all(Value::is_nil) => {}
            Ok(values) => world.faults.push(format!("{name} returned {values:?}")),
            Err(error) => world.faults.push(format!("{name}: {error}")),
        }
    }

    // What came of it --------------------------------------------------------------------------------------------------

    /// The finished files: name without folder, bytes.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let world = self.world.borrow();
        let finished = world.disk.files.iter().filter(|(name, _)| name.ends_with("_engagements.txt"));
        finished
            .map(|(name, bytes)| (name.rsplit('/').next().unwrap_or(name).to_owned(), bytes.clone()))
            .collect()
    }

    /// Memory that the module's VM uses, bytes.
    pub fn lua_bytes(&self) -> usize {
        self.lua.as_ref().map_or(0, Lua::used_memory)
    }

    /// Everything a module must never do and did.
    pub fn faults(&self) -> Vec<String> {
        let world = self.world.borrow();
        let errors = world.console.iter().filter(|line| line.contains("error") || line.contains("cannot"));
        world.faults.iter().chain(errors).cloned().collect()
    }

    /// The last round that is over.
    pub fn truth(&self) -> RoundTruth {
        self.world.borrow().past.last().expect("a round is over").clone()
    }
}
