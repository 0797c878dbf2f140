//! Weapons: who carries what, and what a hit does.

use crate::map::Side;
use crate::model::{Class, Weapon};

use crate::sim::body::Stance;

/// A weapon that is fired.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gun {
    /// Id in hand.
    pub(crate) weapon: Weapon,
    /// Id when it is set up (bipod, scope); the same otherwise.
    pub(crate) set_weapon: Weapon,
    /// Means of death.
    pub(crate) means: u8,
    /// Time between two shots, ms.
    pub(crate) interval_ms: i32,
    /// Damage of a hit.
    pub(crate) damage: i32,
    /// Chance of a hit at point-blank range.
    pub(crate) aim: f64,
    /// Distance at which the chance has halved, units.
    pub(crate) reach_units: f64,
    /// Shots until it must be reloaded.
    pub(crate) clip: i32,
    /// Share of the usual speed while carrying it.
    pub(crate) load: f64,
}

const fn gun(
    weapon: u8,
    means: u8,
    interval_ms: i32,
    damage: i32,
    aim: f64,
    reach_units: f64,
    clip: i32,
) -> Gun {
    let weapon = Weapon(weapon);
    Gun { weapon, set_weapon: weapon, means, interval_ms, damage, aim, reach_units, clip, load: 1.0 }
}

const MP40: Gun = gun(3, 8, 150, 18, 0.46, 620.0, 30);
const THOMPSON: Gun = gun(8, 9, 150, 18, 0.46, 620.0, 30);
const STEN: Gun = gun(10, 10, 150, 14, 0.50, 680.0, 32);
const KAR98: Gun = gun(23, 38, 550, 34, 0.62, 1_000.0, 10);
const CARBINE: Gun = gun(24, 37, 550, 34, 0.62, 1_000.0, 10);
/// Heavier than everything else: carried at three quarters of the speed.
const MG42: Gun = Gun { set_weapon: Weapon(47), load: 0.75, ..gun(30, 44, 100, 18, 0.26, 900.0, 150) };
const K43: Gun = Gun { set_weapon: Weapon(41), ..gun(31, 51, 900, 50, 0.60, 1_500.0, 10) };
const GARAND: Gun = Gun { set_weapon: Weapon(40), ..gun(25, 46, 900, 50, 0.60, 1_500.0, 10) };

/// The syringe.
pub(crate) const SYRINGE: Weapon = Weapon(11);
/// The pliers.
pub(crate) const PLIERS: Weapon = Weapon(21);
/// Dynamite.
pub(crate) const DYNAMITE: Weapon = Weapon(15);
/// The medic's and the field officer's packs, by class.
pub(crate) fn pack(class: &Class) -> Option<Weapon> {
    match class {
        Class::Medic => Some(Weapon(19)),
        Class::FieldOps => Some(Weapon(12)),
        _ => None,
    }
}

/// A side's hand grenade: weapon and means of death.
pub(crate) fn grenade(side: Side) -> (Weapon, u8) {
    match side {
        Side::Axis => (Weapon(4), 4),
        Side::Allies => (Weapon(9), 18),
    }
}

/// Means of death of a self kill.
pub(crate) const SUICIDE: u8 = 33;

/// The gun a player of a class carries: `taste` 0 … 1 decides where there is a choice.
pub(crate) fn choose(side: Side, class: &Class, taste: f64) -> Gun {
    let axis = side == Side::Axis;
    match class {
        Class::Engineer if taste < 0.45 => {
            if axis {
                KAR98
            } else {
                CARBINE
            }
        }
        Class::CovertOps if taste < 0.5 => {
            if axis {
                K43
            } else {
                GARAND
            }
        }
        Class::CovertOps => STEN,
        Class::Soldier if axis && taste < 0.5 => MG42,
        _ => {
            if axis {
                MP40
            } else {
                THOMPSON
            }
        }
    }
}

impl Gun {
    /// The weapon id in this stance: a machine gun lies on its bipod, a rifle of a waiting sniper is scoped.
    pub(crate) fn in_hand(&self, stance: Stance, is_waiting: bool) -> Weapon {
        let set = match self.weapon {
            Weapon(30) => stance == Stance::Prone,
            _ => is_waiting && stance != Stance::Stand,
        };
        if set { self.set_weapon } else { self.weapon }
    }

    /// The weapon a hit is counted for: the one behind the means of death.
    pub(crate) fn hit_weapon(&self) -> Weapon {
        if self.means == 44 { self.weapon } else { self.set_weapon }
    }

    /// Chance that a shot hits over a distance.
    pub(crate) fn chance(&self, distance_units: f64) -> f64 {
        let far = distance_units / self.reach_units;
        self.aim / (1.0 + far * far)
    }
}

/// A grenade in flight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grenade {
    pub thrower: usize,
    pub at: [f64; 3],
    pub burst_ms: i32,
    pub weapon: Weapon,
    pub means: u8,
}
