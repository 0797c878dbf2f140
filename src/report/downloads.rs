//! The session's figures as files for other programs: CSV and JSON, numbers without their units.

use serde_json::{Value, json};

use super::model::SessionReport;
use super::tables::{self, Table};
use crate::analysis::{Crossfires, State, Tally, Teamplay, session_date, summaries, written_at};
use crate::figure::words::filter_words;
use crate::text::csv_field;

/// Names of the states in column heads, in the order of [`State::index`].
fn state_columns() -> impl Iterator<Item = (State, String)> {
    State::ALL.into_iter().map(|state| (state, format!("{}_ms", format!("{state:?}").to_lowercase())))
}

impl SessionReport<'_> {
    /// Files to put beside the page: names within the folder, and contents.
    pub fn downloads(&self) -> Vec<(&'static str, Vec<u8>)> {
        let json = serde_json::to_string_pretty(&self.session_json()).unwrap_or_default();
        let who = self.guids();
        let teamplay = Teamplay::of(self.rounds);
        let crossfires = Crossfires::of(self.rounds);
        vec![
            ("data/lives.csv", self.lives_csv().into_bytes()),
            ("data/players.csv", self.players_csv().into_bytes()),
            ("data/engagements.csv", table_csv(&tables::engagements(&teamplay, &who)).into_bytes()),
            ("data/pairs.csv", table_csv(&tables::pairs(&crossfires, &who)).into_bytes()),
            ("data/session.json", json.into_bytes()),
        ]
    }

    fn lives_csv(&self) -> String {
        let mut csv = Csv::default();
        let fixed = [
            "map",
            "round",
            "written_at",
            "player",
            "guid",
            "team",
            "class",
            "life",
            "spawn_since_live_ms",
            "alive_ms",
            "recorded_ms",
            "distance_units",
            "mean_speed_ups",
            "peak_speed_ups",
            "first_move_ms",
            "still_ms",
            "damage_taken",
            "end",
        ];
        csv.row(fixed.map(str::to_owned).into_iter().chain(state_columns().map(|(_, name)| name)));
        for (round, lives) in self.rounds.iter().zip(&self.cleaned) {
            let number = crate::analysis::round_number(&round.meta).map(|n| n.to_string());
            let written = written_at(&round.meta).map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
            for (life, summary) in lives.lives.iter().zip(summaries(lives)) {
                let track = life.track();
                let cells = [
                    round.meta.map.to_string(),
                    number.clone().unwrap_or_default(),
                    written.clone().unwrap_or_default(),
                    track.name.display().into_owned(),
                    track.guid.as_str().to_owned(),
                    filter_words::team(&track.team),
                    filter_words::class(&track.class),
                    life.number().to_string(),
                    life.start_since_live_ms().to_string(),
                    summary.alive_ms.to_string(),
                    summary.recorded_ms.to_string(),
                    format!("{:.1}", summary.total_distance_units),
                    maybe(summary.mean_speed_ups),
                    format!("{:.1}", summary.peak_speed_ups),
                    summary.time_to_first_move_ms.map(|ms| ms.to_string()).unwrap_or_default(),
                    summary.still_ms.to_string(),
                    summary.damage_taken.map(|points| points.to_string()).unwrap_or_default(),
                    summary.death.kind.label().to_owned(),
                ];
                let states = state_columns().map(|(state, _)| summary.in_state_ms(state).to_string());
                csv.row(cells.into_iter().chain(states));
            }
        }
        csv.text
    }

    fn players_csv(&self) -> String {
        let mut csv = Csv::default();
        let fixed = [
            "player",
            "guid",
            "lives",
            "deaths",
            "kills",
            "alive_ms",
            "recorded_ms",
            "distance_units",
            "mean_speed_ups",
            "peak_speed_ups",
            "sprint_percent",
            "median_first_move_ms",
            "still_ms",
            "longest_life_ms",
            "damage_taken",
        ];
        csv.row(fixed.map(str::to_owned).into_iter().chain(state_columns().map(|(_, name)| name)));
        for person in &self.people {
            let (player, tally) = (&person.player, &person.player.tally);
            let cells = [
                player.name.clone(),
                person.key.guid().as_str().to_owned(),
                tally.lives.to_string(),
                tally.deaths.to_string(),
                person.kills.to_string(),
                tally.alive_ms.to_string(),
                tally.recorded_ms.to_string(),
                format!("{:.1}", tally.distance_units()),
                maybe(tally.mean_speed_ups()),
                format!("{:.1}", tally.peak_speed_ups()),
                maybe(tally.sprint_percentage()),
                tally.median_first_move_ms().map(|ms| ms.to_string()).unwrap_or_default(),
                tally.still_ms.to_string(),
                player.longest_ms.to_string(),
                tally.damage_taken().map(|points| points.to_string()).unwrap_or_default(),
            ];
            let states = state_columns().map(|(state, _)| tally.state_ms[state.index()].to_string());
            csv.row(cells.into_iter().chain(states));
        }
        csv.text
    }

    fn session_json(&self) -> Value {
        let rounds: Vec<Value> = self
            .rounds
            .iter()
            .zip(&self.cleaned)
            .map(|(round, lives)| {
                let mut tally = Tally::default();
                for life in summaries(lives) {
                    tally.add(&life);
                }
                json!({
                    "map": round.meta.map, "round": crate::analysis::round_number(&round.meta),
                    "file": round.meta.file_name,
                    "recordings": round.meta.recordings.as_ref().map(|recordings| &recordings.files),
                    "sha256": round.meta.content_hash,
                    "tracker": round.meta.family.name(), "complete": round.meta.complete,
                    "duration_ms": lives.clock.duration_ms(), "lives": tally.lives, "samples": tally.samples,
                    "alive_ms": tally.alive_ms, "deaths": tally.deaths,
                    "flags": crate::analysis::round_flags(round).iter().map(|f| f.label()).collect::<Vec<_>>(),
                })
            })
            .collect();
        let players: Vec<Value> = self
            .people
            .iter()
            .map(|person| {
                let tally = &person.player.tally;
                let states: serde_json::Map<String, Value> = state_columns()
                    .map(|(state, name)| (name, tally.state_ms[state.index()].into()))
                    .collect();
                json!({
                    "name": person.player.name, "guid": person.key.guid().as_str(), "lives": tally.lives,
                    "deaths": tally.deaths, "kills": person.kills, "alive_ms": tally.alive_ms,
                    "distance_units": tally.distance_units(), "mean_speed_ups": tally.mean_speed_ups(),
                    "sprint_percent": tally.sprint_percentage(),
                    "median_first_move_ms": tally.median_first_move_ms(), "states": states,
                })
            })
            .collect();
        let date = self.rounds.iter().find_map(|round| session_date(&round.meta));
        json!({
            "program": concat!("proximity ", env!("CARGO_PKG_VERSION")),
            "session": date.map(|date| date.to_string()), "rounds": rounds, "players": players,
        })
    }
}

fn maybe(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.1}")).unwrap_or_default()
}

fn table_csv(table: &Table) -> String {
    let mut csv = Csv::default();
    csv.row(table.heads.iter().map(|head| (*head).to_owned()));
    for row in &table.rows {
        csv.row(std::iter::once(row.name.clone()).chain(row.cells.iter().map(|cell| plain(cell))));
    }
    csv.text
}

/// A number as people read it, without its gaps.
fn plain(cell: &str) -> String {
    cell.replace(['\u{2006}', '\u{a0}'], "").replace('–', "")
}

/// Comma-separated values (RFC 4180).
#[derive(Default)]
struct Csv {
    text: String,
}

impl Csv {
    fn row(&mut self, cells: impl Iterator<Item = String>) {
        for (i, cell) in cells.enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            self.text.push_str(&csv_field(&cell));
        }
        self.text.push_str("\r\n");
    }
}
