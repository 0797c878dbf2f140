//! Files of sums that other programs made: drawn when they are whole, refused with a reason when they are not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use parquet::column::writer::ColumnWriter;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor as _;
use parquet::schema::parser::parse_message_type;

use super::{Home, files};
use crate::cli::{run, said};
use crate::golden::decode;

/// A column of a file.
enum Values<'a> {
    Small(&'a [i32]),
    Large(&'a [i64]),
    Fractions(&'a [f64]),
    /// Values, and which rows have one.
    Some(&'a [i64], &'a [i16]),
}

fn write(path: &Path, schema: &str, columns: &[Values<'_>]) {
    let schema = Arc::new(parse_message_type(&format!("message sums {{ {schema} }}")).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(fs::File::create(path).unwrap(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for values in columns {
        let mut column = group.next_column().unwrap().unwrap();
        match (column.untyped(), values) {
            (ColumnWriter::Int32ColumnWriter(column), Values::Small(values)) => {
                column.write_batch(values, None, None)
            }
            (ColumnWriter::Int64ColumnWriter(column), Values::Large(values)) => {
                column.write_batch(values, None, None)
            }
            (ColumnWriter::DoubleColumnWriter(column), Values::Fractions(values)) => {
                column.write_batch(values, None, None)
            }
            (ColumnWriter::Int64ColumnWriter(column), Values::Some(values, levels)) => {
                column.write_batch(values, Some(levels), None)
            }
            _ => panic!("a column of another type"),
        }
        .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

/// The lake's table `heat` of people, summed by team, state and cell.
fn sums(home: &Home) -> BTreeMap<(i32, i32, i32), i64> {
    let mut sums = BTreeMap::new();
    for path in files(&home.lake().join("heat")) {
        for row in
            SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap().get_row_iter(None).unwrap()
        {
            let row = row.unwrap();
            if !row.get_bool(0).unwrap() {
                let key = (
                    row.get_byte(1).unwrap().into(),
                    row.get_byte(3).unwrap().into(),
                    row.get_int(4).unwrap(),
                );
                *sums.entry(key).or_default() += row.get_long(5).unwrap();
            }
        }
    }
    sums
}

#[test]
fn sums_of_another_program_are_drawn_like_the_rounds() {
    let home = Home::new();
    home.add(super::session_rounds());
    let lake = home.at("lake");
    said(&["lake", "compact", &lake, "--heat"]);
    let sums = sums(&home);
    let column = |of: fn(&(i32, i32, i32)) -> i32| sums.keys().map(of).collect::<Vec<i32>>();
    let (team, state, cell) = (column(|key| key.0), column(|key| key.1), column(|key| key.2));
    let us: Vec<i64> = sums.values().copied().collect();
    let (state64, present) =
        (state.iter().map(|state| i64::from(*state)).collect::<Vec<_>>(), vec![1; us.len()]);
    let file = home.at("sums.parquet");
    // As other programs write them: in another order, wider, and with columns that could be empty.
    write(
        Path::new(&file),
        "optional int64 us; required int64 state; required int32 cell; required int32 team;",
        &[Values::Some(&us, &present), Values::Large(&state64), Values::Small(&cell), Values::Small(&team)],
    );
    let (of_cube, of_rounds) = (home.at("cube.png"), home.at("rounds.png"));
    let bare = ["heatmap", "--map", "proximity_demo", "--layout", "bare", "--base", "none", "--size", "200"];
    for filter in
        [&[][..], &["--team", "axis"], &["--by", "team"], &["--state", "sprint"], &["--contour", "50"]]
    {
        let words = [&bare[..], filter].concat();
        let summary = said(&[&words[..], &["--lake", &lake, "--out", &of_rounds, "--json"]].concat());
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        let lives = summary["lives"].to_string();
        let line = said(&[&words[..], &["--cube", &file, "--lives", &lives, "--out", &of_cube]].concat());
        assert!(line.contains(&format!("{lives} lives from 1 file")), "{line}");
        let [cube, rounds] = [&of_cube, &of_rounds].map(|file| decode(&fs::read(file).unwrap()));
        assert!(cube == rounds, "{filter:?}");
    }
    said(&[
        "heatmap",
        "--map",
        "proximity_demo",
        "--size",
        "200",
        "--cube",
        &file,
        "--lives",
        "150",
        "--out",
        &of_cube,
    ]);
    let explained = said(&["explain", &of_cube]);
    assert!(explained.contains("sums.parquet"), "{explained}");
    for wrong in [
        &["--round", "1"][..],
        &["--player", "x"],
        &["--holds"],
        &["--weight", "visits"],
        &["--by", "class"],
        &["--crop", "data"],
    ] {
        let output =
            run(&[&bare[..], &["--cube", &file, "--lives", "150", "--out", &of_cube], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_file_that_holds_no_sums_is_refused_with_its_reason() {
    let home = Home::new();
    let file = home.at("sums.parquet");
    let reason = |file: &str| {
        let out = home.at("out.png");
        let words = [
            "heatmap",
            "--map",
            "proximity_demo",
            "--size",
            "200",
            "--lives",
            "9",
            "--out",
            &out,
            "--cube",
            file,
        ];
        let output = run(&words);
        assert_eq!(output.status.code(), Some(2));
        assert!(!Path::new(&out).exists());
        String::from_utf8(output.stderr).unwrap()
    };
    let plain = "required int32 state; required int32 cell; required int64 us;";
    let rows = |state: i32, cell: i32, us: i64| {
        write(
            Path::new(&file),
            plain,
            &[Values::Small(&[3, state]), Values::Small(&[7, cell]), Values::Large(&[1, us])],
        );
    };
    let small = Values::Small(&[3]);
    for (state, cell, us) in
        [(6, 7, 1), (-1, 7, 1), (3, 1 << 30, 1), (3, -2, 1), (3, 7, -1), (3, 7, i64::MAX)]
    {
        rows(state, cell, us);
        let said = reason(&file);
        assert!(said.contains("row 2: no sum over") && said.contains("schema/lake.md"), "{said}");
    }
    write(Path::new(&file), "required int32 state; required int32 cell;", &[small, Values::Small(&[7])]);
    assert!(reason(&file).contains("it has no column us"));
    let schema = "required int32 state; required int32 cell; required double us;";
    write(Path::new(&file), schema, &[Values::Small(&[3]), Values::Small(&[7]), Values::Fractions(&[1.5])]);
    assert!(reason(&file).contains("column us has no whole numbers"));
    let schema = "required int32 state; required int32 cell; optional int64 us;";
    write(
        Path::new(&file),
        schema,
        &[Values::Small(&[3, 3]), Values::Small(&[7, 8]), Values::Some(&[1], &[1, 0])],
    );
    assert!(reason(&file).contains("a value is missing"));
    rows(3, 8, 1);
    let bytes = fs::read(&file).unwrap();
    for cut in [0, 10, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&file, &bytes[..cut]).unwrap();
        assert!(reason(&file).contains("sums.parquet"));
    }
    let snappy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/lake/snappy.parquet");
    let said = reason(snappy);
    assert!(said.contains("compressed by SNAPPY") && said.contains("with zstd"), "{said}");
    assert!(reason(&home.at("secret")).contains("not a readable table"));
    assert!(reason(&home.at("none.parquet")).contains("none.parquet"));
}
