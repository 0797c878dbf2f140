//! The layout that each tracker gives its files.

use super::{objective, revive};
use crate::format::layout::{Block, Layout, Rows, TrackerFile};
use crate::format::table::{Columns, NINE_TRACK_COLUMNS, Table};
use crate::model::{Family, Guid, ObjectiveDeed, PlayerName, Round, StateSource};

/// The magic number that our own module and tracker 6.11 write.
const UPSTREAM_VERSION: &str = "6.11";

/// The comment lines below the column line of `PLAYER_TRACKS`; the first one came with the column `death_type`.
const TRACK_COMMENTS: [&str; 3] = [
    "# death_type: killed|selfkill|fallen|world|teamkill|round_end|disconnect|unknown",
    "# path format: time,x,y,z,health,speed,weapon,stance,sprint,event separated by |",
    "# stance: 0=standing, 1=crouching, 2=prone | sprint: 0=no, 1=yes",
];

/// The same in our own module's files; the third stands only where samples have more than ten values.
const OWN_COMMENTS: [&str; 4] = [
    "# death_type: killed|selfkill|fallen|world|teamkill|round_end|disconnect|unknown|shutdown|teamchange",
    "# path format: time,x,y,z,health,speed,weapon,stance,sprint,event separated by |",
    "# after the event: yaw,stamina,pm_flags,eflags,vx,vy,vz",
    "# stance: 0=standing, 1=crouching, 2=prone | sprint: 0=no, 1=yes (inferred from stamina, for the time before the sample)",
];

/// Sections that the V5 branch heads even when they are empty, with their columns.
const V5_EARLY_SECTIONS: [(&str, &str); 5] = [
    (
        "SPAWN_TIMING",
        "killer_guid;killer_name;killer_team;victim_guid;victim_name;victim_team;kill_time;\
         enemy_spawn_interval;time_to_next_spawn;spawn_timing_score",
    ),
    (
        "TEAM_COHESION",
        "sample_time;team;alive_count;centroid_x;centroid_y;dispersion;max_spread;straggler_count;\
         buddy_pair_guids;buddy_distance",
    ),
    (
        "CROSSFIRE_OPPORTUNITIES",
        "event_time;target_guid;target_name;target_team;teammate1_guid;teammate2_guid;angular_separation;\
         was_executed;damage_within_window",
    ),
    (
        "TEAM_PUSHES",
        "start_time;end_time;team;avg_speed;direction_x;direction_y;alignment_score;push_quality;\
         participant_count;toward_objective",
    ),
    (
        "TRADE_KILLS",
        "original_kill_time;traded_kill_time;delta_ms;original_victim_guid;original_victim_name;\
         original_killer_guid;original_killer_name;trader_guid;trader_name",
    ),
];

const REACTION_METRICS_COLUMNS: &str = "engagement_id;target_guid;target_name;target_team;target_class;outcome;\
     num_attackers;return_fire_ms;dodge_reaction_ms;support_reaction_ms;start_time;end_time;duration";

