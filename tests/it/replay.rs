//! Replays: what stands where at which moment, in pictures, animations and pages.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::AnimationDecoder;
use proximity::Filter;
use proximity::Round;
use proximity::analysis::lives;
use proximity::figure::replay::{Align, replay_lives, waves};
use proximity::format;

use crate::cli::{proximity, run, said, session};
use crate::golden;

/// The program's answer to `replay` with the first file of the sample session.
fn replay(out: &Path, extra: &[&str]) -> serde_json::Value {
    let file = first_file();
    let mut arguments = vec!["replay", file.to_str().unwrap(), "--json"];
    if !extra.contains(&"--size") {
        arguments.extend(["--size", "200"]);
    }
    arguments.extend(["--out", out.to_str().unwrap()]);
    arguments.extend(extra);
    serde_json::from_str(&said(&arguments)).unwrap()
}

fn first_file() -> PathBuf {
    let files = fs::read_dir(session()).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.to_str().unwrap().ends_with("_engagements.txt")).min().unwrap()
}

fn first_round() -> Round {
    format::read(&fs::read(first_file()).unwrap(), &format::ReadOptions::default()).unwrap().file.round
}

/// Six seconds, as they were.
const SHORT: [&str; 6] = ["--round-window", "20..26", "--speed", "1", "--fps", "10"];

#[test]
fn an_animated_png_has_every_frame_for_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.png");
    replay(&out, &SHORT);
    let file = fs::read(&out).unwrap();
    let decoder = image::codecs::png::PngDecoder::new(Cursor::new(&file)).unwrap().apng().unwrap();
    let frames: Vec<_> = decoder.into_frames().map(Result::unwrap).collect();
    assert_eq!(frames.len(), 61, "six seconds at ten a second, and the end");
    for (i, frame) in frames.iter().enumerate() {
        let wanted = if i == 60 { 1500 } else { 100 };
        assert_eq!(frame.delay().numer_denom_ms(), (wanted, 1), "frame {i}");
        assert_eq!(frame.buffer().dimensions(), (200, 225), "frame {i}");
    }
    assert!(frames[0].buffer() != frames[30].buffer(), "it moves");
    assert!(said(&["explain", out.to_str().unwrap()]).contains("replay"));
}

#[test]
fn a_frame_looks_as_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.png");
    replay(&out, &["--round-window", "20..26", "--speed", "1", "--fps", "1", "--size", "320"]);
    let file = fs::read(&out).unwrap();
    let decoder = image::codecs::png::PngDecoder::new(Cursor::new(&file)).unwrap().apng().unwrap();
    let frame = decoder.into_frames().nth(4).unwrap().unwrap();
    let mut still = Cursor::new(Vec::new());
    frame.buffer().write_to(&mut still, image::ImageFormat::Png).unwrap();
    golden::check("replay_frame", &golden::decode(still.get_ref()));
}

#[test]
fn a_gif_has_one_palette_and_keeps_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.gif");
    replay(&out, &SHORT);
    let file = fs::read(&out).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(Cursor::new(&file)).unwrap();
    assert_eq!(decoder.repeat(), gif::Repeat::Infinite);
    assert!(decoder.global_palette().is_some_and(|palette| palette.len() <= 256 * 3));
    let (mut hundredths, mut count, mut smaller) = (0_u32, 0, 0);
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert!(frame.palette.is_none(), "frame {count} has a palette of its own");
        hundredths += u32::from(frame.delay);
        smaller += usize::from(frame.width < 200 || frame.height < 225);
        count += 1;
    }
    assert_eq!(hundredths, 600 + 150);
    assert!((50..=61).contains(&count), "{count} frames");
    assert!(smaller > 30, "only {smaller} of {count} frames are smaller than the picture");
}

