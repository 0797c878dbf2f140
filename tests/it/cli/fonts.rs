//! Names in letters that the program's own typeface lacks.

use std::fs;
use std::path::Path;

use super::hostile::round;
use super::{run, said};

const NAME: &str = "日日";

/// A TrueType font of one glyph, a square for the letter 日.
fn font() -> Vec<u8> {
    let words = |words: &[i32]| words.iter().flat_map(|w| (*w as u16).to_be_bytes()).collect::<Vec<u8>>();
    let code = 0x65E5_i32;
    let mut head = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x5F, 0x0F, 0x3C, 0xF5];
    head.extend(words(&[0, 1000]));
    head.extend([0; 16]);
    head.extend(words(&[100, 0, 900, 700, 0, 8, 2, 0, 0]));
    let mut hhea = words(&[1, 0, 800, -200, 0, 1000]);
    hhea.extend([0; 22]);
    hhea.extend(words(&[2]));
    let mut glyph = words(&[1, 100, 0, 900, 700, 3, 0]);
    glyph.extend([1; 4]);
    glyph.extend(words(&[100, 800, 0, -800, 0, 0, 700, 0]));
    let cmap =
        words(&[0, 1, 3, 1, 0, 12, 4, 32, 0, 4, 4, 1, 0, code, 0xFFFF, 0, code, 0xFFFF, 1 - code, 1, 0, 0]);
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"cmap", cmap),
        (b"glyf", glyph.clone()),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", words(&[500, 0, 1000, 0])),
        (b"loca", words(&[0, 0, glyph.len() as i32 / 2])),
        (b"maxp", [vec![0, 0, 0x50, 0], words(&[2])].concat()),
    ];
    let mut file = vec![0, 1, 0, 0];
    file.extend(words(&[tables.len() as i32, 64, 2, 48]));
    let mut offset = 12 + 16 * tables.len() as u32;
    for (tag, bytes) in &tables {
        file.extend_from_slice(*tag);
        file.extend([0; 4]);
        file.extend(offset.to_be_bytes());
        file.extend((bytes.len() as u32).to_be_bytes());
        offset += bytes.len().next_multiple_of(4) as u32;
    }
    for (_, bytes) in &tables {
        file.extend_from_slice(bytes);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    file
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn names_of_boxes_are_told_apart_and_a_font_shows_them() {
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let rounds = at("2026-01-16-211502-supply-round-1_engagements.txt");
    fs::write(&rounds, round("supply", NAME)).unwrap();
    fs::write(at("square.ttf"), font()).unwrap();
    let pixels = |guid: &str, font: &[&str]| {
        // The GUID's end; everything else stays, the order of the players as well.
        let rows = round("supply", NAME).replace("FF77001188", &format!("FF7700{guid}"));
        fs::write(&rounds, rows).unwrap();
        let out = at("out.png");
        let draw = ["paths", text(&rounds), "--color", "player", "--size", "600", "--out", text(&out)];
        said(&[&draw, font].concat());
        image::open(&out).unwrap().into_rgba8()
    };
    let square = at("square.ttf");
    let font = ["--font", text(&square)];
    assert!(pixels("1188", &[]) != pixels("1199", &[]), "the end of the GUID stands behind boxes");
    assert!(pixels("1188", &font) == pixels("1199", &font), "a name that can be drawn needs no GUID");
    assert!(pixels("1188", &[]) != pixels("1188", &font));

    let draw = |out: &str, font: &[&str]| {
        let out = at(out);
        said(&[&["heatmap", text(&rounds), "--size", "200", "--out", text(&out)], font].concat());
        out
    };
    let fonts = |picture: &Path| {
        let recipe: serde_json::Value =
            serde_json::from_str(&said(&["explain", text(picture), "--json"])).unwrap();
        assert!(!recipe["command"].to_string().contains("square"), "no path of a disk is in a picture");
        recipe["fonts"].clone()
    };
    assert_eq!(fonts(&at("out.png")), serde_json::json!(["square.ttf"]));
    assert_eq!(fonts(&draw("heat.png", &font)), serde_json::Value::Null, "no name is on it");
}

#[test]
fn what_is_no_font_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("text.ttf");
    fs::write(&file, "no font").unwrap();
    let output = run(&["maps", "list", "--font", text(&file)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("text.ttf is no font"));
}
