//! Who is forgotten is shown no more, and no server sees what is another's.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Bot, GUILD, map, option};
use crate::cli::session;
use crate::discord::Place;
use crate::discord::err;

/// The name that is first in the message about the session.
fn first_mover(bot: &Bot) -> String {
    let posted = bot.place.posted(&[]);
    assert!(posted.status.success(), "{}", err(&posted));
    let text = bot.fake().messages()[0].payload["content"].as_str().unwrap().to_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("1. ")).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

/// Waits until no card of this player's life is drawn any more.
fn until_not_drawn(bot: &Bot, name: &str) {
    let begin = Instant::now();
    while bot.answer(&bot.give("life", &json!([option("player", name)]))).0["attachments"] != json!([]) {
        assert!(begin.elapsed() < Duration::from_mins(2), "the player is still drawn");
        std::thread::sleep(Duration::from_millis(500));
    }
}

#[test]
fn a_forgotten_player_leaves_the_messages_and_the_pictures() {
    let bot = Bot::new();
    let name = first_mover(&bot);
    let card = bot.give("life", &json!([option("player", name.as_str())]));
    let whole = bot.give("kills", &json!([map()]));
    let movers = bot.give("movers", &json!([option("player", name.as_str())]));
    let (others, mine) =
        (bot.give("session", &json!([])), bot.give("me", &json!([map(), option("player", name.as_str())])));
    for id in [&card, &whole, &movers, &others, &mine] {
        bot.answer(id);
    }
    // Whom an answer shows is noted after it has arrived.
    std::thread::sleep(Duration::from_secs(2));
    let forget = json!([{"name": "forget", "type": 1, "options": [option("player", name.as_str())]}]);
    let (said, _) = bot.answer(&bot.give("proximity", &forget));
    assert!(said["content"].as_str().unwrap().starts_with("The player is forgotten."), "{said}");
    let pictures = std::fs::read_dir(bot.place.path("cache"))
        .unwrap()
        .flat_map(|guild| std::fs::read_dir(guild.unwrap().path()).unwrap());
    assert_eq!(pictures.count(), 0);
    // The message about the session is told anew, by whoever sends next.
    let again = bot.place.posted(&[]);
    assert!(again.status.success(), "{}", err(&again));
    let messages = bot.fake().messages();
    assert_eq!((messages.len(), messages[0].edits), (1, 1));
    assert!(!messages[0].payload["content"].as_str().unwrap().contains(&format!(". {name} ")));
    until_not_drawn(&bot, &name);
    // What others see and what names the player is gone; what names no player stays.
    let mut removed: Vec<String> = bot.fake().removed().into_iter().map(|(_, message)| message).collect();
    removed.sort();
    assert_eq!(removed, [card, movers, others]);
    bot.end();
}

#[test]
fn what_another_program_forgets_is_removed_too() {
    let bot = Bot::new();
    let name = first_mover(&bot);
    let card = bot.give("life", &json!([option("player", name.as_str())]));
    bot.answer(&card);
    std::thread::sleep(Duration::from_secs(2));
    let file = std::fs::read_dir(session()).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    let plain = |field: &str| proximity::model::PlayerName::from(field).display().into_owned();
    let guid = text
        .lines()
        .map(|line| line.split(';').collect::<Vec<_>>())
        .find_map(|fields| (fields.len() > 5 && plain(fields[5]) == name).then(|| fields[4].to_owned()))
        .unwrap();
    let forgotten = bot.place.program(&["forget", &guid, "--yes", "--db", &bot.place.db()]).output().unwrap();
    assert!(forgotten.status.success(), "{}", err(&forgotten));
    bot.fake().wait("the answer's end", |fake| fake.removed() == [("4444".to_owned(), card.clone())]);
    until_not_drawn(&bot, &name);
    bot.end();
}

#[test]
fn a_hidden_player_has_another_name() {
    let bot = Bot::new();
    let name = first_mover(&bot);
    let hide = json!([{"name": "hide", "type": 1, "options": [option("player", name.as_str())]}]);
    let (said, _) = bot.answer(&bot.give("proximity", &hide));
    assert!(said["content"].as_str().unwrap().starts_with("The player has another name"), "{said}");
    until_not_drawn(&bot, &name);
    let (movers, _) = bot.answer(&bot.give("movers", &json!([option("top", 20)])));
    let text = movers["content"].as_str().unwrap();
    assert!(text.contains("player-") && !text.contains(&format!("\n{name} ")), "{text}");
    bot.end();
}

