//! Paths, exits, life cards: how they look, as pixels and as scenes, in every light and on any number of threads.

mod words;

use proximity::Drawing;
use proximity::Filter;
use proximity::Round;
use proximity::analysis::{Life, lives};
use proximity::basemap::BaseStyle;
use proximity::figure::exits::{self, ExitsSpec};
use proximity::figure::life::Card;
use proximity::figure::paths::{PathColor, PathsAccumulator, PathsSpec};
use proximity::figure::{Canvas, Orientation, Sheet};
use proximity::format::{ReadOptions, read};
use proximity::map::picture::PictureLimits;
use proximity::map::{MapLibrary, WorldMap};
use proximity::model::{Event, Family, Outcome, StateSource};
use proximity::raster;
use proximity::scene::dump;
use proximity::sim::{SampleOptions, SimulationOptions, write_session};

use crate::golden;
use crate::heatmap::{map, picture, session, words};

/// A map and its picture.
type PictureSetup = (WorldMap, image::RgbaImage);

/// The sample map.
fn ford() -> PictureSetup {
    let map = MapLibrary::open::<&str>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let picture = map.picture.as_ref().unwrap().load(&PictureLimits::default()).unwrap();
    (map, picture)
}

/// Two minutes of play on it.
fn play() -> Vec<Round> {
    let play = SimulationOptions { rounds: 1, round_seconds: 120, ..SimulationOptions::default() };
    let files = write_session(&SampleOptions { play, ..SampleOptions::default() }).unwrap();
    files.iter().map(|(_, bytes)| read(bytes, &ReadOptions::default()).unwrap().file.round).collect()
}

/// Draws landscape on the dimmed map, unless `change` wants something else.
fn on(
    (map, picture): &PictureSetup,
    size: u32,
    filter: &Filter,
    change: impl FnOnce(&mut Canvas<'_>),
    draw: impl FnOnce(&Canvas<'_>) -> Drawing,
) -> Drawing {
    let mut context = Canvas {
        map,
        picture: Some(picture),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, size).unwrap(),
        crop: None,
        imprint: None,
        filter,
        bases: None,
    };
    change(&mut context);
    draw(&context)
}

/// The test ground's session with everything that a line can break at: a revive, a teleport, a gap.
fn broken() -> Round {
    let mut round = session();
    round.tracks.truncate(9);
    let revived = &mut round.tracks[0].samples;
    let middle = revived.len() / 2;
    revived[middle].event = Event::Killed;
    revived[middle + 1].event = Event::Revived;
    for late in &mut round.tracks[1].samples[20..] {
        late.at.y += 900.0;
    }
    round.tracks[2].samples.drain(10..24);
    round
}

fn paths(color: PathColor, rounds: &[Round], context: &Canvas<'_>) -> Drawing {
    let spec = PathsSpec { color, highlight: Vec::new() };
    let mut paths = PathsAccumulator::new(spec, context.map.extent.rect);
    for (order, round) in rounds.iter().enumerate() {
        paths.add(order as u32, round, context.filter);
    }
    paths.finish(context)
}

/// The card of the session's longest life.
fn card(rounds: &[Round], context: &Canvas<'_>) -> Drawing {
    let all = lives(&rounds[0], context.filter);
    let life = all.lives.iter().max_by_key(|life| life.alive_ms()).unwrap();
    let (card, data_summary) = Card::with_data_summary(0, life, context.filter, &context.map.extent.rect);
    card.figure(context, &data_summary).unwrap()
}

/// Every kind of picture of this module, by name, `size` pixels high.
fn all(size: u32) -> Vec<(&'static str, Drawing)> {
    let people = Filter::default();
    let (ground, ford) = ((map(), picture()), ford());
    let (play, broken) = (play(), [broken()]);
    let light = |context: &mut Canvas<'_>| context.base = BaseStyle::Light;
    let portrait = |context: &mut Canvas<'_>| {
        context.sheet = Sheet::new(Orientation::Portrait, size).unwrap();
    };
    let exits = |context: &Canvas<'_>| exits::figure(&play, &ExitsSpec::default(), context);
    vec![
        ("paths_state", on(&ground, size, &people, |_| {}, |c| paths(PathColor::State, &broken, c))),
        ("paths_team", on(&ford, size, &people, |_| {}, |c| paths(PathColor::Team, &play, c))),
        ("paths_speed_light", on(&ground, size, &people, light, |c| paths(PathColor::Speed, &broken, c))),
        ("exits", on(&ford, size, &people, |_| {}, exits)),
        ("exits_portrait", on(&ford, size, &people, portrait, exits)),
        ("life", on(&ford, size, &people, |_| {}, |c| card(&play, c))),
    ]
}

#[test]
fn looks() {
    for (name, figure) in all(320) {
        golden::check(name, &raster::render(&figure.scene).unwrap());
    }
}

#[test]
fn scenes_stay() {
    for (name, figure) in all(320) {
        if name == "paths_team" {
            // A thousand lines say nothing to a reader; the golden holds them.
            continue;
        }
        insta::assert_snapshot!(name, dump(&figure.scene));
    }
}

#[test]
fn one_thread_draws_what_many_draw() {
    let draw = || {
        let pictures = all(192).into_iter().map(|(_, figure)| raster::render(&figure.scene).unwrap());
        pictures.collect::<Vec<_>>()
    };
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let one = pool(1).install(draw);
    for threads in [2, 5] {
        let many = pool(threads).install(draw);
        assert!(one.iter().zip(&many).all(|(a, b)| a.rgba() == b.rgba()), "{threads} threads");
    }
}

