//! The example programs, run on the sample session that comes with the project.

use std::fs;
use std::path::Path;

#[cfg(feature = "render")]
#[path = "../../examples/heatmap_of_files.rs"]
mod heatmap_of_files;
#[cfg(feature = "sqlite")]
#[path = "../../examples/keep_in_a_store.rs"]
mod keep_in_a_store;
#[path = "../../examples/movers.rs"]
mod movers;
#[cfg(feature = "render")]
#[path = "../../examples/paths_exits_and_a_life.rs"]
mod paths_exits_and_a_life;
#[cfg(feature = "publish")]
#[path = "../../examples/report_of_files.rs"]
mod report_of_files;

/// The folder of the sample session.
#[cfg(any(feature = "render", feature = "sqlite"))]
fn session() -> String {
    format!("{}/examples/session", env!("CARGO_MANIFEST_DIR"))
}

/// Name and bytes of each sample file, in order.
fn files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[cfg(feature = "render")]
#[test]
fn heatmap_of_files_draws_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("heat.png");
    heatmap_of_files::heatmap(&session(), out.to_str().unwrap(), 240).unwrap();
    let picture = image::open(&out).unwrap();
    assert_eq!((picture.width(), picture.height()), (338, 240));
}

#[cfg(feature = "render")]
#[test]
fn paths_exits_and_a_life_are_three_pictures() {
    let file = format!("{}/{}", session(), files()[0].0);
    let pictures = paths_exits_and_a_life::pictures(&file, 480).unwrap();
    for (name, svg) in pictures {
        assert!(svg.starts_with("<svg") || svg.starts_with("<?xml"), "{name}");
        assert!(svg.matches("<text").count() > 10, "{name}");
    }
}

#[test]
fn movers_lists_every_player_once() {
    let (_, bytes) = files().remove(0);
    let text = movers::movers(&[bytes]).unwrap();
    assert!(text.lines().count() >= 8, "{text}");
}

#[cfg(feature = "publish")]
#[test]
fn report_of_files_makes_a_whole_folder() {
    let folder = tempfile::tempdir().unwrap();
    let pictures =
        report_of_files::report(&format!("{}/{}", session(), files()[0].0), folder.path()).unwrap();
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    let files = fs::read_dir(folder.path().join("pictures")).unwrap();
    let mut names: Vec<String> =
        files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    for name in &names {
        assert!(page.contains(name), "{name} is not on the page");
    }
    names.retain(|name| !["-small.", "-light.", "-ground.", "share."].iter().any(|part| name.contains(part)));
    assert_eq!(names.len(), pictures);
    let charts = page.split("<figure class=\"chart\"").skip(1).map(|chart| {
        let (chart, _) = chart.split_once("</figure>").unwrap();
        chart.replace('>', ">\n")
    });
    insta::assert_snapshot!("charts_of_a_page", charts.collect::<String>());
}

#[cfg(feature = "sqlite")]
#[test]
fn keep_in_a_store_keeps_a_file_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("kept.db");
    let once = keep_in_a_store::keep(&database, &session()).unwrap();
    let again = keep_in_a_store::keep(&database, &session()).unwrap();
    assert!(once.lines().count() >= 8, "{once}");
    assert_eq!(once, again);
}
