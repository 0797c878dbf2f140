//! Requests answered as they come: by the library's own service, and over HTTP by the real program and real sockets.

#[cfg(feature = "serve")]
mod client;
#[cfg(feature = "serve")]
mod explorer;
#[cfg(feature = "serve")]
mod hostile;

use std::time::{Duration, Instant};

use jiff::civil::date;
use proximity::analysis::{Area, CameFrom, Life, WindowMs, lives};
use proximity::figure::kills::KillsSpec;
use proximity::figure::paths::PathColor;
use proximity::figure::replay::AnimationKind;
use proximity::progress::Silent;
use proximity::service::{Asker, Options, Season, Service};
use proximity::{
    Arrival, Bots, Class, Exits, Figure, Filter, Heatmap, Kills, Layout, Maps, Paths, Replay, Request,
    Rounds, State, Subject, Team,
};
use tempfile::TempDir;

use crate::cli::{said, session};

fn service(memory: u64) -> (TempDir, Service) {
    let folder = tempfile::tempdir().unwrap();
    let rounds = Rounds::open(session()).unwrap();
    let season = Season::load(rounds, &Maps::default(), memory, &Silent).unwrap();
    let service = Service::open(season, &Options::new(folder.path())).unwrap();
    (folder, service)
}

fn asker() -> Asker {
    Asker::new("a reader", "here")
}

fn small(subject: Subject, filter: Filter) -> Request {
    Request::new(subject, filter).on(Layout::landscape(300))
}

/// The bytes that the library gives without any service.
fn drawn(request: &Request) -> Vec<u8> {
    let rounds = Rounds::open(session()).unwrap();
    let map = Maps::default().for_rounds(&rounds).unwrap();
    request.draw(&rounds.select(&request.filter), &map).unwrap().drawing.png().unwrap()
}

#[test]
fn every_figure_is_the_one_that_is_drawn_without_a_service() {
    let (_folder, in_memory) = service(64 << 20);
    let (_other, elsewhere) = service(0);
    assert_eq!((in_memory.season().kept(), elsewhere.season().kept()), (4, 0));
    let map = || Filter::new().map("proximity_demo");
    for request in [
        small(Heatmap::by_team().subject(), map().life_window(0..10_000)),
        small(Paths::default().subject(), map().team(Team::Allies)),
        small(Exits::default().subject(), map()),
        small(Kills::default().subject(), map()),
        small(Arrival::of(Team::Axis).subject(), map().team(Team::Axis)),
    ] {
        let expected = drawn(&request);
        for service in [&in_memory, &elsewhere] {
            let picture = service.picture(&request, &asker()).unwrap();
            assert!(*picture.bytes == *expected, "{}", request.to_json());
        }
    }
}

#[test]
fn a_heatmap_of_sums_is_the_one_of_the_rounds() {
    let (_folder, service) = service(64 << 20);
    let season = service.season();
    season.sum().unwrap();
    let soon = Instant::now() + Duration::from_mins(10);
    let map = || Filter::new().map("proximity_demo");
    let kinds = [
        (Heatmap::by_state(), Filter { round: Some(1), ..map() }),
        (Heatmap::by_state(), map()),
        (Heatmap::by_team(), map().class(Class::Medic)),
        (Heatmap::by_class(), map().team(Team::Axis).states(&[State::Sprint])),
        (Heatmap::plain(), map().life_window(0..20_000)),
    ];
    assert!(season.sums_bytes() > 0, "a map that is known is summed before it is asked for");
    for (heat, filter) in kinds {
        let request = small(heat.subject(), filter);
        assert!(season.draw(&request, soon).unwrap().0 == drawn(&request), "{}", request.to_json());
    }
    // Whoever ends it before gets no sums, and the same pictures.
    let (_another, ended) = self::service(64 << 20);
    let season = ended.season();
    season.end_summing();
    ended.sum().unwrap();
    assert_eq!(season.sums_bytes(), 0);
    let request = small(Heatmap::by_state().subject(), map());
    assert!(season.draw(&request, soon).unwrap().0 == drawn(&request));
    // Where the rounds take all memory there is, there are no sums.
    let (_other, full) = self::service(season.kept_bytes());
    let season = full.season();
    season.sum().unwrap();
    assert_eq!(season.kept(), 4);
    let request = small(Heatmap::by_state().subject(), map());
    for _ in 0..3 {
        assert!(season.draw(&request, soon).unwrap().0 == drawn(&request));
    }
    assert_eq!(season.sums_bytes(), 0);
}

