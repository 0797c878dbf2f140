//! What is said of rounds that were read from demos.

use super::number;
use crate::model::Recordings;

/// `2 rounds from several recordings each, 3 conflicts` and `dated by the demo's file`, each where it is so.
pub fn lines<'a>(recordings: impl Iterator<Item = &'a Recordings>) -> Vec<String> {
    let (mut together, mut conflicts, mut dated) = (0, 0, 0);
    for of_round in recordings {
        together += u64::from(of_round.files.len() > 1);
        conflicts += u64::from(of_round.conflicts);
        dated += u64::from(of_round.dated_by_file);
    }
    let mut lines = Vec::new();
    if together > 0 {
        let rounds = number::counted(together, "round", "rounds");
        let conflicts = number::counted(conflicts, "conflict", "conflicts");
        lines.push(format!("{rounds} from several recordings, {conflicts}"));
    }
    match dated {
        0 => {}
        1 => lines.push("date: last change of the demo's file".to_owned()),
        _ => lines.push("dates: last changes of the demos' files".to_owned()),
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_demos_do_not_tell_is_said() {
        let one = Recordings { files: vec!["a.dm_84".into()], conflicts: 0, dated_by_file: true };
        let two = Recordings {
            files: vec!["a.dm_84".into(), "b.tv_84".into()],
            conflicts: 3,
            dated_by_file: false,
        };
        let plain = |all: &[Recordings]| lines(all.iter()).join(" / ").replace(number::UNIT_GAP, " ");
        assert_eq!(plain(&[]), "");
        assert_eq!(plain(std::slice::from_ref(&one)), "date: last change of the demo's file");
        assert_eq!(plain(std::slice::from_ref(&two)), "1 round from several recordings, 3 conflicts");
        let all = plain(&[one.clone(), one, two.clone(), two]);
        assert_eq!(
            all,
            "2 rounds from several recordings, 6 conflicts / dates: last changes of the demos' files"
        );
    }
}
