//! Tracker text to model and back.
//!
//! The tracker writes one text file per round: each life with its timed positions, each engagement, and two
//! coarse heatmaps. [`read`] takes such a file apart, [`write`](fn@write) puts it together again, [`TrackerFile::from_round`]
//! makes one from scratch. The rest of this page is the format: another reader could be written from it alone.
//!
//! # Lines
//!
//! A file is UTF-8 text in lines ended by `\n` (or `\r\n`), perhaps after a byte-order mark. A line that starts with
//! `#` is the magic line, a header key, a heading, a column line, the end marker or a comment. Any other line that is
//! not empty is a row of the section it stands in. Fields of a row are parted by `;`. Nothing is quoted or escaped;
//! trackers replace separators in names by `_` (version 3 does not). Rows are never trimmed: a trailing `;` is an
//! empty field.
//!
//! ```text
//! # PROXIMITY_TRACKER_V4                     magic line
//! # map=supply                               header
//! # round=0
//! # ENGAGEMENTS                              heading
//! # id;start_time;…                          column line
//! 1;1600;2100;…                              row
//!                                            empty line before the next heading
//! # PLAYER_TRACKS
//! # guid;name;team;class;spawn_time;…
//! # path format: time,x,y,z,…                comment
//! 0F1E…;^1Al^7pha;ALLIES;MEDIC;-150;…
//! ```
//!
//! # Magic line and versions
//!
//! `# PROXIMITY_TRACKER_V` and a number, 3 to 6 so far. The number never decides the shape, because trackers 4.0, 4.1
//! and 4.2 all write 4. What decides ([`Family`](crate::model::Family)), in this order:
//!
//! | what the file has | family |
//! |---|---|
//! | `tracker_version_full`, or `tracker=proximity` | 6.11 |
//! | no `PLAYER_TRACKS` and no `position_sample_interval` | 3 |
//! | no `round_start_unix`, no spawn intervals; no column `death_type` | 4.0 |
//! | no `round_start_unix`, no spawn intervals; a column `death_type` | 4.1 |
//! | `round_start_unix`, no spawn intervals | 4.2: late if it has `REACTION_METRICS`, a round other than 1, or a name dated 2026-02-21 or later; else early |
//! | spawn intervals before `round_start_unix` | the V5 side branch |
//! | spawn intervals after `round_start_unix` | 5 or 6, which share one shape; here the magic number gives the name |
//!
//! Versions 1 and 2 (`# ENGAGEMENT_ANALYSIS`, `# PROXIMITY_TRACKER_V2`) and the `_lifecycle.txt` log are other formats
//! and are refused.
//!
//! # Header
//!
//! `# key=value` lines up to the first heading, split at the first `=`. Unknown keys are kept
//! ([`TrackerFile::header`]).
//!
//! | key | value |
//! |---|---|
//! | `map` | map name |
//! | `round` | a number whose meaning depends on the family |
//! | `crossfire_window`, `escape_time` | ms |
//! | `escape_distance` | units |
//! | `position_sample_interval` | ms, above 0; from 4.0 on |
//! | `round_start_unix`, `round_end_unix` | Unix seconds, 0 = unknown; from 4.2 on |
//! | `axis_spawn_interval`, `allies_spawn_interval` | ms, 0 = unknown; from 5 on |
//! | `tracker_version_full` | such as `6.11` |
//! | `test_mode` | 0 or 1 |
//! | `capabilities` | `name:0` or `name:1`, parted by commas |
//! | `tracker` | `proximity`: our own module wrote the file |
//! | `tracker_version` | our own module's version; promises an end marker |
//! | `state_source` | `eflags+stamina`: stance is true, sprint inferred from stamina |
//! | `winner` | `axis` or `allies`; missing where no side won, or that is not known |
//! | `recorder_view` | in the round of a player's demo: how long the others were in view, and how long they were alive, each ms and added up over all of them: `81500,196350` |
//! | `recordings` | in a round of demos: the names of the files it was read from, parted by `\|` |
//! | `recording_conflicts` | likewise: at how many moments two of them put one player in different places |
//! | `recording_date` | likewise: where the round's date is from, the `name` of the demo or the last change of its `file` |
//!
//! # Sections
//!
//! A heading is `# ` and a name of capitals, digits and `_`. The first comment line below it that holds a `;` names the
//! columns; fields are found by these names, and unknown columns are kept. If a name or two are damaged the usual order
//! is assumed; if the line is missing, too, except that a number in the eighth field of `PLAYER_TRACKS` means version
//! 4.0. `ENGAGEMENTS`, `PLAYER_TRACKS` (not in version 3), `KILL_HEATMAP` and `MOVEMENT_HEATMAP` are always there, even
//! when empty. All others are kept as text ([`TrackerFile::other_sections`]); of these `REVIVES`, `CONSTRUCTION_EVENTS`,
//! `CARRIER_EVENTS` and `CARRIER_RETURNS` are read as well.
//!
//! Times are whole milliseconds on the level clock, may be negative, and fit 32 bits. Lengths are game units.
//!
//! ## `PLAYER_TRACKS`: one life per row
//!
//! `guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path`
//!
//! `death_type` is missing in version 4.0. `death_time` is the end of the life whatever ended it; it and
//! `first_move_time` may be empty. `samples` is the number of tuples in `path`; another number is a sign that the file
//! was cut. The path's tuples are parted by `|`, their values by `,`:
//!
//! `time,x,y,z,health,speed,weapon,stance,sprint,event`
//!
//! | value | written as | accepted |
//! |---|---|---|
//! | `time` | whole | 32 bits |
//! | `x`, `y`, `z` | one decimal | finite, at most 131072 from zero (the engine's limit) |
//! | `health` | whole | 16 bits; may be negative |
//! | `speed` | one decimal | finite; horizontal, units per second |
//! | `weapon` | whole | 0 to 255 |
//! | `stance`, `sprint` | whole | 0 to 2; 0 to 1. What they mean depends on the tracker (`analysis::state`) |
//! | `event` | word | `spawn`, `sample`, `revived`, how the life ended, or any other word |
//!
//! Whatever follows the tenth value is kept as text ([`Tails`](crate::model::Tails)). Our own module writes
//! `yaw,stamina,pm_flags,eflags,vx,vy,vz` there, which older readers ignore. In rounds that were made of demos (key
//! `recordings`) a last value `?` says that the health is not known: 100 fills its place, and
//! [`Sample::known_health`](crate::model::Sample::known_health) is `None`.
//!
//! ## `ENGAGEMENTS`: one engagement per row
//!
//! `id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;killer_guid;killer_name;`
//! `num_attackers;is_crossfire;crossfire_delay;crossfire_participants;start_x;start_y;start_z;end_x;end_y;end_z;`
//! `distance_traveled;positions;attackers`
//!
//! The last field takes the rest of the line, because it holds `;`. Killer, delay and participants may be empty;
//! participants are GUIDs parted by `,`. `positions` are tuples `time,x,y,z,event` parted by `|`. `attackers` are
//! tuples `guid,name,team,damage,hits,first_hit,last_hit,got_kill,weapons` parted by `|`, where `weapons` is
//! `id:count;` repeated, or `0:0`. An attacker's name may hold commas in version 3, so a tuple is read from both ends.
//!
//! ## `KILL_HEATMAP`, `MOVEMENT_HEATMAP`: one cell per row
//!
//! `grid_x;grid_y;axis_kills;allies_kills` and `grid_x;grid_y;traversal;combat;escape`, all whole. A cell is 512 units
//! wide; its index is the coordinate divided by 512 and rounded down.
//!
//! ## `REVIVES`
//!
//! `time;medic_guid;medic_name;revived_guid;revived_name;x;y;z;distance_to_enemy;nearest_enemy_guid;under_fire`
//!
//! ## `CONSTRUCTION_EVENTS`, `CARRIER_EVENTS`, `CARRIER_RETURNS`
//!
//! `event_time;event_type;player_guid;player_name;player_team;track_name;player_x;player_y;player_z`
//!
//! `carrier_guid;carrier_name;carrier_team;flag_team;pickup_time;drop_time;duration_ms;outcome;carry_distance;`
//! `beeline_distance;efficiency;path_samples;pickup_x;pickup_y;pickup_z;drop_x;drop_y;drop_z;killer_guid;killer_name`
//!
//! `return_time;returner_guid;returner_name;returner_team;flag_team;original_carrier_guid;drop_time;return_delay_ms;`
//! `drop_x;drop_y;drop_z`
//!
//! Together they are the round's [`objectives`](crate::model::RoundMeta::objectives), at most 10 000. Our own module and demos tell
//! carried objectives only, with the outcome `killed`, `round_end`, or `released` for a player who delivered or dropped it;
//! `flag_team` is then the side that the objective belongs to.
//!
//! # End marker
//!
//! The last line of our own module's files is the comment `# END tracks=N samples=M`, with the number of rows in
//! `PLAYER_TRACKS` and of all their tuples. Older readers skip it.
//!
//! # Reading what is not as it should be
//!
//! A whole number may be written `12.0`, a decimal in any way that Rust reads. A value that is not UTF-8 is read as
//! Windows-1252, which old clients write, with a warning. A bad tuple loses the tuple, a bad row the row, a bad header value the key; each loss is a
//! [`Warning`] with its place, or an error with [`OnBadRow::Fail`]. A second section of the same name adds its rows.
//! An empty last field may have been trimmed together with its `;`.
//!
//! A file is [incomplete](crate::model::RoundMeta::complete) when it ends without a line end or with an empty line,
//! when a section that is always there is missing, when a life declares another number of samples than it has, when a
//! promised end marker is missing or counts more, or when the file ends within `MOVEMENT_HEATMAP` and that counts fewer
//! grid samples, hits or escapes than lives and engagements show (unless the capability `heatmap_generation` is off). Of a
//! last line without a line end only whole tuples of a path are kept, since any number in it may lack digits. A cut
//! between two rows of a section after the heatmaps cannot be seen without an end marker.
//!
//! # File names
//!
//! `YYYY-MM-DD-HHMMSS-<map>-round-<N>_engagements.txt`, the server's local time when the file was written, without a
//! time zone. Read from both ends ([`parse_file_name`]): 17 characters of stamp, then the map up to the last `-round-`.

mod end_marker;
mod error;
mod file_name;
mod hash;
mod layout;
mod options;
mod read;
pub(crate) mod rename;
mod table;
mod write;

pub use end_marker::{END_MARKER_BYTES, ends_with_marker};
pub use error::{ErrorKind, ReadError, Warning};
pub use file_name::{FileName, parse_file_name};
pub use hash::content_hash;
pub use layout::{Section, TrackerFile};
pub use options::{Limits, OnBadRow, ReadOptions};
pub use read::reader::Read;
pub use rename::rename;

/// Reads a tracker file from its bytes, in one pass.
///
/// # Errors
/// When the bytes are not a tracker file of version 3 or later, are larger than [`Limits::file_bytes`], or, with
/// [`OnBadRow::Fail`], when anything would have to be left out.
pub fn read(bytes: &[u8], options: &ReadOptions) -> Result<Read, ReadError> {
    read::reader::read(bytes, options)
}

/// The file's bytes. For a file that was read without faults these are the bytes it was read from.
pub fn write(file: &TrackerFile) -> Vec<u8> {
    write::writer::write(file)
}
