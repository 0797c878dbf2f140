//! A calendar of the sessions: a month for each in which there was one.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::SessionEntry;

/// A month with its days in weeks from Monday on.
pub(crate) struct Month {
    pub title: String,
    pub weeks: Vec<[Day; 7]>,
}

/// A day of a month; 0 for a place before its first or after its last day.
#[derive(Clone, Default)]
pub(crate) struct Day {
    pub day: i8,
    /// The session's folder, if there was one.
    pub folder: Option<String>,
}

/// Every month with a session, the latest first.
pub(crate) fn months(sessions: &[SessionEntry]) -> Vec<Month> {
    let mut by_month: BTreeMap<Date, BTreeMap<i8, &str>> = BTreeMap::new();
    for session in sessions {
        if let Some(date) = session.date {
            by_month.entry(date.first_of_month()).or_default().insert(date.day(), &session.folder);
        }
    }
    by_month.into_iter().rev().map(|(first, days)| month(first, &days)).collect()
}

fn month(first: Date, sessions: &BTreeMap<i8, &str>) -> Month {
    let mut weeks: Vec<[Day; 7]> = Vec::new();
    let mut date = Some(first);
    while let Some(day) = date.filter(|day| day.month() == first.month()) {
        let column = day.weekday().to_monday_zero_offset() as usize;
        if weeks.is_empty() || column == 0 {
            weeks.push(Default::default());
        }
        if let Some(week) = weeks.last_mut() {
            let folder = sessions.get(&day.day()).map(|folder| (*folder).to_owned());
            week[column] = Day { day: day.day(), folder };
        }
        date = day.checked_add(1.day()).ok();
    }
    Month { title: first.strftime("%B %Y").to_string(), weeks }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_all_its_days_in_weeks() {
        let first: Date = "2026-03-01".parse().unwrap();
        let month = month(first, &BTreeMap::from([(14, "2026-03-14")]));
        assert_eq!(month.title, "March 2026");
        let days: Vec<&Day> = month.weeks.iter().flatten().filter(|day| day.day > 0).collect();
        assert_eq!(days.len(), 31);
        // The 1st of March 2026 is a Sunday.
        assert_eq!(month.weeks[0][6].day, 1);
        assert_eq!(days[13].folder.as_deref(), Some("2026-03-14"));
    }
}
