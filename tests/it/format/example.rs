//! The example program `read_file`.

#[allow(dead_code, reason = "its main function is for the command line")]
#[path = "../../../examples/read_file.rs"]
mod read_file;

#[test]
fn it_prints_lives_and_faults() {
    let text = read_file::lives(&super::file("bad", "cut-within-a-sample.txt")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("etl_supply (tracker 6), 2 lives"));
    assert_eq!(lines.next(), Some("Alpha (ALLIES MEDIC) 500 to 900 ms, 4 samples"));
    assert_eq!(lines.next(), Some("Bravo (AXIS SOLDIER) 500 to 1500 ms, 3 samples"));
    assert_eq!(lines.next(), Some("line 21, column 206: sample 4 of the path: the file ends within it"));
    assert!(read_file::lives(b"").is_err());
}