#[cfg(feature = "video")]
#[test]
fn a_video_lasts_as_long_as_its_frames() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.mp4");
    replay(&out, &[&SHORT[..], &["--size", "201"]].concat());
    let file = fs::read(&out).unwrap();
    let find = |kind: &[u8]| file.windows(4).position(|at| at == kind).unwrap() + 4;
    let word = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
    // Six seconds at ten a second, and the end for a second and a half.
    assert_eq!(word(find(b"stsz") + 8), 60 + 15);
    let (scale, duration) = (word(find(b"mdhd") + 12), word(find(b"mdhd") + 16));
    assert_eq!(f64::from(duration) / f64::from(scale), 7.5);
    let size = find(b"tkhd") + 76;
    assert_eq!([word(size) >> 16, word(size + 4) >> 16], [202, 226], "odd sides are filled up");
    assert!(find(b"moov") < find(b"mdat"), "it plays before it is whole");
}

#[test]
fn what_discord_does_not_play_is_refused() {
    for (out, why) in [("r.png", "only the first frame"), ("r.html", "no pages")] {
        let answer = run(&["replay", first_file().to_str().unwrap(), "--for", "discord", "--out", out]);
        assert_eq!(answer.status.code(), Some(2));
        let said = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert!(said.contains(why) && said.contains(".mp4"), "{said}");
    }
}

#[test]
fn a_replay_is_the_same_for_one_and_many_threads() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["gif", "png", "html"].into_iter().chain(cfg!(feature = "video").then_some("mp4")) {
        let made = ["1", "7"].map(|threads| {
            let out = folder.path().join(format!("{threads}.{ending}"));
            let done = proximity()
                .env("RAYON_NUM_THREADS", threads)
                .args(["replay", first_file().to_str().unwrap(), "--size", "160", "--out"])
                .args([out.to_str().unwrap(), "--round-window", "20..23"])
                .output()
                .unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            fs::read(out).unwrap()
        });
        // A PNG carries the command line, which names the file: the pixels have to agree.
        let same = if ending == "png" {
            image::load_from_memory(&made[0]).unwrap() == image::load_from_memory(&made[1]).unwrap()
        } else {
            made[0] == made[1]
        };
        assert!(same, "{ending} depends on the number of threads");
    }
}

#[test]
fn a_budget_is_kept_and_what_it_cost_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (ending, first) in [("gif", "20 a second"), ("png", "20 a second"), ("mp4", "best quality")] {
        if ending == "mp4" && !cfg!(feature = "video") {
            continue;
        }
        let out = folder.path().join(format!("r.{ending}"));
        let free =
            replay(&out, &["--round-window", "20..32", "--speed", "1", "--fps", "20", "--size", "400"]);
        assert!(!free["what"].as_str().unwrap().contains("reduced"), "{free}");
        let budget = free["bytes"].as_u64().unwrap() as f64 / 2.5e6;
        let budget = format!("{budget:.3}");
        let tight =
            ["--round-window", "20..32", "--speed", "1", "--fps", "20", "--size", "400", "--budget", &budget];
        let made = replay(&out, &tight);
        assert!(fs::metadata(&out).unwrap().len() as f64 <= budget.parse::<f64>().unwrap() * 1e6, "{made}");
        let what = made["what"].as_str().unwrap();
        assert!(what.contains(&format!("(reduced from {first}")), "{what}");
        assert!(what.contains(&format!("to fit {budget} MB)")), "{what}");
    }
    let out = folder.path().join("never.gif");
    let answer = run(&[
        "replay",
        first_file().to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--budget",
        "0.1",
        "--speed",
        "0.2",
        "--fps",
        "5",
        "--size",
        "240",
        "--follow",
        "Kestrel",
    ]);
    assert_eq!(answer.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&answer.stderr).contains("raise --budget"));
    assert!(!out.exists(), "nothing is written that is too large");
}

