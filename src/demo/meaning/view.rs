//! A player as one snapshot shows them, whatever it was read from.

use super::family::{Family, Meaning};
use super::weapons::weapon;
use crate::demo::delta::fields::{entity, player};
use crate::demo::delta::{Entity, PlayerState};
use crate::geom::WorldPoint;
use crate::model::{Class, Team, Weapon};

const ENTITY_PLAYER: i32 = 1;

const FLAG_DEAD: i32 = 0x1;
/// `EF_TELEPORT_BIT`: toggles at every spawn, revive and teleport.
pub(in crate::demo) const FLAG_TELEPORT: i32 = 0x4;
const FLAG_CROUCHING: i32 = 0x10;
const FLAG_PRONE: i32 = 0x8_0000;

const MOVE_DUCKED: i32 = 1;
const MOVE_FOLLOW: i32 = 4096;
const MOVE_LIMBO: i32 = 16384;

const TYPE_NORMAL: i32 = 0;
const TYPE_DEAD: i32 = 3;
const TYPE_FROZEN: i32 = 4;

const IN_AIR: i32 = 1023;
/// No one on the ground is faster than this without sprinting: running is 256 units per second, sprinting 352.
const FASTER_THAN_RUNNING_UPS: f32 = 280.0;

const STAT_HEALTH: usize = 0;
const TEAM: usize = 3;
const SPAWNS: usize = 4;
const ATTACKER: usize = 5;
const REVIVES: usize = 9;

/// What a player is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Condition {
    /// On their feet.
    Alive,
    /// Dead, or wounded and waiting for a medic.
    Down,
    /// Waiting to spawn, watching, or in the intermission.
    Away,
}

/// What only a player's own state tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::demo) struct Own {
    pub(in crate::demo) health: i16,
    /// 0 … 20000, where the mod sends it.
    pub(in crate::demo) stamina: Option<i32>,
    pub(in crate::demo) move_flags: i32,
    /// Counts every spawn, revives included.
    pub(in crate::demo) spawns: i16,
    pub(in crate::demo) revives: i16,
    /// Who hurt the player last.
    pub(in crate::demo) attacker: i16,
    /// Changes with every frame in which the player is hurt.
    pub(in crate::demo) damage_event: i32,
    /// Whether adrenaline keeps stamina at its top.
    pub(in crate::demo) adrenaline: bool,
}

/// A player as one snapshot shows them.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::demo) struct View {
    pub(in crate::demo) condition: Condition,
    pub(in crate::demo) at: WorldPoint,
    pub(in crate::demo) velocity: [f32; 3],
    /// Whether the server told the velocity; otherwise it is left to the distance between two looks.
    pub(in crate::demo) velocity_told: bool,
    pub(in crate::demo) yaw: f32,
    pub(in crate::demo) weapon: Weapon,
    pub(in crate::demo) flags: i32,
    /// 0 standing, 1 crouching, 2 prone.
    pub(in crate::demo) stance: u8,
    /// Upright on the ground and faster than running.
    pub(in crate::demo) fast: bool,
    pub(in crate::demo) team: Option<Team>,
    pub(in crate::demo) class: Option<Class>,
    /// The side whose objective the player carries.
    pub(in crate::demo) carries: Option<Team>,
    /// From the player's own state; `None` for a player who was only seen.
    pub(in crate::demo) own: Option<Own>,
}

impl View {
    /// A player of whom only the place is known.
    pub(in crate::demo) fn unseen(at: WorldPoint) -> Self {
        Self {
            condition: Condition::Alive,
            at,
            velocity: [0.0; 3],
            velocity_told: false,
            yaw: 0.0,
            weapon: Weapon::default(),
            flags: 0,
            stance: 0,
            fast: false,
            team: None,
            class: None,
            carries: None,
            own: None,
        }
    }

    /// Whether the numbers can be a player's place and motion; damaged or hostile ones are not used.
    pub(in crate::demo) fn is_plausible(&self) -> bool {
        self.at.is_plausible()
            && self.velocity.iter().all(|v| v.abs() <= f32::from(i16::MAX))
            && self.yaw.is_finite()
    }
}

/// Reads a team by the engine's number.
pub(in crate::demo) fn team(number: i32) -> Option<Team> {
    match number {
        1 => Some(Team::Axis),
        2 => Some(Team::Allies),
        _ => None,
    }
}

