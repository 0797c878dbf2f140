//! A session's report as a folder: `cargo run --example report_of_files -- OUTDIR FILE…`

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::error::Error;
use std::fs;
use std::path::Path;

use proximity::analysis::Filter;
use proximity::basemap::BaseStyle;
use proximity::map::{MapLibrary, PictureLimits};
use proximity::model::Round;
use proximity::report::{FloorsData, MapData, PageData, Report};
use proximity::{format, raster};

/// Writes `index.html`, its pictures and its tables into `out`; says how many pictures there are.
///
/// # Errors
/// Bytes that are no tracker file, an unknown map, a folder that cannot be written.
pub fn report(files: &[(String, Vec<u8>)], out: &Path) -> Result<usize, Box<dyn Error>> {
    let mut rounds: Vec<Round> = Vec::new();
    for (name, bytes) in files {
        let options = format::ReadOptions { file_name: Some(name.clone()), ..format::ReadOptions::default() };
        rounds.push(format::read(bytes, &options)?.file.round);
    }

    // Every map that was played, once, with its picture.
    let library = MapLibrary::open::<&str>(&[])?;
    let (mut map_data, mut map_of) = (Vec::new(), BTreeMap::new());
    for round in &rounds {
        let name = round.meta.map.to_ascii_lowercase();
        if let Entry::Vacant(place) = map_of.entry(name) {
            let map = library.find(place.key())?.ok_or("the map is not known")?;
            let picture = map.picture.as_ref().map(|p| p.load(&PictureLimits::default())).transpose()?;
            place.insert(map_data.len());
            map_data.push(MapData { map, picture, heights: None, floors: FloorsData::default() });
        }
    }

    let filter = Filter::default();
    let report = Report::plan(&rounds, &filter, &map_data, &map_of, BaseStyle::Dim)?;
    fs::create_dir_all(out.join("pictures"))?;
    let mut page = PageData::default();
    for picture in report.pictures() {
        let figure = report.figure(picture)?.ok_or("a life without a place")?;
        let png = raster::encode::png(&raster::render(&figure.scene)?, &[], raster::encode::Effort::Fast)?;
        fs::write(out.join(&picture.file), png)?;
        page.recipes.insert(picture.file.clone(), figure.recipe);
    }
    for (name, bytes) in report.downloads() {
        fs::create_dir_all(out.join(name).parent().unwrap_or(out))?;
        fs::write(out.join(name), bytes)?;
        page.downloads.push(name);
    }
    fs::write(out.join("index.html"), report.page(&page)?)?;
    Ok(page.recipes.len())
}

#[allow(dead_code, reason = "the tests take this file as a module")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("expected OUTDIR FILE…")?;
    let read = |path: String| Ok((path.clone(), fs::read(path)?));
    let files: Vec<_> = arguments.map(read).collect::<std::io::Result<_>>()?;
    report(&files, Path::new(&out))?;
    Ok(())
}