#[cfg(feature = "video")]
#[test]
fn a_long_video_gives_up_no_more_than_its_budget_asks() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("r.mp4");
    let long = ["--round-window", "20..45", "--speed", "1", "--fps", "20"];
    let free = replay(&out, &long);
    assert!(!free["what"].as_str().unwrap().contains("reduced"), "{free}");
    let budget = free["bytes"].as_u64().unwrap() as f64 * 0.6;
    let made = replay(&out, &[&long[..], &["--budget", &format!("{:.6}", budget / 1e6)]].concat());
    assert!(made["what"].as_str().unwrap().contains("(reduced from best quality to fit"), "{made}");
    let share = made["bytes"].as_u64().unwrap() as f64 / budget;
    assert!((0.8..=1.0).contains(&share), "{share} of the budget: {made}");
}

#[test]
fn ten_minutes_with_a_moving_camera_fit_the_budget_and_what_was_given_up_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (rounds, out) = (folder.path().join("rounds"), folder.path().join("r.gif"));
    let (rounds, out) = (rounds.to_str().unwrap(), out.to_str().unwrap());
    said(&["sample", "--out", rounds, "--rounds", "1", "--players", "4", "--round-seconds", "600"]);
    let follow = |budget: &str| {
        let size = ["--size", "260", "--budget", budget, "--out", out];
        let made = said(&[&["replay", rounds, "--follow", "Kestrel"][..], &size].concat());
        assert!(fs::metadata(out).unwrap().len() as f64 <= budget.parse::<f64>().unwrap() * 1e6, "{made}");
        made
    };
    let faster = follow("1.6");
    assert!(faster.contains("(reduced from 10 a second, 4 times"), "{faster}");
    let shorter = follow("0.5");
    assert!(shorter.contains("16 times as fast, map 240 px"), "{shorter}");
    assert!(shorter.contains("(reduced from 10 a second, 4 times, 260 px, "), "{shorter}");
}

#[test]
fn every_choice_changes_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let who = "Kestrel";
    let mut seen = Vec::new();
    for (i, extra) in [
        &[][..],
        &["--trail", "full"],
        &["--trail", "so-far"],
        &["--trail", "2"],
        &["--ghost", "none"],
        &["--ghost", "so-far"],
        &["--chips", "always"],
        &["--follow", who],
        &["--follow", who, "--zoom", "4"],
        &["--align", "spawn"],
    ]
    .iter()
    .enumerate()
    {
        let out = folder.path().join(format!("{i}.png"));
        let window =
            if extra.contains(&"spawn") { ["--life-window", "0..8"] } else { ["--round-window", "40..44"] };
        replay(&out, &[&window, &["--fps", "2"][..], extra].concat());
        let file = fs::read(&out).unwrap();
        let decoder = image::codecs::png::PngDecoder::new(Cursor::new(&file)).unwrap().apng().unwrap();
        let frames: Vec<_> = decoder.into_frames().map(Result::unwrap).collect();
        let middle = frames[frames.len() / 2].buffer();
        // The strip names some of the choices; the map has to show them.
        let map = image::imageops::crop_imm(middle, 0, 0, 200, 200).to_image();
        assert!(
            seen.iter().all(|(_, earlier)| *earlier != map),
            "{extra:?} looks like {:?}",
            seen.iter().find(|(_, e)| *e == map).unwrap().0
        );
        seen.push((extra.to_vec(), map));
    }
}

#[test]
fn an_unknown_player_cannot_be_followed() {
    let answer =
        run(&["replay", first_file().to_str().unwrap(), "--follow", "no such player", "--out", "x.gif"]);
    assert_eq!(answer.status.code(), Some(2));
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(said.contains("no player of that name is shown; there are: "), "{said}");
}

