//! Time zones: `UTC`, `+02:00`, `Europe/Berlin`, or this machine's own.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::files;

use crate::analysis::session::dates::SESSION_DAY_STARTS_HOUR;

/// Where systems keep time zones.
const ZONES: &str = "/usr/share/zoneinfo";

/// A time zone as the user named it.
#[derive(Debug, Clone)]
pub(crate) struct Zone(TimeZone);

impl FromStr for Zone {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self(TimeZone::UTC));
        }
        if text.starts_with(['+', '-']) {
            return Ok(Self(TimeZone::fixed(offset(text)?)));
        }
        let is_name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
        if text.is_empty() || !is_name || text.starts_with('/') {
            bail!("a time zone is UTC, +02:00, or a name such as Europe/Berlin");
        }
        let path = Path::new(ZONES).join(text);
        let bytes = files::read(&path, files::WRITTEN_BY_HAND)
            .ok()
            .with_context(|| format!("no time zone {text} in {ZONES}"))?;
        Ok(Self(TimeZone::tzif(text, &bytes)?))
    }
}

fn offset(text: &str) -> Result<Offset> {
    let wrong = || anyhow!("{text:?} is not an offset such as +02:00");
    let (sign, digits) = text.split_at(1);
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hours, minutes): (i32, i32) =
        (hours.parse().map_err(|_| wrong())?, minutes.parse().map_err(|_| wrong())?);
    if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
        return Err(wrong());
    }
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).map_err(|_| wrong())
}

impl Zone {
    /// This machine's time zone, UTC where it has none.
    pub(crate) fn here() -> Self {
        let named = std::env::var("TZ").ok().and_then(|name| name.parse().ok());
        let local = || {
            Some(Self(
                TimeZone::tzif(
                    "local",
                    &files::read(Path::new("/etc/localtime"), files::WRITTEN_BY_HAND).ok()?,
                )
                .ok()?,
            ))
        };
        named.or_else(local).unwrap_or(Self(TimeZone::UTC))
    }

    /// The civil time of a Unix time; `None` beyond the calendar.
    pub(crate) fn at(&self, unix: i64) -> Option<DateTime> {
        Some(self.0.to_datetime(Timestamp::from_second(unix).ok()?))
    }

    /// The session it is now.
    pub(crate) fn today(&self) -> Date {
        let now = self.0.to_datetime(Timestamp::now());
        now.checked_sub(SESSION_DAY_STARTS_HOUR.hours()).unwrap_or(now).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_offsets_or_names() {
        let at = |zone: &str| zone.parse::<Zone>().unwrap().at(1_789_237_000).unwrap().to_string();
        assert_eq!(at("UTC"), "2026-09-12T18:16:40");
        assert_eq!(at("+02:00"), "2026-09-12T20:16:40");
        assert_eq!(at("-3:30"), "2026-09-12T14:46:40");
        for wrong in ["", "+25", "+x", "../etc/passwd", "/etc/passwd", "Europe/Nowhere"] {
            assert!(wrong.parse::<Zone>().is_err(), "{wrong}");
        }
    }
}