impl TrackerFile {
    /// A file for `round`, laid out as its family's tracker does it, or as our own module does when
    /// `round.meta.own_module` is set.
    ///
    /// What would break the format is cleaned: in names and GUIDs `;`, `|`, `,`, tabs and line ends become `_`. What
    /// the family has no place for is not written: lives in version 3, death types in 4.0, revives before 5, objectives
    /// before 6.
    /// What a revive's row says beside the revive (the nearest enemy, whether the medic was under fire) is taken from
    /// the round's lives and engagements.
    pub fn from_round(mut round: Round) -> Self {
        if round.meta.own_module {
            round.meta.family = Family::V6_11;
        }
        clean(&mut round);
        let mut layout = Layout::default();
        for line in header(&round) {
            layout.push_line(&line);
        }
        let family = round.meta.family;
        push_table(
            &mut layout,
            Table::Engagements,
            Table::Engagements.columns(),
            &[],
            round.engagements.len(),
        );
        if family != Family::V3 {
            let (columns, comments) = match family {
                Family::V4_0 => (NINE_TRACK_COLUMNS, TRACK_COMMENTS[1..].to_vec()),
                Family::V6_11 if round.meta.own_module => (Table::Tracks.columns(), own_comments(&round)),
                _ => (Table::Tracks.columns(), TRACK_COMMENTS.to_vec()),
            };
            layout.push_line("");
            push_table(&mut layout, Table::Tracks, columns, &comments, round.tracks.len());
        }
        for (table, count) in [
            (Table::KillHeatmap, round.kill_cells.len()),
            (Table::MovementHeatmap, round.movement_cells.len()),
        ] {
            layout.push_line("");
            push_table(&mut layout, table, table.columns(), &[], count);
        }
        match family {
            // Left out when empty by the tracker, but nothing else tells the late files from the early ones.
            Family::V4_2Late => push_section(&mut layout, "REACTION_METRICS", REACTION_METRICS_COLUMNS, &[]),
            Family::V5Early => {
                for (name, columns) in V5_EARLY_SECTIONS {
                    push_section(&mut layout, name, columns, &[]);
                }
            }
            Family::V5_0 | Family::V6 | Family::V6_11 if !round.revives.is_empty() => {
                let rows: Vec<String> =
                    round.revives.iter().map(|revive| revive::write(revive, &round)).collect();
                push_section(&mut layout, Table::Revives.heading(), Table::Revives.columns(), &rows);
            }
            _ => {}
        }
        if matches!(family, Family::V6 | Family::V6_11) {
            for (table, rows) in objective::sections(&round) {
                push_section(&mut layout, table.heading(), table.columns(), &rows);
            }
        }
        if round.meta.own_module && round.meta.tracker_version.is_some() {
            layout.push_end_marker();
        }
        Self { round, layout }
    }
}

/// The magic line and the keys, in the family's order.
fn header(round: &Round) -> Vec<String> {
    let (meta, family) = (&round.meta, round.meta.family);
    let magic = match family {
        Family::V3 => 3,
        Family::V4_0 | Family::V4_1 | Family::V4_2Early | Family::V4_2Late => 4,
        Family::V5Early | Family::V5_0 => 5,
        Family::V6 | Family::V6_11 => 6,
    };
    let mut lines = vec![format!("{}{magic}", crate::format::read::magic::MAGIC)];
    let mut put = |key: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("# {key}={}", value.replace(['\r', '\n'], "_"))));
    };
    put("map", Some(meta.map.to_string()));
    put("round", meta.round_raw.map(|n| n.to_string()));
    put("crossfire_window", meta.crossfire_window_ms.map(|ms| ms.to_string()));
    put("escape_time", meta.escape_time_ms.map(|ms| ms.to_string()));
    put("escape_distance", meta.escape_distance_units.map(|units| units.to_string()));
    if family != Family::V3 {
        put("position_sample_interval", meta.interval_ms.map(|ms| ms.to_string()));
    }
    let unix = [("round_start_unix", meta.start_unix), ("round_end_unix", meta.end_unix)]
        .map(|(key, seconds)| (key, Some(seconds.unwrap_or(0).to_string())));
    let waves = [
        ("axis_spawn_interval", meta.axis_spawn_interval_ms),
        ("allies_spawn_interval", meta.allies_spawn_interval_ms),
    ]
    .map(|(key, ms)| (key, Some(ms.unwrap_or(0).to_string())));
    let groups = match family {
        Family::V3 | Family::V4_0 | Family::V4_1 => vec![],
        Family::V4_2Early | Family::V4_2Late => vec![unix],
        Family::V5Early => vec![waves, unix],
        Family::V5_0 | Family::V6 | Family::V6_11 => vec![unix, waves],
    };
    for (key, value) in groups.into_iter().flatten() {
        put(key, value);
    }
    if family == Family::V6_11 {
        let version =
            meta.tracker_version.as_deref().filter(|_| !meta.own_module).unwrap_or(UPSTREAM_VERSION);
        put("tracker_version_full", Some(version.to_owned()));
        put("test_mode", Some("0".to_owned()));
        let capabilities: Vec<String> =
            meta.capabilities.iter().map(|(name, on)| format!("{name}:{}", u8::from(*on))).collect();
        put("capabilities", Some(capabilities.join(",")));
    }
    if meta.own_module {
        put("tracker", Some("proximity".to_owned()));
        put("tracker_version", meta.tracker_version.as_deref().map(str::to_owned));
    }
    match &meta.state_source {
        StateSource::PmFlags => {}
        StateSource::EflagsStamina => put("state_source", Some("eflags+stamina".to_owned())),
        StateSource::Other(source) => put("state_source", Some(source.to_string())),
    }
    put("winner", meta.winner.as_ref().map(|team| team.as_str().to_ascii_lowercase()));
    put("recorder_view", meta.recorder_view.map(|view| format!("{},{}", view.seen_ms, view.alive_ms)));
    if let Some(recordings) = &meta.recordings {
        put(
            "recordings",
            Some(recordings.files.iter().map(|name| plain(name)).collect::<Vec<_>>().join("|")),
        );
        put("recording_conflicts", Some(recordings.conflicts.to_string()));
        put("recording_date", Some(if recordings.dated_by_file { "file" } else { "name" }.to_owned()));
    }
    lines
}

