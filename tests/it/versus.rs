//! Arrivals, kills, and two groups against each other: how they look, and laws that hold for any input.

use proximity::Drawing;
use proximity::Filter;
use proximity::analysis::{Arrivals, Cells, Deaths};
use proximity::analysis::{Life, Lives, lives};
use proximity::basemap::BaseStyle;
use proximity::figure::arrival::{self, ArrivalSpec};
use proximity::figure::heatmap::{VersusAccumulator, VersusSpec};
use proximity::figure::kills::{KillsAccumulator, KillsSpec, kills};
use proximity::figure::{Canvas, DataSummary, Orientation, Sheet};
use proximity::format::{ReadOptions, read};
use proximity::geom::{WorldPoint, WorldRect};
use proximity::map::picture::PictureLimits;
use proximity::map::{MapLibrary, WorldMap};
use proximity::model::Event;
use proximity::raster;
use proximity::scene::{Item, Scene};
use proximity::sim::{SampleOptions, SimulationOptions, write_session};
use proximity::{Class, Round, Team};

use crate::analysis::corpus::{ALPHA, own_round, runner};
use crate::golden;

/// Map side of the goldens, pixels.
const SIZE: u32 = 360;

/// Two rounds of two minutes on the sample map.
fn play() -> Vec<Round> {
    let play = SimulationOptions { rounds: 2, round_seconds: 120, ..SimulationOptions::default() };
    let files = write_session(&SampleOptions { play, ..SampleOptions::default() }).unwrap();
    let round = |bytes: &[u8]| read(bytes, &ReadOptions::default()).unwrap().file.round;
    files.iter().map(|(_, bytes)| round(bytes)).collect()
}

