//! Which mod a server runs. The engine fixes how states travel; event, weapon and statistics numbers are the mod's.

use crate::demo::state::ConfigStrings;

/// The two families of numbering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Family {
    /// Mods made from the game source of 2.60: etmain, etpro, etpub, jaymod, nq, silent, nitmod and others.
    Classic,
    /// ET: Legacy, which numbered anew.
    Legacy,
}

/// Which entity type an obituary has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum EventNumbers {
    /// Known from the mod: type of an obituary, and of a revive where the mod has one.
    Known { obituary: i32, revive: Option<i32> },
    /// To be found out by watching who dies.
    Unknown,
}

/// How to understand one server's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) struct Meaning {
    pub(in crate::demo) family: Family,
    pub(in crate::demo) events: EventNumbers,
    /// Place of the class in `stats`.
    pub(in crate::demo) class: usize,
    /// Place of stamina in `stats`, where the mod sends it.
    pub(in crate::demo) stamina: Option<usize>,
    /// Place of the red flag in `powerups`; the blue one follows.
    pub(in crate::demo) flags: usize,
    /// Place of adrenaline in `powerups`.
    pub(in crate::demo) adrenaline: usize,
    /// Name of the mod as the server gives it.
    pub(in crate::demo) name: Box<str>,
    /// Its version as the server gives it.
    pub(in crate::demo) version: Box<str>,
}

/// The first entity type that stands for an event.
const CLASSIC_EVENTS: i32 = 61;
const CLASSIC_OBITUARY: i32 = CLASSIC_EVENTS + 70;
const LEGACY_OBITUARY: i32 = 68;
const LEGACY_REVIVE: i32 = 133;

/// Mods that keep the numbers of 2.60. ETJump inserts events of its own in several versions and is watched instead.
const CLASSIC_MODS: [&str; 10] =
    ["etmain", "etpro", "etpub", "jaymod", "nq", "noquarter", "silent", "nitmod", "tce", "etrun"];

impl Meaning {
    /// Reads the mod's name and version out of the server's config strings.
    pub(in crate::demo) fn of(config: &ConfigStrings) -> Self {
        let info = |key| config.info(ConfigStrings::SERVER_INFO, key);
        let game = config.info(ConfigStrings::SYSTEM_INFO, "fs_game");
        let name = [info("gamename"), game].into_iter().find(|name| !name.is_empty()).unwrap_or("");
        let version = match info("mod_version") {
            "" => legacy_pak_version(config.info(ConfigStrings::SYSTEM_INFO, "sv_referencedPakNames")),
            version => version,
        };
        let lower = name.to_ascii_lowercase();
        let texts = (name.into(), version.into());
        if lower == "legacy" { Self::legacy(texts, numbers(version)) } else { Self::classic(texts, &lower) }
    }

    fn legacy((name, version): (Box<str>, Box<str>), [major, minor, _]: [u32; 3]) -> Self {
        // A version that cannot be read is most likely one of the last years'.
        let at_least = |m| major == 0 || (major, minor) >= (2, m);
        let base = if at_least(77) { 62 } else { 61 };
        Self {
            family: Family::Legacy,
            events: EventNumbers::Known {
                obituary: base + LEGACY_OBITUARY,
                revive: at_least(83).then_some(base + LEGACY_REVIVE),
            },
            class: 4,
            stamina: at_least(76).then_some(8),
            flags: 5,
            adrenaline: 11,
            name,
            version,
        }
    }

    fn classic((name, version): (Box<str>, Box<str>), lower: &str) -> Self {
        let events = if CLASSIC_MODS.contains(&lower) {
            EventNumbers::Known { obituary: CLASSIC_OBITUARY, revive: None }
        } else {
            EventNumbers::Unknown
        };
        Self {
            family: Family::Classic,
            events,
            class: 5,
            stamina: None,
            flags: 6,
            adrenaline: 12,
            name,
            version,
        }
    }
}

/// Up to three numbers of a version such as `v2.82.1-80-g247d7fd`; missing ones are 0.
fn numbers(version: &str) -> [u32; 3] {
    let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut numbers = [0; 3];
    for (number, part) in numbers.iter_mut().zip(digits.split('.')) {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        *number = part[..end].parse().unwrap_or(0);
        if end < part.len() {
            break;
        }
    }
    numbers
}

/// The version in the name of ET: Legacy's own archive, `legacy/legacy_v2.83.2`.
fn legacy_pak_version(paks: &str) -> &str {
    paks.split(' ').find_map(|pak| pak.split_once("legacy_v")).map_or("", |(_, version)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_up_to_three_numbers() {
        assert_eq!(numbers("v2.82.1-80-g247d7fd"), [2, 82, 1]);
        assert_eq!(numbers("2.83"), [2, 83, 0]);
        assert_eq!(numbers("2.83-dirty.7"), [2, 83, 0]);
        assert_eq!(numbers(""), [0; 3]);
        assert_eq!(numbers("v"), [0; 3]);
    }

    #[test]
    fn the_mod_decides_the_numbers() {
        let of = |info: &str, system: &str| {
            let mut config = ConfigStrings::default();
            config.set(0, info);
            config.set(1, system);
            Meaning::of(&config)
        };
        let old = of(r"\gamename\legacy\mod_version\v2.76", "");
        assert_eq!(old.events, EventNumbers::Known { obituary: 129, revive: None });
        assert_eq!(old.stamina, Some(8));
        let new = of(r"\gamename\legacy", r"\sv_referencedPakNames\etmain/pak0 legacy/legacy_v2.83.2");
        assert_eq!(new.events, EventNumbers::Known { obituary: 130, revive: Some(195) });
        let etpro = of("", r"\fs_game\etpro");
        assert_eq!((etpro.family, etpro.stamina), (Family::Classic, None));
        assert_eq!(etpro.events, EventNumbers::Known { obituary: 131, revive: None });
        assert_eq!(of(r"\gamename\etjump", "").events, EventNumbers::Unknown);
    }
}
