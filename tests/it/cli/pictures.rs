//! Pictures and reports made by the program from the sample session.

use std::fs;

use image::GenericImageView as _;

use super::{proximity, run, said, session};

fn picture(command: &[&str], extra: &[&str], threads: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("f.png");
    let input = session();
    let output = proximity()
        .env("RAYON_NUM_THREADS", threads)
        .arg(command[0])
        .arg(&input)
        .args(&command[1..])
        .args(["--size", "256", "--out", out.to_str().unwrap()])
        .args(extra)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    fs::read(out).unwrap()
}

#[test]
fn every_picture_is_the_same_for_one_and_many_threads() {
    let player = first_player();
    let life = ["life", "--player", &player, "--longest"];
    for command in [
        &["heatmap"][..],
        &["heatmap", "--mode", "panels"],
        &["heatmap", "--by", "team", "--weight", "players"],
        &["paths", "--round", "1"],
        &["paths", "--round", "1", "--color", "player"],
        &["exits"],
        &life,
    ] {
        let decode = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
        let (one, many) = (decode(&picture(command, &[], "1")), decode(&picture(command, &[], "7")));
        assert_eq!(one.dimensions(), (360, 256), "{command:?}");
        assert!(one == many, "{command:?} depends on the number of threads");
        let colors: std::collections::BTreeSet<[u8; 4]> = one.pixels().map(|(_, _, p)| p.0).collect();
        assert!(colors.len() > 64, "{command:?} drew only {} colours", colors.len());
    }
}

#[test]
fn layouts_and_bases_go_together() {
    for extra in
        [&["--layout", "portrait"][..], &["--layout", "bare"], &["--base", "ink"], &["--base", "light"]]
    {
        assert!(image::load_from_memory(&picture(&["heatmap"], extra, "2")).is_ok(), "{extra:?}");
    }
    let bare = image::load_from_memory(&picture(&["heatmap"], &["--layout", "bare", "--base", "none"], "2"))
        .unwrap();
    assert_eq!(bare.get_pixel(0, 0).0[3], 0, "without a base the ground is transparent");
}

#[test]
fn a_picture_explains_itself_and_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("heat.png");
    let (out, session) = (out.to_str().unwrap(), session());
    let summary = said(&["heatmap", session.to_str().unwrap(), "--size", "200", "--out", out, "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let recipe: serde_json::Value = serde_json::from_str(&said(&["explain", out, "--json"])).unwrap();
    assert_eq!(recipe["counts"]["samples"], summary["samples"]);
    assert_eq!(recipe["counts"]["lives"], summary["lives"]);
    assert_eq!(recipe["inputs"].as_array().unwrap().len() as u64, summary["files"].as_u64().unwrap());
    assert!(said(&["explain", out]).contains("heatmap of"));
    let before = fs::read(out).unwrap();
    fs::write(out, &before).unwrap();
    said(&["redo", out, session.to_str().unwrap()]);
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
    assert!(pixels(&before) == pixels(&fs::read(out).unwrap()));
}

#[test]
fn a_cropped_picture_with_a_logo_can_be_made_again_without_the_logos_file() {
    let folder = tempfile::tempdir().unwrap();
    let (out, logo) = (folder.path().join("f.png"), folder.path().join("logo.png"));
    let pixels = |x: u32, y: u32| image::Rgba([x as u8, y as u8, 200, 255]);
    image::RgbaImage::from_fn(200, 50, pixels).save(&logo).unwrap();
    let (out, session) = (out.to_str().unwrap(), session());
    let mut command = vec!["kills", session.to_str().unwrap(), "--size", "200", "--out", out];
    command.extend(["--crop", "-500,-500,900,900", "--title", "Cup final", "--subtitle", "the bridge"]);
    command.extend(["--mark", logo.to_str().unwrap()]);
    said(&command);
    let before = fs::read(out).unwrap();
    fs::remove_file(&logo).unwrap();
    let explained = said(&["explain", out]);
    assert!(explained.contains("200 × 50 px") && explained.contains("x -500 … 900"), "{explained}");
    assert!(!explained.contains("iVBOR"), "a logo is no text to read");
    said(&["redo", out, session.to_str().unwrap()]);
    assert!(fs::read(out).unwrap() == before);
}

#[test]
fn a_small_woven_picture_is_drawn_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("w.png");
    let answer = proximity()
        .args(["heatmap", "--mode", "weave", "--size", "128", "--round", "1", "--out", out.to_str().unwrap()])
        .arg(session())
        .output()
        .unwrap();
    assert!(answer.status.success() && out.exists());
    assert!(String::from_utf8_lossy(&answer.stderr).contains("--size 4000"));
}

