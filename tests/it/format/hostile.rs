//! Files that someone made to do harm: limits hold, memory stays small, messages stay short.

use proximity::format::{ErrorKind, Limits, OnBadRow, Read, ReadError, ReadOptions};

const HEADER: &str = "# PROXIMITY_TRACKER_V6\n# map=supply\n";
const TRACKS: &str =
    "# PLAYER_TRACKS\n# guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path\n";
const SAMPLE: &str = "0,0.0,0.0,0.0,100,0.0,8,0,0,sample";

fn read_within(limits: Limits, text: &str) -> Result<Read, ReadError> {
    let options = ReadOptions { limits, ..ReadOptions::default() };
    proximity::format::read(text.as_bytes(), &options)
}

fn messages(read: &Read) -> Vec<String> {
    read.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_beyond_the_limit_is_refused_unread() {
    let limits = Limits { file_bytes: 10, ..Limits::default() };
    let error = read_within(limits, HEADER).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge { limit: 10 });
    // Pages of zeros that are never touched cost nothing, so this reads as quickly as the text above.
    let huge = vec![0; 1 << 30];
    let error = proximity::format::read(&huge, &ReadOptions::default()).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TooLarge { .. }));
}

#[test]
fn an_endless_line_is_left_out() {
    let name = "x".repeat(5_000);
    let life = |name: &str| format!("G;{name};AXIS;MEDIC;0;1;;killed;1;{SAMPLE}\n");
    let text = format!("{HEADER}{TRACKS}{}{}", life(&name), life("Alpha"));
    let read = read_within(Limits { line_bytes: 1_000, ..Limits::default() }, &text).unwrap();
    assert_eq!(read.file.round.tracks.len(), 1);
    let bytes = life(&name).len() - 1;
    let expected = format!("line 5, column 1001: the line has {bytes} bytes, at most 1000 are read");
    assert_eq!(messages(&read)[0], expected);
}

#[test]
fn a_declared_number_reserves_nothing() {
    let text = format!("{HEADER}{TRACKS}G;n;AXIS;MEDIC;0;1;;killed;9223372036854775808;{SAMPLE}\n");
    let read = read_within(Limits::default(), &text).unwrap();
    let track = &read.file.round.tracks[0];
    assert_eq!((track.declared_samples, track.samples.len()), (1 << 63, 1));
    assert!(track.samples.capacity() < 10);
    assert!(!read.file.round.meta.complete);
}

#[test]
fn lives_samples_engagements_and_cells_are_limited() {
    let path = [SAMPLE; 5].join("|");
    let lives = format!("G;n;AXIS;MEDIC;0;1;;killed;5;{path}\n").repeat(4);
    let cells =
        "# KILL_HEATMAP\n# grid_x;grid_y;axis_kills;allies_kills\n".to_owned() + &"0;0;1;0\n".repeat(9);
    let text = format!("{HEADER}{TRACKS}{lives}{cells}");
    let limits = Limits { samples_per_life: 3, lives: 2, other_rows: 4, ..Limits::default() };
    let read = read_within(limits, &text).unwrap();
    let round = &read.file.round;
    assert_eq!(round.tracks.iter().map(|track| track.samples.len()).collect::<Vec<_>>(), [3, 3]);
    assert_eq!(round.kill_cells.len(), 4);
    let expected = [
        "line 5, column 135: more than 3 samples in one life; the rest of the path is left out",
        "line 6, column 135: more than 3 samples in one life; the rest of the path is left out",
        "line 7, column 1: more than 2 rows in PLAYER_TRACKS; this row and the rest are left out",
        "line 15, column 1: more than 4 rows in KILL_HEATMAP; this row and the rest are left out",
    ];
    assert_eq!(messages(&read)[..4], expected);
}

#[test]
fn headings_are_limited() {
    let text = HEADER.to_owned() + &"# A\n1\n".repeat(50);
    let read = read_within(Limits { sections: 20, ..Limits::default() }, &text).unwrap();
    assert_eq!(read.file.other_sections().len(), 20);
    assert_eq!(messages(&read)[0], "line 43, column 1: more than 20 headings in one file");
}

#[test]
fn warnings_are_limited_and_counted() {
    let text = HEADER.to_owned() + "# KILL_HEATMAP\n" + &"x\n".repeat(100_000);
    let read = read_within(Limits::default(), &text).unwrap();
    assert_eq!(read.warnings.len(), 1_000);
    // Every row, the missing column line, and two missing sections.
    assert_eq!(read.faults, 100_003);
    assert_eq!(messages(&read)[999], "line 1002, column 2: and 99004 more from here on");
    let none = read_within(Limits { warnings: 0, ..Limits::default() }, &text).unwrap();
    assert_eq!((none.warnings.len(), none.faults), (0, 100_003));
}

#[test]
fn a_message_quotes_little_and_no_control_characters() {
    let text = format!("{HEADER}# KILL_HEATMAP\n\u{1b}[2J{};0;0;0\n", "9".repeat(1_000_000));
    let read = read_within(Limits::default(), &text).unwrap();
    let message = &messages(&read)[1];
    assert!(message.starts_with("line 4, column 1: grid_x is \"\\u{1b}[2J999"), "{message}");
    assert!(message.len() < 150 && !message.contains('\u{1b}'), "{message}");
}

#[test]
fn many_columns_and_many_unknown_events() {
    let columns = format!("{HEADER}# KILL_HEATMAP\n# {}\n1;2;3;4\n", "x;".repeat(100_000));
    let read = read_within(Limits::default(), &columns).unwrap();
    assert_eq!(
        messages(&read)[0],
        "line 4, column 1: KILL_HEATMAP has too many columns; its rows are only kept as text"
    );
    let path: Vec<String> = (0..300).map(|n| SAMPLE.replace("sample", &format!("event{n}"))).collect();
    let text = format!("{HEADER}{TRACKS}G;n;AXIS;MEDIC;0;1;;killed;300;{}\n", path.join("|"));
    let read = read_within(Limits::default(), &text).unwrap();
    let track = &read.file.round.tracks[0];
    assert_eq!((track.samples.len(), track.other_events.len()), (256, 256));
    assert!(
        messages(&read)[0]
            .ends_with("sample 257 of the path: more than 256 unknown kinds of events in one life")
    );
}

#[test]
fn foreign_names_are_only_text() {
    let life = format!("../../etc;<script>alert(1)</script>;AXIS;MEDIC;0;1;;killed;1;{SAMPLE}\n");
    let text = format!("{}{TRACKS}{life}", HEADER.replace("supply", "../../x"));
    let read = read_within(Limits::default(), &text).unwrap();
    assert_eq!(&*read.file.round.meta.map, "../../x");
    assert_eq!(read.file.round.tracks[0].name.as_str(), "<script>alert(1)</script>");
}

#[test]
fn the_strict_policy_stops_at_the_first_loss() {
    let text = format!("{HEADER}{TRACKS}G;n;AXIS;MEDIC;0;1;;killed;2;{SAMPLE}|0,nan\nx\n");
    let options = ReadOptions { on_bad_row: OnBadRow::Fail, ..ReadOptions::default() };
    let error = proximity::format::read(text.as_bytes(), &options).unwrap_err();
    let expected = "line 5, column 65: sample 2 of the path: 2 values, \
                    expected 10: time,x,y,z,health,speed,weapon,stance,sprint,event";
    assert_eq!(error.to_string(), expected);
}