fn on_ford(draw: impl FnOnce(&Canvas<'_>) -> Drawing) -> Drawing {
    let map: WorldMap = MapLibrary::open::<&str>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let picture = map.picture.as_ref().unwrap().load(&PictureLimits::default()).unwrap();
    draw(&Canvas {
        map: &map,
        picture: Some(&picture),
        heights: None,
        base: BaseStyle::Dim,
        sheet: Sheet::new(Orientation::Landscape, SIZE).unwrap(),
        crop: None,
        imprint: None,
        filter: &Filter::default(),
        bases: None,
    })
}

fn of_team(team: Team) -> Filter {
    Filter { teams: vec![team], ..Filter::default() }
}

fn versus(rounds: &[Round], a: &Filter, b: &Filter) -> Drawing {
    on_ford(|context| {
        let extent = &context.map.extent.rect;
        let empty = VersusAccumulator::new(VersusSpec::default(), a.clone(), b.clone(), extent).unwrap();
        // Each round by itself and in the wrong order, as workers would.
        let mut whole = empty.clone();
        for (order, round) in rounds.iter().enumerate().rev() {
            let mut part = empty.clone();
            part.add(order as u32, round);
            whole.merge(part);
        }
        whole.finish(context)
    })
}

/// The bitmaps over the map in the order of drawing: the base map first.
fn bitmaps(scene: &Scene) -> Vec<&[u8]> {
    let Some(Item::Clip { items, .. }) = scene.items.first() else { panic!("the map is clipped") };
    let images = items.iter().filter_map(|item| match item {
        Item::Image { bitmap, .. } => Some(bitmap.rgba()),
        _ => None,
    });
    images.collect()
}

fn lines(scene: &Scene) -> usize {
    let Some(Item::Clip { items, .. }) = scene.items.first() else { panic!("the map is clipped") };
    items.iter().filter(|item| matches!(item, Item::Polyline(_))).count()
}

#[test]
fn a_group_against_itself_is_blank() {
    let rounds = play();
    let filter = Filter { classes: vec![Class::Medic, Class::Engineer], ..Filter::default() };
    let figure = versus(&rounds, &filter, &filter);
    let heat = bitmaps(&figure.scene)[1];
    assert!(heat.chunks_exact(4).all(|pixel| pixel[3] == 0), "nothing differs");
    assert_eq!(lines(&figure.scene), 0);
}

/// The two colours of the groups.
const HUES: [[u8; 3]; 2] = [[0x59, 0xb8, 0xff], [0xf5, 0x89, 0x3d]];

/// How many pixels of a heat have each of the two colours.
fn hues(heat: &[u8]) -> [usize; 2] {
    HUES.map(|hue| heat.chunks_exact(4).filter(|pixel| pixel[3] > 0 && pixel[..3] == hue).count())
}

#[test]
fn exchanging_the_groups_exchanges_the_colours_and_nothing_else() {
    let rounds = play();
    let near = |from: i64, to: i64| Filter::new().life_window(from..to);
    let (early, late) = (near(0, 8_000), near(8_000, 60_000));
    let (ab, ba) = (versus(&rounds, &early, &late), versus(&rounds, &late, &early));
    let (one, other) = (bitmaps(&ab.scene)[1], bitmaps(&ba.scene)[1]);
    for (a, b) in one.chunks_exact(4).zip(other.chunks_exact(4)).filter(|(a, _)| a[3] > 0) {
        assert_eq!(a[3], b[3], "the same strength");
        match HUES.iter().position(|hue| a[..3] == *hue) {
            Some(hue) => assert_eq!(b[..3], HUES[1 - hue]),
            None => assert_eq!(a, b, "hatching belongs to neither"),
        }
    }
    let seen = hues(one);
    assert!(seen.iter().all(|n| *n > 100), "both sides are somewhere: {seen:?}");
    assert_eq!(ab.recipe.options["lives_a"], ba.recipe.options["lives_b"]);
    assert_eq!(ab.recipe.options["shuffles"], 499);
}

#[test]
fn teams_keep_their_colours_whichever_comes_first() {
    let rounds = play();
    let (allies, axis) = (of_team(Team::Allies), of_team(Team::Axis));
    let (ab, ba) = (versus(&rounds, &allies, &axis), versus(&rounds, &axis, &allies));
    let seen = hues(bitmaps(&ab.scene)[1]);
    assert!(seen.iter().all(|n| *n > 1000), "both sides are somewhere: {seen:?}");
    let (one, other) = (bitmaps(&ab.scene)[1], bitmaps(&ba.scene)[1]);
    let mut pixels = one.chunks_exact(4).zip(other.chunks_exact(4));
    assert!(pixels.all(|(a, b)| a == b || (a[3] == 0 && b[3] == 0)));
}

#[test]
fn an_empty_group_says_so() {
    let none = Filter { classes: vec![Class::Unknown], ..Filter::default() };
    let figure = versus(&play(), &Filter::default(), &none);
    assert_eq!(bitmaps(&figure.scene).len(), 1, "only the base map");
}

#[test]
fn every_certain_death_is_a_kill_on_the_map() {
    for round in &play() {
        let found = lives(round, &Filter::default());
        let deaths = Deaths::of(round);
        let died = found.lives.iter().filter(|life| deaths.of_track(life.track()).kind.is_death()).count();
        // A death that a revive followed is one, too.
        let events = found.lives.iter().flat_map(Life::samples).map(|sample| &sample.event);
        let died = died + events.filter(|event| **event == Event::Revived).count();
        let kills = kills(&found, &everyone(round));
        assert_eq!(kills.len(), died);
        assert!(kills.iter().filter(|kill| kill.killer.is_some()).count() * 2 > died, "most have a killer");
        for kill in &kills {
            let there = found
                .lives
                .iter()
                .any(|life| life.samples().iter().any(|s| s.at == kill.at && s.time == kill.time));
            assert!(there, "a death lies on a track");
        }
    }
}

#[test]
fn a_filter_leaves_out_deaths_but_no_killers() {
    for round in &play() {
        let all: Vec<_> = kills(&people(round), &everyone(round));
        let of_allies = kills(&lives(round, &of_team(Team::Allies)), &everyone(round));
        let expected: Vec<_> = all.into_iter().filter(|kill| kill.team == Team::Allies).collect();
        assert_eq!(of_allies, expected);
    }
}

fn people(round: &Round) -> Lives<'_> {
    lives(round, &Filter::default())
}

fn everyone(round: &Round) -> Lives<'_> {
    lives(round, &Filter::everything())
}