#[test]
fn a_filter_without_matches_says_so_and_draws_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("x.png");
    let (input, out_name) = (session(), out.to_str().unwrap());
    let player = ["--player", "no such player"];
    for (command, filter, reason) in [
        ("heatmap", &["--life-window", "500000..500001"][..], "no life matches the filters"),
        ("heatmap", &player, "; there are: "),
        ("paths", &player, "; there are: "),
        ("exits", &player, "; there are: "),
        ("kills", &player, "; there are: "),
        ("life", &player, "; there are: "),
    ] {
        let answer =
            proximity().arg(command).arg(&input).args(filter).args(["--out", out_name]).output().unwrap();
        assert_eq!(answer.status.code(), Some(2), "{command}");
        let said = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert!(said.contains(reason), "{command}: {said}");
        assert!(!out.exists(), "{command}");
    }
}

#[test]
fn a_scale_can_be_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let scale = folder.path().join("scale.json");
    let scale = scale.to_str().unwrap();
    let first = picture(&["heatmap"], &["--scale-out", scale], "2");
    let second = picture(&["heatmap"], &["--scale-from", scale], "2");
    assert!(fs::metadata(scale).unwrap().len() > 10);
    // The caption differs ("scale locked"), so the whole pictures do; the map's square is the same.
    let square = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().crop_imm(0, 0, 256, 256).to_rgb8();
    assert!(square(&first) == square(&second));
}

