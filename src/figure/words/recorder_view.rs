//! What is said of rounds in which a player's own demo shows the others only while they were in view.

use super::number;
use crate::model::RecorderView;

/// What heat of such rounds is made of.
pub const HEAT: &str = "heat counts only what was seen";

/// `recorder's view: others seen 41 % of their time, their health known in part`, with their number when not all of `rounds`
/// are such rounds; `None` when none is. A body does not show its health, but the list of teammates does.
pub fn line(views: impl Iterator<Item = RecorderView>, rounds: u64) -> Option<String> {
    let views: Vec<RecorderView> = views.filter(|view| view.alive_ms > 0).collect();
    let of = match views.len() as u64 {
        some if some < rounds => format!(" in {some} of {}", number::counted(rounds, "round", "rounds")),
        _ => String::new(),
    };
    Some(format!("recorder's view{of}: {}, their health known in part", short(views.into_iter())?))
}

/// `others seen 41 % of their time`, where there is no room for more.
pub fn short(views: impl Iterator<Item = RecorderView>) -> Option<String> {
    let all = views.filter(|view| view.alive_ms > 0).reduce(std::ops::Add::add)?;
    Some(format!("others seen {} of their time", number::percent(all.share())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_how_much_of_the_others_was_seen() {
        let views = [(20_000, 100_000), (62_000, 100_000)];
        let views = || views.map(|(seen_ms, alive_ms)| RecorderView { seen_ms, alive_ms }).into_iter();
        let plain = |rounds| line(views(), rounds).map(|line| line.replace(number::UNIT_GAP, " "));
        assert_eq!(
            plain(2).as_deref(),
            Some("recorder's view: others seen 41 % of their time, their health known in part")
        );
        assert_eq!(
            plain(3).as_deref(),
            Some(
                "recorder's view in 2 of 3 rounds: others seen 41 % of their time, their health known in part"
            )
        );
        assert_eq!(line(std::iter::empty(), 3), None);
    }
}
