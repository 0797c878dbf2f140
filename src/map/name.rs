//! Names of maps that may be looked up in a folder.

use std::fmt;

/// The longest name that is looked up (bytes); the engine's own limit is 64 with its ending.
const LONGEST: usize = 64;

/// A map's name that is safe to look for: 1 to 64 of `A-Z a-z 0-9 _ . + - [ ]`, not starting with a dot.
///
/// A tracker file may claim any name, `../../x` among them; such a name is no `MapName`, so it finds nothing. The
/// brackets are allowed because published maps carry them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MapName {
    folded: String,
}

impl MapName {
    /// The name in lower case, as it is looked up; `None` if it could mean anything but a plain file name.
    pub fn new(name: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.+-[]".contains(&b);
        let safe =
            !name.is_empty() && name.len() <= LONGEST && !name.starts_with('.') && name.bytes().all(plain);
        safe.then(|| Self { folded: name.to_ascii_lowercase() })
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.folded
    }
}

impl fmt::Display for MapName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.folded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_pass() {
        for good in ["supply", "SuperGoldrush_Final", "[dark]-siege_beta", "a", "2.6-test+x"] {
            assert_eq!(MapName::new(good).unwrap().as_str(), good.to_ascii_lowercase());
        }
        let long = "x".repeat(65);
        for bad in ["", ".", "..", "../x", "a/b", "a\\b", "c:x", ".hidden", "a\0b", "a b", "<b>", "ü", &long]
        {
            assert_eq!(MapName::new(bad), None, "{bad:?}");
        }
    }
}
