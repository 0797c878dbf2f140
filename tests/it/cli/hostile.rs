//! Foreign files: names that would be paths or markup, sizes that would be too large.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{proximity, run};

/// A round of two lives with the given map and player names.
pub(super) fn round(map: &str, name: &str) -> String {
    let mut text = format!(
        "# PROXIMITY_TRACKER_V4\n# map={map}\n# round=0\n# crossfire_window=1000\n# escape_time=5000\n\
         # escape_distance=300\n# position_sample_interval=500\n# ENGAGEMENTS\n# id;start_time;end_time;duration;\
         target_guid;target_name;target_team;outcome;total_damage;killer_guid;killer_name;num_attackers;is_crossfire;\
         crossfire_delay;crossfire_participants;start_x;start_y;start_z;end_x;end_y;end_z;distance_traveled;positions;\
         attackers\n\n# PLAYER_TRACKS\n# guid;name;team;class;spawn_time;death_time;first_move_time;samples;path\n\
         # path format: time,x,y,z,health,speed,weapon,stance,sprint,event separated by |\n\
         # stance: 0=standing, 1=crouching, 2=prone | sprint: 0=no, 1=yes\n"
    );
    for (guid, y) in
        [("0F1E2D3C4B5A69788796A5B4C3D2E1F0", 100.0), ("11AA22BB33CC44DD55EE66FF77001188", 900.0)]
    {
        let mut samples = vec![format!("0,0.0,{y:.1},33.1,100,0.0,8,2,0,spawn")];
        for i in 1..80 {
            samples.push(format!(
                "{},{:.1},{y:.1},24.1,100,256.0,8,0,0,sample",
                i * 500,
                f64::from(i) * 128.0
            ));
        }
        samples.push(format!("40000,10240.0,{y:.1},24.1,0,0.0,8,0,0,death"));
        let (count, path) = (samples.len(), samples.join("|"));
        writeln!(text, "{guid};{name};ALLIES;MEDIC;0;40000;500;{count};{path}").unwrap();
    }
    text + "\n# KILL_HEATMAP\n# grid_x;grid_y;axis_kills;allies_kills\n\n# MOVEMENT_HEATMAP\n\
            # grid_x;grid_y;traversal;combat;escape\n"
}

fn write(folder: &Path, text: &str) -> String {
    let file = folder.join("2026-01-16-211502-x-round-0_engagements.txt");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Every file below a folder, relative to it.
fn tree(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

/// Scripts that a report's page brings along.
const OWN_SCRIPTS: usize = 1;

#[test]
fn names_stay_text_and_nothing_leaves_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let name = "<script>alert(1)</script>\"&'";
    for map in ["../../x", "/etc/passwd", "<b>", "a\u{7f}b", "..", "CON"] {
        let place = tempfile::tempdir_in(folder.path()).unwrap();
        let input = write(place.path(), &round(map, name));
        let out = place.path().join("deep/out");
        let output = run(&["report", &input, "--out", out.to_str().unwrap()]);
        assert!(output.status.success(), "{map}: {}", String::from_utf8_lossy(&output.stderr));
        let page = fs::read_to_string(out.join("index.html")).unwrap();
        assert!(!page.contains("<script>alert"), "{map}");
        assert_eq!(page.matches("<script").count(), page.matches("</script").count(), "{map}");
        assert_eq!(page.matches("<script").count(), OWN_SCRIPTS, "{map}");
        assert!(!page.contains("alert(1)</"), "{map}");
        assert!(page.contains("alert(1)"), "{map}: the name is shown, as text");
        for file in tree(place.path()) {
            assert!(file.starts_with("deep/out/") || file.ends_with("_engagements.txt"), "{map} made {file}");
        }
    }
    let outside: Vec<String> = tree(folder.path()).into_iter().filter(|f| !f.contains('/')).collect();
    assert!(outside.is_empty(), "{outside:?}");
}

#[test]
fn an_unknown_map_is_fitted_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(folder.path(), &round("no_known_map", "Alpha"));
    let out = folder.path().join("f.png");
    let out = out.to_str().unwrap();
    assert!(run(&["heatmap", &input, "--size", "200", "--out", out]).status.success());
    let recipe = run(&["explain", out]);
    assert!(String::from_utf8_lossy(&recipe.stdout).contains("fitted to the tracks"));
}

#[test]
fn numbers_that_lie_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let text = round("supply", "Alpha").replace(";500;81;", ";500;9223372036854775808;");
    assert!(text.contains("9223372036854775808"));
    let output = run(&["check", &write(folder.path(), &text), "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["totals"]["tracks"], 2);
    assert_eq!(found["totals"]["samples"], 162);
    let warnings = found["files"][0]["warnings"].as_array().unwrap();
    assert!(!warnings.is_empty() && warnings.iter().all(|w| w["line"].as_u64().unwrap() > 0));
}

#[test]
fn a_line_without_end_is_refused_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("2026-01-16-211502-x-round-0_engagements.txt");
    let handle = fs::File::create(&file).unwrap();
    // A sparse gigabyte of NUL bytes: one line, and nothing on the disk.
    handle.set_len(1 << 30).unwrap();
    let output = run(&["check", file.to_str().unwrap()]);
    assert_ne!(output.status.code(), Some(0));
    assert!(output.status.code().is_some(), "killed by a signal");
}

#[test]
fn a_picture_that_claims_to_be_huge_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(folder.path(), &round("supply", "Alpha"));
    let maps = folder.path().join("maps");
    fs::create_dir(&maps).unwrap();
    // A PNG header of 50,000 × 50,000 pixels with nothing behind it.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend(50_000_u32.to_be_bytes());
    png.extend(50_000_u32.to_be_bytes());
    png.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    fs::write(maps.join("supply.png"), png).unwrap();
    let output = proximity()
        .args(["heatmap", &input, "--out", folder.path().join("f.png").to_str().unwrap()])
        .args(["--maps", maps.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("supply.png"));
}

#[test]
fn a_recipe_cannot_write_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let input = write(folder.path(), &round("supply", "Alpha"));
    let out = folder.path().join("f.png");
    let out = out.to_str().unwrap();
    let elsewhere = folder.path().join("elsewhere.json");
    let made =
        run(&["heatmap", &input, "--size", "200", "--out", out, "--scale-out", elsewhere.to_str().unwrap()]);
    assert!(made.status.success());
    fs::remove_file(&elsewhere).unwrap();
    assert!(run(&["redo", out, &input]).status.success());
    assert!(!elsewhere.exists());
}