/// A folder with a round of another map.
fn elsewhere(place: &Place) -> PathBuf {
    let rounds = place.path("other");
    std::fs::create_dir(&rounds).unwrap();
    let first = std::fs::read_dir(session())
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|file| file.extension().is_some_and(|e| e == "txt"))
        .unwrap();
    let text = std::fs::read_to_string(first).unwrap().replace("# map=proximity_demo", "# map=elsewhere");
    std::fs::write(rounds.join("2026-05-01-200000-elsewhere-round-1_engagements.txt"), text).unwrap();
    rounds
}

#[test]
fn each_server_asks_about_its_own_maps_and_days() {
    let place = Place::with("webhook_env = \"W\"").filled();
    place.import(&elsewhere(&place));
    place.configure_guilds(&format!(
        "[[guild]]\nid = \"{GUILD}\"\nmaps = [\"elsewhere\"]\nsessions = \"2026-01-01..2026-12-31\"\n\
         [[guild]]\nid = \"77\"\nsessions = \"2020-01-01\"\n"
    ));
    let none = place.bot_command("check", &[]).output().unwrap();
    let told = String::from_utf8_lossy(&none.stdout);
    assert!(
        told.contains("missing server 77: no round matches the filters") && !none.status.success(),
        "{told}"
    );
    let text = std::fs::read_to_string(place.path("discord.toml")).unwrap();
    std::fs::write(place.path("discord.toml"), text.replace("2020-01-01", "soon")).unwrap();
    let wrong = place.bot_command("check", &[]).output().unwrap();
    assert!(err(&wrong).contains(r#"[[guild]] 77: "soon" is no session"#), "{}", err(&wrong));
    std::fs::write(place.path("discord.toml"), text.replace("2020-01-01", "2026-01-01..2026-12-31")).unwrap();
    let bot = Bot::start(place);
    let ask = |guild: &str, name: &str| {
        let asked = json!({"guild_id": guild, "data": {"id": "5", "name": name, "options": []}});
        bot.answer(&bot.give_with(&asked)).0["content"].as_str().unwrap().to_owned()
    };
    let (own, all) = (ask(GUILD, "movers"), ask("77", "movers"));
    assert!(own.contains("elsewhere") && !own.contains("proximity_demo"), "{own}");
    assert!(all.contains("proximity_demo"), "{all}");
    let own = ask(GUILD, "session");
    assert!(own.contains("· elsewhere\n**1 round**"), "{own}");
    let refused = bot.first(&bot.give("heatmap", &json!([map()])));
    assert_eq!(refused["data"]["content"], r"There is no map proximity\_demo. There are: elsewhere.");
    bot.end();
}

#[test]
fn each_server_asks_about_its_own_rounds() {
    let place = Place::with("webhook_env = \"W\"").filled();
    let other = format!("sqlite:{}", place.path("other.db").display());
    let rounds = elsewhere(&place);
    let imported = place.program(&["import", rounds.to_str().unwrap(), "--db", &other]).output().unwrap();
    assert!(imported.status.success(), "{}", err(&imported));
    place.configure_guilds(&format!(
        "[[guild]]\nid = \"{GUILD}\"\n[[guild]]\nid = \"77\"\ndb = \"{other}\"\n"
    ));
    let bot = Bot::start(place);
    let maps = |guild: &str| -> Value {
        let typed = json!({"guild_id": guild, "type": 4, "data": {"id": "5", "name": "heatmap", "type": 1,
            "options": [{"name": "map", "type": 3, "value": "", "focused": true}]}});
        bot.first(&bot.give_with(&typed))["data"]["choices"].clone()
    };
    assert_eq!(maps(GUILD)[0]["value"], "proximity_demo");
    assert_eq!(maps("77"), json!([{"name": "elsewhere · 1 round", "value": "elsewhere"}]));
    let asked = json!({"guild_id": "77", "data": {"id": "5", "name": "heatmap", "options": [map()]}});
    let refused = bot.first(&bot.give_with(&asked));
    assert_eq!(refused["data"]["content"], r"There is no map proximity\_demo. There are: elsewhere.");
    bot.end();
}