/// A file's name as a header's value can hold it: on one line, and without what parts it from the next.
fn plain(name: &str) -> String {
    name.replace(|letter: char| letter == '|' || letter.is_control(), "_")
}

fn own_comments(round: &Round) -> Vec<&'static str> {
    let detail = round.tracks.iter().any(|track| !track.tails.is_empty());
    let [ends, path, after, states] = OWN_COMMENTS;
    [Some(ends), Some(path), detail.then_some(after), Some(states)].into_iter().flatten().collect()
}

fn push_table(layout: &mut Layout, table: Table, columns: &str, comments: &[&str], count: usize) {
    layout.push_line(&format!("# {}", table.heading()));
    layout.push_line(&format!("# {columns}"));
    for comment in comments {
        layout.push_line(comment);
    }
    if count > 0 {
        let columns = Columns::known(table, columns);
        layout.blocks.push(Block::Rows(Rows { table, columns, count, unknown: Vec::new() }));
    }
}

fn push_section(layout: &mut Layout, name: &str, columns: &str, rows: &[String]) {
    // The blank line before a heading belongs to the section before.
    match layout.sections.last_mut() {
        Some(section) => section.text.push('\n'),
        None => layout.push_line(""),
    }
    layout.push_section(name);
    if let Some(section) = layout.sections.last_mut() {
        section.text = format!("# {name}\n# {columns}\n");
        for row in rows {
            section.text.push_str(row);
            section.text.push('\n');
        }
    }
}

/// Cleans names and GUIDs as the format's other readers need it.
fn clean(round: &mut Round) {
    fn cleaned(text: &str) -> Option<String> {
        let breaks = |c: char| matches!(c, ';' | '|' | ',' | '\t' | '\r' | '\n');
        text.contains(breaks).then(|| text.replace(breaks, "_"))
    }
    let guid = |guid: &mut Guid| {
        if let Some(text) = cleaned(guid.as_str()) {
            *guid = Guid::new(text);
        }
    };
    let word = |word: &mut Box<str>| {
        if let Some(text) = cleaned(word) {
            *word = text.into();
        }
    };
    let name = |PlayerName(name): &mut PlayerName| word(name);
    for track in &mut round.tracks {
        guid(&mut track.guid);
        name(&mut track.name);
    }
    for engagement in &mut round.engagements {
        guid(&mut engagement.target_guid);
        name(&mut engagement.target_name);
        engagement.killer_guid.iter_mut().for_each(guid);
        engagement.killer_name.iter_mut().for_each(name);
        engagement.crossfire_participants.iter_mut().for_each(guid);
        for attacker in &mut engagement.attackers {
            guid(&mut attacker.guid);
            name(&mut attacker.name);
        }
    }
    for revive in &mut round.revives {
        guid(&mut revive.guid);
        name(&mut revive.name);
        guid(&mut revive.medic_guid);
    }
    for event in &mut round.meta.objectives {
        word(&mut event.objective);
        match &mut event.deed {
            ObjectiveDeed::Work(deed) | ObjectiveDeed::Carry { outcome: deed, .. } => word(deed),
            ObjectiveDeed::Return => {}
        }
    }
}
