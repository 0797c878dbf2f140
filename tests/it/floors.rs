//! Floors that lie above each other: when they get panels of their own, and that panels neither add nor lose anything.

use std::fs;
use std::path::{Path, PathBuf};

use proximity::Drawing;
use proximity::Filter;
use proximity::analysis::lives;
use proximity::analysis::{Cells, Floor, Occupancy, Split, Weight};
use proximity::basemap::{BaseStyle, FloorMap};
use proximity::figure::floor_panels;
use proximity::figure::floor_panels::FloorPart;
use proximity::figure::heatmap::{HeatmapAccumulator, HeatmapSpec};
use proximity::figure::paths::{PathColor, PathsAccumulator, PathsSpec};
use proximity::figure::{Canvas, Orientation, Sheet};
use proximity::format::{TrackerFile, write};
use proximity::map::floors::SeenHeights;
use proximity::map::{Layer, Layers, WorldMap};
use proximity::model::Track;
use proximity::raster;
use proximity::scene::dump;
use proximity::{Round, Team};

use crate::analysis::corpus::{ALPHA, BRAVO, CEE, own_round, runner};
use crate::cli::{run, said, session};
use crate::golden;
use crate::heatmap::{map, picture};

/// Height of a player's origin on the ground floor and upstairs, units.
const GROUND: f32 = 24.1;
const UPSTAIRS: f32 = 216.1;

/// A life at a height.
fn at(z: f32, mut life: Track) -> Track {
    life.samples.iter_mut().for_each(|sample| sample.at.z = z);
    life
}

/// A house: eight lanes on the ground floor, `upstairs` of them again on the floor above, and one staircase.
fn house(upstairs: usize) -> Round {
    let lane = |i: usize, guid: &str, z: f32| {
        let y = -600.0 + 160.0 * i as f32;
        // Slow enough for 5 s in each square of 64 units.
        at(z, runner(guid, 500 + 160_000 * i as i32, (-1_000.0, y), 12.0, 150_000, 200))
    };
    let mut tracks: Vec<Track> = (0..8).map(|i| lane(i, ALPHA, GROUND)).collect();
    tracks.extend((0..upstairs).map(|i| Track { team: Team::Axis, ..lane(i, BRAVO, UPSTAIRS) }));
    let mut stairs = runner(CEE, 500, (-900.0, 900.0), 220.0, 8_000, 200);
    for (i, sample) in stairs.samples.iter_mut().enumerate() {
        sample.at.z = if i < 20 { GROUND } else { UPSTAIRS };
    }
    tracks.push(stairs);
    own_round(tracks)
}

fn ceilings() -> Layers {
    Layers::new([120.0, 400.0].map(Layer::up_to).to_vec())
}

/// Draws by floors what `add` collects.
fn figure<A: floor_panels::ByFloor>(
    round: &Round,
    map: &WorldMap,
    size: u32,
    empty: &A,
    add: impl Fn(&mut A, &Filter),
    draw: impl Fn(A, &Canvas<'_>) -> Drawing,
) -> Drawing {
    let filter = Filter::default();
    let mut seen = SeenHeights::default();
    floor_panels::see(&mut seen, &lives(round, &filter));
    let found = floor_panels::overlapping(seen, &map.layers, || Ok::<_, String>(Vec::new())).unwrap();
    let (parting, stacked) = found.expect("the house has two floors");
    let drawn_on = FloorMap::of(Some(picture()));
    let picture = picture();
    let context = Canvas {
        map,
        picture: Some(&picture),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, size).unwrap(),
        crop: None,
        imprint: None,
        filter: &filter,
        bases: None,
    };
    let collected = |filter: &Filter| {
        let mut part = empty.clone();
        add(&mut part, filter);
        part
    };
    let part = |floor: &Floor| {
        let filter = Filter { floor: Some(*floor), ..filter.clone() };
        FloorPart { floor: *floor, map: &drawn_on, part: collected(&filter) }
    };
    let parts: Vec<_> = parting.iter().map(part).collect();
    let draw = |part, canvas: &Canvas<'_>| Ok::<_, std::convert::Infallible>(draw(part, canvas));
    floor_panels::figure(collected(&filter), &parts, Some(stacked), &context, draw).unwrap()
}

#[test]
fn a_house_is_drawn_floor_by_floor() {
    let map = WorldMap { layers: ceilings(), ..map() };
    let round = house(6);
    let heat = HeatmapAccumulator::new(HeatmapSpec::default(), &map.extent.rect).unwrap();
    let add = |heat: &mut HeatmapAccumulator, filter: &Filter| heat.add(&round, filter);
    let heat = figure(&round, &map, 480, &heat, add, |heat, context| heat.finish(context));
    let recorded = heat.recipe.floors.as_ref().unwrap();
    assert_eq!(recorded.floors.len(), 2);
    assert!(recorded.stacked_percent.is_some_and(|percent| percent > 50), "{recorded:?}");
    insta::assert_snapshot!("floors_heat", dump(&heat.scene));

    let spec = PathsSpec { color: PathColor::Team, ..PathsSpec::default() };
    let paths = PathsAccumulator::new(spec, map.extent.rect);
    let add = |paths: &mut PathsAccumulator, filter: &Filter| paths.add(0, &round, filter);
    let paths = figure(&round, &map, 480, &paths, add, PathsAccumulator::finish);
    golden::check("floors_paths", &raster::render(&paths.scene).unwrap());
}

