//! The original tracker's JSON shapes: `path`, `position_path`, `attackers`, `crossfire_participants`.

use crate::model::{Engagement, Event, Sample, Track};

/// A life's path: `[{time, x, y, z, health, speed, weapon, stance, sprint, event}, …]`.
pub fn path(track: &Track) -> String {
    let mut out = String::with_capacity(2 + track.samples.len() * 112);
    out.push('[');
    for (index, sample) in track.samples.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_sample(&mut out, sample, track);
    }
    out.push(']');
    out
}

fn push_sample(out: &mut String, sample: &Sample, track: &Track) {
    out.push_str("{\"time\":");
    push_int(out, sample.time.0.into());
    out.push_str(",\"x\":");
    push_decimal(out, sample.at.x);
    out.push_str(",\"y\":");
    push_decimal(out, sample.at.y);
    out.push_str(",\"z\":");
    push_decimal(out, sample.at.z);
    out.push_str(",\"health\":");
    match sample.known_health() {
        Some(health) => push_int(out, health.into()),
        None => out.push_str("null"),
    }
    out.push_str(",\"speed\":");
    push_decimal(out, sample.speed_ups);
    out.push_str(",\"weapon\":");
    push_int(out, sample.weapon.0.into());
    out.push_str(",\"stance\":");
    push_int(out, sample.stance.into());
    out.push_str(",\"sprint\":");
    push_int(out, sample.sprint.into());
    out.push_str(",\"event\":");
    push_text(out, event_word(sample.event, track));
    out.push('}');
}

/// The word of an event as the file writes it.
pub fn event_word(event: Event, track: &Track) -> &str {
    match event {
        Event::Other(index) => track.other_events.get(usize::from(index)).map_or("", |word| word),
        known => Event::KNOWN.iter().find(|(_, event)| *event == known).map_or("", |(word, _)| word),
    }
}

/// An engagement's positions: `[{time_ms, x, y, z, event}, …]`.
pub(in crate::store) fn positions(engagement: &Engagement) -> String {
    let mut out = String::with_capacity(2 + engagement.positions.len() * 64);
    out.push('[');
    for (index, point) in engagement.positions.iter().enumerate() {
        out.push_str(if index > 0 { ",{\"time_ms\":" } else { "{\"time_ms\":" });
        push_int(&mut out, point.time.0.into());
        out.push_str(",\"x\":");
        push_decimal(&mut out, point.at.x);
        out.push_str(",\"y\":");
        push_decimal(&mut out, point.at.y);
        out.push_str(",\"z\":");
        push_decimal(&mut out, point.at.z);
        out.push_str(",\"event\":");
        push_text(&mut out, point.event.as_str());
        out.push('}');
    }
    out.push(']');
    out
}

/// An engagement's attackers: `[{guid, name, team, damage, hits, first_hit_ms, last_hit_ms, got_kill, weapons}, …]`, with
/// weapons as `{"id": hits}`. `who` gives guid and name as they stand in their columns.
pub(in crate::store) fn attackers(engagement: &Engagement, who: &[(String, String)]) -> String {
    let mut out = String::from("[");
    for (index, (attacker, (guid, name))) in engagement.attackers.iter().zip(who).enumerate() {
        out.push_str(if index > 0 { ",{\"guid\":" } else { "{\"guid\":" });
        push_text(&mut out, guid);
        out.push_str(",\"name\":");
        push_text(&mut out, name);
        out.push_str(",\"team\":");
        push_text(&mut out, attacker.team.as_str());
        for (key, value) in [
            (",\"damage\":", attacker.damage),
            (",\"hits\":", attacker.hits),
            (",\"first_hit_ms\":", attacker.first_hit.0.into()),
            (",\"last_hit_ms\":", attacker.last_hit.0.into()),
        ] {
            out.push_str(key);
            push_int(&mut out, value);
        }
        out.push_str(if attacker.got_kill { ",\"got_kill\":true" } else { ",\"got_kill\":false" });
        out.push_str(",\"weapons\":{");
        for (index, hits) in attacker.weapons.iter().enumerate() {
            out.push_str(if index > 0 { ",\"" } else { "\"" });
            push_int(&mut out, hits.weapon.0.into());
            out.push_str("\":");
            push_int(&mut out, hits.hits);
        }
        out.push_str("}}");
    }
    out.push(']');
    out
}

/// A list of texts.
pub(in crate::store) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from("[");
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_text(&mut out, text);
    }
    out.push(']');
    out
}

/// A string that JSON and PostgreSQL's `jsonb` take: a NUL becomes U+FFFD.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push('\u{fffd}'),
            control if control < ' ' => {
                let code = control as u8;
                out.push_str(if code < 16 { "\\u000" } else { "\\u001" });
                out.extend(char::from_digit(u32::from(code & 15), 16));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

fn push_int(out: &mut String, value: i64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// One digit after the point, as the tracker writes it; other values in their shortest form; no number is `null`.
fn push_decimal(out: &mut String, value: f32) {
    let tenths = (f64::from(value) * 10.0).round();
    if tenths.abs() < 16_777_216.0 && ((tenths / 10.0) as f32).to_bits() == value.to_bits() {
        let tenths = tenths as i64;
        if tenths < 0 {
            out.push('-');
        }
        push_int(out, (tenths / 10).abs());
        out.push('.');
        push_int(out, (tenths % 10).abs());
    } else if value.is_finite() {
        out.push_str(&value.to_string());
    } else {
        out.push_str("null");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_as_the_tracker_does() {
        let written = |value| {
            let mut out = String::new();
            push_decimal(&mut out, value);
            out
        };
        assert_eq!(
            [0.0, -0.5, 1550.0, -1200.3, 0.25].map(written),
            ["0.0", "-0.5", "1550.0", "-1200.3", "0.25"]
        );
        assert_eq!([f32::NAN, f32::INFINITY, -0.0].map(written), ["null", "null", "0.0"]);
    }

    #[test]
    fn texts_cannot_end_their_string() {
        assert_eq!(list(["a\"b\\", "\0\u{1}"]), "[\"a\\\"b\\\\\",\"\u{fffd}\\u0001\"]");
    }
}
