//! The session's figures as tables: every number measured, none of them a score.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::{Arrivals, Crossfires, Lives, PlayerKey, State, Tally, Teamplay, summaries};
use crate::figure::arrival::NEAR_UNITS;
use crate::figure::exits::{ExitArea, ExitGate};
use crate::figure::words::number;
use crate::map::{LabelKind, MapLabel};
use crate::model::{Class, Guid, PlayerName, Team};
pub use crate::text::clock;

/// A table of texts; the first column names the row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// What the columns mean, where their heads do not say it all.
    pub note: String,
    /// Column heads.
    pub heads: Vec<&'static str>,
    /// Rows, best first.
    pub rows: Vec<Row>,
}

/// A row of a [`Table`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// What it is about; foreign text.
    pub name: String,
    /// `allies`, `axis` or nothing: which mark stands before the name.
    pub team: &'static str,
    /// The other columns.
    pub cells: Vec<String>,
    /// Shares of recorded time by state, whole percent, for a bar; empty for none.
    pub bar: Vec<(&'static str, u32)>,
}

/// One player over the whole session.
#[derive(Debug, Clone)]
pub struct Player {
    /// The last name, without colour codes.
    pub name: String,
    /// The same as the player wrote it.
    pub written: PlayerName,
    /// The side of most of the player's lives; both when they are equal.
    pub team: &'static str,
    /// The player's figures.
    pub tally: Tally,
    /// The longest life, ms.
    pub longest_ms: i64,
    lives_by_team: [u64; 2],
}

