//! A floor: movement between two heights.

/// Movement whose steps begin above one height and not above another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Floor {
    /// Which floor, from the lowest, 0.
    pub number: usize,
    /// Heights of players' origins above this belong to it, units. `None`: there is no floor below.
    pub above_units: Option<i32>,
    /// Heights up to and with this belong to it, units. `None`: there is no floor above.
    pub up_to_units: Option<i32>,
}

impl Floor {
    /// The floors that ceilings part, the lowest first: none for fewer than two ceilings. What lies above the last
    /// ceiling belongs to the highest floor. (The game's command map shows it on its first layer instead, for want of
    /// another.)
    pub fn between(ceilings_units: impl IntoIterator<Item = f32>) -> Vec<Self> {
        let mut tops: Vec<i32> =
            ceilings_units.into_iter().filter(|top| top.is_finite()).map(|top| top.round() as i32).collect();
        tops.sort_unstable();
        tops.dedup();
        let Some((_, parting)) = tops.split_last() else { return Vec::new() };
        if parting.is_empty() {
            return Vec::new();
        }
        (0..=parting.len())
            .map(|number| Self {
                number,
                above_units: number.checked_sub(1).map(|below| parting[below]),
                up_to_units: parting.get(number).copied(),
            })
            .collect()
    }

    /// Whether a height is on it.
    pub fn holds(&self, z: f32) -> bool {
        self.above_units.is_none_or(|above| z > above as f32)
            && self.up_to_units.is_none_or(|up_to| z <= up_to as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_height_is_on_exactly_one_floor() {
        let floors = Floor::between([400.0, 96.0, 96.2, 250.0]);
        assert_eq!(floors.len(), 3);
        for z in [-9e4, 96.0, 96.1, 250.0, 250.5, 400.0, 9e4] {
            assert_eq!(floors.iter().filter(|floor| floor.holds(z)).count(), 1, "{z}");
        }
        assert!(floors[0].holds(96.0) && floors[1].holds(96.1) && floors[2].holds(9e4));
        assert!(Floor::between([128.0]).is_empty() && Floor::between([]).is_empty());
        assert!(Floor::between([128.0, f32::NAN]).is_empty());
    }
}
