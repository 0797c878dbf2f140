//! Compass directions.

/// Eight directions; north is up on a command map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Compass {
    /// +y.
    North,
    /// +x +y.
    NorthEast,
    /// +x.
    East,
    /// +x −y.
    SouthEast,
    /// −y.
    South,
    /// −x −y.
    SouthWest,
    /// −x.
    West,
    /// −x +y.
    NorthWest,
}

impl Compass {
    /// The direction of a vector; north for no vector at all.
    pub fn of(dx: f64, dy: f64) -> Self {
        /// tan(22.5°): where one of eight sectors ends.
        const SECTOR: f64 = std::f64::consts::SQRT_2 - 1.0;
        let (wide, high) = (dx.abs(), dy.abs());
        if wide <= high * SECTOR {
            if dy >= 0.0 { Self::North } else { Self::South }
        } else if high <= wide * SECTOR {
            if dx >= 0.0 { Self::East } else { Self::West }
        } else {
            match (dx >= 0.0, dy >= 0.0) {
                (true, true) => Self::NorthEast,
                (true, false) => Self::SouthEast,
                (false, false) => Self::SouthWest,
                (false, true) => Self::NorthWest,
            }
        }
    }

    /// Its letters: `NE`.
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::North => "N",
            Self::NorthEast => "NE",
            Self::East => "E",
            Self::SouthEast => "SE",
            Self::South => "S",
            Self::SouthWest => "SW",
            Self::West => "W",
            Self::NorthWest => "NW",
        }
    }

    /// The word that is shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::North => "north",
            Self::NorthEast => "north-east",
            Self::East => "east",
            Self::SouthEast => "south-east",
            Self::South => "south",
            Self::SouthWest => "south-west",
            Self::West => "west",
            Self::NorthWest => "north-west",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Compass::{self, East, North, NorthEast, NorthWest, South, SouthEast, SouthWest, West};

    #[test]
    fn each_sector_is_an_eighth_of_a_turn() {
        let cases = [
            (0.0, 1.0, North),
            (0.41, 1.0, North),
            (0.42, 1.0, NorthEast),
            (1.0, 0.42, NorthEast),
            (1.0, 0.41, East),
            (1.0, -1.0, SouthEast),
            (0.0, -1.0, South),
            (-1.0, -1.0, SouthWest),
            (-1.0, 0.0, West),
            (-1.0, 1.0, NorthWest),
            (0.0, 0.0, North),
        ];
        for (dx, dy, direction) in cases {
            assert_eq!(Compass::of(dx, dy), direction, "{dx} {dy}");
        }
    }
}
