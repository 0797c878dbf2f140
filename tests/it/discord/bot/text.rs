//! Foreign text stays text, and secrets stay secret.

use std::path::Path;

use serde_json::json;

use super::{Bot, SECRET, map, option};
use crate::cli::session;
use crate::discord::{Place, err, out};

/// A name that would be a mention, markup and colours.
const NAME: &str = "@everyone **x** <@1> ^1y";
/// The same as people see it in the game.
const SEEN: &str = "@everyone **x** <@1> y";

/// The sample session with that name for one of its players.
fn rounds_with_that_name(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for file in std::fs::read_dir(session()).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with("_engagements.txt") {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains("^3Kes^7trel"));
            std::fs::write(folder.join(name), text.replace("^3Kes^7trel", NAME)).unwrap();
        }
    }
}

#[test]
fn a_name_is_never_a_mention_or_markup() {
    let place = Place::with("webhook_env = \"W\"");
    rounds_with_that_name(&place.path("odd"));
    place.import(&place.path("odd"));
    place.configure_bot();
    let bot = Bot::start(place);
    let typed = json!({"type": 4, "data": {"id": "5", "name": "life", "type": 1,
        "options": [{"name": "player", "type": 3, "value": "@EVERY", "focused": true}]}});
    let choices = bot.first(&bot.give_with(&typed))["data"]["choices"].clone();
    assert_eq!(choices[0]["value"], SEEN);
    let mut seen_in = 0;
    for (command, options) in [
        ("life", json!([option("player", SEEN)])),
        ("heatmap", json!([map(), option("player", SEEN)])),
        ("versus", json!([map(), option("team", "axis"), option("versus_player", SEEN)])),
        ("movers", json!([option("top", 20)])),
        ("session", json!([])),
        ("paths", json!([map(), option("player", "@everyone **none of that name**")])),
    ] {
        let (message, _) = bot.answer(&bot.give(command, &options));
        assert_eq!(message["allowed_mentions"], json!({"parse": []}), "{command}");
        let text = message["content"].as_str().unwrap();
        let bare = text.replace("\\@everyone", "").replace("\\*\\*x", "").replace("\\<\\@1", "");
        // In a block of text nothing has a meaning but its end.
        let is_block = text.starts_with("```\n") && text.ends_with("```") && text.matches("```").count() == 2;
        let is_plain = !bare.contains("@everyone") && !bare.contains("**x") && !bare.contains("<@1");
        assert!(is_block || is_plain, "{command}: {text}");
        seen_in += usize::from(text.contains("everyone"));
        for file in message["attachments"].as_array().unwrap() {
            let name = file["filename"].as_str().unwrap();
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b)), "{name}");
            // Discord reads no markup in it; the name stands there as it is.
            let alt = file["description"].as_str().unwrap();
            assert!(!alt.contains(char::is_control) && alt.chars().count() <= 1024, "{alt}");
        }
    }
    assert!(seen_in >= 4, "{seen_in}");
    bot.end();
}

#[test]
fn the_token_is_seen_by_discord_alone() {
    let bot = Bot::new();
    let child = bot.child.as_ref().unwrap().id();
    let arguments = std::fs::read(format!("/proc/{child}/cmdline")).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains(SECRET));
    let status = bot.give("proximity", &json!([{"name": "status", "type": 1, "options": []}]));
    let ids = [bot.give("kills", &json!([map()])), bot.give("movers", &json!([])), status];
    for id in &ids {
        bot.answer(id);
    }
    let kept = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
    for asked in bot.fake().asked() {
        assert!(!kept(&asked.body) && !asked.path.contains(SECRET), "{} {}", asked.method, asked.path);
        // An answer's own address needs no token.
        let has_token = asked.header("authorization").is_some();
        assert_eq!(has_token, !asked.path.contains("token-"), "{}", asked.path);
    }
    for folder in ["cache", "."] {
        let files = walk(&bot.place.path(folder));
        // A journal of the store may be gone since it was listed.
        let mut read = files.iter().filter_map(|file| std::fs::read(file).ok());
        assert!(read.all(|bytes| !kept(&bytes)), "{folder}");
    }
    let place = &bot.place;
    let config = place.path("away.toml");
    let text = std::fs::read_to_string(place.path("discord.toml")).unwrap();
    std::fs::write(&config, text.replace(&place.fake.address, "127.0.0.1:9")).unwrap();
    for command in ["check", "register"] {
        let words = ["discord", command, "--config", config.to_str().unwrap(), "--db", &place.db()];
        let output = place.program(&words).env("XDG_CACHE_HOME", place.path("cache")).output().unwrap();
        let said = out(&output) + &err(&output);
        assert!(!output.status.success() && said.contains("refused") && !said.contains(SECRET), "{said}");
    }
    bot.end();
}

/// All files below a folder.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { files.extend(walk(&entry)) } else { files.push(entry) }
    }
    files
}
