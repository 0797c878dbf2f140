//! Heatmaps: what they add up, what they say, and how they look.

use std::f64::consts::PI;

use image::{Rgba, RgbaImage};
use proptest::prelude::*;
use proximity::Drawing;
use proximity::analysis::{PlayerPattern, Weight};
use proximity::basemap::BaseStyle;
use proximity::figure::heatmap::{By, HeatmapAccumulator, HeatmapSpec, Mode, Normalize};
use proximity::figure::{Canvas, Orientation, Recipe, Sheet};
use proximity::geom::WorldRect;
use proximity::map::{Extent, ExtentSource, WorldMap};
use proximity::model::{Event, Family};
use proximity::raster;
use proximity::scene::{Item, Label, PixelRect, Scene, Shape, dump, text};
use proximity::{Filter, State};
use proximity::{Round, Team};

use crate::analysis::corpus::{
    ALPHA, BRAVO, CEE, decimated, own_round, round, runner, sample, track, wanderers,
};
use crate::golden;

/// A map 4096 units wide round the middle of the world.
pub fn map() -> WorldMap {
    let rect = WorldRect::new(-2048.0, -2048.0, 2048.0, 2048.0).unwrap();
    WorldMap {
        title: Some("Test Ground".into()),
        ..WorldMap::bare("ground", Extent { rect, source: ExtentSource::Worldspawn })
    }
}

/// Rooms with dark walls, a pale yard, and a transparent corner.
pub fn picture() -> RgbaImage {
    RgbaImage::from_fn(128, 128, |x, y| {
        let wall = x % 32 < 2 || y % 40 < 2;
        let yard = (48..96).contains(&x) && (30..70).contains(&y);
        match (x > 110 && y > 110, wall, yard) {
            (true, _, _) => Rgba([255, 255, 255, 0]),
            (_, true, _) => Rgba([30, 26, 20, 255]),
            (_, _, true) => Rgba([205, 190, 150, 255]),
            _ => Rgba([120, 110, 84, 255]),
        }
    })
}

/// How a test's picture is drawn.
#[derive(Clone, Copy)]
struct Look<'a> {
    map: &'a WorldMap,
    picture: Option<&'a RgbaImage>,
    base: BaseStyle,
    orientation: Orientation,
    size: u32,
    crop: Option<WorldRect>,
    filter: &'a Filter,
}

fn look<'a>(map: &'a WorldMap, filter: &'a Filter) -> Look<'a> {
    Look {
        map,
        picture: None,
        base: BaseStyle::Dim,
        orientation: Orientation::Landscape,
        size: 256,
        crop: None,
        filter,
    }
}

fn heat(spec: HeatmapSpec, rounds: &[Round], look: &Look) -> HeatmapAccumulator {
    let mut heat = HeatmapAccumulator::new(spec, &look.map.extent.rect).unwrap();
    for round in rounds {
        heat.add(round, look.filter);
    }
    heat
}

fn finish(heat: &HeatmapAccumulator, look: &Look) -> Drawing {
    heat.finish(&Canvas {
        map: look.map,
        picture: look.picture,
        heights: None,
        base: look.base,
        sheet: Sheet::new(look.orientation, look.size).unwrap(),
        crop: look.crop,
        imprint: None,
        filter: look.filter,
        bases: None,
    })
}

fn draw(spec: HeatmapSpec, rounds: &[Round], look: &Look) -> Drawing {
    finish(&heat(spec, rounds, look), look)
}

fn labels(items: &[Item]) -> Vec<&Label> {
    items
        .iter()
        .flat_map(|item| match item {
            Item::Label(label) => vec![label],
            Item::Clip { items, .. } => labels(items),
            _ => Vec::new(),
        })
        .collect()
}

/// Everything a scene says, with plain gaps.
pub fn words(scene: &Scene) -> Vec<String> {
    let plain = |l: &Label| l.text.replace(['\u{a0}', '\u{2006}'], " ");
    labels(&scene.items).into_iter().map(plain).collect()
}

/// The last bitmap in the map's clip: the heat (or, without heat, the base).
fn bitmaps(scene: &Scene) -> Vec<&proximity::scene::Bitmap> {
    let Item::Clip { items, .. } = &scene.items[0] else { panic!("the map comes first") };
    items
        .iter()
        .filter_map(|i| if let Item::Image { bitmap, .. } = i { Some(&**bitmap) } else { None })
        .collect()
}

