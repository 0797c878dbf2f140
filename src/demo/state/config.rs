//! Config strings: numbered texts that the server keeps the same on every client.

/// How many there are.
pub(in crate::demo) const MAX_CONFIG: usize = 1024;

/// All config strings by number; a missing one is empty.
#[derive(Debug, Clone, Default)]
pub(in crate::demo) struct ConfigStrings {
    texts: Vec<Box<str>>,
}

impl ConfigStrings {
    pub(in crate::demo) const SERVER_INFO: usize = 0;
    pub(in crate::demo) const SYSTEM_INFO: usize = 1;
    pub(in crate::demo) const LEVEL_START: usize = 11;
    pub(in crate::demo) const WINNER: usize = 14;
    pub(in crate::demo) const WOLF_INFO: usize = 21;
    pub(in crate::demo) const TOGGLES: usize = 32;
    pub(in crate::demo) const PLAYERS: usize = 689;
    pub(in crate::demo) const MAX_PLAYERS: usize = 64;

    pub(in crate::demo) fn get(&self, number: usize) -> &str {
        self.texts.get(number).map_or("", |text| text)
    }

    /// Sets a config string; a number beyond [`MAX_CONFIG`] is ignored.
    pub(in crate::demo) fn set(&mut self, number: usize, text: &str) {
        if number >= MAX_CONFIG {
            return;
        }
        if self.texts.len() <= number {
            self.texts.resize(number + 1, "".into());
        }
        self.texts[number] = text.into();
    }

    /// A config string that is a whole number.
    pub(in crate::demo) fn number(&self, number: usize) -> Option<i32> {
        self.get(number).trim().parse().ok()
    }

    /// The value of a key in a config string that is an info string: `\key\value\key\value`, the first backslash may
    /// be missing. Empty when there is no such key.
    pub(in crate::demo) fn info(&self, number: usize, key: &str) -> &str {
        let text = self.get(number);
        let mut parts = text.strip_prefix('\\').unwrap_or(text).split('\\');
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            if name.eq_ignore_ascii_case(key) {
                return value;
            }
        }
        ""
    }

    /// Which slot a config string describes the player of.
    pub(in crate::demo) fn slot(number: usize) -> Option<u8> {
        let slot = number.checked_sub(Self::PLAYERS)?;
        (slot < Self::MAX_PLAYERS).then_some(slot as u8)
    }
}
