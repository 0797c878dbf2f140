//! Weapons in ET: Legacy's numbers, which [`Weapon`] uses.

use super::family::Family;
use crate::model::Weapon;

/// The first weapon whose number differs between the families.
const FIRST_DIFFERENT: usize = 29;

/// What the weapons of 2.60 from [`FIRST_DIFFERENT`] on are in ET: Legacy; 0 for those that it does not have (trip mine,
/// lockpick).
const CLASSIC: [u8; 21] = [0, 29, 30, 31, 32, 33, 34, 0, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47];

/// A weapon of a mod's family.
pub(super) fn weapon(family: Family, number: i32) -> Weapon {
    let place = usize::try_from(number).unwrap_or(0);
    let known = match family {
        Family::Classic if place >= FIRST_DIFFERENT => {
            CLASSIC.get(place - FIRST_DIFFERENT).copied().unwrap_or(0)
        }
        _ => u8::try_from(place).unwrap_or(0),
    };
    Weapon(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classic_weapons_get_legacy_numbers() {
        assert_eq!(weapon(Family::Classic, 8).name(), weapon(Family::Legacy, 8).name());
        assert_eq!(weapon(Family::Classic, 31), Weapon(30));
        assert_eq!(weapon(Family::Classic, 49), Weapon(47));
        assert_eq!(weapon(Family::Classic, 50), Weapon(0));
        assert_eq!(weapon(Family::Legacy, 54), Weapon(54));
    }
}