#[test]
fn every_figure_of_sums_is_that_of_the_rounds() {
    // So many lives that their lines, deaths and exits are counted.
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(session()).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(rest) = name.strip_prefix("2026-03-14") else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        for later in 0..4 {
            let moved = |line: &str| match line.split_once("_unix=") {
                Some((word, unix)) => {
                    format!("{word}_unix={}\n", unix.parse::<i64>().unwrap() + 86_400 * later)
                }
                None => format!("{line}\n"),
            };
            let copy = folder.path().join(format!("2026-03-{}{rest}", 14 + later));
            std::fs::write(copy, text.lines().map(moved).collect::<String>()).unwrap();
        }
    }
    let rounds = || Rounds::open(folder.path()).unwrap();
    let season = Season::load(rounds(), &Maps::default(), 128 << 20, &Silent).unwrap();
    assert_eq!((season.len(), season.kept()), (16, 16));
    season.sum().unwrap();
    let soon = Instant::now() + Duration::from_mins(10);
    let map = || Filter::new().map("proximity_demo");
    let axis = || map().team(Team::Axis);
    let by_thompson = KillsSpec { weapon: vec!["thompson".to_owned()], ..KillsSpec::default() };
    let plain = [
        (Paths::default().subject(), map()),
        (Paths::by(PathColor::Team).subject(), Filter { bots: Bots::Include, ..axis() }),
        (Paths::default().subject(), axis().class(Class::Medic)),
        (Kills::default().subject(), map()),
        (Kills { spec: by_thompson }.subject(), axis().class(Class::Soldier)),
        (Kills::default().subject(), map().states(&[State::Prone])),
        (Paths::by(PathColor::Time).subject(), map()),
        (Paths::by(PathColor::Health).subject(), axis()),
        (Paths::by(PathColor::Player).subject(), map()),
        (Exits::default().subject(), map()),
        (Exits::default().subject(), axis()),
        (Exits::default().subject(), axis().class(Class::Medic)),
        (Exits::default().subject(), map().bots(Bots::Include)),
        (Arrival::default().subject(), map()),
        (Arrival::of(Team::Axis).subject(), axis()),
        (Arrival::default().subject(), Filter { round: Some(2), ..map() }),
        (Arrival::default().subject(), map().bots(Bots::Include)),
        (Arrival::default().subject(), map().bots(Bots::Only)),
        (Arrival::of(Team::Axis).subject(), axis().sessions(date(2026, 3, 14), date(2026, 3, 15))),
        (Arrival::of(Team::Axis).subject(), axis().life_window(2_000..12_000)),
        (Paths::by(PathColor::Player).subject(), map().sessions(date(2026, 3, 14), date(2026, 3, 16))),
        (Paths::by(PathColor::Player).subject(), map().states(&[State::Sprint])),
        (Paths::by(PathColor::Player).subject(), axis().states(&[State::Sprint]).life_window(2_500..15_000)),
        (Paths::by(PathColor::Player).subject(), map().class(Class::Medic)),
        (Heatmap::by_class().subject(), map().sessions(date(2026, 3, 16), date(2026, 3, 17)).round(2)),
    ];
    // What a window, a session or a player leaves is put together from slices and single steps.
    let day = |first: i8, last: i8| map().sessions(date(2026, 3, first), date(2026, 3, last));
    let round_window = |from: i64, to: i64| Filter { round_window: Some(WindowMs { from, to }), ..map() };
    let narrow = [
        map().life_window(0..10_000),
        map().life_window(2_500..i64::MAX),
        axis().class(Class::Engineer).life_window(1_000..25_000),
        map().states(&[State::Sprint]).life_window(3_000..9_000),
        round_window(15_000, i64::MAX),
        round_window(40_000, 130_000),
        Filter { life_window: Some(WindowMs { from: 0, to: 20_000 }), ..round_window(30_000, 180_000) },
        day(14, 16),
        day(15, 15).life_window(0..8_000),
        Filter { round: Some(1), ..map() }.class(Class::Soldier),
        map().player("Kestrel"),
        map().states(&[State::Prone, State::Crouch]),
    ];
    let by = [
        Heatmap::by_state().subject(),
        Paths::default().subject(),
        Paths::by(PathColor::Player).subject(),
        Paths::by(PathColor::Speed).subject(),
        Kills::default().subject(),
        Exits::default().subject(),
        Arrival::default().subject(),
    ];
    // The first two and the last with each filter, the others with each third.
    let pairs = (0..by.len()).flat_map(|figure| (0..narrow.len()).map(move |filter| (figure, filter)));
    let narrow = pairs
        .filter(|(figure, filter)| *figure < 2 || *figure + 1 == by.len() || (figure + filter) % 3 == 0)
        .map(|(figure, filter)| (by[figure].clone(), narrow[filter].clone()));
    let has_meaning = |(subject, filter): &(Subject, Filter)| {
        !matches!(subject, Subject::Exits(_)) || filter.states == Filter::new().states
    };
    for (subject, filter) in plain.into_iter().chain(narrow).filter(has_meaning) {
        let request = small(subject, filter);
        let rounds = rounds();
        let map = Maps::default().for_rounds(&rounds).unwrap();
        let drawn = request.draw(&rounds.select(&request.filter), &map).unwrap().drawing.png().unwrap();
        assert!(season.draw(&request, soon).unwrap().0 == drawn, "{}", request.to_json());
    }
}

