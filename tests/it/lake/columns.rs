//! Heatmaps straight from columns: the same as from rounds, and no more is read than they need.

use std::fs;
use std::ops::Range;
use std::path::Path;

use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
use proximity::figure::heatmap::HeatmapSpec;
use proximity::lake::{Lake, LakeWriter, Secret};
use proximity::model::{Guid, PlayerName};
use proximity::progress::Silent;
use proximity::{Bots, Figure as _, Filter, Heatmap, Layout, Maps, Round, Rounds};

use super::{Home, by_hash, files, player, session_rounds};
use crate::cli::said;

/// The session's rounds again and again, one a day from March on; the player is in the first only.
fn season(count: usize) -> (Vec<Round>, Guid) {
    let (guid, _) = player();
    let session = session_rounds();
    let other = Guid::from("00112233445566778899AABBCCDDEEFF");
    let rounds = (0..count).map(|number| {
        let mut round = session[number % session.len()].clone();
        round.meta.content_hash = format!("{:016x}{number:048x}", number << 48).into();
        round.meta.file_name = Some(format!("{number:04}-proximity_demo-round-1_engagements.txt").into());
        let later = jiff::Span::new().days(number as i64);
        round.meta.stamp = round.meta.stamp.map(|stamp| stamp.checked_add(later).unwrap());
        round.meta.start_unix = round.meta.start_unix.map(|unix| unix + 86_400 * number as i64);
        if number > 0 {
            for track in round.tracks.iter_mut().filter(|track| track.guid == guid) {
                track.guid = other.clone();
                track.name = PlayerName::from("another");
            }
        }
        round
    });
    (rounds.collect(), guid)
}

fn draw(rounds: &Rounds, filter: &Filter) -> Vec<u8> {
    let map = Maps::default().library().unwrap().find("proximity_demo").unwrap().unwrap();
    let heatmap = Heatmap { spec: HeatmapSpec::default(), ..Heatmap::default() };
    heatmap.draw(&rounds.select(filter), &map, Layout::landscape(128)).unwrap().png().unwrap()
}

/// Writes noise over every page of a table of samples that has none of these rows. Gives the bytes that are left and those
/// that are gone.
fn without_pages(path: &Path, rows: &Range<usize>) -> (usize, usize) {
    let mut bytes = fs::read(path).unwrap();
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Required)
        .parse_and_finish(&fs::File::open(path).unwrap())
        .unwrap();
    let group = metadata.row_group(0);
    assert_eq!(metadata.num_row_groups(), 1);
    let (mut left, mut gone) = (0, 0);
    for column in &metadata.offset_index().unwrap()[0] {
        let pages = column.page_locations();
        for (index, page) in pages.iter().enumerate() {
            let first = page.first_row_index as usize;
            let end = pages.get(index + 1).map_or(group.num_rows(), |next| next.first_row_index) as usize;
            let place = page.offset as usize..page.offset as usize + page.compressed_page_size as usize;
            if first < rows.end && rows.start < end {
                left += place.len();
            } else {
                gone += place.len();
                bytes[place].fill(0xA5);
            }
        }
    }
    fs::write(path, bytes).unwrap();
    (left, gone)
}

#[test]
fn a_player_costs_only_the_files_and_pages_that_hold_the_player() {
    let home = Home::new();
    // Into May; a map has one file a month.
    let (rounds, guid) = season(60);
    let first = rounds[0].samples();
    home.add(rounds);
    LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
    LakeWriter::open(home.lake()).unwrap().compact(&Silent).unwrap();
    let filter = Filter::new().map("proximity_demo").player(guid.as_str());
    let open = || Rounds::open(format!("lake:{}", home.lake().display())).unwrap();
    let expected = draw(&open(), &filter);
    let samples = files(&home.lake().join("samples"));
    assert_eq!(samples.len(), 3, "{samples:?}");
    for other in &samples[1..] {
        fs::remove_file(other).unwrap();
    }
    let (left, gone) = without_pages(&samples[0], &(0..first));
    assert!(gone > 2 * left, "{gone} bytes are not needed, {left} are");
    assert!(draw(&open(), &filter) == expected, "the same from what is left");
    // Whoever is in the other rounds, too, cannot be drawn any more.
    let map = Maps::default().library().unwrap().find("proximity_demo").unwrap().unwrap();
    let all = Filter::new().map("proximity_demo");
    Heatmap::by_state().draw(&open().select(&all), &map, Layout::landscape(128)).unwrap_err();
}

