//! Maps that are part of the program.

use crate::map::name::MapName;
use crate::map::picture::Picture;

/// Name, description and picture of each shipped map.
const SHIPPED: &[(&str, &str, &str, &[u8])] = &[(
    "proximity_demo",
    include_str!("../../../maps/proximity_demo.toml"),
    "proximity_demo.png",
    include_bytes!("../../../maps/proximity_demo.png"),
)];

/// A shipped map's description (file name, TOML) and picture.
pub(crate) fn find(name: &MapName) -> Option<(String, &'static str, Picture)> {
    SHIPPED
        .iter()
        .find(|(map, ..)| *map == name.as_str())
        .map(|&(map, toml, picture, bytes)| (format!("{map}.toml"), toml, Picture::shipped(picture, bytes)))
}

/// The names of all shipped maps.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(map, ..)| *map)
}
