//! Means of death: what a player died of.

use super::family::Family;
use crate::model::Weapon;

/// What a player died of, by the engine's name: `mp40`, `falling`, `grenade_launcher` …
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Means {
    /// The engine's name in lower case, without `MOD_`; `unknown` for a number that the mod does not have.
    pub name: &'static str,
    /// The weapon behind it; `None` where there is none, or none that ET: Legacy has.
    pub weapon: Option<Weapon>,
}

/// Whose doing a death is, where the means decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Cause {
    /// The killer's.
    Killer,
    /// The player's own hand.
    Suicide,
    /// A fall.
    Fall,
    /// The world's.
    World,
    /// A change of sides, which no player dies of.
    TeamChange,
}

/// ET: Legacy's means by number, and the weapon behind each (0: none).
const LEGACY: [(&str, u8); 67] = [
    ("unknown", 0),
    ("machinegun", 33),
    ("browning", 33),
    ("mg42", 33),
    ("grenade", 4),
    ("knife", 1),
    ("luger", 2),
    ("colt", 7),
    ("mp40", 3),
    ("thompson", 8),
    ("sten", 10),
    ("garand", 25),
    ("silencer", 14),
    ("fg42", 32),
    ("fg42scope", 42),
    ("panzerfaust", 5),
    ("grenade_launcher", 4),
    ("flamethrower", 6),
    ("grenade_pineapple", 9),
    ("mapmortar", 17),
    ("mapmortar_splash", 17),
    ("kicked", 0),
    ("dynamite", 15),
    ("airstrike", 55),
    ("syringe", 11),
    ("ammo", 12),
    ("arty", 13),
    ("water", 0),
    ("slime", 0),
    ("lava", 0),
    ("crush", 0),
    ("telefrag", 0),
    ("falling", 0),
    ("suicide", 0),
    ("target_laser", 0),
    ("trigger_hurt", 0),
    ("explosive", 0),
    ("carbine", 24),
    ("kar98", 23),
    ("gpg40", 37),
    ("m7", 38),
    ("landmine", 26),
    ("satchel", 27),
    ("smokebomb", 29),
    ("mobile_mg42", 30),
    ("silenced_colt", 39),
    ("garand_scope", 40),
    ("crush_construction", 0),
    ("crush_constructiondeath", 0),
    ("crush_constructiondeath_noattacker", 0),
    ("k43", 31),
    ("k43_scope", 41),
    ("mortar", 34),
    ("akimbo_colt", 35),
    ("akimbo_luger", 36),
    ("akimbo_silencedcolt", 45),
    ("akimbo_silencedluger", 46),
    ("smokegrenade", 22),
    ("swap_places", 0),
    ("switchteam", 0),
    ("shove", 0),
    ("knife_kabar", 48),
    ("mobile_browning", 49),
    ("mortar2", 51),
    ("bazooka", 53),
    ("backstab", 1),
    ("mp34", 54),
];

/// The means of 2.60 by number; those that ET: Legacy has too share its names.
const CLASSIC: [&str; 65] = [
    "unknown",
    "machinegun",
    "browning",
    "mg42",
    "grenade",
    "rocket",
    "knife",
    "luger",
    "colt",
    "mp40",
    "thompson",
    "sten",
    "garand",
    "snooperscope",
    "silencer",
    "fg42",
    "fg42scope",
    "panzerfaust",
    "grenade_launcher",
    "flamethrower",
    "grenade_pineapple",
    "cross",
    "mapmortar",
    "mapmortar_splash",
    "kicked",
    "grabber",
    "dynamite",
    "airstrike",
    "syringe",
    "ammo",
    "arty",
    "water",
    "slime",
    "lava",
    "crush",
    "telefrag",
    "falling",
    "suicide",
    "target_laser",
    "trigger_hurt",
    "explosive",
    "carbine",
    "kar98",
    "gpg40",
    "m7",
    "landmine",
    "satchel",
    "tripmine",
    "smokebomb",
    "mobile_mg42",
    "silenced_colt",
    "garand_scope",
    "crush_construction",
    "crush_constructiondeath",
    "crush_constructiondeath_noattacker",
    "k43",
    "k43_scope",
    "mortar",
    "akimbo_colt",
    "akimbo_luger",
    "akimbo_silencedcolt",
    "akimbo_silencedluger",
    "smokegrenade",
    "swap_places",
    "switchteam",
];

impl Means {
    /// The means of death of a mod's family by number.
    pub(in crate::demo) fn of(family: Family, number: i32) -> Self {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let name = match family {
            Family::Legacy => LEGACY.get(place).map(|(name, _)| *name),
            Family::Classic => CLASSIC.get(place).copied(),
        };
        let name = name.unwrap_or("unknown");
        let weapon = LEGACY.iter().find(|(known, _)| *known == name).map(|(_, weapon)| *weapon);
        Self { name, weapon: weapon.filter(|weapon| *weapon != 0).map(Weapon) }
    }

    /// Whose doing it is.
    pub(in crate::demo) fn cause(&self) -> Cause {
        match self.name {
            "falling" => Cause::Fall,
            "suicide" => Cause::Suicide,
            "switchteam" | "swap_places" => Cause::TeamChange,
            "water" | "slime" | "lava" | "crush" | "telefrag" | "trigger_hurt" => Cause::World,
            _ => Cause::Killer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_agree_on_what_a_weapon_is() {
        assert_eq!(Means::of(Family::Legacy, 8), Means::of(Family::Classic, 9));
        assert_eq!(Means::of(Family::Legacy, 8).weapon, Some(Weapon(3)));
        assert_eq!(Means::of(Family::Legacy, 66).weapon, Some(Weapon(54)));
        assert_eq!(Means::of(Family::Classic, 5), Means { name: "rocket", weapon: None });
        assert_eq!(Means::of(Family::Classic, 64).cause(), Cause::TeamChange);
        assert_eq!(Means::of(Family::Legacy, 32).cause(), Cause::Fall);
        assert_eq!(Means::of(Family::Legacy, -1).name, "unknown");
        assert_eq!(Means::of(Family::Legacy, 900).name, "unknown");
    }
}