/// Every player by identity.
pub fn players(rounds: &[Lives<'_>]) -> BTreeMap<PlayerKey, Player> {
    let mut players: BTreeMap<PlayerKey, Player> = BTreeMap::new();
    for lives in rounds {
        for (life, summary) in lives.lives.iter().zip(summaries(lives)) {
            let track = life.track();
            let key = PlayerKey::of(life.round(), &track.guid, track.name.as_str());
            let player = players.entry(key).or_insert_with(|| Player {
                name: String::new(),
                written: track.name.clone(),
                team: "",
                tally: Tally::default(),
                longest_ms: 0,
                lives_by_team: [0; 2],
            });
            player.name = track.name.display().into_owned();
            player.written.clone_from(&track.name);
            player.tally.add(&summary);
            player.longest_ms = player.longest_ms.max(summary.alive_ms);
            match track.team {
                Team::Allies => player.lives_by_team[0] += 1,
                Team::Axis => player.lives_by_team[1] += 1,
                Team::Other(_) => {}
            }
            let [allies, axis] = player.lives_by_team;
            player.team = match allies.cmp(&axis) {
                std::cmp::Ordering::Greater => "allies",
                std::cmp::Ordering::Less => "axis",
                std::cmp::Ordering::Equal => "",
            };
        }
    }
    players
}

/// Who moved how far and how fast, farthest first.
pub fn movers(players: &BTreeMap<PlayerKey, Player>) -> Table {
    let mut order: Vec<&Player> = players.values().collect();
    order.sort_by_key(|player| std::cmp::Reverse(player.tally.distance_milliunits));
    Table {
        title: "Movement by player".to_owned(),
        note:
            "Distance in space, without the time in gaps that were jumps. Mean speed counts standing still. \
               Sprint is the share of time alive, where the tracker recorded it."
                .to_owned(),
        heads: vec![
            "player",
            "lives",
            "time alive",
            "distance",
            "mean speed",
            "peak",
            "sprint",
            "still",
            "first move",
            "longest life",
            "states",
        ],
        rows: order
            .into_iter()
            .map(|player| {
                let t = &player.tally;
                Row {
                    name: player.name.clone(),
                    team: player.team,
                    cells: vec![
                        number::count(t.lives),
                        clock(t.alive_ms),
                        number::metres(t.distance_units()),
                        speed(t.mean_speed_ups()),
                        speed(Some(t.peak_speed_ups())),
                        percentage(t.sprint_percentage()),
                        number::percent(t.still_ms as f64 / t.recorded_ms.max(1) as f64),
                        t.median_first_move_ms()
                            .map_or_else(unknown, |ms| number::seconds(ms as f64 / 1000.0)),
                        clock(player.longest_ms),
                    ],
                    bar: state_bar(t),
                }
            })
            .collect(),
    }
}

/// Time from spawn to the first move, by player, shortest median first.
pub fn reaction(players: &BTreeMap<PlayerKey, Player>) -> Table {
    let mut order: Vec<(&Player, i64)> =
        players.values().filter_map(|p| p.tally.median_first_move_ms().map(|ms| (p, ms))).collect();
    order.sort_by_key(|(player, ms)| (*ms, player.name.clone()));
    Table {
        title: "Leaving the spawn".to_owned(),
        note: "Time from spawn to the first sample above 10 u/s: late by up to one sampling interval."
            .to_owned(),
        heads: vec!["player", "median", "mean", "lives that moved", "lives that never did"],
        rows: order
            .into_iter()
            .map(|(player, median)| {
                let t = &player.tally;
                Row {
                    name: player.name.clone(),
                    team: player.team,
                    cells: vec![
                        number::seconds(median as f64 / 1000.0),
                        t.mean_first_move_ms().map_or_else(unknown, |ms| number::seconds(ms / 1000.0)),
                        number::count(t.moved_lives()),
                        number::count(t.lives - t.moved_lives()),
                    ],
                    bar: Vec::new(),
                }
            })
            .collect(),
    }
}

/// The same figures by class at spawn.
pub fn classes(rounds: &[Lives<'_>]) -> Table {
    let tallies = crate::analysis::tally_by(rounds, |life| class_rank(&life.track().class));
    Table {
        title: "Movement by class".to_owned(),
        note: "Class at spawn. Each second counts once.".to_owned(),
        heads: vec![
            "class",
            "lives",
            "mean life",
            "distance a life",
            "mean speed",
            "sprint",
            "first move",
            "states",
        ],
        rows: tallies
            .iter()
            .map(|((_, name), t)| Row {
                name: name.clone(),
                team: "",
                cells: vec![
                    number::count(t.lives),
                    t.mean_duration_ms().map_or_else(unknown, |ms| number::seconds(ms / 1000.0)),
                    number::metres(t.distance_units() / t.lives.max(1) as f64),
                    speed(t.mean_speed_ups()),
                    percentage(t.sprint_percentage()),
                    t.median_first_move_ms().map_or_else(unknown, |ms| number::seconds(ms as f64 / 1000.0)),
                ],
                bar: state_bar(t),
            })
            .collect(),
    }
}

/// Sprint by player: share of time alive, highest first; players whose files do not record it are left out.
pub fn sprint(players: &BTreeMap<PlayerKey, Player>) -> Table {
    let mut order: Vec<(&Player, f64)> =
        players.values().filter_map(|p| p.tally.sprint_percentage().map(|share| (p, share))).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
    Table {
        title: "Sprint".to_owned(),
        note: "Share of time alive; the mean of lives counts each life once.".to_owned(),
        heads: vec!["player", "of time alive", "mean of lives", "time sprinting"],
        rows: order
            .into_iter()
            .map(|(player, share)| Row {
                name: player.name.clone(),
                team: player.team,
                cells: vec![
                    percentage(Some(share)),
                    percentage(player.tally.mean_sprint_percentage()),
                    clock(player.tally.state_ms[State::Sprint.index()]),
                ],
                bar: Vec::new(),
            })
            .collect(),
    }
}

/// When each side first got to the map's named places, earliest first; cabinets are no places to go for.
pub fn arrivals(arrivals: &Arrivals, labels: &[MapLabel]) -> Table {
    /// Places of a map that a table can show.
    const MOST: usize = 24;
    let mut found: Vec<(&str, [Option<u32>; 2])> = Vec::new();
    for label in labels.iter().filter(|label| label.kind != LabelKind::Cabinet) {
        let times = [Team::Allies, Team::Axis].map(|team| arrivals.near_ms(&team, label.at, NEAR_UNITS));
        if times.iter().any(Option::is_some) && !found.iter().any(|(name, _)| *name == label.text) {
            found.push((&label.text, times));
        }
    }
    found.sort_by_key(|(name, times)| (times.iter().flatten().min().copied(), *name));
    let time = |ms: Option<u32>| ms.map_or_else(unknown, |ms| clock(i64::from(ms)));
    Table {
        title: "First arrival".to_owned(),
        note: format!(
            "By when a side had been there in half of the rounds ({}), on the round's clock; “there” is within {}.",
            match (arrivals.rounds(), arrivals.left_out()) {
                (all, 0) => all.to_string(),
                (counted, more) => format!("the first {counted} of {}", counted + more),
            },
            number::metres(NEAR_UNITS)
        ),
        heads: vec!["place", "Allies", "Axis"],
        rows: found
            .into_iter()
            .take(MOST)
            .map(|(name, times)| Row {
                name: name.to_owned(),
                cells: times.map(time).to_vec(),
                ..Row::default()
            })
            .collect(),
    }
}

/// How players left their spawns: one row for each gate.
pub fn exits(areas: &[ExitArea]) -> Table {
    let row = |area: &ExitArea, gate: &ExitGate| {
        let towards = gate.place.as_deref().unwrap_or(gate.direction.label());
        let seconds = |ms: i64| number::seconds(ms as f64 / 1000.0);
        Row {
            name: format!("{} · to {towards}", area.name),
            cells: vec![
                number::count(gate.exits),
                number::percent(gate.share),
                seconds(gate.median_ms),
                seconds(gate.fastest_tenth_ms),
            ],
            ..Row::default()
        }
    };
    Table {
        title: "Spawn exits".to_owned(),
        note: "How players left their spawns, from the first movement to the ring of the picture.".to_owned(),
        heads: vec!["spawn and gate", "exits", "share", "median", "fastest tenth"],
        rows: areas.iter().flat_map(|area| area.gates.iter().map(move |gate| row(area, gate))).collect(),
    }
}

/// Shares of recorded time by state as whole percent that add up, fastest first; states with no time are left out.
pub fn state_bar(tally: &Tally) -> Vec<(&'static str, u32)> {
    const ORDER: [(State, &str); 6] = [
        (State::Sprint, "sprint"),
        (State::Upright, "upright"),
        (State::Crouch, "crouch"),
        (State::Low, "low"),
        (State::Prone, "prone"),
        (State::Unknown, "unknown"),
    ];
    let times: Vec<u64> =
        ORDER.iter().map(|(state, _)| tally.state_ms[state.index()].max(0) as u64).collect();
    let percents = number::percents(&times);
    ORDER
        .iter()
        .zip(percents)
        .filter(|(_, percent)| *percent > 0)
        .map(|((_, class), p)| (*class, p))
        .collect()
}

fn class_rank(class: &Class) -> (u8, String) {
    let rank = match class {
        Class::Soldier => 0,
        Class::Medic => 1,
        Class::Engineer => 2,
        Class::FieldOps => 3,
        Class::CovertOps => 4,
        Class::Unknown | Class::Other(_) => 5,
    };
    (rank, crate::figure::words::filter_words::class(class))
}

fn speed(ups: Option<f64>) -> String {
    ups.map_or_else(unknown, |ups| format!("{}{}u/s", number::count((ups + 0.5) as u64), number::UNIT_GAP))
}

fn percentage(percent: Option<f64>) -> String {
    percent.map_or_else(|| "not recorded".to_owned(), |p| number::percent(p / 100.0))
}

fn unknown() -> String {
    "–".to_owned()
}

/// Engagements by player, of those who are `known` to the report: facts, not scores.
pub fn engagements(teamplay: &Teamplay, known: &BTreeSet<&Guid>) -> Table {
    let mut order: Vec<_> = teamplay.players.iter().filter(|(guid, _)| known.contains(guid)).collect();
    order.sort_by(|a, b| b.1.times_targeted.cmp(&a.1.times_targeted).then_with(|| a.0.cmp(b.0)));
    Table {
        title: "Engagements".to_owned(),
        note: "An engagement begins with the first hit a player takes and ends with death or escape. A crossfire: a second \
               attacker hits within the tracker's window."
            .to_owned(),
        heads: vec![
            "player", "attacked", "by two or more", "got away", "died", "damage taken", "alone: engagements", "alone: kills",
            "crossfires", "crossfire kills",
        ],
        rows: order
            .into_iter()
            .map(|(guid, p)| Row {
                name: name_or(p.name.as_ref(), guid),
                team: "",
                cells: [
                    p.times_targeted,
                    p.times_focused,
                    p.solo_escapes + p.focus_escapes,
                    p.solo_deaths + p.focus_deaths,
                    p.total_damage_taken.max(0) as u64,
                    p.solo_engagements,
                    p.solo_kills,
                    p.crossfire_participations,
                    p.crossfire_kills,
                ]
                .map(number::count)
                .to_vec(),
                bar: Vec::new(),
            })
            .collect(),
    }
}

/// Pairs who fired together, of the players who are `known` to the report, most often first.
pub fn pairs(crossfires: &Crossfires, known: &BTreeSet<&Guid>) -> Table {
    /// Rows that a page shows; the rest are in the data.
    const MOST: usize = 20;
    let both_known = |(a, b): &(Guid, Guid)| known.contains(a) && known.contains(b);
    let mut order: Vec<_> = crossfires.pairs.iter().filter(|(pair, _)| both_known(pair)).collect();
    order.sort_by(|a, b| b.1.crossfire_count.cmp(&a.1.crossfire_count).then_with(|| a.0.cmp(b.0)));
    let note = if order.len() > MOST {
        format!("The {MOST} most frequent of {} pairs.", order.len())
    } else {
        String::new()
    };
    Table {
        title: "Crossfire pairs".to_owned(),
        note,
        heads: vec!["pair", "crossfires", "kills", "damage together", "mean delay", "rounds together"],
        rows: order
            .into_iter()
            .take(MOST)
            .map(|((a, b), pair)| Row {
                name: format!(
                    "{} + {}",
                    name_or(pair.player1_name.as_ref(), a),
                    name_or(pair.player2_name.as_ref(), b)
                ),
                team: "",
                cells: vec![
                    number::count(pair.crossfire_count),
                    number::count(pair.crossfire_kills),
                    number::count(pair.total_combined_damage.max(0) as u64),
                    pair.avg_delay_ms().map_or_else(unknown, |ms| {
                        format!("{}{}ms", number::count((ms + 0.5) as u64), number::UNIT_GAP)
                    }),
                    number::count(pair.games_together()),
                ],
                bar: Vec::new(),
            })
            .collect(),
    }
}

fn name_or(name: Option<&PlayerName>, guid: &Guid) -> String {
    match name.map(PlayerName::display) {
        Some(name) if !name.is_empty() => name.into_owned(),
        _ => guid.as_str().chars().take(8).collect(),
    }
}
