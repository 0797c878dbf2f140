//! Three pictures of one round, as SVG: `cargo run --example paths_exits_and_a_life -- FILE OUTDIR`

use std::error::Error;

use proximity::analysis::Filter;
use proximity::analysis::lives;
use proximity::basemap::BaseStyle;
use proximity::figure::exits::{self, ExitsSpec};
use proximity::figure::life::LifeCard;
use proximity::figure::paths::{PathsAccumulator, PathsSpec};
use proximity::figure::{Canvas, Orientation, Sheet};
use proximity::map::MapLibrary;
use proximity::{format, svg};

/// `paths.svg`, `exits.svg` and `life.svg` of the round in a tracker file.
///
/// # Errors
/// Bytes that are no tracker file, an unknown map, a round without lives.
pub fn pictures(bytes: &[u8], size_px: u32) -> Result<[(&'static str, String); 3], Box<dyn Error>> {
    let round = format::read(bytes, &format::ReadOptions::default())?.file.round;
    let map = MapLibrary::open::<&str>(&[])?.find(&round.meta.map)?.ok_or("the map is not known")?;
    let filter = Filter::default();
    let context = Canvas {
        map: &map,
        picture: None,
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, size_px).ok_or("no such size")?,
        crop: None,
        filter: &filter,
    };

    let mut paths = PathsAccumulator::new(map.extent.rect);
    paths.add(0, &round, &filter);
    let paths = paths.finish(&PathsSpec::default(), &context);

    let exits = exits::figure(std::slice::from_ref(&round), &ExitsSpec::default(), &context);

    let all = lives(&round, &filter);
    let longest = all.lives.iter().max_by_key(|life| life.alive_ms()).ok_or("a round without lives")?;
    let (card, data_summary) = LifeCard::with_data_summary(0, longest, &filter, &map.extent.rect);
    let card = card.figure(&context, &data_summary).ok_or("a life without a place")?;

    Ok([
        ("paths.svg", svg::write(&paths.scene)),
        ("exits.svg", svg::write(&exits.scene)),
        ("life.svg", svg::write(&card.scene)),
    ])
}

#[allow(dead_code, reason = "the tests take this file as a module")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("expected FILE OUTDIR".into());
    };
    std::fs::create_dir_all(&folder)?;
    for (name, picture) in pictures(&std::fs::read(file)?, 1080)? {
        std::fs::write(std::path::Path::new(&folder).join(name), picture)?;
    }
    Ok(())
}