/// A life that stands in one place for a hundred seconds.
fn camper(guid: &str, x: f32, y: f32) -> proximity::model::Track {
    let mut samples: Vec<_> = (0..500).map(|i| sample(1_000 + i * 200, x, y, Event::Sample)).collect();
    samples[0].event = Event::Spawn;
    samples.push(sample(101_000, x, y, Event::Killed));
    track(guid, samples)
}

#[test]
fn the_legend_prints_what_a_hand_works_out() {
    let (map, filter) = (map(), Filter::everything());
    let rounds = [own_round(vec![camper(ALPHA, 1.0, 3.0)])];
    let figure = draw(HeatmapSpec::default(), &rounds, &look(&map, &filter));
    // 100 s under a Gaussian of 30 u: its peak, per 32 u cell and 100 lives. The cells above a thousandth of it are
    // spread evenly over the logarithm, so the 99th percentile lies a hundredth of that range below the peak.
    let peak = 100.0 / (2.0 * PI * 30.0 * 30.0) * 32.0 * 32.0 * 100.0;
    let expected = peak * 1000_f64.powf(-0.01);
    let found = figure.recipe.scale.as_ref().unwrap().reference();
    assert!((found / expected - 1.0).abs() < 0.03, "{found} {expected}");
    let words = words(&figure.scene);
    let last_tick = format!("≥{found:.0}");
    assert!(words.iter().any(|w| w.replace(' ', "") == last_tick), "{last_tick} in {words:?}");
    for line in
        ["Test Ground", "Movement by state", "1 life · 1 player · 501 samples used", "sprint", "100 %"]
    {
        assert!(words.iter().any(|w| w == line), "{line} in {words:?}");
    }
    // A share of nothing is 0, not "less than 1".
    assert_eq!(words.iter().filter(|w| *w == "0 %").count(), 3);
}

#[test]
fn a_thin_session_does_not_look_hot() {
    let (map, filter) = (map(), Filter::everything());
    // One life that runs once along a line, 256 u/s: a third of the floor.
    let rounds = [own_round(vec![runner(ALPHA, 0, (-1500.0, 0.0), 256.0, 12_000, 200)])];
    let figure = draw(HeatmapSpec::default(), &rounds, &look(&map, &filter));
    let floor = 3.0 / (256.0 * (2.0 * PI).sqrt() * 30.0) * 32.0 * 32.0 * 100.0;
    let found = figure.recipe.scale.unwrap().reference();
    assert!((found / floor - 1.0).abs() < 1e-9, "{found} {floor}");
    let most = bitmaps(&figure.scene)[0].rgba().chunks_exact(4).map(|p| p[3]).max().unwrap();
    // Root of a third: .577, whose opacity is .792.
    assert!((200..=204).contains(&most), "{most}");
    let words = words(&figure.scene);
    assert!(!words.iter().any(|w| w.starts_with('≥') && *w != "≥ 3/4"), "nothing is clipped: {words:?}");
}

#[test]
fn pictures_do_not_depend_on_the_sampling_interval() {
    let (map, filter) = (map(), Filter::everything());
    let fine = runner(ALPHA, 0, (-1700.0, -300.0), 256.0, 12_000, 100);
    let coarse = decimated(&fine, 5);
    assert!(coarse.samples.len() < 30 && fine.samples.len() > 110);
    let [fine, coarse] = [fine, coarse]
        .map(|life| draw(HeatmapSpec::default(), &[own_round(vec![life])], &look(&map, &filter)));
    let (fine, coarse) = (bitmaps(&fine.scene)[0], bitmaps(&coarse.scene)[0]);
    let most = fine.rgba().iter().zip(coarse.rgba()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(most <= Some(1), "{most:?}");
}

#[test]
fn a_gap_leaves_no_heat() {
    let (map, filter) = (map(), Filter::everything());
    // Two stays, and ten seconds without a sample between them.
    let mut samples: Vec<_> = (0..50).map(|i| sample(i * 200, -1000.0, 0.0, Event::Sample)).collect();
    samples[0].event = Event::Spawn;
    samples.extend((0..50).map(|i| sample(20_000 + i * 200, 1000.0, 0.0, Event::Sample)));
    samples.push(sample(30_000, 1000.0, 0.0, Event::Killed));
    let figure =
        draw(HeatmapSpec::default(), &[own_round(vec![track(ALPHA, samples)])], &look(&map, &filter));
    let bitmap = bitmaps(&figure.scene)[0];
    let alpha = |x: usize| bitmap.rgba()[(128 * 256 + x) * 4 + 3];
    assert!(alpha(65) > 200 && alpha(190) > 200, "{} {}", alpha(65), alpha(190));
    assert!((90..166).all(|x| alpha(x) == 0), "the path between was never recorded");
}

#[test]
fn threads_and_order_change_nothing() {
    let (map, filter) = (map(), Filter::everything());
    let picture = picture();
    let look = Look { picture: Some(&picture), ..look(&map, &filter) };
    let rounds: Vec<Round> = (1..5).map(|seed| wanderers(seed, 20)).collect();
    for (mode, weight) in [
        (Mode::Auto, Weight::Time),
        (Mode::Majority, Weight::Time),
        (Mode::Panels, Weight::Visits),
        (Mode::Weave, Weight::Players),
    ] {
        let spec = HeatmapSpec { mode, weight, contour_percent: Some(50.0), ..HeatmapSpec::default() };
        let in_order = draw(spec.clone(), &rounds, &look);
        let drawn_by = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let (first, last) = rounds.split_at(1);
                let mut backwards = heat(spec.clone(), last, &look);
                backwards.merge(heat(spec.clone(), first, &look)).unwrap();
                finish(&backwards, &look)
            })
        };
        for threads in [1, 5] {
            let figure = drawn_by(threads);
            assert!(figure == in_order, "{mode} by {threads} threads");
        }
    }
}

