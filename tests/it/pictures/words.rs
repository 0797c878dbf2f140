//! The words on pictures, measured: none hides another, none is cut, and what they count adds up.

use std::path::Path;

use proximity::basemap::BaseStyle;
use proximity::figure::MapData;
use proximity::map::{MapLibrary, WorldMap};
use proximity::progress::Silent;
use proximity::scene::{Item, Label, PixelRect, Scene, Weight};
use proximity::{Request, Rounds};

use crate::request::PICTURES;

/// Words may come so near to each other, and to an edge, pixels of a sheet of 1080: a halo's width.
const TOUCH_PX: f32 = 1.0;

fn rounds() -> Rounds {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session");
    Rounds::open(folder.join("2026-03-14-200900-proximity_demo-round-1_engagements.txt")).unwrap()
}

fn map() -> WorldMap {
    MapLibrary::open::<&Path>(&[]).unwrap().find("proximity_demo").unwrap().unwrap()
}

fn scene(request: &Request, rounds: &Rounds, map: &WorldMap) -> Scene {
    request.draw(&rounds.select(&request.filter), map).unwrap().drawing.scene
}

/// All words with the part of the picture that shows them.
fn labels(items: &[Item], shown: PixelRect) -> Vec<(&Label, PixelRect)> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Label(label) => found.push((label, shown)),
            Item::Clip { rect, items } => found.extend(labels(items, *rect)),
            _ => {}
        }
    }
    found
}

fn of(scene: &Scene) -> Vec<(&Label, PixelRect)> {
    labels(&scene.items, PixelRect::new(0.0, 0.0, scene.width as f32, scene.height as f32))
}

fn shrunk(area: PixelRect, by: f32) -> PixelRect {
    let (width, height) = ((area.width - 2.0 * by).max(0.0), (area.height - 2.0 * by).max(0.0));
    PixelRect::new(area.x + by, area.y + by, width, height)
}

/// The pixels between two areas, 0 where they meet.
fn apart(a: &PixelRect, b: &PixelRect) -> f32 {
    let gap = |a0: f32, a1: f32, b0: f32, b1: f32| (b0 - a1).max(a0 - b1).max(0.0);
    // Words that stand diagonally keep the room that a frame round them needs.
    gap(a.x, a.right(), b.x, b.right()).max(gap(a.y, a.bottom(), b.y, b.bottom()))
}

