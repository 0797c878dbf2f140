//! Where time was spent on a map, by state: `cargo run --example heatmap_of_files -- OUT.png FILE…`

use std::error::Error;

use proximity::analysis::Filter;
use proximity::basemap::BaseStyle;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec};
use proximity::figure::{Canvas, Orientation, Sheet};
use proximity::map::{MapLibrary, PictureLimits};
use proximity::{format, raster};

/// The heatmap of all `files` (name and bytes of each) on the map of the first, as the bytes of a PNG.
///
/// # Errors
/// A file that is no tracker file, or an unknown map.
pub fn heatmap(files: &[(String, Vec<u8>)], size_px: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut rounds = Vec::new();
    for (name, bytes) in files {
        let options = format::ReadOptions { file_name: Some(name.clone()), ..format::ReadOptions::default() };
        rounds.push(format::read(bytes, &options)?.file.round);
    }
    let first = rounds.first().ok_or("no files")?;
    let library = MapLibrary::open::<&str>(&[])?;
    let map = library.find(&first.meta.map)?.ok_or("the map is not known")?;
    let picture = map.picture.as_ref().map(|picture| picture.load(&PictureLimits::default())).transpose()?;

    let filter = Filter::default();
    let mut heat = HeatmapAccumulator::new(HeatmapSpec::default(), &map.extent.rect)?;
    for round in &rounds {
        heat.add(round, &filter);
    }
    let figure = heat.finish(&Canvas {
        map: &map,
        picture: picture.as_ref(),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, size_px).ok_or("no such size")?,
        crop: None,
        filter: &filter,
    });
    let bitmap = raster::render(&figure.scene)?;
    Ok(raster::encode::png(
        &bitmap,
        &[("proximity", &figure.recipe.to_json())],
        raster::encode::Effort::Fast,
    )?)
}

#[allow(dead_code, reason = "the tests take this file as a module")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("expected OUT.png FILE…")?;
    let mut files = Vec::new();
    for path in arguments {
        let name =
            std::path::Path::new(&path).file_name().ok_or("no file name")?.to_string_lossy().into_owned();
        files.push((name, std::fs::read(&path)?));
    }
    std::fs::write(out, heatmap(&files, 1080)?)?;
    Ok(())
}
