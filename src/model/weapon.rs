//! Weapons by the engine's numbers.

/// An engine weapon id; 0 means that it could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Weapon(pub u8);

/// Short names by id, for people (ET: Legacy, `weapon_t` in bg_public.h). A weapon that is scoped, deployed, silenced
/// or paired has an id of its own in the engine but is one thing in a player's hands, so it shares a name.
const NAMES: [&str; 56] = [
    "none",
    "knife",
    "Luger",
    "MP40",
    "grenade",
    "Panzerfaust",
    "flamethrower",
    "Colt",
    "Thompson",
    "grenade",
    "Sten",
    "syringe",
    "ammo pack",
    "artillery",
    "Luger",
    "dynamite",
    "smoke trail",
    "map mortar",
    "explosion",
    "med pack",
    "binoculars",
    "pliers",
    "airstrike",
    "K98",
    "carbine",
    "Garand",
    "landmine",
    "satchel",
    "satchel",
    "smoke bomb",
    "MG42",
    "K43",
    "FG42",
    "fixed MG",
    "mortar",
    "Colts",
    "Lugers",
    "rifle grenade",
    "rifle grenade",
    "Colt",
    "Garand",
    "K43",
    "FG42",
    "mortar",
    "adrenaline",
    "Colts",
    "Lugers",
    "MG42",
    "knife",
    "Browning",
    "Browning",
    "mortar",
    "mortar",
    "Bazooka",
    "MP34",
    "airstrike",
];

impl Weapon {
    /// Its short name; `weapon 99` for an id that the engine of 2026 does not have.
    pub fn name(self) -> std::borrow::Cow<'static, str> {
        match NAMES.get(usize::from(self.0)) {
            Some(name) => (*name).into(),
            None => format!("weapon {}", self.0).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Weapon;

    #[test]
    fn twins_share_a_name() {
        assert_eq!(Weapon(3).name(), "MP40");
        assert_eq!(Weapon(1).name(), Weapon(48).name());
        assert_eq!(Weapon(30).name(), Weapon(47).name());
        assert_eq!(Weapon(55).name(), "airstrike");
        assert_eq!(Weapon(200).name(), "weapon 200");
    }
}