#[test]
fn what_old_files_do_not_record_is_not_called_zero() {
    let people = Filter::default();
    let mut old = session();
    (old.meta.family, old.meta.state_source) = (Family::V4_1, StateSource::PmFlags);
    let (ground, old) = ((map(), picture()), [old]);
    for figure in [
        on(&ground, 320, &people, |_| {}, |c| card(&old, c)),
        on(&ground, 320, &people, |_| {}, |c| paths(PathColor::State, &old, c)),
    ] {
        let words = words(&figure.scene);
        for line in ["upright", "low", "low = crouch or prone, not told apart"] {
            assert!(words.iter().any(|w| w == line), "{line} in {words:?}");
        }
        for state in ["sprint", "crouch", "prone", "run / stand", "run"] {
            assert!(!words.iter().any(|w| w == state), "{state} in {words:?}");
        }
    }
}

/// The lives of `play` so often that their lines are counted, added in two parts, of which the larger comes first or last.
fn many(color: PathColor, larger_first: bool, context: &Canvas<'_>) -> Drawing {
    let rounds = play();
    let spec = PathsSpec { color, highlight: Vec::new() };
    let part = |orders: std::ops::Range<u32>| {
        let mut part = PathsAccumulator::new(spec.clone(), context.map.extent.rect);
        for order in orders {
            part.add(order, &rounds[0], context.filter);
        }
        part
    };
    let (larger, smaller) = (part(0..17), part(17..20));
    assert!(larger.paths().is_empty() && !smaller.paths().is_empty(), "one is counted, the other is not");
    let (mut all, rest) = if larger_first { (larger, smaller) } else { (smaller, larger) };
    all.merge(rest);
    all.finish(context)
}

#[test]
fn lines_of_many_lives_are_counted_in_any_order() {
    let (ford, filter) = (ford(), Filter::default());
    for color in [PathColor::State, PathColor::Health] {
        let draw = |first| on(&ford, 320, &filter, |_| {}, |context| many(color, first, context));
        let (a, b) =
            (raster::render(&draw(true).scene).unwrap(), raster::render(&draw(false).scene).unwrap());
        assert_eq!(a.rgba(), b.rgba());
        golden::check(&format!("paths_counted_{}", color.subtitle().replace("Paths by ", "")), &a);
    }
}

#[test]
fn a_few_lives_stand_out_line_by_line_before_many_counted_ones() {
    let (ford, filter) = (ford(), Filter::default());
    let rounds = play();
    let name = rounds[0].tracks[0].name.display().into_owned();
    let spec = PathsSpec { color: PathColor::Team, highlight: vec![name] };
    let mut paths = PathsAccumulator::new(spec, ford.0.extent.rect);
    for order in 0..20 {
        paths.add(order, &rounds[0], &filter);
    }
    assert!(!paths.paths().is_empty());
    paths.check_highlights().unwrap();
    let drawing = on(&ford, 320, &filter, |_| {}, |context| paths.clone().finish(context));
    golden::check("paths_counted_highlight", &raster::render(&drawing.scene).unwrap());
    assert!(words(&drawing.scene).iter().any(|word| word == "direction"), "all marks are explained");
}

/// Kills and killers of every card of a round, counted by hand from its engagements.
#[test]
fn cards_tell_kills_and_the_killer_as_the_file_does() {
    let (ford, filter) = (ford(), Filter::default());
    let round = &play()[0];
    let found = lives(round, &filter);
    let (mut kills, mut killers) = (0, 0);
    for life in found.lives.iter().filter(|life| life.alive_ms() > 2_000) {
        let draw = |context: &Canvas<'_>| {
            let (card, summary) = Card::with_data_summary(0, life, &filter, &context.map.extent.rect);
            card.figure(context, &summary).unwrap()
        };
        let said = words(&on(&ford, 256, &filter, |_| {}, draw).scene);
        let guid = &life.track().guid;
        let next = found.lives.iter().map(Life::track).filter(|other| other.guid == *guid);
        let next = next.map(|track| track.spawn).filter(|spawn| *spawn > life.track().spawn).min();
        let of_life = |time| time >= life.track().spawn && next.is_none_or(|next| time < next);
        let own = round.engagements.iter().filter(|fact| {
            fact.outcome == Outcome::Killed
                && fact.killer_guid.as_ref() == Some(guid)
                && fact.target_team != life.track().team
                && of_life(fact.end)
        });
        let own = own.count();
        let row = said.iter().position(|word| word == "kills" || word.starts_with("kills")).unwrap();
        assert!(
            said.iter().any(|word| *word == own.to_string()),
            "{own} kills of {guid:?} in {:?}",
            &said[row..]
        );
        kills += own;
        let killer = round.engagements.iter().find(|fact| {
            fact.outcome == Outcome::Killed
                && fact.target_guid == *guid
                && Some(fact.end) == life.track().end
                && fact.killer_guid.as_ref().is_some_and(|killer| killer != guid)
        });
        if let Some(name) = killer.and_then(|fact| fact.killer_name.as_ref()) {
            let name = name.display().into_owned();
            assert!(
                said.iter().any(|word| word.starts_with("killed by ") && word.contains(&name)),
                "{said:?}"
            );
            killers += 1;
        }
    }
    assert!(kills > 5 && killers > 5, "{kills} kills, {killers} killers");
}