#[test]
fn a_picture_without_lives_says_so() {
    let map = map();
    let filter = Filter {
        players: vec![PlayerPattern::new("no such player")],
        teams: vec![Team::Axis],
        round: Some(2),
        ..Filter::default()
    };
    let picture = picture();
    let look = Look { picture: Some(&picture), ..look(&map, &filter) };
    let figure = draw(HeatmapSpec::default(), &[wanderers(3, 5)], &look);
    let words = words(&figure.scene);
    for line in [
        "no lives match",
        "round 2",
        "no such player · Axis",
        "people, no bots",
        "0 lives · 0 players · 0 samples used",
    ] {
        assert!(words.iter().any(|w| w == line), "{line} in {words:?}");
    }
    assert_eq!(bitmaps(&figure.scene).len(), 1, "the map is drawn all the same");
    assert_eq!(figure.recipe.scale, None);
    assert!(!words.iter().any(|w| w == "Time spent"));
}

#[test]
fn guesses_are_not_drawn_as_facts() {
    let (map, filter) = (map(), Filter::everything());
    let mut life = runner(ALPHA, 0, (-1000.0, 0.0), 100.0, 12_000, 200);
    for s in &mut life.samples[20..40] {
        s.stance = 1;
    }
    let old = draw(HeatmapSpec::default(), &[round(Family::V4_1, vec![life])], &look(&map, &filter));
    let words = words(&old.scene);
    for line in ["upright", "low", "low = crouch or prone, not told apart"] {
        assert!(words.iter().any(|w| w == line), "{line} in {words:?}");
    }
    for state in ["sprint", "crouch", "prone", "run / stand"] {
        assert!(!words.iter().any(|w| w == state), "{state} in {words:?}");
    }
    let caption = words.join(" ");
    assert!(
        caption.contains("states: stance recorded (crouch and prone alike), sprint not recorded"),
        "{caption}"
    );
}

#[test]
fn one_scale_can_be_shared() {
    let (map, filter) = (map(), Filter::everything());
    let look = look(&map, &filter);
    let first = draw(HeatmapSpec::default(), &[wanderers(1, 30)], &look);
    let scale = first.recipe.scale.unwrap();
    let spec = HeatmapSpec { normalize: Normalize::FromScale(scale.clone()), ..HeatmapSpec::default() };
    let second = draw(spec.clone(), &[wanderers(2, 3)], &look);
    assert_eq!(second.recipe.scale, Some(scale));
    assert!(words(&second.scene).iter().any(|w| w == "sigma 30 u · scale locked"));
    let visits = HeatmapSpec { weight: Weight::Visits, ..spec };
    assert!(HeatmapAccumulator::new(visits, &map.extent.rect).is_err(), "a scale of time is none of visits");
}

