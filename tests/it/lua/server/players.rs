//! What players do, and what the engine makes of it: connect, join, move, hit, fall, rise, change sides, leave.

use super::truth::{Hit, Kill};
use super::world::{Class, Client, Gait, Team};
use super::{Act, GameServer, WORLD, means};

impl GameServer {
    /// A player connects and joins a team: in warm-up with a spawn at once, in play with a wait for `respawn`.
    pub fn join(&mut self, name: &str, team: Team, class: Class) -> usize {
        let slot = self.connect(name, &format!("{:032X}", fnv(name)));
        self.take_side(slot, team, class);
        slot
    }

    /// A player connects, as a spectator.
    pub fn connect(&mut self, name: &str, guid: &str) -> usize {
        let slot =
            self.world.borrow().clients.iter().position(|client| client.connected == 0).expect("a free slot");
        {
            let client = &mut self.world.borrow_mut().clients[slot];
            let (spot, tenants) = (client.spot, client.tenants);
            *client = Client { spot, tenants: tenants + 1, ..Client::empty(slot) };
            client.connected = 1;
            client.name = name.into();
            client.bot = guid.starts_with("OMNIBOT");
        }
        let bot = i64::from(self.world.borrow().clients[slot].bot);
        self.call("et_ClientConnect", (slot, 1, bot));
        {
            let client = &mut self.world.borrow_mut().clients[slot];
            client.guid = guid.into();
            client.connected = 2;
            client.health = 100;
        }
        self.call("et_ClientUserinfoChanged", slot);
        self.call("et_ClientUserinfoChanged", slot);
        self.call("et_ClientSpawn", (slot, 0, 1, 1));
        self.call("et_ClientBegin", slot);
        slot
    }

    pub fn take_side(&mut self, slot: usize, team: Team, class: Class) -> &mut Self {
        {
            let client = &mut self.world.borrow_mut().clients[slot];
            client.team = team;
            client.class = class;
        }
        self.call("et_ClientUserinfoChanged", slot);
        self.call("et_ClientUserinfoChanged", slot);
        if self.world.borrow().live {
            self.phantom(slot);
        } else {
            self.spawn(slot, 1);
        }
        self
    }

    pub fn go(&mut self, slot: usize, gait: Gait, heading: f64) -> &mut Self {
        {
            let client = &mut self.world.borrow_mut().clients[slot];
            client.gait = gait;
            client.heading = heading;
        }
        self
    }

    pub fn jump(&mut self, slot: usize) -> &mut Self {
        self.world.borrow_mut().clients[slot].jump = true;
        self
    }

    /// The player's commands arrive only every so often, all at once.
    pub fn lumps(&mut self, slot: usize, ms: i64) -> &mut Self {
        self.world.borrow_mut().clients[slot].lump_ms = ms;
        self
    }

    /// The player takes the objective of a side, or delivers it.
    pub fn carry(&mut self, slot: usize, objective: Option<Team>) -> &mut Self {
        self.world.borrow_mut().clients[slot].ps.flag = objective;
        self
    }

    /// A medic's adrenaline: ten seconds.
    pub fn adrenaline(&mut self, slot: usize) -> &mut Self {
        self.world.borrow_mut().give_adrenaline(slot);
        self
    }

    pub fn shoot(&mut self, attacker: usize, target: usize, damage: i64, means: i64) -> &mut Self {
        self.act(Act::Shoot { attacker, target, damage, means })
    }

    pub fn kill(&mut self, victim: usize, killer: usize) -> &mut Self {
        self.shoot(killer, victim, 500, means::MP40)
    }

    /// The world kills: falling, water.
    pub fn harm(&mut self, target: usize, means: i64) -> &mut Self {
        self.act(Act::Harm { target, means })
    }

    /// `/kill`.
    pub fn slash_kill(&mut self, slot: usize) -> &mut Self {
        self.act(Act::SlashKill(slot))
    }

    pub fn revive(&mut self, medic: usize, patient: usize) -> &mut Self {
        self.act(Act::Revive { medic, patient })
    }

    /// Gives up waiting for a medic.
    pub fn limbo(&mut self, slot: usize) -> &mut Self {
        self.act(Act::TapOut(slot))
    }