#[test]
fn a_report_is_one_folder_that_needs_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let session = session();
    let text = said(&["report", session.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    let pictures = summary["pictures"].as_array().unwrap();
    assert!(pictures.len() >= 8);
    for picture in pictures {
        let path = std::path::Path::new(picture.as_str().unwrap());
        let name = path.strip_prefix(&out).unwrap().to_str().unwrap();
        let (width, height) = image::image_dimensions(path).unwrap();
        let small = name.replace(".jpg", "-small.jpg");
        let [small_width, small_height] =
            <[u32; 2]>::from(image::image_dimensions(out.join(&small)).unwrap());
        assert!(small_width < width && small_height < height, "{small} of {width} × {height}");
        assert!(page.contains(&format!("href=\"{name}\"")), "{name} is not on the page");
        let tag = format!("src=\"{small}\"");
        let place = page.find(&tag).unwrap_or_else(|| panic!("{small} is not on the page"));
        let size = format!("width=\"{small_width}\" height=\"{small_height}\"");
        assert!(page[place..].split('>').next().unwrap().contains(&size), "{small} is {size}");
    }
    // A marker within the page itself reaches nowhere.
    let page = page.replace("url(#", "");
    for outside in ["http://", "https://", "//cdn", "<script src", "url(", "@import", "style=\""] {
        assert!(!page.contains(outside), "the page reaches out: {outside}");
    }
    for table in ["Movement by player", "Leaving the spawn", "Sprint", "Movement by class"] {
        assert!(page.contains(table), "{table}");
    }
}

fn first_player() -> String {
    let file = fs::read_dir(session()).unwrap().map(|e| e.unwrap().path()).min().unwrap();
    let text = fs::read_to_string(file).unwrap();
    let row = text
        .lines()
        .skip_while(|line| !line.starts_with("# PLAYER_TRACKS"))
        .find(|line| !line.starts_with('#') && !line.starts_with("OMNIBOT"))
        .unwrap();
    row.split(';').next().unwrap().to_owned()
}

/// One picture of each figure of a report, by its name in the folder.
fn one_of_each(pictures: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found: Vec<std::path::PathBuf> =
        fs::read_dir(pictures).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    let kinds =
        ["-heat.", "-paths.", "-exits.", "-kills.", "-arrival-axis.", "-classes-allies.", "-longest."];
    kinds
        .iter()
        .map(|kind| found.iter().find(|path| path.to_string_lossy().contains(kind)).unwrap().clone())
        .collect()
}

#[test]
fn every_picture_of_a_report_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let session = session();
    said(&["report", session.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    for picture in one_of_each(&out.join("pictures")) {
        let before = fs::read(&picture).unwrap();
        let copy = folder.path().join("again.jpg");
        fs::copy(&picture, &copy).unwrap();
        said(&["redo", copy.to_str().unwrap(), session.to_str().unwrap()]);
        let [before, again] = [&before, &fs::read(&copy).unwrap()].map(|file| image::load_from_memory(file));
        assert!(before.unwrap() == again.unwrap(), "{}", picture.display());
        let told = said(&["explain", copy.to_str().unwrap()]);
        assert!(told.contains("request       {"), "{told}");
    }
}

/// The same picture with another recipe.
fn with_recipe(png: &[u8], change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    use proximity::raster::encode;
    let text = encode::read_text(png, "proximity").unwrap().unwrap();
    let mut recipe: serde_json::Value = serde_json::from_str(&text).unwrap();
    change(&mut recipe);
    let bitmap = crate::golden::decode(png);
    encode::png(&bitmap, &[("proximity", &recipe.to_string())], encode::Effort::Fast).unwrap()
}

#[test]
fn a_picture_with_the_recipe_of_an_older_program_can_be_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("old.png");
    let made = picture(&["paths", "--round", "1", "--color", "team"], &[], "2");
    let old = with_recipe(&made, |recipe| {
        recipe.as_object_mut().unwrap().remove("request");
        let command = ["paths", "--round", "1", "--color", "team", "--size", "256", "--db", "sqlite:/etc/x"];
        recipe["command"] = serde_json::json!(command);
    });
    fs::write(&out, &old).unwrap();
    said(&["redo", out.to_str().unwrap(), session().to_str().unwrap()]);
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
    assert!(pixels(&fs::read(&out).unwrap()) == pixels(&made));
    for command in [&["import", "/etc"][..], &["export", "--out", "/tmp/x"], &["nonsense"], &[]] {
        let foreign = with_recipe(&made, |recipe| {
            recipe.as_object_mut().unwrap().remove("request");
            recipe["command"] = serde_json::json!(command);
        });
        fs::write(&out, &foreign).unwrap();
        let answer = run(&["redo", out.to_str().unwrap(), session().to_str().unwrap()]);
        assert_eq!(answer.status.code(), Some(2), "{command:?}");
        assert!(fs::read(&out).unwrap() == foreign, "{command:?}: it stays as it is");
    }
}

#[test]
fn a_picture_of_more_than_a_thousand_rounds_keeps_the_hash_of_their_list() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = folder.path().join("rounds");
    fs::create_dir(&rounds).unwrap();
    let path = |number: usize| rounds.join(format!("2026-03-14-{number:06}-supply-round-1_engagements.txt"));
    let write = |number: usize| {
        let text = format!(
            "# PROXIMITY_TRACKER_V4\n# map=supply\n# round=1\n# position_sample_interval=200\n\
             # round_start_unix={}\n# PLAYER_TRACKS\n\
             0F1E2D3C4B5A69788796A5B4C3D2E1F0;Alpha;AXIS;MEDIC;500;900;600;killed;2;\
             500,0.0,0.0,24.0,100,0.0,8,0,0,spawn|700,40.0,0.0,24.0,100,200.0,8,0,0,sample\n",
            1_773_000_000 + 600 * number
        );
        fs::write(path(number), text).unwrap();
    };
    (0..1_001).for_each(write);
    let (out, few) = (folder.path().join("many.png"), folder.path().join("few.png"));
    let (out, few, input) = (out.to_str().unwrap(), few.to_str().unwrap(), rounds.to_str().unwrap());
    said(&["heatmap", input, "--size", "128", "--out", out]);
    let recipe: serde_json::Value = serde_json::from_str(&said(&["explain", out, "--json"])).unwrap();
    assert_eq!(
        (recipe["inputs"].as_array().unwrap().len(), &recipe["input_list"]["count"]),
        (0, &1_001.into())
    );
    let mut lines: Vec<String> = (0..1_001)
        .map(|number| {
            let name = path(number).file_name().unwrap().to_str().unwrap().to_owned();
            format!("{}  {name}\n", hash(&fs::read(path(number)).unwrap()))
        })
        .collect();
    lines.sort();
    assert_eq!(recipe["input_list"]["sha256"], hash(lines.concat().as_bytes()), "as sha256sum and sort say");
    let explained = said(&["explain", out]);
    assert!(explained.contains("inputs        1001, too many to name"), "{explained}");
    let before = fs::read(out).unwrap();
    said(&["redo", out, input]);
    assert!(fs::read(out).unwrap() == before);
    fs::remove_file(path(7)).unwrap();
    said(&["heatmap", input, "--size", "128", "--out", few]);
    assert!(said(&["explain", few]).matches("input         ").count() == 1_000);
    let fewer = String::from_utf8(run(&["redo", out, input]).stderr).unwrap();
    assert!(fewer.contains("made from 1001 rounds") && fewer.contains("find 1000 now"), "{fewer}");
    write(2_000);
    let others = String::from_utf8(run(&["redo", out, input]).stderr).unwrap();
    assert!(others.contains("find as many others now"), "{others}");
    assert!(fs::read(out).unwrap() == before, "it stays as it is");
}

fn hash(bytes: &[u8]) -> String {
    proximity::format::content_hash(bytes)
}
