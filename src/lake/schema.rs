//! The tables of a lake: one list of columns, from which the writer, the reader and `schema/lake.md` are made.

use std::fmt::Write as _;

use parquet::data_type::ByteArray;

use super::column::Values;

/// Version of the tables. A newer one has more columns: they stand last, may be absent, and are absent in older files.
pub const VERSION: u32 = 2;
/// The oldest version whose files this one reads; part of every folder's name.
pub(super) const OLDEST: u32 = 1;

/// What a column's values mean to other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    I8,
    I16,
    I32,
    I64,
    U8,
    F32,
    F64,
    Bool,
    Date,
    Text,
    Bytes,
}

/// How a column is packed before it is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Differences in as few bits as they need: numbers that change a little from row to row.
    Delta,
    /// Places in a list of the values: few different ones.
    Dictionary,
    /// As they are.
    Plain,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) packing: Packing,
    /// What it holds, with its unit.
    pub(super) about: &'static str,
}

/// The rows of a table, column by column.
pub(super) trait Table: Default + Send {
    /// Its name, which is its folder's.
    const NAME: &'static str;
    /// What a row is, and in which order rows stand.
    const ABOUT: &'static str;
    /// Its columns, in order.
    const COLUMNS: &'static [Column];

    /// The values of each column, in the same order.
    fn values(&self) -> Vec<&dyn Values>;

    /// The same, to be filled.
    fn values_mut(&mut self) -> Vec<&mut dyn Values>;

    /// Number of rows.
    fn len(&self) -> usize {
        self.values().first().map_or(0, |values| values.len())
    }

    /// Adds the rows of another one, which has none then.
    fn append(&mut self, more: &mut Self);

    /// Adds one row of another one.
    fn push_row(&mut self, of: &Self, row: usize);

    /// Makes room for so many more rows.
    fn reserve(&mut self, rows: usize);

    /// Forgets all rows.
    fn clear(&mut self) {
        self.values_mut().into_iter().for_each(Values::clear);
    }
}

macro_rules! tables {
    ($($about:literal $Table:ident $name:literal {
        $($field:ident: $type:ty = $kind:ident, $packing:ident, $column:literal;)+
    })+) => {
        $(
            #[doc = $about]
            #[derive(Debug, Clone, Default, PartialEq)]
            pub(super) struct $Table {
                $(#[doc = $column] pub(super) $field: Vec<$type>,)+
            }

            impl Table for $Table {
                const NAME: &'static str = $name;
                const ABOUT: &'static str = $about;
                const COLUMNS: &'static [Column] = &[$(Column {
                    name: stringify!($field),
                    kind: Kind::$kind,
                    packing: Packing::$packing,
                    about: $column,
                }),+];

                fn values(&self) -> Vec<&dyn Values> {
                    vec![$(&self.$field),+]
                }

                fn values_mut(&mut self) -> Vec<&mut dyn Values> {
                    vec![$(&mut self.$field),+]
                }

                fn append(&mut self, more: &mut Self) {
                    $(self.$field.append(&mut more.$field);)+
                }

                fn push_row(&mut self, of: &Self, row: usize) {
                    $(self.$field.push(of.$field[row].clone());)+
                }

                fn reserve(&mut self, rows: usize) {
                    $(self.$field.reserve(rows);)+
                }
            }
        )+

        /// The tables' names.
        pub(crate) const TABLES: &[&str] = &[$($name),+];

        /// The tables as Markdown, as `schema/lake.md` has them.
        pub fn markdown() -> String {
            let mut text = String::new();
            $(describe(&mut text, &$Table::default());)+
            text
        }
    };
}