    pub fn respawn(&mut self, slot: usize) -> &mut Self {
        self.act(Act::Respawn(slot))
    }

    pub fn change_team(&mut self, slot: usize, team: Team) -> &mut Self {
        self.act(Act::ChangeTeam(slot, team))
    }

    pub fn disconnect(&mut self, slot: usize) -> &mut Self {
        self.act(Act::Disconnect(slot))
    }

    fn act(&mut self, act: Act) -> &mut Self {
        self.acts.push(act);
        self
    }

    pub(super) fn connected(&self) -> Vec<usize> {
        let world = self.world.borrow();
        (0..world.clients.len()).filter(|&slot| world.clients[slot].connected == 2).collect()
    }

    pub(super) fn perform(&mut self, act: &Act) {
        let alive = |slot: usize| self.world.borrow().clients[slot].is_alive();
        let down = |slot: usize| {
            let world = self.world.borrow();
            let client = &world.clients[slot];
            client.plays() && client.health <= 0
        };
        match *act {
            Act::Respawn(slot) if down(slot) => self.spawn(slot, 0),
            Act::Shoot { attacker, target, damage, means }
                if self.world.borrow().clients[attacker].plays() =>
            {
                self.hit(attacker, target, damage, means);
            }
            Act::Harm { target, means } if alive(target) => {
                self.call("et_Damage", (target, WORLD, 500, 8, means));
                let word = if means == means::FALLING { "fallen" } else { "world" };
                self.die(target, WORLD, means, word);
            }
            Act::SlashKill(slot) if alive(slot) => {
                self.die(slot, slot as i64, means::SUICIDE, "selfkill");
                self.world.borrow_mut().clients[slot].limbo = true;
            }
            Act::Revive { medic, patient } if alive(medic) && down(patient) => {
                let lies = !self.world.borrow().clients[patient].limbo;
                if lies {
                    self.wake(medic, patient);
                }
            }
            Act::TapOut(slot) if down(slot) => self.world.borrow_mut().clients[slot].limbo = true,
            Act::ChangeTeam(slot, team) => self.switch(slot, team),
            Act::Disconnect(slot) => self.leave(slot),
            _ => {}
        }
    }

    /// A spawn as it is played: the life begins.
    pub(super) fn spawn(&mut self, slot: usize, team_change: i64) {
        {
            let world = &mut *self.world.borrow_mut();
            let now = world.level_time;
            world.clients[slot].place(now);
            world.open_life(slot);
        }
        self.call("et_ClientSpawn", (slot, 0, team_change, 1));
    }

    /// A spawn that only looks like one: the player joined in play and waits in limbo.
    fn phantom(&mut self, slot: usize) {
        {
            let world = &mut *self.world.borrow_mut();
            let now = world.level_time;
            world.clients[slot].place(now);
        }
        self.call("et_ClientSpawn", (slot, 0, 1, 1));
        let client = &mut self.world.borrow_mut().clients[slot];
        client.limbo = true;
        client.health = 0;
        client.ps.pm_flags |= 0x4000;
    }

    fn hit(&mut self, attacker: usize, target: usize, damage: i64, means: i64) {
        let weapon = self.world.borrow().clients[attacker].ps.weapon;
        self.call("et_WeaponFire", (attacker, weapon));
        let (at, enemies, was_alive) = {
            let world = self.world.borrow();
            let (a, t) = (&world.clients[attacker], &world.clients[target]);
            (t.body, a.team != t.team && a.plays(), t.is_alive())
        };
        if !self.world.borrow().clients[target].plays() {
            return;
        }
        self.call("et_Damage", (target, attacker, damage, 32, means));
        if !was_alive {
            return;
        }
        {
            let world = &mut *self.world.borrow_mut();
            if enemies && world.live {
                let hit = Hit {
                    time: world.round_ms,
                    order: world.truth.next_order(),
                    attacker: world.guid_expected(attacker),
                    target: world.guid_expected(target),
                    target_slot: target,
                    damage,
                    weapon: weapon_of(means),
                    at,
                };
                world.truth.hits.push(hit);
            }
            world.clients[target].health -= damage;
        }
        if self.world.borrow().clients[target].health <= 0 {
            let word = match () {
                () if attacker == target => "selfkill",
                () if enemies => "killed",
                () => "teamkill",
            };
            self.die(target, attacker as i64, means, word);
        }
    }