#[test]
fn no_words_hide_others_or_are_cut_on_any_picture() {
    let (rounds, map) = (rounds(), map());
    let mut wrong = Vec::new();
    for (name, json) in PICTURES {
        for legend in ["landscape", "portrait"] {
            let mut request = Request::from_json(json).unwrap();
            request.layout.size_px = 1080;
            request.layout.legend = serde_json::from_value(legend.into()).unwrap();
            let scene = scene(&request, &rounds, &map);
            let found: Vec<(&Label, PixelRect, PixelRect)> = of(&scene)
                .into_iter()
                .map(|(label, shown)| (label, shrunk(label.area(), TOUCH_PX), shown))
                .collect();
            for (i, (label, area, shown)) in found.iter().enumerate() {
                let inside = area.x >= shown.x
                    && area.y >= shown.y
                    && area.right() <= shown.right()
                    && area.bottom() <= shown.bottom();
                if label.text.contains('…') {
                    wrong.push(format!("{name} {legend}: {:?} is shortened", label.text));
                }
                if !inside {
                    wrong.push(format!("{name} {legend}: {:?} is cut", label.text));
                }
                for (other, room, _) in &found[..i] {
                    if area.meets(room) {
                        wrong.push(format!("{name} {legend}: {:?} over {:?}", label.text, other.text));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Words of `items` that a part of the picture drawn later lies over.
fn hidden(items: &[Item]) -> Vec<String> {
    let mut found = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let Item::Clip { rect, items: within } = item else { continue };
        found.extend(hidden(within));
        for (label, _) in labels(within, *rect) {
            let area = shrunk(label.area(), TOUCH_PX);
            let later = items[i + 1..].iter();
            if later.into_iter().any(|other| matches!(other, Item::Clip { rect, .. } if rect.meets(&area))) {
                found.push(label.text.clone());
            }
        }
    }
    found
}

#[test]
fn the_locator_of_many_spawn_areas_hides_no_words() {
    let rounds = Rounds::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/session")).unwrap();
    let request = Request::from_json(r#"{"version":1,"figure":"exits","layout":{"labels":"all"}}"#).unwrap();
    let scene = scene(&request, &rounds, &map());
    assert_eq!(hidden(&scene.items), Vec::<String>::new());
    let titles = of(&scene).into_iter().filter(|(label, _)| label.text.contains(" spawns · ring ")).count();
    assert_eq!(titles, 4, "as many areas as a sheet has panels, and the locator over them");
}

#[test]
fn seconds_and_places_of_arrivals_keep_their_distance() {
    let (rounds, map) = (rounds(), map());
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let mut seconds_found = 0;
    for json in [
        r#"{"version":1,"figure":"arrival"}"#,
        r#"{"version":1,"figure":"arrival","options":{"team":"allies","since":"spawn"},"filter":{"team":["allies"]}}"#,
    ] {
        let request = Request::from_json(json).unwrap();
        let scene = scene(&request, &rounds, &map);
        let on_map: Vec<&Label> = of(&scene)
            .into_iter()
            .map(|(label, _)| label)
            .filter(|label| label.halo.is_some() && label.at.x < 1080.0)
            .collect();
        for (i, label) in on_map.iter().enumerate() {
            seconds_found += usize::from(is_number(&label.text));
            for other in &on_map[..i] {
                let both_of_one_place = label.at.x == other.at.x && label.size != other.size;
                let least = if is_number(&label.text) || is_number(&other.text) { 12.0 } else { 8.0 };
                let gap = apart(&label.area(), &other.area());
                assert!(
                    both_of_one_place || gap >= least - 0.01,
                    "{:?} and {:?}: {gap} px",
                    label.text,
                    other.text
                );
            }
        }
    }
    assert!(seconds_found > 4, "{seconds_found} lines have their seconds");
}

#[test]
fn shares_in_the_legend_of_states_are_of_one_whole() {
    let (rounds, map) = (rounds(), map());
    let request = Request::from_json(r#"{"version":1,"figure":"heatmap"}"#).unwrap();
    let scene = scene(&request, &rounds, &map);
    let percent =
        |label: &&Label| label.text.trim_end_matches(['%', '\u{a0}', '\u{202f}']).parse::<u32>().ok();
    let rows: Vec<&Label> = of(&scene).into_iter().map(|(label, _)| label).collect();
    let shares = rows.iter().filter(|label| label.weight == Weight::SemiBold && label.text.ends_with('%'));
    assert_eq!(shares.filter_map(percent).sum::<u32>(), 100);
    let still = rows.iter().find(|label| label.text.contains("standing still")).unwrap();
    assert_eq!(still.weight, Weight::Regular, "a part of the row above is no row: {:?}", still.text);
}

#[test]
fn a_picture_of_no_lives_says_so_and_shows_no_shares() {
    let rounds = rounds();
    // A name that no player has is an error elsewhere; here the rounds are as they are.
    let data = MapData::load(map(), BaseStyle::Dim, None).unwrap();
    let scene = |json: &str| {
        let request = Request::from_json(json).unwrap();
        request.draw_on(&rounds, &data, None, &Silent).unwrap().drawing.scene
    };
    for figure in [
        r#""figure":"heatmap""#,
        r#""figure":"heatmap","options":{"mode":"panels"}"#,
        r#""figure":"heatmap","options":{"by":"class"}"#,
        r#""figure":"heatmap","options":{"holds":true}"#,
        r#""figure":"paths""#,
        r#""figure":"exits""#,
        r#""figure":"kills""#,
        r#""figure":"arrival""#,
    ] {
        let json = format!(r#"{{"version":1,{figure},"filter":{{"player":["none"]}}}}"#);
        let scene = scene(&json);
        let words: Vec<&str> = of(&scene).into_iter().map(|(label, _)| label.text.as_str()).collect();
        assert!(words.contains(&"no lives match"), "{figure}: {words:?}");
        assert!(!words.iter().any(|word| word.contains('%')), "{figure}: {words:?}");
    }
    let json = r#"{"version":1,"figure":"versus","options":{"against":{"team":["axis"]}},"filter":{"player":["none"]}}"#;
    let scene = scene(json);
    let words: Vec<&str> = of(&scene).into_iter().map(|(label, _)| label.text.as_str()).collect();
    assert!(words.contains(&"no lives match A"), "{words:?}");
}

#[test]
fn a_player_keeps_the_letters_of_the_name() {
    let (rounds, map) = (rounds(), map());
    let json = r#"{"version":1,"figure":"heatmap","filter":{"player":["tin.kettle"]}}"#;
    let scene = scene(&Request::from_json(json).unwrap(), &rounds, &map);
    let words: Vec<&str> = of(&scene).into_iter().map(|(label, _)| label.text.as_str()).collect();
    assert!(words.iter().any(|word| word.starts_with("tin.kettle · ")), "{words:?}");
}
