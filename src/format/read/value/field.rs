//! One value of a row or a tuple, read with every tolerance the format asks for.

use std::borrow::Cow;

use crate::format::read::value::fault::{Fault, Faults, What};
use crate::geom::{WORLD_LIMIT, WorldPoint};
use crate::model::LevelTime;
use crate::text::decode;

/// A value and its place.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Field<'a> {
    /// Byte within the line, counted from 0.
    pub(crate) offset: usize,
    pub(crate) bytes: &'a [u8],
}

/// Splits `field` at `separator`.
pub(crate) fn split(field: Field<'_>, separator: u8) -> impl Iterator<Item = Field<'_>> {
    let mut rest = Some(field);
    std::iter::from_fn(move || {
        let Field { offset, bytes } = rest?;
        let end = memchr::memchr(separator, bytes);
        rest = end.map(|end| Field { offset: offset + end + 1, bytes: &bytes[end + 1..] });
        Some(Field { offset, bytes: &bytes[..end.unwrap_or(bytes.len())] })
    })
}

/// Splits a tuple into `N` values, the last of which takes the rest.
pub(crate) fn values<'a, const N: usize>(
    tuple: Field<'a>,
    expected: &'static str,
) -> Result<[Field<'a>; N], Fault<'a>> {
    let mut values = [Field::default(); N];
    let mut found = 0;
    for (slot, value) in values.iter_mut().zip(split(tuple, b',')) {
        *slot = value;
        found += 1;
    }
    if found < N {
        return Err(Fault { offset: tuple.offset, what: What::Values { found, expected } });
    }
    if let Some(last) = values.last_mut() {
        last.bytes = &tuple.bytes[last.offset - tuple.offset..];
    }
    Ok(values)
}

/// Integer types a value can be asked for.
pub(crate) trait Whole: TryFrom<i128> {
    /// The range, in words.
    const EXPECTED: &'static str;
}

macro_rules! whole {
    ($($integer:ty: $expected:literal),+ $(,)?) => {
        $(impl Whole for $integer {
            const EXPECTED: &'static str = $expected;
        })+
    };
}

whole! {
    u8: "a whole number from 0 to 255",
    i16: "a whole number from -32768 to 32767",
    i32: "a whole number from -2147483648 to 2147483647",
    u32: "a whole number from 0 to 4294967295",
    i64: "a whole number",
    u64: "a whole number, not negative",
}

impl<'a> Field<'a> {
    /// This field is not what was `expected`.
    pub(crate) fn fault(self, name: &'static str, expected: &'static str) -> Fault<'a> {
        Fault { offset: self.offset, what: What::Value { name, text: self.bytes, expected } }
    }

    /// Text; bytes that are not UTF-8 are read as Windows-1252, with a warning.
    pub(crate) fn text(self, name: &'static str, line: usize, faults: &mut Faults) -> Cow<'a, str> {
        let error = match std::str::from_utf8(self.bytes) {
            Ok(text) => return Cow::Borrowed(text),
            Err(error) => error,
        };
        let offset = self.offset + error.valid_up_to();
        faults.note(line, offset, format_args!("{name} is not UTF-8; it is read as Windows-1252"));
        decode(self.bytes).0
    }

    /// A whole number; `12.0` is one too.
    pub(crate) fn whole<T: Whole>(self, name: &'static str) -> Result<T, Fault<'a>> {
        parse_whole(self.bytes).and_then(|value| T::try_from(value).ok()).ok_or(self.fault(name, T::EXPECTED))
    }

    /// A whole number, or nothing.
    pub(crate) fn optional<T: Whole>(self, name: &'static str) -> Result<Option<T>, Fault<'a>> {
        if self.bytes.is_empty() { Ok(None) } else { self.whole(name).map(Some) }
    }

    /// A moment.
    pub(crate) fn time(self, name: &'static str) -> Result<LevelTime, Fault<'a>> {
        self.whole(name).map(LevelTime)
    }

    /// A moment, or nothing.
    pub(crate) fn optional_time(self, name: &'static str) -> Result<Option<LevelTime>, Fault<'a>> {
        Ok(self.optional(name)?.map(LevelTime))
    }

    /// A yes or no.
    pub(crate) fn flag(self, name: &'static str) -> Result<bool, Fault<'a>> {
        match parse_whole(self.bytes) {
            Some(0) => Ok(false),
            Some(1) => Ok(true),
            _ => Err(self.fault(name, "0 or 1")),
        }
    }

    /// A finite number.
    pub(crate) fn number(self, name: &'static str) -> Result<f32, Fault<'a>> {
        parse_number(self.bytes).filter(|n| n.is_finite()).ok_or(self.fault(name, "a finite number"))
    }

    /// A coordinate within the engine's world.
    pub(crate) fn coordinate(self, name: &'static str) -> Result<f32, Fault<'a>> {
        parse_number(self.bytes)
            .filter(|n| n.abs() <= WORLD_LIMIT)
            .ok_or(self.fault(name, "a number from -131072 to 131072"))
    }
}

/// A place from three fields with their names.
pub(crate) fn point<'a>(fields: [(Field<'a>, &'static str); 3]) -> Result<WorldPoint, Fault<'a>> {
    let [(x, x_name), (y, y_name), (z, z_name)] = fields;
    Ok(WorldPoint::new(x.coordinate(x_name)?, y.coordinate(y_name)?, z.coordinate(z_name)?))
}

fn parse_whole(bytes: &[u8]) -> Option<i128> {
    if let Some(value) = plain_digits(bytes) {
        return Some(value.into());
    }
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let digits = match digits.iter().position(|&b| b == b'.') {
        // 12.0
        Some(dot) => {
            let (whole, zeros) = (&digits[..dot], &digits[dot + 1..]);
            if zeros.is_empty() || zeros.iter().any(|&b| b != b'0') {
                return None;
            }
            whole
        }
        None => digits,
    };
    if digits.is_empty() {
        return None;
    }
    let mut value: u64 = 0;
    for b in digits {
        // What does not fit here fits no type that is asked for.
        value = value.checked_mul(10)?.checked_add(u64::from(b.is_ascii_digit().then(|| b - b'0')?))?;
    }
    let value = i128::from(value);
    Some(if bytes[0] == b'-' { -value } else { value })
}

/// A number of one to nine digits without a sign, as nearly every one is written.
fn plain_digits(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    bytes.iter().try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + u32::from(b - b'0')))
}

fn parse_number(bytes: &[u8]) -> Option<f32> {
    // As trackers write it: one decimal. Tenths below 2^24 and 10 are exact, so the quotient is the nearest `f32`.
    if let [whole @ .., b'.', tenth @ b'0'..=b'9'] = bytes
        && let (whole, ten) = whole.strip_prefix(b"-").map_or((whole, 10.0), |whole| (whole, -10.0))
        && whole.len() <= 6
        && let Some(whole) = plain_digits(whole)
    {
        return Some((whole * 10 + u32::from(tenth - b'0')) as f32 / ten);
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> Field<'_> {
        Field { offset: 3, bytes: text.as_bytes() }
    }

    #[test]
    fn whole_numbers_and_their_limits() {
        assert_eq!(field("-0").whole::<i32>("n").unwrap(), 0);
        assert_eq!(field("12.0").whole::<i32>("n").unwrap(), 12);
        assert_eq!(field("-12.000").whole::<i32>("n").unwrap(), -12);
        assert_eq!(field("-2147483648").whole::<i32>("n").unwrap(), i32::MIN);
        assert_eq!(field("9223372036854775808").whole::<u64>("n").unwrap(), 1 << 63);
        for text in ["", "-", "12.5", "12.", ".0", "1e3", "+1", " 1", "0x1", "2147483648", "−1"] {
            assert!(field(text).whole::<i32>("n").is_err(), "{text}");
        }
        assert!(field(&"9".repeat(5_000)).whole::<i64>("n").is_err());
    }

    #[test]
    fn coordinates_are_numbers_within_the_world() {
        assert_eq!(field("-1120.0").coordinate("x").unwrap().to_string(), "-1120");
        assert!(field("-0.0").coordinate("x").unwrap().is_sign_negative());
        assert_eq!(field("131072").coordinate("x").unwrap().to_bits(), WORLD_LIMIT.to_bits());
        for text in ["", "nan", "-nan", "inf", "-inf", "131072.1", "1e10", "6e24", "1,0", "one"] {
            assert!(field(text).coordinate("x").is_err(), "{text}");
        }
    }

    #[test]
    fn a_decimal_is_the_number_nearest_to_its_text() {
        for tenths in (-9_999_999..=9_999_999).step_by(997) {
            let text = format!(
                "{}{}.{}",
                if tenths < 0 { "-" } else { "" },
                i32::abs(tenths) / 10,
                i32::abs(tenths) % 10
            );
            assert_eq!(field(&text).number("n").unwrap(), text.parse::<f32>().unwrap(), "{text}");
        }
    }

    #[test]
    fn a_fault_says_what_was_expected() {
        let fault = field("7").flag("got_kill").unwrap_err();
        assert_eq!(fault.what.to_string(), "got_kill is \"7\", expected 0 or 1");
        assert_eq!(fault.offset, 3);
    }

    #[test]
    fn splitting_keeps_empty_fields_and_places() {
        let parts: Vec<_> = split(field("a;;b;"), b';').map(|f| (f.offset, f.bytes)).collect();
        let expected: [(usize, &[u8]); 4] = [(3, b"a"), (5, b""), (6, b"b"), (8, b"")];
        assert_eq!(parts, expected);
    }
}