    fn die(&mut self, victim: usize, killer: i64, means: i64, word: &'static str) {
        {
            let world = &mut *self.world.borrow_mut();
            world.turn(victim, word);
            if matches!(word, "killed" | "teamkill") && world.live {
                let killer = killer as usize;
                let kill = Kill {
                    time: world.round_ms,
                    killer: world.guid_expected(killer),
                    victim: world.guid_expected(victim),
                    at: world.clients[victim].body,
                    by_axis: world.clients[killer].team == Team::Axis,
                    of_enemy: word == "killed",
                };
                world.truth.kills.push(kill);
            }
            let client = &mut world.clients[victim];
            client.health = client.health.min(-1);
            client.ps.pm_type = 3;
            client.ps.viewheight = -16;
            client.true_health = None;
        }
        self.call("et_Obituary", (victim, killer, means));
        let client = &mut self.world.borrow_mut().clients[victim];
        client.ps.eflags |= 1;
        client.ps.velocity = [0.0; 3];
        client.gait = Gait::Stand;
    }

    fn wake(&mut self, medic: usize, patient: usize) {
        self.call("et_WeaponFire", (medic, 11));
        {
            let world = &mut *self.world.borrow_mut();
            let now = world.level_time;
            let client = &mut world.clients[patient];
            client.health = 200;
            client.true_health = Some(62);
            client.ps.pm_type = 0;
            client.ps.eflags = (client.ps.eflags ^ 0x4) & 0x4 | 0x10;
            client.ps.pm_flags = 0x8201;
            client.ps.velocity = [131.0, 0.0, 0.0];
            client.ps.origin[2] += 9.0;
            client.ps.grounded = false;
            client.body = client.ps.origin;
            client.locked_until = now + 2000;
            world.turn(patient, "revived");
            if world.live {
                let revive = (world.round_ms, world.guid_expected(medic), world.guid_expected(patient));
                world.truth.revives.push(revive);
            }
        }
        self.call("et_ClientSpawn", (patient, 1, 0, 1));
        if self.tells_of_revives {
            let until = self.world.borrow().level_time + 3000;
            self.call("et_Revive", (patient, medic, until));
        }
    }

    fn switch(&mut self, slot: usize, team: Team) {
        if self.world.borrow().clients[slot].connected != 2 || self.world.borrow().clients[slot].team == team
        {
            return;
        }
        let alive = self.world.borrow().clients[slot].is_alive();
        if alive {
            self.die(slot, slot as i64, means::SWITCHTEAM, "teamchange");
        }
        {
            let world = &mut *self.world.borrow_mut();
            world.end_life(slot, "teamchange");
            world.clients[slot].team = team;
        }
        self.call("et_ClientUserinfoChanged", slot);
        if team == Team::Spectator {
            self.call("et_ClientSpawn", (slot, 0, 1, 1));
            self.world.borrow_mut().clients[slot].health = 100;
        } else if self.world.borrow().live {
            self.phantom(slot);
        } else {
            self.spawn(slot, 1);
        }
    }

    fn leave(&mut self, slot: usize) {
        if self.world.borrow().clients[slot].connected != 2 {
            return;
        }
        self.world.borrow_mut().end_life(slot, "disconnect");
        self.call("et_ClientDisconnect", slot);
        let client = &mut self.world.borrow_mut().clients[slot];
        *client = Client { spot: client.spot, tenants: client.tenants, ..Client::empty(slot) };
    }
}

/// The weapon behind a means of death, as far as the simulation uses them.
fn weapon_of(means: i64) -> i64 {
    match means {
        means::GRENADE => 4,
        means::KNIFE => 1,
        means::MP40 => 3,
        means::THOMPSON => 8,
        means::CARBINE => 24,
        means::KAR98 => 23,
        other => panic!("means of death {other} is not simulated"),
    }
}

/// FNV-1a, for GUIDs out of names.
fn fnv(name: &str) -> u128 {
    let offset = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    name.bytes().fold(offset, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}
