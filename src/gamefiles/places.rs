//! Names that players have for places: `maps/<map>_loc.dat` and its kin.

use crate::geom::WorldPoint;
use crate::map::{LabelKind, MapLabel};

/// The largest file the game reads, bytes.
#[cfg(feature = "import")]
pub(crate) const LARGEST: usize = 32 << 10;
/// Most places the game keeps.
const MOST: usize = 1024;

/// The places of a file: lines `x y z "name"`. `@` as a name repeats the one before; `//` begins a comment; lines
/// that are neither are passed over, as in the game.
pub fn parse_places(text: &str) -> Vec<MapLabel> {
    let mut places: Vec<MapLabel> = Vec::new();
    let mut last = String::new();
    for line in text.lines() {
        let Some((numbers, name)) = line.split_once('"') else { continue };
        let numbers: Vec<f32> = numbers.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let [x, y, z] = numbers[..] else { continue };
        let name = name.split_once('"').map_or(name, |(name, _)| name);
        if name != "@" {
            name.clone_into(&mut last);
        }
        places.extend(MapLabel::new(LabelKind::Place, None, &last, WorldPoint::new(x, y, z)));
        if places.len() == MOST {
            break;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_repeat_and_comments_are_passed_over() {
        let text = "// names\n-100 20.5 8 \"^3Sea^7wall\"\n\n 1 2 3 \"@\"\n4 5 \"no z\"\nx y z \"no number\"\n\
                    // 1 2 3 \"comment\"\n7 8 9 \"open end\n1e9 0 0 \"beyond the world\"";
        let places = parse_places(text);
        let names: Vec<&str> = places.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(names, ["Seawall", "Seawall", "open end"]);
        assert_eq!(places[0].at, WorldPoint::new(-100.0, 20.5, 8.0));
        assert_eq!(parse_places(&"1 2 3 \"a\"\n".repeat(3000)).len(), 1024);
    }
}
