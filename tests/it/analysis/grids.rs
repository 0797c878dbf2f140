//! Where time went: laws of the grid.

use proptest::prelude::*;
use proximity::Round;
use proximity::analysis::lives;
use proximity::analysis::{Cells, Heights, Life, Occupancy, Split, StateSet, Weight, WindowMs};
use proximity::geom::{WorldPoint, WorldRect};
use proximity::model::Event;
use proximity::{Filter, State};

use super::corpus::{ALPHA, BRAVO, Dice, all, decimated, only, own_round, runner, sample, track, wanderers};

fn cells(side: f64) -> Cells {
    Cells::with_side(WorldRect::new(-1_000.0, -1_000.0, 1_000.0, 1_000.0).unwrap(), side).unwrap()
}

fn grid(cells: Cells, split: Split, weight: Weight, lives: &[Life<'_>]) -> Occupancy {
    Occupancy::of(cells, split, weight, lives)
}

fn planes(grid: &Occupancy) -> Vec<Vec<u64>> {
    (0..grid.split().planes()).map(|i| grid.plane(i).into_owned()).collect()
}

#[test]
fn a_straight_run_by_hand() {
    // 256 u/s for 1 s along y = 5: 16 units in the first cell, then 100 u cells.
    let round = own_round(vec![runner(ALPHA, 500, (-16.0, 5.0), 256.0, 1_000, 200)]);
    let lives = all(&round);
    let grid = grid(cells(100.0), Split::Nothing, Weight::Time, &lives.lives);
    let plane = grid.plane(0);
    let row = grid.cells().index(WorldPoint::new(-16.0, 5.0, 0.0)).unwrap();
    // 16 / 256 s, 100 / 256 s, 100 / 256 s, 40 / 256 s.
    assert_eq!(plane[row..row + 4], [62_500, 390_625, 390_625, 156_250]);
    assert_eq!(plane.iter().sum::<u64>(), 1_000_000);
    assert_eq!((grid.lives(), grid.samples(), grid.time_budget().alive_us), (1, 6, 1_000_000));
}

#[test]
fn each_segment_goes_to_the_plane_of_its_state() {
    let mut life = runner(ALPHA, 500, (0.0, 5.0), 100.0, 1_000, 200);
    for (i, (stance, sprint)) in [(0, 0), (2, 0), (1, 0), (0, 0), (0, 1), (0, 0)].into_iter().enumerate() {
        (life.samples[i].stance, life.samples[i].sprint) = (stance, sprint);
    }
    let round = own_round(vec![life]);
    let lives = all(&round);
    let grid = grid(cells(100.0), Split::State, Weight::Time, &lives.lives);
    let seconds = |state| grid.state(state).iter().sum::<u64>();
    assert_eq!(
        State::ALL.map(seconds),
        [200_000, 200_000, 0, 400_000, 200_000, 0],
        "upright, prone, crouch, sprint, then upright to the end"
    );
    assert_eq!(grid.total().iter().sum::<u64>(), 1_000_000);
}

#[test]
fn visits_count_a_life_once_per_cell_however_long_it_stays() {
    let there_and_back = |guid: &str, spawn: i32| {
        let xs = [10.0, 110.0, 210.0, 110.0, 10.0, 10.0, 10.0];
        let samples = xs.iter().enumerate().map(|(i, &x)| {
            let event = [Event::Spawn, Event::Sample][usize::from(i > 0)];
            let mut s = sample(spawn + i as i32 * 600, x, 5.0, event);
            s.stance = u8::from(i >= 3);
            s
        });
        track(guid, samples.collect())
    };
    let round = own_round(vec![
        there_and_back(ALPHA, 500),
        there_and_back(ALPHA, 10_500),
        there_and_back(BRAVO, 500),
    ]);
    let lives = all(&round);
    let count = |weight, state: Option<State>| {
        let grid = grid(cells(100.0), Split::State, weight, &lives.lives);
        let at = grid.cells().index(WorldPoint::new(10.0, 5.0, 0.0)).unwrap();
        match state {
            Some(state) => grid.state(state)[at..at + 4].to_vec(),
            None => grid.total()[at..at + 4].to_vec(),
        }
    };
    // Out upright, back crouched; in the total each life counts once although it is in both planes.
    assert_eq!(count(Weight::Visits, Some(State::Upright)), [3, 3, 3, 0]);
    assert_eq!(count(Weight::Visits, Some(State::Crouch)), [3, 3, 0, 0]);
    assert_eq!(count(Weight::Visits, None), [3, 3, 3, 0]);
    assert_eq!(count(Weight::Players, Some(State::Upright)), [2, 2, 2, 0]);
    assert_eq!(count(Weight::Players, None), [2, 2, 2, 0]);
}

#[test]
fn sides_and_classes_have_their_own_planes() {
    let round = wanderers(11, 60);
    let lives = all(&round);
    let total = grid(cells(50.0), Split::Nothing, Weight::Time, &lives.lives).total();
    for split in [Split::State, Split::Team, Split::Class] {
        let grid = grid(cells(50.0), split, Weight::Time, &lives.lives);
        assert!(planes(&grid).iter().filter(|p| !p.is_empty()).count() >= 2, "{split:?}");
        assert_eq!(grid.total(), total);
    }
}

#[test]
fn grids_of_different_kinds_do_not_mix() {
    let round = wanderers(1, 5);
    let lives = all(&round);
    let mut sum = grid(cells(50.0), Split::State, Weight::Time, &lives.lives);
    let before = sum.total();
    assert!(sum.merge(grid(cells(25.0), Split::State, Weight::Time, &lives.lives)).is_err());
    assert!(sum.merge(grid(cells(50.0), Split::Team, Weight::Time, &lives.lives)).is_err());
    assert!(sum.merge(grid(cells(50.0), Split::State, Weight::Visits, &lives.lives)).is_err());
    assert_eq!(sum.total(), before);
}

#[test]
fn heights_are_weighted_by_time() {
    let z = |time, x: f32, z: f32, event| {
        let mut s = sample(time, x, 5.0, event);
        s.at.z = z;
        s
    };
    // 0.2 s at 100, 0.6 s at 20, both in one cell; then 100 u east, rising from 20 to 60.
    let samples = vec![
        z(0, 10.0, 100.0, Event::Spawn),
        z(200, 10.0, 100.0, Event::Sample),
        z(200, 10.0, 20.0, Event::Sample),
        z(800, 10.0, 20.0, Event::Sample),
        z(1_200, 110.0, 60.0, Event::Sample),
    ];
    let round = own_round(vec![track(ALPHA, samples)]);
    let mut heights = Heights::new(cells(100.0));
    heights.add(&only(&round));
    let at = heights.cells().index(WorldPoint::new(10.0, 5.0, 0.0)).unwrap();
    // … and 90 u of the rise, 20 → 56, mean 38, in 0.36 s.
    let mean = (100.0 * 0.2 + 20.0 * 0.6 + 38.0 * 0.36) / 1.16;
    assert!((heights.mean_units(at).unwrap() - mean).abs() < 0.05, "{:?}", heights.mean_units(at));
    assert_eq!(heights.lowest_units(at), Some(20.0));
    assert_eq!(heights.lowest_units(at + 1), Some(56.0));
    assert_eq!((heights.mean_units(0), heights.lowest_units(0)), (None, None));
    let mut twice = Heights::new(cells(100.0));
    twice.merge(&heights);
    twice.merge(&heights);
    assert_eq!(twice.mean_units(at), heights.mean_units(at));
}

/// The law: everything that was lived is somewhere.
fn everything_is_somewhere(round: &Round, filter: &Filter, cells: Cells) -> Result<(), TestCaseError> {
    let lives = lives(round, filter);
    let grid = grid(cells, Split::State, Weight::Time, &lives.lives);
    let time_budget = *grid.time_budget();
    let placed: u64 = planes(&grid).iter().flatten().sum();
    prop_assert_eq!(placed, time_budget.placed_us);
    prop_assert_eq!(
        time_budget.placed_us
            + time_budget.outside_us
            + time_budget.hidden_us
            + time_budget.total_broken_us()
            + time_budget.uncovered_us,
        time_budget.alive_us
    );
    let alive: i64 = lives.lives.iter().map(Life::alive_ms).sum();
    prop_assert_eq!(time_budget.alive_us, alive as u64 * 1_000);
    Ok(())
}

proptest! {
    #[test]
    fn mass_is_time_alive(
        seed in 0_u64..10_000,
        side in 3.0_f64..700.0,
        states in 0_usize..6,
        from in -500_i64..9_000,
        length in 0_i64..9_000,
    ) {
        let round = wanderers(seed, 12);
        let window = WindowMs { from, to: from + length };
        everything_is_somewhere(&round, &Filter::everything(), cells(side))?;
        let some = Filter {
            states: StateSet::of(&[State::ALL[states], State::Upright]),
            life_window: Some(window),
            ..Filter::everything()
        };
        everything_is_somewhere(&round, &some, cells(side))?;
    }

    /// Any split of the lives over threads, in any order, gives the same numbers.
    #[test]
    fn merging_commutes(seed in 0_u64..10_000, cut in 0_usize..30, weight in 0_usize..3) {
        let weight = [Weight::Time, Weight::Visits, Weight::Players][weight];
        let round = wanderers(seed, 30);
        let lives = all(&round);
        let (left, right) = lives.lives.split_at(cut.min(lives.lives.len()));
        let part = |part: &[Life<'_>]| grid(cells(40.0), Split::State, weight, part);
        let whole = part(&lives.lives);
        for (a, b) in [(left, right), (right, left)] {
            let mut sum = part(a);
            sum.merge(part(b)).unwrap();
            prop_assert_eq!(sum.total(), whole.total());
            prop_assert_eq!(sum.time_budget(), whole.time_budget());
            prop_assert_eq!((sum.lives(), sum.samples()), (whole.lives(), whole.samples()));
            for (mine, theirs) in planes(&sum).iter().zip(planes(&whole)) {
                let filled = |p: &[u64]| p.iter().copied().filter(|&v| v > 0).collect::<Vec<_>>();
                prop_assert_eq!(filled(mine), filled(&theirs));
            }
        }
    }

    /// A straight walk gives the same grid at 200 and at 1000 ms, but for the rounding of single microseconds.
    #[test]
    fn the_sampling_interval_does_not_show(x in -900.0_f32..0.0, y in -900.0_f32..900.0, speed in 0.0_f32..352.0) {
        let fine = runner(ALPHA, 500, (x, y), speed, 5_000, 200);
        let coarse = decimated(&fine, 5);
        let of = |life| grid(cells(64.0), Split::Nothing, Weight::Time, &[only(&own_round(vec![life]))]).total();
        for (a, b) in of(fine).into_iter().zip(of(coarse)) {
            prop_assert!(a.abs_diff(b) <= 60, "{a} and {b} µs");
        }
    }

    /// The walk through the cells agrees with the cell of many points along the line.
    #[test]
    fn the_walk_meets_every_cell_of_the_line(seed: u64, side in 20.0_f64..300.0) {
        let cells = cells(side);
        let mut dice = Dice(seed);
        let mut point = || WorldPoint::new(dice.between(-1_600.0, 1_600.0), dice.between(-1_600.0, 1_600.0), 0.0);
        let (a, b) = (point(), point());
        let mut shares = vec![0.0_f64; cells.len()];
        let mut last = None;
        cells.walk(a, b, |cell, t_in, t_out| {
            shares[cell] += t_out - t_in;
            assert!(t_in <= t_out && last.is_none_or(|t: f64| (t - t_in).abs() < 1e-12));
            last = Some(t_out);
        });
        let n = 4_000;
        let mut counted = vec![0.0_f64; cells.len()];
        for i in 0..n {
            if let Some(cell) = cells.index(a.lerp(b, (i as f32 + 0.5) / n as f32)) {
                counted[cell] += 1.0 / f64::from(n);
            }
        }
        for (walked, counted) in shares.iter().zip(&counted) {
            prop_assert!((walked - counted).abs() < 0.002, "{walked} {counted}");
        }
    }
}