#[test]
fn recipes_survive_json_and_name_their_inputs() {
    let (map, filter) = (map(), Filter::everything());
    let mut round = wanderers(1, 4);
    round.meta.file_name = Some("a round.txt".into());
    round.meta.content_hash = "abc123".into();
    let figure = draw(HeatmapSpec::default(), &[round], &look(&map, &filter));
    let recipe: Recipe = serde_json::from_str(&figure.recipe.to_json()).unwrap();
    assert_eq!(recipe, figure.recipe);
    assert_eq!((recipe.inputs[0].file.as_str(), recipe.inputs[0].sha256.as_str()), ("a round.txt", "abc123"));
    assert_eq!(recipe.options["mode"], "auto");
    assert_eq!(recipe.calibration.window_units, [-2048.0, -2048.0, 2048.0, 2048.0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Samples used, off the map, dropped and not selected are the samples read; and whatever the names are, no text
    /// leaves its legend.
    #[test]
    fn captions_add_up_and_text_stays_inside(
        seed in 0_u64..1000,
        name in "\\PC{0,60}",
        crowded in 0_usize..3,
        axis_only in any::<bool>(),
    ) {
        let side = [300.0, 1500.0, 4096.0][crowded];
        let rect = WorldRect::new(-side, -side, side, side).unwrap();
        let map = WorldMap {
            title: Some(name.clone()),
            ..WorldMap::bare("x", Extent { rect, source: ExtentSource::Fitted })
        };
        let teams = if axis_only { vec![Team::Axis] } else { Vec::new() };
        let filter = Filter { teams, players: Vec::new(), ..Filter::everything() };
        let mut round = wanderers(seed, 12);
        for life in &mut round.tracks {
            life.name = name.as_str().into();
        }
        let read: usize = round.tracks.iter().map(|t| t.samples.len()).sum();
        for orientation in [Orientation::Landscape, Orientation::Portrait] {
            let look = Look { orientation, ..look(&map, &filter) };
            let figure = draw(HeatmapSpec::default(), std::slice::from_ref(&round), &look);
            let counts = figure.recipe.counts;
            prop_assert_eq!(counts.samples + counts.off_map + counts.dropped + counts.not_selected, read as u64);

            let scene = PixelRect::new(0.0, 0.0, figure.scene.width as f32, figure.scene.height as f32);
            for label in labels(&figure.scene.items) {
                let width = text::width(&label.text, label.size, label.weight);
                let left = match label.align {
                    proximity::scene::Align::Left => label.at.x,
                    proximity::scene::Align::Center => label.at.x - width / 2.0,
                    proximity::scene::Align::Right => label.at.x - width,
                };
                prop_assert!(left >= -0.5 && left + width <= scene.right() + 0.5, "{:?}", label);
                prop_assert!(label.at.y > 0.0 && label.at.y < scene.bottom(), "{:?}", label);
            }
        }
    }
}

/// A few dozen lives with a preference: sprint in the west, prone in the north-east corner, crouch in the south.
pub fn session() -> Round {
    let mut lives = Vec::new();
    for i in 0..24_i32 {
        let guid = [ALPHA, BRAVO, CEE][i as usize % 3];
        let at = (-1700.0 + (i * 67 % 300) as f32, -1500.0 + (i * 131 % 3000) as f32);
        let mut life = runner(guid, i * 20_000, at, 280.0, 9_000 + i * 90, 200);
        life.team = if i % 2 == 0 { Team::Axis } else { Team::Allies };
        for s in &mut life.samples {
            if s.at.y < -900.0 {
                s.stance = 1;
            } else if s.at.x > 200.0 && s.at.y > 700.0 {
                s.stance = 2;
            } else {
                s.sprint = u8::from(s.at.x < -600.0);
            }
        }
        lives.push(life);
    }
    own_round(lives)
}

#[test]
fn looks() {
    let (map, filter) = (map(), Filter::everything());
    let picture = picture();
    let rounds = [session()];
    let plain = Look { picture: Some(&picture), ..look(&map, &filter) };
    let spec = |mode| HeatmapSpec { mode, ..HeatmapSpec::default() };
    let pictures = [
        ("heat_state", draw(HeatmapSpec { holds: true, ..spec(Mode::Auto) }, &rounds, &plain)),
        ("heat_state_light", draw(spec(Mode::Auto), &rounds, &Look { base: BaseStyle::Light, ..plain })),
        ("heat_majority", draw(spec(Mode::Majority), &rounds, &plain)),
        ("heat_panels", draw(spec(Mode::Panels), &rounds, &plain)),
        ("heat_light", draw(spec(Mode::Majority), &rounds, &Look { base: BaseStyle::Light, ..plain })),
        (
            "heat_portrait_team",
            draw(
                HeatmapSpec { by: By::Team, contour_percent: Some(50.0), ..HeatmapSpec::default() },
                &rounds,
                &Look { orientation: Orientation::Portrait, ..look(&map, &filter) },
            ),
        ),
        (
            "heat_bare_share",
            draw(
                HeatmapSpec { normalize: Normalize::Log, ..spec(Mode::Share(State::Sprint)) },
                &rounds,
                &Look { base: BaseStyle::None, orientation: Orientation::Bare, ..look(&map, &filter) },
            ),
        ),
    ];
    for (name, figure) in pictures {
        golden::check(name, &raster::render(&figure.scene).unwrap());
    }
}

/// Ten lives that run along one line for 12 s, and one that stays in its place for 24 s.
fn runners_and_a_sitter(stance: u8) -> Round {
    let mut lives: Vec<_> =
        (0..10).map(|i| runner(ALPHA, i * 20_000, (-1_500.0, 0.0), 250.0, 12_000, 200)).collect();
    let mut sitter = runner(BRAVO, 0, (1_000.0, 1_000.0), 0.0, 24_000, 200);
    for s in &mut sitter.samples {
        s.stance = stance;
    }
    lives.push(sitter);
    own_round(lives)
}

#[test]
fn a_state_colours_the_place_where_it_is_unusual_and_no_other() {
    let (map, filter) = (map(), Filter::everything());
    let look = Look { base: BaseStyle::None, orientation: Orientation::Bare, ..look(&map, &filter) };
    let figure = draw(HeatmapSpec::default(), &[runners_and_a_sitter(1)], &look);
    let heat = bitmaps(&figure.scene)[0];
    // 256 px for 4096 units: 16 units a pixel, y down.
    let at = |x: f32, y: f32| {
        let (column, row) = (((x + 2048.0) / 16.0) as usize, ((2048.0 - y) / 16.0) as usize);
        let pixel = &heat.rgba()[(row * 256 + column) * 4..][..4];
        (i32::from(pixel[0]), i32::from(pixel[2]), pixel[3])
    };
    let (red, blue, alpha) = at(1_000.0, 1_000.0);
    assert!(red > blue + 30 && alpha > 200, "the crouching place is orange: {red} {blue} {alpha}");
    let (red, blue, alpha) = at(0.0, 0.0);
    assert!(blue > red + 30 && alpha > 60, "the road is blue: {red} {blue} {alpha}");
    assert_eq!(at(0.0, -1_000.0).2, 0, "without movement the map shows");
}

#[test]
fn standing_still_is_counted_by_the_second() {
    let (map, filter) = (map(), Filter::everything());
    let figure = draw(HeatmapSpec::default(), &[runners_and_a_sitter(0)], &look(&map, &filter));
    let words = words(&figure.scene);
    // 24 s of 10 × 12 + 24 s.
    let still = words.iter().find(|w| w.ends_with("of all time standing still"));
    assert_eq!(still.and_then(|w| w.split_whitespace().next()), Some("17"), "{words:?}");
}

#[test]
fn held_places_say_their_seconds_per_hundred_lives() {
    let (map, filter) = (map(), Filter::everything());
    let spec = HeatmapSpec { holds: true, ..HeatmapSpec::default() };
    let rounds: Vec<Round> = (0..3).map(|_| runners_and_a_sitter(0)).collect();
    let figure = draw(spec.clone(), &rounds, &look(&map, &filter));
    // Three lives of 33 stayed for 24 s each: 72 s, 218 s per 100 lives.
    let three = words(&figure.scene);
    assert!(three.iter().any(|w| w == "218 s"), "{three:?}");
    let two = words(&draw(spec, &rounds[..2], &look(&map, &filter)).scene);
    assert!(two.iter().any(|w| w.starts_with("no place where three lives")), "{two:?}");
}

#[test]
fn the_scene_of_a_heatmap_stays() {
    let (map, filter) = (map(), Filter::everything());
    let look = Look { size: 1080, base: BaseStyle::None, ..look(&map, &filter) };
    let figure =
        draw(HeatmapSpec { mode: Mode::Only(State::Prone), ..HeatmapSpec::default() }, &[session()], &look);
    // Without bitmaps, whose hashes say nothing to a reader; goldens hold those.
    let lines: Vec<String> =
        dump(&figure.scene).lines().filter(|l| !l.contains("image at")).map(str::to_owned).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn marks_are_shapes() {
    let (map, filter) = (map(), Filter::everything());
    let figure = draw(HeatmapSpec::default(), &[session()], &look(&map, &filter));
    let has_circle = |items: &[Item]| {
        items.iter().any(|i| matches!(i, Item::Marker(m) if matches!(m.shape, Shape::Circle)))
    };
    assert!(!has_circle(&figure.scene.items), "a heatmap needs no marks");
    assert!(words(&figure.scene).iter().all(|w| !w.contains(['●', '▲', '■', '○'])));
}
