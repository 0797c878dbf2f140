//! Time as the tracker counts it.

/// A moment on the server's level clock, in milliseconds. Zero and negative values are legal; where zero lies
/// differs between tracker versions, so only differences within one round mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LevelTime(pub i32);

impl LevelTime {
    /// Milliseconds from `earlier` to this moment; negative when the order is the other way.
    pub fn since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }
}

/// The server's local time when a file was written, from the file's name. No time zone is recorded.
pub type FileStamp = jiff::civil::DateTime;