#[test]
fn rounds_of_every_tracker_have_the_same_heat_from_columns() {
    let home = Home::new();
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/good");
    let from_files = Rounds::open(good).unwrap();
    let rounds = from_files.to_vec().unwrap();
    home.add(rounds.clone());
    let from_lake = Rounds::open(format!("lake:{}", home.lake().display())).unwrap();
    let library = Maps::default().library().unwrap();
    let mut maps: Vec<String> = rounds.iter().map(|round| round.meta.map.to_ascii_lowercase()).collect();
    maps.sort();
    maps.dedup();
    let mut drawn = 0;
    let mut dropped = 0;
    for map in maps.iter().filter_map(|map| library.find(map).unwrap()) {
        for filter in [Filter::new().bots(Bots::Include), Filter::new().bots(Bots::Include).player("Bravo")] {
            let filter = filter.map(&map.name);
            let draw = |rounds: &Rounds| {
                Heatmap::by_state().draw(&rounds.select(&filter), &map, Layout::landscape(128))
            };
            match (draw(&from_files), draw(&from_lake)) {
                (Ok(expected), Ok(found)) => {
                    assert!(expected.recipe == found.recipe, "{:#?} {:#?}", expected.recipe, found.recipe);
                    assert!(expected == found, "{filter:?}");
                    drawn += 1;
                    dropped += expected.recipe.counts.dropped;
                }
                (Err(expected), Err(found)) => assert_eq!(expected.to_string(), found.to_string()),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(drawn > 2 && dropped > 0, "{drawn} pictures, {dropped} samples left out");
}

#[test]
fn columns_that_do_not_fit_their_lives_are_not_drawn() {
    let home = Home::new();
    let mut rounds = session_rounds();
    home.add(rounds.clone());
    let other = Home::new();
    rounds[1].tracks[2].samples.truncate(7);
    other.add(rounds);
    let [ours, theirs] = [&home, &other].map(|home| files(&home.lake().join("samples")).swap_remove(0));
    fs::copy(theirs, &ours).unwrap();
    let map = Maps::default().library().unwrap().find("proximity_demo").unwrap().unwrap();
    let filter = Filter::new().map("proximity_demo");
    let rounds = Rounds::open(format!("lake:{}", home.lake().display())).unwrap();
    Heatmap::by_state().draw(&rounds.select(&filter), &map, Layout::landscape(128)).unwrap_err();
}

#[test]
fn a_lake_of_the_first_version_is_read_and_becomes_one_of_the_newest() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/lake");
    let home = tempfile::tempdir().unwrap();
    let lake = home.path().join("lake");
    copy(&data.join("v1"), &lake);
    let expected = by_hash(Rounds::open(data.join("v1-rounds")).unwrap().to_vec().unwrap());
    let open = || Rounds::open(format!("lake:{}", lake.display())).unwrap();
    assert!(by_hash(open().to_vec().unwrap()) == expected);
    let filter = Filter::new().map("proximity_demo");
    let of_files = draw(&Rounds::open(data.join("v1-rounds")).unwrap(), &filter);
    assert!(draw(&open(), &filter) == of_files);
    let checked = Lake::open(&lake).unwrap().check(&Silent);
    assert_eq!(checked.faults, Vec::<String>::new());
    assert!(checked.notes[0].contains("`proximity lake compact` cleans anew"), "{:?}", checked.notes);
    let secret = home.path().join("secret");
    fs::write(&secret, "sixteen bytes of secret").unwrap();
    let secret = Secret::of_file(&secret, &lake).unwrap();
    let again = expected.values().cloned().collect();
    assert_eq!(LakeWriter::open(&lake).unwrap().add(again, &secret).unwrap().new, 0);
    let words = lake.to_str().unwrap();
    assert!(said(&["lake", "compact", words]).contains("1 set of files before, 1 now"));
    assert!(fs::read_to_string(lake.join("_lake.json")).unwrap().contains("\"lake\": 2"));
    let checked = Lake::open(&lake).unwrap().check(&Silent);
    assert_eq!((checked.faults, checked.notes), (Vec::new(), Vec::new()));
    assert!(by_hash(open().to_vec().unwrap()) == expected);
    assert!(draw(&open(), &filter) == of_files);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &name);
        } else {
            fs::copy(&path, name).unwrap();
        }
    }
}

#[test]
fn what_pictures_are_drawn_from_takes_six_bytes_a_sample() {
    let home = Home::new();
    let (rounds, lake, secret) = (home.at("rounds"), home.at("lake"), home.at("secret"));
    said(&["sample", "--out", &rounds, "--rounds", "3", "--interval-ms", "200"]);
    said(&Home::add_words(&rounds, &lake, &secret));
    let path = files(&home.lake().join("samples")).swap_remove(0);
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&fs::File::open(path).unwrap()).unwrap();
    let further = ["yaw", "stamina", "pm_flags", "eflags", "vx", "vy", "vz"];
    let (mut drawn, mut steps) = (0, 0);
    for column in metadata.row_group(0).columns() {
        let name = column.column_path().string();
        if ["dx", "dy"].contains(&name.as_str()) {
            steps += column.compressed_size();
        } else if !further.contains(&name.as_str()) {
            drawn += column.compressed_size();
        }
    }
    let per = |bytes: i64| bytes as f64 / metadata.file_metadata().num_rows() as f64;
    assert!(per(drawn) < 6.0 && per(drawn + steps) < 9.0, "{:.2}, {:.2}", per(drawn), per(drawn + steps));
}