#[test]
fn deaths_are_chosen_by_killer_victim_and_weapon() {
    let rounds = play();
    let all: Vec<_> = rounds.iter().flat_map(|round| kills(&people(round), &everyone(round))).collect();
    let one = all.iter().find(|kill| kill.by.is_some() && kill.weapon.is_some()).unwrap();
    let name =
        |player: &(proximity::model::Guid, proximity::model::PlayerName)| player.1.display().into_owned();
    let (killer, victim) = (name(one.by.as_ref().unwrap()), name(&one.victim));
    let weapon = one.weapon.unwrap().name().into_owned();
    let shown = |spec: KillsSpec| {
        let map = MapLibrary::open::<&str>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
        let mut data = KillsAccumulator::new(spec, map.extent.rect);
        for (order, round) in (0..).zip(&rounds) {
            data.add_lives(order, round, &people(round), &everyone(round), &Filter::default());
        }
        (data.check(), data.kills().count())
    };
    let counted = |wanted: &dyn Fn(&proximity::figure::kills::Kill) -> bool| {
        all.iter().filter(|kill| wanted(kill)).count()
    };
    let list = |word: &str| vec![word.to_owned()];
    let by = KillsSpec { killer: list(&killer), ..KillsSpec::default() };
    assert_eq!(shown(by.clone()).1, counted(&|kill| kill.by.as_ref().is_some_and(|by| name(by) == killer)));
    let of = KillsSpec { victim: list(&victim), ..KillsSpec::default() };
    assert_eq!(shown(of).1, counted(&|kill| name(&kill.victim) == victim));
    let with = KillsSpec { weapon: list(&weapon.to_uppercase()), ..by };
    let (checked, count) = shown(with.clone());
    assert!(checked.is_ok() && count > 0 && count < all.len());
    let none = KillsSpec { weapon: list("blunderbuss"), ..with };
    let error = shown(none).0.unwrap_err().to_string();
    assert!(error.contains(&weapon) && error.contains("with blunderbuss"), "{error}");
}

#[test]
fn arrivals_are_never_later_than_any_sample() {
    let rounds = play();
    let round = &rounds[0];
    let found = lives(round, &Filter::default());
    let map = MapLibrary::open::<&str>(&[]).unwrap().find("proximity_demo").unwrap().unwrap();
    let cells = arrival::cells(&map.extent.rect).unwrap();
    let mut arrivals = Arrivals::new(cells);
    arrivals.add(0, &found);
    let mut compared = 0;
    let times = [Team::Allies, Team::Axis].map(|team| arrivals.times_ms(&team));
    for life in &found.lives {
        for segment in life.segments() {
            let Some(cell) = cells.index(segment.from.at) else { continue };
            let Some(ms) = times[usize::from(life.track().team == Team::Axis)][cell] else { continue };
            assert!(i64::from(ms) <= found.clock.since_live_ms(segment.from.time).max(0));
            compared += 1;
        }
    }
    assert!(compared > 300, "{compared}");
    // A second round without players of one side: half of two rounds is one, so nothing is lost …
    let once = arrivals.clone();
    let team = &found.lives[0].track().team;
    let cell = arrivals.times_ms(team).iter().position(Option::is_some).unwrap();
    let other = if *team == Team::Axis { Team::Allies } else { Team::Axis };
    let theirs = lives(round, &of_team(other));
    arrivals.add(1, &theirs);
    assert_eq!(arrivals.times_ms(team), once.times_ms(team));
    // … but of three it is not half any more.
    arrivals.add(2, &theirs);
    assert_eq!(arrivals.times_ms(team)[cell], None);
}

