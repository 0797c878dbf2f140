//! `tinfo`: where a player's teammates are, once a second, in whole units.

/// What the list says about a teammate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) struct Teammate {
    pub(in crate::demo) slot: u8,
    pub(in crate::demo) x: i32,
    pub(in crate::demo) y: i32,
    /// Missing in mods of the 2.60 family.
    pub(in crate::demo) z: Option<i32>,
    /// −1 in limbo, 0 dead or wounded.
    pub(in crate::demo) health: i32,
}

/// Reads the numbers of a `tinfo` command: how many teammates, then 5, 6 or 7 numbers for each.
pub(in crate::demo) fn teammates(numbers: &[i32]) -> impl Iterator<Item = Teammate> {
    let (count, rest) = numbers.split_first().map_or((0, &[][..]), |(count, rest)| (*count, rest));
    let count = usize::try_from(count).unwrap_or(0);
    let width =
        rest.len().checked_div(count).filter(|width| (5..=7).contains(width) && width * count == rest.len());
    rest.chunks_exact(width.unwrap_or(usize::MAX)).filter_map(|group| {
        let slot = u8::try_from(group[0]).ok().filter(|slot| *slot < 64)?;
        let deep = group.len() > 5;
        let health = group[if deep { 4 } else { 3 }];
        Some(Teammate { slot, x: group[1], y: group[2], z: deep.then(|| group[3]), health })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_of_a_group_follows_from_their_number() {
        let deep = |numbers: &[i32]| teammates(numbers).map(|t| (t.slot, t.z, t.health)).collect::<Vec<_>>();
        assert_eq!(
            deep(&[2, 3, -120, 88, 24, 100, 0, 48, 5, 1, 2, 3, 0, 0, 0]),
            [(3, Some(24), 100), (5, Some(3), 0)]
        );
        assert_eq!(deep(&[1, 3, -120, 88, 24, 100, 0]), [(3, Some(24), 100)]);
        assert_eq!(deep(&[1, 3, -120, 88, 100, 0]), [(3, None, 100)]);
        for odd in [&[][..], &[0], &[2, 1, 2, 3], &[-1, 5], &[1, 64, 0, 0, 0, 0], &[i32::MAX, 1]] {
            assert_eq!(deep(odd), []);
        }
    }
}