/// Cell by cell, what lies on the floors is what lies on the map: nothing is added, nothing lost.
#[test]
fn the_floors_add_up_to_the_whole() {
    let round = house(7);
    let cells = Cells::with_side(map().extent.rect, 32.0).unwrap();
    for weight in [Weight::Time, Weight::Visits] {
        let of = |floor: Option<Floor>| {
            let filter = Filter { floor, ..Filter::default() };
            Occupancy::of(cells, Split::State, weight, &lives(&round, &filter).lives)
        };
        let whole = of(None);
        let parting = floor_panels::of_layers(&ceilings());
        let mut sum = of(Some(parting[0]));
        assert!(sum.time_budget().placed_us < whole.time_budget().placed_us);
        for floor in &parting[1..] {
            sum.merge(of(Some(*floor))).unwrap();
        }
        assert_eq!(sum.time_budget().placed_us, whole.time_budget().placed_us);
        if weight == Weight::Time {
            assert_eq!(sum.total(), whole.total());
        } else {
            // Who was at one place on both floors is there twice: more visits than in the whole, never fewer.
            assert!(sum.total().iter().zip(whole.total().iter()).all(|(sum, whole)| sum >= whole));
        }
    }
}

fn tracker_file(folder: &Path, round: Round) -> PathBuf {
    let file = folder.join("2026-06-09-210000-house-round-1_engagements.txt");
    let mut round = round;
    round.meta.map = "house".into();
    fs::write(&file, write(&TrackerFile::from_round(round))).unwrap();
    file
}

#[test]
fn panels_come_by_themselves_where_floors_lie_above_each_other() {
    let home = tempfile::tempdir().unwrap();
    let input = tracker_file(home.path(), house(6));
    let out = home.path().join("x.png");
    let draw = |command: &str, input: &Path, more: &[&str]| {
        let mut words =
            vec![command, input.to_str().unwrap(), "--size", "280", "--out", out.to_str().unwrap()];
        words.extend(more);
        let output = run(&words);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let complaints = String::from_utf8_lossy(&output.stderr).lines().count();
        assert!(complaints <= 1, "what is wrong with a file is said once, however often it is read");
        (fs::read(&out).unwrap(), said(&["explain", out.to_str().unwrap()]))
    };
    for command in ["heatmap", "paths"] {
        let (found, recipe) = draw(command, &input, &[]);
        assert!(
            recipe.contains("panels        one per floor: ") && recipe.contains(" % of the places"),
            "{recipe}"
        );
        assert!(recipe.contains("floor 1, z above"), "{recipe}");
        said(&["redo", out.to_str().unwrap(), input.to_str().unwrap()]);
        assert!(fs::read(&out).unwrap() == found, "redo draws the same panels");
        let (asked, recipe) = draw(command, &input, &["--floors"]);
        assert!(recipe.contains("one per floor: as asked"), "{recipe}");
        assert!(decoded(&asked) == decoded(&found));
        let (one, recipe) = draw(command, &input, &["--floors=never"]);
        assert!(!recipe.contains("panels") && decoded(&one) != decoded(&found), "{recipe}");
        for more in [&["--floor", "1"][..], &["--elevation"], &["--player", BRAVO]] {
            let (_, recipe) = draw(command, &input, more);
            assert!(!recipe.contains("panels  "), "{more:?}: {recipe}");
        }
    }
    let (_, recipe) = draw("heatmap", &input, &["--mode", "panels"]);
    assert!(!recipe.contains("one per floor"), "panels of panels come only when asked for");
    // The sample map has a gallery, but hardly any player is on it.
    let (_, recipe) = draw("heatmap", &session(), &[]);
    assert!(!recipe.contains("one per floor"), "{recipe}");
    let refused =
        run(&["heatmap", input.to_str().unwrap(), "--versus", "team=axis", "--floors", "--out", "-"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_report_draws_houses_floor_by_floor() {
    let home = tempfile::tempdir().unwrap();
    let input = tracker_file(home.path(), house(6));
    let out = home.path().join("report");
    said(&["report", input.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let recipe = |name: &str| said(&["explain", out.join("pictures").join(name).to_str().unwrap()]);
    for name in ["01-house-heat.jpg", "01-house-paths.jpg", "01-house-01-heat.jpg"] {
        assert!(recipe(name).contains("one per floor"), "{name}");
    }
    assert!(!recipe("01-house-exits.jpg").contains("one per floor"));
}

/// A picture without its recipe.
fn decoded(png: &[u8]) -> Vec<u8> {
    golden::decode(png).into_rgba()
}