#[test]
fn of_many_rounds_the_first_count_whoever_adds_them() {
    /// So many rounds are counted.
    const MOST: usize = 1024;
    let rounds = play();
    let sides = [Team::Allies, Team::Axis].map(|team| lives(&rounds[0], &of_team(team)));
    let cells = Cells::new(WorldRect::new(-3e3, -3e3, 3e3, 3e3).unwrap(), 20, 20).unwrap();
    // First rounds of the one side, then of the other, added by one hand or by three.
    let first = MOST / 2 - 10;
    let of = |orders: &mut dyn Iterator<Item = usize>| {
        let mut part = Arrivals::new(cells);
        orders.for_each(|order| part.add(order as u32, &sides[usize::from(order >= first)]));
        part
    };
    let alone = of(&mut (0..MOST + 300));
    let mut merged = of(&mut std::iter::empty());
    for hand in [2, 0, 1] {
        merged.merge(of(&mut (0..MOST + 300).rev().filter(|order| order % 3 == hand)));
    }
    for arrivals in [&alone, &merged] {
        assert_eq!([arrivals.rounds(), arrivals.left_out()], [MOST, 300]);
        // Less than half of the rounds that count are of the Allies.
        assert!(arrivals.times_ms(&Team::Allies).iter().all(Option::is_none));
        assert!(arrivals.times_ms(&Team::Axis).iter().any(Option::is_some));
    }
    assert_eq!(merged.times_ms(&Team::Axis), alone.times_ms(&Team::Axis));
}

/// Three lives on one lane, two of which go on: seconds since the spawn, counted by hand.
#[test]
fn time_since_spawn_is_of_the_lives_that_came() {
    let run = |start: i32, ms: i32| runner(ALPHA, start, (0.0, 50.0), 200.0, ms, 200);
    // 200 u/s: at 450 u after 2.25 s, at 1450 u after 7.25 s. The later spawns on the round's clock change nothing.
    let round = own_round(vec![run(500, 4_000), run(20_500, 9_000), run(40_500, 9_000)]);
    let found = lives(&round, &Filter::default());
    let team = &found.lives[0].track().team;
    let cells = Cells::with_side(WorldRect::new(-1000.0, -1000.0, 3000.0, 3000.0).unwrap(), 100.0).unwrap();
    let near = |x: f32| cells.index(WorldPoint::new(x, 50.0, 0.0)).unwrap();
    let mut arrivals = Arrivals::since_spawn(cells, 0.5);
    arrivals.add(0, &found);
    let times = arrivals.times_ms(team);
    let first = times[near(450.0)].unwrap();
    assert!((1_900..2_600).contains(&first), "{first}");
    assert_eq!(times[near(1450.0)], None, "two visits are too few");
    assert_eq!(arrivals.least_visits(team), 3);
    let place = WorldPoint::new(450.0, 50.0, 0.0);
    let by_place = arrivals.near_ms(team, place, 200.0).unwrap();
    assert!(by_place < first, "{by_place}");

    let mut twice = Arrivals::since_spawn(cells, 0.5);
    twice.merge(arrivals.clone());
    twice.merge(arrivals);
    assert!((6_900..7_600).contains(&twice.times_ms(team)[near(1450.0)].unwrap()), "four visits are enough");
}

#[test]
fn the_pictures_stay_as_they_are() {
    let rounds = play();
    let filter = Filter::default();
    let found: Vec<_> = rounds.iter().map(|round| lives(round, &filter)).collect();
    let kills = on_ford(|context| {
        let mut kills = KillsAccumulator::new(KillsSpec::default(), context.map.extent.rect);
        let order = 0..;
        rounds.iter().zip(&found).zip(order).for_each(|((round, lives), order)| {
            kills.add_lives(order, round, lives, &everyone(round), &filter);
        });
        kills.finish(context)
    });
    let arrival = on_ford(|context| {
        let extent = context.map.extent.rect;
        let mut arrivals = Arrivals::new(arrival::cells(&extent).unwrap());
        let mut data_summary = DataSummary::new(extent);
        for (round, lives) in rounds.iter().zip(&found) {
            arrivals.add(0, lives);
            data_summary.add(round, lives, &filter);
        }
        let spec = ArrivalSpec { team: Some(Team::Allies), ..ArrivalSpec::default() };
        arrival::figure(&arrivals, &spec, &data_summary, context)
    });
    let versus = versus(&rounds, &of_team(Team::Allies), &of_team(Team::Axis));
    for (name, figure) in [("kills", kills), ("arrival", arrival), ("versus", versus)] {
        golden::check(name, &raster::render(&figure.scene).unwrap());
    }
}