#[test]
fn an_equal_request_comes_from_the_disk_even_after_a_restart() {
    let (folder, first) = service(64 << 20);
    let request = small(Heatmap::by_team().subject(), Filter::new());
    let picture = first.picture(&request, &asker()).unwrap();
    assert_eq!(first.picture(&request, &asker()).unwrap(), picture);
    assert_eq!(first.metrics().drawings(), 1);
    let season = Season::load(Rounds::open(session()).unwrap(), &Maps::default(), 0, &Silent).unwrap();
    let second = Service::open(season, &Options::new(folder.path())).unwrap();
    assert_eq!(second.picture(&request, &asker()).unwrap(), picture);
    assert_eq!(second.metrics().drawings(), 0);
    second.forget_pictures();
    assert_eq!(second.picture(&request, &asker()).unwrap(), picture);
    assert_eq!(second.metrics().drawings(), 1);
}

#[test]
fn other_rounds_give_another_picture_at_once() {
    let (_folder, service) = service(64 << 20);
    let request = small(Heatmap::by_team().subject(), Filter::new());
    let before = service.picture(&request, &asker()).unwrap();
    let fewer = Rounds::open(session()).unwrap().part(|place| place > 0);
    service.replace(Season::load(fewer, &Maps::default(), 64 << 20, &Silent).unwrap());
    let after = service.picture(&request, &asker()).unwrap();
    assert_ne!((&before.key, &before.bytes), (&after.key, &after.bytes));
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    let (_folder, service) = service(64 << 20);
    let refused =
        |filter: Filter| service.picture(&small(Heatmap::by_team().subject(), filter), &asker()).unwrap_err();
    let map = refused(Filter::new().map("nomap"));
    assert!(map.is_nothing_found() && map.to_string().contains("proximity_demo"), "{map}");
    let player = refused(Filter::new().player("Nemo"));
    assert!(player.is_nothing_found() && player.to_string().contains("there are:"), "{player}");
    let replay = Request::new(Subject::Replay(Replay::default()), Filter::new());
    let still = service.picture(&replay, &asker()).unwrap_err();
    assert!(still.is_askers_fault() && !still.is_nothing_found(), "{still}");
    let huge = Subject::Replay(Replay { budget_mb: 26.0, ..Replay::default() });
    let huge = service.replay(&Request::new(huge, Filter::new()), AnimationKind::Gif, &asker()).unwrap_err();
    assert!(huge.is_askers_fault() && huge.to_string().contains("25 or less"), "{huge}");
    let heat = small(Heatmap::by_team().subject(), Filter::new());
    assert!(service.replay(&heat, AnimationKind::Gif, &asker()).unwrap_err().is_askers_fault());
}

#[test]
fn a_ground_drawn_from_the_tracks_is_that_of_the_rounds_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = folder.path().join("rounds");
    std::fs::create_dir(&rounds).unwrap();
    for file in std::fs::read_dir(session()).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with("_engagements.txt") {
            let text =
                std::fs::read_to_string(&file).unwrap().replace("# map=proximity_demo", "# map=elsewhere");
            std::fs::write(rounds.join(name.replace("proximity_demo", "elsewhere")), text).unwrap();
        }
    }
    let season = Season::load(Rounds::open(&rounds).unwrap(), &Maps::default(), 64 << 20, &Silent).unwrap();
    let service = Service::open(season, &Options::new(&folder.path().join("cache"))).unwrap();
    let (from, out) = (rounds.to_str().unwrap(), folder.path().join("heat.png"));
    // The second is drawn on the ground of the first, the third on another.
    let one = Filter { round: Some(1), ..Filter::new() };
    for (filter, words) in [
        (Filter::new(), vec![]),
        (Filter::new().team(Team::Axis), vec!["--team", "axis"]),
        (one, vec!["--round", "1"]),
    ] {
        let command = ["heatmap", from, "--by", "team", "--size", "300", "--out", out.to_str().unwrap()];
        said(&[&command[..], &words].concat());
        let picture = service.picture(&small(Heatmap::by_team().subject(), filter), &asker()).unwrap();
        assert!(*picture.bytes == *std::fs::read(&out).unwrap(), "{words:?}");
    }
}