#[test]
fn a_role_knows_its_killer_and_a_wave_its_players() {
    let round = first_round();
    let everything = lives(&round, &Filter::everything());
    let all = replay_lives(0, &everything);
    assert_eq!(all.len(), everything.lives.len());
    let killed: Vec<_> =
        all.iter().filter_map(|life| life.fate.as_ref()?.killer.as_ref().map(|k| (life, k))).collect();
    assert!(killed.len() > 5, "the sample round has kills");
    for (life, killer) in &killed {
        assert!(life.died());
        assert_ne!(killer.player, life.path.player);
        let engagement = round.engagements.iter().find(|engagement| {
            engagement.target_guid == *life.path.player.guid()
                && engagement.killer_guid.as_ref() == Some(killer.player.guid())
                && i64::from(engagement.end.0 - everything.clock.zero.0).abs_diff(life.end_ms(Align::Clock))
                    <= 100
        });
        assert!(engagement.is_some(), "{} was killed by {}", life.path.name, killer.name);
        let attackers = &engagement.unwrap().attackers;
        let hits = &attackers.iter().find(|attacker| attacker.guid == *killer.player.guid()).unwrap().weapons;
        let most = hits.iter().map(|hits| hits.hits).max();
        let named = hits.iter().find(|hits| Some(hits.weapon) == killer.weapon).map(|hits| hits.hits);
        assert_eq!(named, most, "{} killed with what hit most", killer.name);
    }
    let (together, apart) = (waves(&all, Align::Spawn), waves(&all, Align::Clock));
    let spawns = all.iter().filter(|life| life.path.from_spawn).count();
    for waves in [&together, &apart] {
        assert_eq!(waves.iter().map(|wave| wave.players as usize).sum::<usize>(), spawns);
        assert!(waves.is_sorted_by_key(|wave| wave.ms));
    }
    assert!(together.len() < apart.len());
    assert!(apart.iter().any(|wave| wave.players > 1), "players come in waves");
}

#[test]
fn twelve_players_for_ten_minutes_fit_a_page_of_400_kb() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = folder.path().join("rounds");
    let (rounds, out) = (rounds.to_str().unwrap(), folder.path().join("r.html"));
    said(&[
        "sample",
        "--out",
        rounds,
        "--rounds",
        "1",
        "--players",
        "12",
        "--seed",
        "7",
        "--interval-ms",
        "200",
    ]);
    let text = said(&["replay", rounds, "--bots", "include", "--out", out.to_str().unwrap(), "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    let page = fs::read_to_string(&out).unwrap();
    let data = page.split("id=\"replay-data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let samples = summary["samples"].as_f64().unwrap();
    assert!(samples > 5_000.0, "{summary}");
    // Ten minutes of twelve players are 36 000 samples.
    let (rest, packed) = ((page.len() - data.len()) as f64, data.len() as f64 / samples);
    let whole = rest + packed * 36_000.0;
    assert!(whole < 400_000.0, "{packed:.2} bytes a sample and {rest} beside make {whole:.0}");
}

#[test]
fn hostile_names_are_text_on_a_page() {
    let hostile = "</script><img src=x onerror=alert(1)>\"'&amp";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(first_file().file_name().unwrap());
    let text = fs::read_to_string(first_file()).unwrap();
    let name = first_round().tracks[0].name.as_str().to_owned();
    fs::write(&file, text.replace(&format!(";{name};"), &format!(";{hostile};"))).unwrap();
    let out = folder.path().join("r.html");
    said(&["replay", file.to_str().unwrap(), "--bots", "include", "--out", out.to_str().unwrap()]);
    let page = fs::read_to_string(&out).unwrap();
    assert!(!page.contains("<img src=x") && !page.contains("onerror=alert(1)>"));
    assert_eq!(page.matches("</script>").count(), 2);
    assert_eq!(page.matches("<script").count(), 2);
    let data = page.split("id=\"replay-data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(data).unwrap();
    let names: BTreeSet<&str> =
        data["players"].as_array().unwrap().iter().map(|player| player["name"].as_str().unwrap()).collect();
    assert!(names.contains(hostile), "{names:?}");
}
