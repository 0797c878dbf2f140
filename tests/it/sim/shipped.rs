//! What is in the repository comes from the program: the sample session, the map's description, its picture.

use std::path::{Path, PathBuf};

use proximity::map::MapLibrary;
use proximity::sim::plan::Plan;
use proximity::sim::{SampleOptions, write_session};

#[path = "../../../examples/draw_sample_map/main.rs"]
mod draw_sample_map;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_sample_session_is_what_sample_makes() {
    let folder = root("examples/session");
    let files = write_session(&SampleOptions::default()).unwrap();
    let mut kept: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("_engagements.txt"))
        .collect();
    kept.sort();
    assert_eq!(kept, files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    for (name, bytes) in &files {
        assert!(std::fs::read(folder.join(name)).unwrap() == *bytes, "{name} differs; make it again");
    }
    let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(size <= 2 << 20, "{size} bytes");
}

#[test]
fn the_maps_description_is_written_from_the_plan() {
    let plan = Plan::kestrel_ford().unwrap();
    let kept = std::fs::read_to_string(root("maps/proximity_demo.toml")).unwrap();
    assert_eq!(kept, plan.description().to_toml(), "run the example draw_sample_map");
}

#[test]
fn the_shipped_map_knows_where_it_lies() {
    let map = MapLibrary::open::<&Path>(&[]).unwrap().find("Proximity_Demo").unwrap().unwrap();
    let plan = Plan::kestrel_ford().unwrap();
    let rect = map.extent.rect;
    assert_eq!([rect.min_x(), rect.max_y()], plan.mins);
    assert_eq!([rect.max_x(), rect.min_y()], plan.maxs);
    let spawns = plan.spawns.iter().map(|spawn| spawn.name.as_str());
    assert!(spawns.into_iter().all(|name| map.labels.iter().any(|label| label.text == name)));
}

#[test]
fn the_maps_picture_is_drawn_from_the_plan() {
    let drawn = draw_sample_map::picture(&Plan::kestrel_ford().unwrap(), 1024).unwrap();
    let kept = std::fs::read(root("maps/proximity_demo.png")).unwrap();
    assert!(kept.len() <= 400_000, "{} bytes", kept.len());
    let [drawn, kept] = [&drawn, &kept].map(|png| image::load_from_memory(png).unwrap().into_rgb8());
    let off: u64 = drawn.iter().zip(kept.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    // Another processor may round an edge or a colour of the palette otherwise.
    assert!(off < drawn.len() as u64 / 2, "run the example draw_sample_map: {off}");
}
