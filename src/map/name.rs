//! Names of maps that may be looked up in a folder.

use std::fmt;
use std::fmt::Write as _;

/// The longest name that is looked up (bytes); the engine's own limit is 64 with its ending.
const LONGEST: usize = 64;

/// A map's name that is safe to look for: 1 to 64 of `A-Z a-z 0-9` and `_.+-[]()!'~#@&,;=$^{}` and blanks; it does not
/// begin with a dot and neither begins nor ends with a blank.
///
/// A tracker file may claim any name, `../../x` among them; such a name is no `MapName`, so it finds nothing. The other
/// signs are allowed because the engine loads such maps. In file names they are written as `%28`
/// ([`MapName::file_stem`]).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MapName {
    folded: String,
}

impl MapName {
    /// The name in lower case, as it is looked up; `None` if it could mean anything but a plain file name.
    pub fn new(name: &str) -> Option<Self> {
        let allowed = |b: u8| is_plain(b) || b"()!'~#@&,;=$^{} ".contains(&b);
        let safe = !name.is_empty()
            && name.len() <= LONGEST
            && !name.starts_with('.')
            && name.trim() == name
            && name.bytes().all(allowed);
        safe.then(|| Self { folded: name.to_ascii_lowercase() })
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.folded
    }

    /// The name as the beginning of a file's name, safe on every system and in a shell: every sign but `_.+-[]` as a
    /// percent sign and two hexadecimal digits.
    pub fn file_stem(&self) -> String {
        self.folded.bytes().fold(String::new(), |mut stem, b| {
            if is_plain(b) {
                stem.push(char::from(b));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(stem, "%{b:02x}");
            }
            stem
        })
    }

    /// The name that a file's name begins with; `None` if no map can be called so.
    pub(crate) fn of_file_stem(stem: &str) -> Option<Self> {
        let mut parts = stem.split('%');
        let mut name = parts.next()?.to_owned();
        for part in parts {
            let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok())?;
            name.push(char::from(code));
            name.push_str(&part[2..]);
        }
        Self::new(&name)
    }
}

/// Whether a byte is written in file names as it is.
fn is_plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"_.+-[]".contains(&b)
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
        let odd = "castle(final)!'~#@& +b";
        for good in ["supply", "SuperGoldrush_Final", "[dark]-siege_beta", "a", "2.6-test+x", odd] {
            assert_eq!(MapName::new(good).unwrap().as_str(), good.to_ascii_lowercase());
        }
        let long = "x".repeat(65);
        for bad in [
            "", ".", "..", "../x", "a/b", "a\\b", "c:x", ".hidden", "a\0b", " a", "a ", "<b>", "ü", "a%b",
            "a*", &long,
        ] {
            assert_eq!(MapName::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn file_names_are_safe_and_lead_back() {
        for (name, stem) in
            [("supply_b1", "supply_b1"), ("Castle(final)", "castle%28final%29"), ("a b", "a%20b")]
        {
            let name = MapName::new(name).unwrap();
            assert_eq!(name.file_stem(), stem);
            assert_eq!(MapName::of_file_stem(stem), Some(name));
        }
        for bad in ["a%2", "a%zz", "a%2fb", "%2e%2e", "a%"] {
            assert_eq!(MapName::of_file_stem(bad), None, "{bad}");
        }
        assert_eq!(MapName::of_file_stem("castle(final)"), MapName::new("castle(final)"), "written by hand");
    }
}
