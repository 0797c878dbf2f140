//! How numbers are written in a picture: thin gaps between thousands, one decimal below a hundred seconds, whole
//! percent.

use jiff::civil::Date;

/// Six-per-em space between groups of three digits: wide enough to be seen at the size of a caption.
const THIN_GAP: char = '\u{2006}';
/// No-break space: between a number and its unit.
pub const UNIT_GAP: char = '\u{a0}';

/// A count with thin gaps between thousands: `27 809`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * THIN_GAP.len_utf8());
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(THIN_GAP);
        }
        out.push(digit);
    }
    out
}

/// A count and its noun, singular or plural: `1 life`, `60 lives`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// A share of 0 … 1 as whole percent: `21 %`. A share above 0 is never written as 0: `< 1 %`.
pub fn percent(share: f64) -> String {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let whole = (share * 100.0 + 0.5) as u32;
    if whole == 0 && share > 0.0 { format!("<{UNIT_GAP}1{UNIT_GAP}%") } else { format!("{whole}{UNIT_GAP}%") }
}

/// Parts of a whole as percent that add up to 100: each is rounded down, and what is missing goes to the largest
/// remainders (the method of largest remainders). All zero when the parts are.
pub fn percents(parts: &[u64]) -> Vec<u32> {
    let total: u128 = parts.iter().map(|p| u128::from(*p)).sum();
    if total == 0 {
        return vec![0; parts.len()];
    }
    let exact = |p: &u64| u128::from(*p) * 100;
    let mut whole: Vec<u32> = parts.iter().map(|p| (exact(p) / total) as u32).collect();
    let missing = 100 - whole.iter().sum::<u32>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(exact(&parts[i]) % total), i));
    for &i in order.iter().take(missing as usize) {
        whole[i] += 1;
    }
    whole
}

/// Seconds: one decimal below 100 s, whole above: `5.5 s`, `128 s`.
pub fn seconds(s: f64) -> String {
    format!("{}{UNIT_GAP}s", seconds_bare(s))
}

/// [`seconds`] without its unit.
pub fn seconds_bare(s: f64) -> String {
    let s = if s.is_finite() { s.max(0.0) } else { 0.0 };
    // 99.96 would be written "100.0".
    if s < 99.95 { format!("{s:.1}") } else { count((s + 0.5) as u64) }
}

/// A value on a scale with two significant digits, plain below 1000 and with thin gaps above: `0.14`, `2.2`, `31`.
pub fn significant(value: f64) -> String {
    let v = if value.is_finite() { value.abs() } else { 0.0 };
    let digits = match v {
        v if v == 0.0 || v >= 9.95 => 0,
        v if v >= 0.995 => 1,
        v if v >= 0.0995 => 2,
        _ => 3,
    };
    if digits == 0 { count((v + 0.5) as u64) } else { format!("{v:.digits$}") }
}

/// A date as people write it, never broken over two lines: `10 Oct 2026`.
pub fn date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string().replace(' ', "\u{a0}")
}

/// Units as metres by the engine's inch rule (1 u = 0.0254 m): one decimal below 10 m.
pub fn metres(units: f64) -> String {
    let m = if units.is_finite() { (units * 0.0254).max(0.0) } else { 0.0 };
    if m < 9.95 { format!("{m:.1}{UNIT_GAP}m") } else { format!("{}{UNIT_GAP}m", count((m + 0.5) as u64)) }
}

/// A long distance: as [`metres`], from one kilometre on with one decimal of it.
pub fn kilometres(units: f64) -> String {
    let km = units * 0.0254 / 1000.0;
    if km < 1.0 { metres(units) } else { format!("{km:.1}{UNIT_GAP}km") }
}

/// A run of numbers as people write it: `1–3, 5`. Sorted and without repeats; empty for none.
pub fn ranges(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut numbers: Vec<u32> = numbers.into_iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut out = String::new();
    for run in numbers.chunk_by(|a, b| a + 1 == *b) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        match run {
            [one] => out.push_str(&one.to_string()),
            [first, .., last] => out.extend([first.to_string().as_str(), "–", last.to_string().as_str()]),
            [] => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_have_thin_gaps() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(27_809), "27\u{2006}809");
        assert_eq!(count(1_000_000), "1\u{2006}000\u{2006}000");
        assert_eq!(counted(1, "life", "lives"), "1 life");
        assert_eq!(counted(0, "life", "lives"), "0 lives");
    }

    #[test]
    fn shares_are_whole_percent() {
        assert_eq!(percent(0.214), "21\u{a0}%");
        assert_eq!(percent(0.0), "0\u{a0}%");
        assert_eq!(percent(0.001), "<\u{a0}1\u{a0}%");
        assert_eq!(percent(f64::NAN), "0\u{a0}%");
        assert_eq!(percent(2.0), "100\u{a0}%");
    }

    #[test]
    fn percents_of_a_whole_add_up() {
        assert_eq!(percents(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(percents(&[0, 0]), [0, 0]);
        assert_eq!(percents(&[7, 0, 0]), [100, 0, 0]);
        let parts = [u64::MAX, u64::MAX, 12, 5];
        assert_eq!(percents(&parts).iter().sum::<u32>(), 100);
    }

    #[test]
    fn times_and_lengths() {
        assert_eq!(seconds(5.46), "5.5\u{a0}s");
        assert_eq!(seconds(99.97), "100\u{a0}s");
        assert_eq!(seconds(-1.0), "0.0\u{a0}s");
        assert_eq!(metres(1024.0), "26\u{a0}m");
        assert_eq!(metres(64.0), "1.6\u{a0}m");
        assert_eq!(kilometres(10_000.0), "254\u{a0}m");
        assert_eq!(kilometres(100_000.0), "2.5\u{a0}km");
    }

    #[test]
    fn scale_values_keep_two_digits() {
        let written: Vec<String> = [0.0, 0.004, 0.04, 0.24, 2.24, 9.97, 31.2].map(significant).to_vec();
        assert_eq!(written, ["0", "0.004", "0.040", "0.24", "2.2", "10", "31"]);
    }

    #[test]
    fn runs_of_rounds() {
        assert_eq!(ranges([2, 1, 3, 5, 5]), "1–3, 5");
        assert_eq!(ranges([1]), "1");
        assert_eq!(ranges([]), "");
    }
}