/// Reads a class by the engine's number.
pub(in crate::demo) fn class(number: i32) -> Option<Class> {
    let classes = [Class::Soldier, Class::Medic, Class::Engineer, Class::FieldOps, Class::CovertOps];
    classes.into_iter().nth(usize::try_from(number).ok()?)
}

fn point([x, y, z]: [f32; 3]) -> WorldPoint {
    WorldPoint::new(x, y, z)
}

fn stance(prone: bool, crouching: bool) -> u8 {
    match (prone, crouching) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

/// The side whose objective is carried, by the two flags that stand for it: the red one is of Axis.
fn carried(has: impl Fn(usize) -> bool) -> Option<Team> {
    if has(0) { Some(Team::Axis) } else { has(1).then_some(Team::Allies) }
}

fn is_fast(stance: u8, ground: i32, [x, y, _]: [f32; 3]) -> bool {
    stance == 0 && ground != IN_AIR && (x * x + y * y).sqrt() > FASTER_THAN_RUNNING_UPS
}

/// A player's own state. In limbo and while following, it is a copy of another player's: `followed` says that the state
/// is looked at for that other player's sake, who then is neither following nor in limbo.
pub(in crate::demo) fn of_player(state: &PlayerState, followed: bool, meaning: &Meaning) -> View {
    let waiting = MOVE_FOLLOW | MOVE_LIMBO;
    let mut move_flags = state.int(player::MOVE_FLAGS);
    if followed {
        move_flags &= !waiting;
    }
    let health = state.stats[STAT_HEALTH];
    let condition = match state.int(player::TYPE) {
        _ if move_flags & waiting != 0 => Condition::Away,
        TYPE_NORMAL | TYPE_FROZEN if health > 0 => Condition::Alive,
        TYPE_NORMAL | TYPE_FROZEN | TYPE_DEAD => Condition::Down,
        _ => Condition::Away,
    };
    let flags = state.int(player::FLAGS);
    let stance = stance(flags & FLAG_PRONE != 0, move_flags & MOVE_DUCKED != 0);
    let velocity = state.vector(player::VELOCITY);
    let team = team(state.persistant[TEAM].into());
    View {
        condition: if team.is_some() { condition } else { Condition::Away },
        at: point(state.vector(player::ORIGIN)),
        velocity,
        velocity_told: true,
        yaw: state.vector(player::VIEW)[1],
        weapon: weapon(meaning.family, state.int(player::WEAPON)),
        flags,
        stance,
        fast: is_fast(stance, state.int(player::GROUND), velocity),
        team,
        class: class(state.stats[meaning.class].into()),
        carries: carried(|flag| state.powerups[meaning.flags + flag] != 0),
        own: Some(Own {
            health,
            stamina: meaning.stamina.map(|place| state.stats[place].into()),
            move_flags,
            spawns: state.persistant[SPAWNS],
            revives: state.persistant[REVIVES],
            attacker: state.persistant[ATTACKER],
            damage_event: state.int(player::DAMAGE_EVENT),
            adrenaline: state.powerups[meaning.adrenaline] != 0,
        }),
    }
}

/// A player who is in view; `None` when the entity is not a player's body.
pub(in crate::demo) fn of_entity(seen: &Entity, meaning: &Meaning) -> Option<View> {
    if seen.int(entity::TYPE) != ENTITY_PLAYER {
        return None;
    }
    let flags = seen.int(entity::FLAGS);
    let crouching = seen.int(entity::MOVE_TYPE) == 1 || flags & FLAG_CROUCHING != 0;
    let stance = stance(flags & FLAG_PRONE != 0, crouching);
    let (velocity, velocity_told) = match meaning.family {
        // Not sent unless the server smooths its players' moves: then it is a guess of where they go.
        Family::Classic => ([0.0; 3], false),
        Family::Legacy => (seen.vector(entity::VELOCITY), true),
    };
    Some(View {
        condition: if flags & FLAG_DEAD == 0 { Condition::Alive } else { Condition::Down },
        at: point(seen.vector(entity::ORIGIN)),
        velocity,
        velocity_told,
        yaw: seen.vector(entity::ANGLES)[1],
        weapon: weapon(meaning.family, seen.int(entity::WEAPON)),
        flags,
        stance,
        fast: is_fast(stance, seen.int(entity::GROUND), velocity),
        team: None,
        class: None,
        carries: carried(|flag| seen.int(entity::POWERUPS) >> (meaning.flags + flag) & 1 != 0),
        own: None,
    })
}