#[test]
fn a_replay_is_the_commands_and_comes_from_the_disk_the_second_time() {
    let (_folder, service) = service(64 << 20);
    let mut filter = Filter::new();
    filter.round_window = Some(WindowMs { from: 20_000, to: 23_000 });
    let request = small(Subject::Replay(Replay::default()), filter);
    let first = service.replay(&request, AnimationKind::Gif, &asker()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.gif");
    let (session, name) = (session(), out.to_str().unwrap());
    said(&["replay", session.to_str().unwrap(), "--round-window", "20..23", "--size", "300", "--out", name]);
    assert!(*first.bytes == *std::fs::read(&out).unwrap(), "the service and the command make the same bytes");
    assert!(
        first.alt.starts_with("Replay of proximity_demo (") && first.alt.contains("a second"),
        "{}",
        first.alt
    );
    assert_eq!(service.replay(&request, AnimationKind::Gif, &asker()).unwrap(), first);
    assert_eq!(service.metrics().drawings(), 1);
}

#[test]
fn a_drawing_ends_when_its_time_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let season = Season::load(Rounds::open(session()).unwrap(), &Maps::default(), 64 << 20, &Silent).unwrap();
    let mut options = Options::new(folder.path());
    options.limits.time = Duration::ZERO;
    let service = Service::open(season, &options).unwrap();
    let request = small(Heatmap::by_team().subject(), Filter::new());
    let late = service.picture(&request, &asker()).unwrap_err();
    assert!(late.is_passing(), "{late}");
    let replay = small(Subject::Replay(Replay::default()), Filter::new());
    assert!(service.replay(&replay, AnimationKind::Gif, &asker()).unwrap_err().is_passing());
    assert_eq!(service.metrics().drawings(), 0);
}

#[test]
fn an_area_tells_who_passes_and_what_comes_of_it() {
    let (_folder, service) = service(64 << 20);
    let request = small(Heatmap::by_team().subject(), Filter::new());
    let whole =
        Area::new(vec![(-4000.0, -4000.0), (4000.0, -4000.0), (4000.0, 4000.0), (-4000.0, 4000.0)]).unwrap();
    let all = service.passes(&request, &whole, &asker()).unwrap();
    let rounds = Rounds::open(session()).unwrap().to_vec().unwrap();
    let lives: Vec<_> = rounds.iter().map(|round| lives(round, &request.filter)).collect();
    let walked = |state: State| -> i64 {
        let segments = lives.iter().flat_map(|lives| &lives.lives).flat_map(Life::segments);
        segments.filter(|segment| segment.state == state).map(|segment| segment.dt_ms).sum()
    };
    // All of the map holds all of the time; each life enters it at its spawn.
    for (state, ms) in State::ALL.into_iter().zip(all.state_ms) {
        assert_eq!(ms, walked(state), "{state}");
    }
    assert_eq!(all.all_lives, lives.iter().map(|lives| lives.lives.len() as u64).sum::<u64>());
    assert!(all.lives > 200 && all.passes >= all.lives);
    assert!(all.from[&CameFrom::Spawn] >= all.lives);
    // Every pass is counted once in each list.
    let half = Area::new(vec![(-4000.0, -4000.0), (0.0, -4000.0), (0.0, 4000.0), (-4000.0, 4000.0)]).unwrap();
    let west = service.passes(&request, &half, &asker()).unwrap();
    for count in [
        west.by_player.values().sum::<u64>(),
        west.by_team.iter().sum(),
        west.from.values().sum(),
        west.by_minute.values().sum(),
    ] {
        assert_eq!(count, west.passes);
    }
    assert!(west.state_ms.iter().sum::<i64>() < all.state_ms.iter().sum());
    assert!(west.died > 0 && west.killed > 0 && west.died < west.passes, "{west:?}");
    // A window does not make a spawn of its beginning.
    let late = small(Heatmap::by_team().subject(), Filter::new().life_window(30_000..40_000));
    let late = service.passes(&late, &half, &asker()).unwrap();
    assert!(late.passes > 10 && !late.from.contains_key(&CameFrom::Spawn), "{late:?}");
    let nowhere = Area::new(vec![(9000.0, 0.0), (9001.0, 0.0), (9001.0, 1.0)]).unwrap();
    assert_eq!(service.passes(&request, &nowhere, &asker()).unwrap().passes, 0);
}