tables! {
    "A round. In the order of `round`." Rounds "rounds" {
        round: i64 = I64, Plain, "the round's number: the first 63 bits of the SHA-256 of its file";
        sha256: ByteArray = Text, Plain, "SHA-256 of its file, hexadecimal";
        file_name: Option<ByteArray> = Text, Plain, "its file's name, without folders";
        map_name: ByteArray = Text, Dictionary, "the map as written; `map` is the folder, in lower case";
        session_date: i32 = Date, Dictionary, "the session it belongs to";
        number: Option<i32> = I8, Dictionary, "1 or 2; absent when the file cannot say";
        started_s: Option<i64> = I64, Plain, "Unix seconds of its start, if written";
        tracker: Option<ByteArray> = Text, Dictionary, "version of the tracker, if written";
        family: ByteArray = Text, Dictionary, "version family of the file";
        stance_known: i32 = I8, Dictionary, "how stance is known: 0 recorded, 1 derived, 2 not recorded";
        sprint_known: i32 = I8, Dictionary, "how sprint is known, likewise";
        interval_ms: Option<i32> = I32, Dictionary, "declared sampling interval, ms";
        live_ms: i64 = I64, Plain, "level time at which the round went live, ms: `t - live_ms` counts from there";
        complete: bool = Bool, Plain, "whether the file is whole";
        lives: i32 = I32, Plain, "its rows in `lives`";
        samples: i32 = I32, Plain, "its rows in `samples`";
        engagements: i32 = I32, Plain, "its rows in `engagements`";
        revives: i32 = I32, Plain, "its rows in `revives`";
        cells: i32 = I32, Plain, "its rows in `cells`";
        cleaned_by: i32 = I16, Dictionary, "version of the cleaning that `step` and the sums in `lives` come from";
        header: ByteArray = Text, Plain, "everything that its file's header says, as JSON";
        low_is_crouch: Option<bool> = Bool, Plain, "whether it tells crouching from lying (from version 2 on)";
    }

    "One life of a player, also those that are not used. In the order of `round`, `life`." Lives "lives" {
        round: i64 = I64, Dictionary, "its round";
        life: i32 = I32, Delta, "its place in the file, from 0";
        player: i64 = I64, Dictionary, "the player's number: an HMAC of the GUID; for a stand-in GUID of file, GUID and name";
        alias: i64 = I64, Dictionary, "number of the GUID and name it was played under: `players.alias`";
        bot: bool = Bool, Plain, "whether the player is a bot";
        team: i32 = I8, Dictionary, "0 Axis, 1 Allies, 2 another word";
        team_word: Option<ByteArray> = Text, Dictionary, "that word";
        class: i32 = I8, Dictionary, "0 soldier, 1 medic, 2 engineer, 3 field ops, 4 covert ops, 5 unknown, 6 another word";
        class_word: Option<ByteArray> = Text, Dictionary, "that word";
        spawn_ms: i32 = I32, Delta, "level time of the spawn, ms";
        end_ms: Option<i32> = I32, Delta, "level time of the end, ms";
        first_move_ms: Option<i32> = I32, Delta, "level time of the first move, ms";
        death_type: Option<ByteArray> = Text, Dictionary, "how it ended, as written";
        declared_samples: i64 = I64, Delta, "samples that the file promises";
        samples: i32 = I32, Delta, "samples recorded: its rows in `samples`";
        used_samples: i32 = I32, Delta, "samples left after cleaning; 0 for a life that is not used";
        tails: i32 = I32, Delta, "samples that have columns beyond the original tracker's";
        dropped: Option<i32> = I8, Dictionary, "why the whole life is not used: 0 limbo, 1 spectator, 2 camera at the end, 3 damaged, 4 out of order, 5 duplicate, 6 overlap, 7 wounded, 8 empty";
        alive_us: i64 = I64, Delta, "time alive, µs";
        uncovered_us: i64 = I64, Delta, "of it before the first sample and after the last, µs";
        broken_us: i64 = I64, Delta, "of it in breaks, µs";
        words: Option<ByteArray> = Text, Dictionary, "events' words that are not in the list of `samples.event`, a JSON list";
        lost_limbo: Option<i32> = I32, Dictionary, "samples left out: in limbo (from version 2 on, as the columns below)";
        lost_spectator: Option<i32> = I32, Dictionary, "samples left out: of spectators";
        lost_camera: Option<i32> = I32, Dictionary, "samples left out: the camera at the end";
        lost_damaged: Option<i32> = I32, Dictionary, "samples left out: damaged";
        lost_out_of_order: Option<i32> = I32, Dictionary, "samples left out: out of order";
        lost_duplicate: Option<i32> = I32, Dictionary, "samples left out: written twice";
        lost_overlap: Option<i32> = I32, Dictionary, "samples left out: after the next spawn";
        lost_wounded: Option<i32> = I32, Dictionary, "samples left out: wounded";
        lost_empty: Option<i32> = I32, Dictionary, "samples left out: none: the life is empty";
    }

    "A recorded position, also those that are not used. In the order of `round`, `life`, and of the file." Samples "samples" {
        round: i64 = I64, Dictionary, "its round";
        life: i32 = I32, Dictionary, "its life";
        player: i64 = I64, Dictionary, "the player's number";
        bot: bool = Bool, Plain, "whether the player is a bot";
        team: i32 = I8, Dictionary, "as in `lives`";
        class: i32 = I8, Dictionary, "as in `lives`";
        t: i32 = I32, Delta, "level time, ms";
        x: i32 = I32, Delta, "east, tenths of a unit";
        y: i32 = I32, Delta, "north, tenths of a unit";
        z: i32 = I32, Delta, "up, tenths of a unit";
        dx: i32 = I32, Delta, "way east to the life's next used sample, tenths of a unit; 0 where `step` is no state";
        dy: i32 = I32, Delta, "way north, likewise";
        dt: i32 = I32, Dictionary, "time to the next used sample, ms; 0 after the last";
        step: i32 = I8, Dictionary, "what leads to the next used sample. A state: 0 prone, 1 crouch, 2 low (crouch or prone), 3 run or stand, 4 sprint, 5 not recorded; a break: 16 gap, 17 teleport, 18 revive, 19 jump, 20 pause; nothing: -1 the life's last, -2 a sample that is not used";
        speed: i32 = I32, Dictionary, "speed, tenths of a unit per second";
        health: Option<i32> = I16, Dictionary, "health; nothing where it is not known";
        weapon: i32 = U8, Dictionary, "the engine's number of the weapon";
        stance: i32 = U8, Dictionary, "stance as written";
        sprint: i32 = U8, Dictionary, "sprint as written";
        event: i32 = I16, Dictionary, "0 sample, 1 spawn, 2 revived, 3 death, 4 round end, 5 killed, 6 self kill, 7 fallen, 8 world, 9 team kill, 10 team change, 11 disconnect, 12 unknown, 13 shutdown; from 64 on a place in `lives.words`";
        yaw: Option<i32> = I16, Dictionary, "direction of view, degrees (this project's own tracker)";
        stamina: Option<i32> = I32, Delta, "stamina, ms of sprint left";
        pm_flags: Option<i32> = I32, Dictionary, "the engine's pm_flags";
        eflags: Option<i32> = I32, Dictionary, "the engine's eFlags";
        vx: Option<i32> = I16, Dictionary, "velocity east, units per second";
        vy: Option<i32> = I16, Dictionary, "velocity north, units per second";
        vz: Option<i32> = I16, Dictionary, "velocity up, units per second";
        odd_x: Option<f32> = F32, Plain, "x in units where it is no whole number of tenths";
        odd_y: Option<f32> = F32, Plain, "y, likewise";
        odd_z: Option<f32> = F32, Plain, "z, likewise";
        odd_speed: Option<f32> = F32, Plain, "speed, likewise";
        tail: Option<ByteArray> = Text, Plain, "columns beyond the original tracker's where they are not the seven above";
    }

    "An engagement: from the first hit a player takes to death or escape. In the order of `round` and of the file." Engagements "engagements" {
        round: i64 = I64, Dictionary, "its round";
        target: i64 = I64, Dictionary, "who was attacked: `players.alias`";
        killer: Option<i64> = I64, Dictionary, "who killed, likewise";
        killer_known: i32 = I8, Dictionary, "what the file says of the killer: 1 the GUID, 2 the name, 3 both, 0 nothing";
        attackers: ByteArray = Bytes, Plain, "who attacked: aliases, eight bytes each, lowest first";
        crossfire: ByteArray = Bytes, Plain, "who took part in the crossfire, likewise";
        start_ms: i32 = I32, Delta, "level time of the first hit, ms";
        end_ms: i32 = I32, Delta, "level time of the end, ms";
        outcome: ByteArray = Text, Dictionary, "how it ended, as written";
        damage: i64 = I64, Dictionary, "damage taken";
        end_x: f32 = F32, Plain, "where it ended, east, units";
        end_y: f32 = F32, Plain, "north, units";
        end_z: f32 = F32, Plain, "up, units";
        packed: ByteArray = Bytes, Plain, "all of it but who, in the packed form of the stores";
    }

    "A revive. In the order of `round` and of the file." Revives "revives" {
        round: i64 = I64, Dictionary, "its round";
        t: i32 = I32, Delta, "level time, ms";
        player: i64 = I64, Dictionary, "who was revived: `players.alias`";
        medic: i64 = I64, Dictionary, "by whom, likewise";
        x: f32 = F32, Plain, "east, units";
        y: f32 = F32, Plain, "north, units";
        z: f32 = F32, Plain, "up, units";
    }

    "A cell of a file's own heatmaps, 512 units wide. In the order of `round` and of the file." Cells "cells" {
        round: i64 = I64, Dictionary, "its round";
        kills: bool = Bool, Plain, "whether it is one of kills; else of movement";
        x: i32 = I32, Dictionary, "place east, in cells";
        y: i32 = I32, Dictionary, "place north, in cells";
        a: i64 = I64, Dictionary, "kills by Axis; times crossed";
        b: i64 = I64, Dictionary, "kills by Allies; samples in combat";
        c: i64 = I64, Dictionary, "0; samples while escaping";
    }

    "The grid of a map's sums. One row." HeatGrid "heat_grid" {
        west: f64 = F64, Plain, "west edge, units";
        south: f64 = F64, Plain, "south edge, units";
        east: f64 = F64, Plain, "east edge, units";
        north: f64 = F64, Plain, "north edge, units";
        columns: i32 = I32, Plain, "cells from west to east";
        rows: i32 = I32, Plain, "cells from north to south";
        ground_columns: i32 = I32, Plain, "columns of `heat_ground`";
        ground_rows: i32 = I32, Plain, "its rows";
    }

    "Time spent in a cell, each step spread along its way. In the order of the columns." Heat "heat" {
        bot: bool = Bool, Plain, "whether it is bots' time";
        team: i32 = I8, Dictionary, "as in `lives`";
        class: i32 = I8, Dictionary, "as in `lives`";
        state: i32 = I8, Dictionary, "as `samples.step`, from 0 to 5";
        cell: i32 = I32, Delta, "row from the north × `heat_grid.columns` + column from the west; -1: outside the grid";
        us: i64 = I64, Delta, "µs";
    }

    "Time at a place and height, where steps began. In the order of the columns." HeatHeights "heat_heights" {
        bot: bool = Bool, Plain, "as in `heat`";
        team: i32 = I8, Dictionary, "as in `lives`";
        class: i32 = I8, Dictionary, "as in `lives`";
        state: i32 = I8, Dictionary, "as in `heat`";
        x: i32 = I16, Delta, "east, in squares of 64 units";
        y: i32 = I16, Delta, "north, likewise";
        z: i32 = I16, Delta, "up, in steps of 16 units";
        ms: i64 = I64, Delta, "ms";
    }

    "How high all lives were in a cell of the coarser grid. In the order of `cell`." HeatGround "heat_ground" {
        cell: i32 = I32, Delta, "as in `heat`, of `heat_grid.ground_columns`";
        us: i64 = I64, Delta, "µs";
        weighted: i64 = I64, Delta, "height times time, tenths of a unit × µs";
        lowest: i32 = I32, Delta, "lowest height, tenths of a unit";
    }

    "What captions count of a life, also of one that is not used. In the order of `round` and of the file." HeatLives "heat_lives" {
        round: i64 = I64, Dictionary, "its round";
        alias: i64 = I64, Dictionary, "as in `lives`";
        bot: bool = Bool, Plain, "as in `lives`";
        team: i32 = I8, Dictionary, "as in `lives`";
        class: i32 = I8, Dictionary, "as in `lives`";
        stance_known: i32 = I8, Dictionary, "as in `rounds`";
        sprint_known: i32 = I8, Dictionary, "as in `rounds`";
        low_is_crouch: bool = Bool, Plain, "whether its round tells crouching from lying";
        samples: i32 = I32, Delta, "samples recorded";
        dropped: Option<i32> = I8, Dictionary, "why the whole life is not used, as in `lives`";
        lost_limbo: i32 = I32, Delta, "samples left out: in limbo";
        lost_spectator: i32 = I32, Delta, "samples left out: of spectators";
        lost_camera: i32 = I32, Delta, "samples left out: the camera at the end";
        lost_damaged: i32 = I32, Delta, "samples left out: damaged";
        lost_out_of_order: i32 = I32, Delta, "samples left out: out of order";
        lost_duplicate: i32 = I32, Delta, "samples left out: written twice";
        lost_overlap: i32 = I32, Delta, "samples left out: after the next spawn";
        lost_wounded: i32 = I32, Delta, "samples left out: wounded";
        lost_empty: i32 = I32, Delta, "samples left out: none: the life is empty";
        used: bool = Bool, Plain, "whether it is used; else the columns below are 0";
        used_samples: i32 = I32, Delta, "samples left";
        off_map: i32 = I32, Delta, "of them those outside the grid";
        begins_prone: i32 = I32, Delta, "samples that begin a step in this state";
        begins_crouch: i32 = I32, Delta, "likewise";
        begins_low: i32 = I32, Delta, "likewise";
        begins_run: i32 = I32, Delta, "likewise";
        begins_sprint: i32 = I32, Delta, "likewise";
        begins_unknown: i32 = I32, Delta, "likewise";
        off_map_prone: i32 = I32, Delta, "of them those outside the grid";
        off_map_crouch: i32 = I32, Delta, "likewise";
        off_map_low: i32 = I32, Delta, "likewise";
        off_map_run: i32 = I32, Delta, "likewise";
        off_map_sprint: i32 = I32, Delta, "likewise";
        off_map_unknown: i32 = I32, Delta, "likewise";
        inside_ms_prone: i64 = I64, Delta, "time of steps within the grid, ms";
        inside_ms_crouch: i64 = I64, Delta, "likewise";
        inside_ms_low: i64 = I64, Delta, "likewise";
        inside_ms_run: i64 = I64, Delta, "likewise";
        inside_ms_sprint: i64 = I64, Delta, "likewise";
        inside_ms_unknown: i64 = I64, Delta, "likewise";
        still_ms: i64 = I64, Delta, "of the time running or standing that below 20 units per second, ms";
    }

    "A GUID with a name. The only table with either. In the order of `alias`." Players "players" {
        alias: i64 = I64, Plain, "number of the GUID and name: an HMAC of both";
        player: Option<i64> = I64, Plain, "the player's number; absent for a stand-in GUID";
        guid: ByteArray = Text, Plain, "the GUID, or a stand-in for one that was forgotten";
        name: ByteArray = Text, Plain, "the name, as written";
        forgotten: i32 = I8, Dictionary, "1: the name is forgotten; 2: the player's lives are erased, too; 0: neither";
    }
}

fn describe<T: Table>(text: &mut String, table: &T) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n## {}\n\n{}\n\n| column | type | what |\n|---|---|---|", T::NAME, T::ABOUT);
    for (column, values) in T::COLUMNS.iter().zip(table.values()) {
        let kind = match column.kind {
            Kind::I8 => "INT8",
            Kind::I16 => "INT16",
            Kind::I32 => "INT32",
            Kind::I64 => "INT64",
            Kind::U8 => "UINT8",
            Kind::F32 => "FLOAT",
            Kind::F64 => "DOUBLE",
            Kind::Bool => "BOOLEAN",
            Kind::Date => "DATE",
            Kind::Text => "STRING",
            Kind::Bytes => "BINARY",
        };
        let absent = if values.is_optional() { " or null" } else { "" };
        let _ = writeln!(text, "| `{}` | {kind}{absent} | {} |", column.name, column.about);
    }
}
