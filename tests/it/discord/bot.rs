//! The bot: commands through a real gateway to a real answer.

mod privacy;
mod text;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fake::{Fake, Next};
use super::{Place, SECRET, err};
use crate::cli::{said, session};

const GUILD: &str = "2222";

/// A running bot.
struct Bot {
    place: Place,
    child: Option<Child>,
    given: std::cell::Cell<u32>,
}

impl Place {
    /// A place for a bot of one server, whose store holds the sample session.
    fn of_bot() -> Self {
        let place = Self::with("webhook_env = \"W\"").filled();
        place.configure_bot();
        place
    }

    fn configure_bot(&self) {
        self.configure_guilds(&format!("[[guild]]\nid = \"{GUILD}\"\n"));
    }

    fn configure_guilds(&self, guilds: &str) {
        let path = self.path("discord.toml");
        let post = std::fs::read_to_string(&path).unwrap();
        let bot = format!(
            "{post}\n[bot]\napplication = \"1111\"\ntoken_env = \"T\"\napi = \"http://{}\"\n{guilds}",
            self.fake.address
        );
        std::fs::write(path, bot).unwrap();
    }

    fn bot_command(&self, what: &str, more: &[&str]) -> std::process::Command {
        let (config, db, cache) = (self.path("discord.toml"), self.db(), self.path("cache"));
        let words = ["discord", what, "--config", config.to_str().unwrap()];
        let rounds = ["--db", &db, "--cache", cache.to_str().unwrap()];
        let rounds: &[&str] = if what == "invite" { &[] } else { &rounds };
        self.program(&[&words[..], rounds, more].concat())
    }
}

impl Bot {
    fn start(place: Place) -> Self {
        let child = place.bot_command("run", &["--interval", "1"]).spawn().unwrap();
        let before = place.fake.gateway(|gateway| gateway.opened.len());
        place.fake.wait("the bot", |fake| fake.gateway(|gateway| gateway.opened.len() > before));
        Self { place, child: Some(child), given: std::cell::Cell::new(100) }
    }

    fn new() -> Self {
        Self::start(Place::of_bot())
    }

    fn fake(&self) -> &Fake {
        &self.place.fake
    }

    /// Gives a command and says its number.
    fn give(&self, name: &str, options: &Value) -> String {
        self.give_with(&json!({"data": {"id": "5", "name": name, "type": 1, "options": options}}))
    }

    fn give_with(&self, fields: &Value) -> String {
        let id = (self.given.get() + 1).to_string();
        self.given.set(self.given.get() + 1);
        let mut interaction = json!({
            "id": id, "application_id": "1111", "type": 2, "token": format!("token-{id}"), "version": 1, "guild_id": GUILD,
            "channel_id": "4444", "member": {"user": {"id": "3333", "username": "kestrel"}, "permissions": "2147483647", "roles": []},
            "app_permissions": "0", "locale": "de", "entitlements": [], "context": 0, "attachment_size_limit": 10_485_760,
            "authorizing_integration_owners": {"0": GUILD},
        });
        for (key, value) in fields.as_object().unwrap() {
            interaction[key] = value.clone();
        }
        self.fake().gateway(|gateway| gateway.command(interaction.clone()));
        id
    }

    /// What was said at once.
    fn first(&self, id: &str) -> Value {
        self.fake().wait("the first answer", |fake| fake.callback(id).is_some());
        self.fake().callback(id).unwrap().0
    }

    /// The answer itself: the message and its file.
    fn answer(&self, id: &str) -> (Value, Vec<u8>) {
        self.fake().wait("the answer", |fake| fake.answer_to(id).is_some());
        self.fake().answer_to(id).unwrap()
    }

    /// Ends the bot and gives what it said on stderr.
    fn end(mut self) -> String {
        let child = self.child.take().unwrap();
        let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", err(&output));
        for stream in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(stream).contains(SECRET), "a secret is shown");
        }
        err(&output)
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Commands as JSON, each option on a line of its own.
fn lines_of(commands: &Value) -> String {
    let mut lines = Vec::new();
    for command in commands.as_array().unwrap() {
        let mut command = command.clone();
        let options = command.as_object_mut().unwrap().remove("options").unwrap();
        lines.push(command.to_string());
        lines.extend(options.as_array().unwrap().iter().map(|option| format!("    {option}")));
    }
    lines.join("\n")
}

fn map() -> Value {
    json!({"name": "map", "type": 3, "value": "proximity_demo"})
}

fn option(name: &str, value: impl Into<Value>) -> Value {
    json!({"name": name, "type": 3, "value": value.into()})
}

#[test]
fn commands_are_registered_once_and_are_those_of_the_snapshot() {
    let place = Place::of_bot();
    let bot = Bot::start(place);
    let puts = |bot: &Bot| bot.fake().asked().iter().filter(|asked| asked.method == "PUT").count();
    assert_eq!(puts(&bot), 1);
    let body = bot.fake().asked().into_iter().find(|asked| asked.method == "PUT").unwrap();
    assert_eq!(body.header("authorization"), Some(&*format!("Bot {SECRET}")));
    let commands: Value = serde_json::from_slice(&body.body).unwrap();
    // Without video there is one kind of replay to choose.
    if cfg!(feature = "video") {
        insta::assert_snapshot!("commands", lines_of(&commands));
    }
    let opened = bot.fake().gateway(|gateway| gateway.opened[0].clone());
    assert_eq!(opened["d"]["intents"], 0);
    let registered = bot.place.bot_command("register", &[]).output().unwrap();
    assert!(
        String::from_utf8_lossy(&registered.stdout).contains("registered already"),
        "{}",
        err(&registered)
    );
    assert_eq!(puts(&bot), 1);
    // A second bot of the same configuration would get each command, too.
    let second = bot.place.bot_command("run", &[]).output().unwrap();
    assert!(second.status.code() == Some(2) && err(&second).contains("runs with"), "{}", err(&second));
    bot.end();
}

#[test]
fn a_command_is_answered_with_the_bytes_that_the_program_draws() {
    let bot = Bot::new();
    let id = bot.give("heatmap", &json!([map(), option("team", "axis"), option("life_window", "0..20")]));
    assert_eq!(bot.first(&id)["type"], 5);
    let (message, picture) = bot.answer(&id);
    let out = bot.place.path("drawn.png");
    let (sample, out_text) = (session(), out.to_str().unwrap().to_owned());
    said(&[
        "heatmap",
        sample.to_str().unwrap(),
        "--for",
        "discord",
        "--map",
        "proximity_demo",
        "--team",
        "axis",
        "--life-window",
        "0..20",
        "--out",
        &out_text,
    ]);
    assert!(picture == std::fs::read(&out).unwrap(), "the bot and the command draw the same bytes");
    let alt = message["attachments"][0]["description"].as_str().unwrap();
    assert!(alt.starts_with("Heatmap of proximity_demo (Axis, "), "{alt}");
    assert_eq!(message["allowed_mentions"], json!({"parse": []}));
    // Two equal commands are one drawing.
    let ids: Vec<String> = (0..2).map(|_| bot.give("kills", &json!([map()]))).collect();
    assert!(bot.answer(&ids[0]).1 == bot.answer(&ids[1]).1);
    let status = bot.give("proximity", &json!([{"name": "status", "type": 1, "options": []}]));
    assert_eq!(bot.first(&status)["data"]["flags"], 64);
    let text = bot.answer(&status).0["content"].as_str().unwrap().to_owned();
    assert!(text.starts_with("4 rounds of 1 session, 11 players; 4 in memory. 2 pictures drawn."), "{text}");
    bot.end();
}

#[test]
fn every_command_has_an_answer() {
    let bot = Bot::new();
    let player = || {
        let id = bot
            .give_with(&json!({"type": 4, "data": {"id": "5", "name": "life", "type": 1, "options": [
            {"name": "player", "type": 3, "value": "", "focused": true}]}}));
        bot.first(&id)["data"]["choices"][0]["value"].as_str().unwrap().to_owned()
    };
    let player = player();
    for (name, options) in [
        ("paths", json!([map()])),
        ("exits", json!([map()])),
        ("arrival", json!([map(), option("team", "axis")])),
        ("life", json!([option("player", player.as_str())])),
        ("versus", json!([map(), option("team", "allies"), option("versus_team", "axis")])),
        ("session", json!([])),
    ] {
        let (message, picture) = bot.answer(&bot.give(name, &options));
        assert!(picture.starts_with(b"\x89PNG"), "{name}: {message}");
    }
    for (name, words) in [("movers", "covered"), ("reaction", "first move"), ("sprint", "sprint")] {
        let (message, _) = bot.answer(&bot.give(name, &json!([])));
        let text = message["content"].as_str().unwrap();
        assert!(text.starts_with("```\n") && text.ends_with("```") && text.contains(words), "{name}: {text}");
    }
    let me = bot.give("me", &json!([map(), option("player", player.as_str())]));
    assert_eq!(bot.first(&me)["data"]["flags"], 64, "it is shown to the asker alone");
    bot.answer(&me);
    bot.end();
}

#[test]
fn what_is_typed_is_completed_and_what_is_wrong_is_told_to_the_asker_alone() {
    let bot = Bot::new();
    let typed = json!({"type": 4, "data": {"id": "5", "name": "heatmap", "type": 1,
        "options": [{"name": "map", "type": 3, "value": "demo", "focused": true}]}});
    let completed = bot.first(&bot.give_with(&typed));
    assert_eq!(completed["type"], 8);
    assert_eq!(
        completed["data"]["choices"],
        json!([{"name": "proximity_demo · 4 rounds", "value": "proximity_demo"}])
    );
    for (options, words) in [
        (
            json!([option("map", "nomap@everyone")]),
            r"There is no map nomap\@everyone. There are: proximity\_demo.",
        ),
        (
            json!([map(), option("session", "2020-01-01")]),
            r"There is no session 2020\-01\-01. There are: 2026\-03\-14.",
        ),
        (json!([map(), option("team", "purple")]), "purple"),
        (json!([map(), option("life_window", "later")]), "later"),
    ] {
        let first = bot.first(&bot.give("heatmap", &options));
        assert_eq!((&first["type"], &first["data"]["flags"]), (&json!(4), &json!(64)), "{first}");
        assert_eq!(first["data"]["allowed_mentions"], json!({"parse": []}));
        assert!(first["data"]["content"].as_str().unwrap().contains(words), "{first}");
    }
    // Of another server, and by a member who is no admin.
    let elsewhere = json!({"guild_id": "9", "data": {"id": "5", "name": "heatmap", "options": [map()]}});
    assert!(
        bot.first(&bot.give_with(&elsewhere))["data"]["content"].as_str().unwrap().contains("this server")
    );
    let member = json!({"member": {"user": {"id": "3"}, "permissions": "2048"},
        "data": {"id": "5", "name": "proximity", "options": [{"name": "status", "type": 1}]}});
    assert!(
        bot.first(&bot.give_with(&member))["data"]["content"].as_str().unwrap().contains("manage the server")
    );
    // A player who is not there is found out when the answer is on its way.
    let (message, _) =
        bot.answer(&bot.give("heatmap", &json!([map(), option("player", "@everyone **x** <@1>")])));
    let text = message["content"].as_str().unwrap();
    assert!(!text.contains("@everyone **x**") && text.contains(r"\@everyone"), "{text}");
    bot.end();
}

#[test]
fn a_busy_discord_is_waited_for_and_a_late_answer_is_logged_and_left() {
    let bot = Bot::new();
    let id = bot.give("session", &json!([]));
    bot.first(&id);
    bot.fake()
        .script([Next::Answer(429, json!({"message": "You are being rate limited.", "retry_after": 0.4}))]);
    assert!(bot.answer(&id).1.starts_with(b"\x89PNG"));
    let id = bot.give("session", &json!([option("only_me", true)]));
    bot.first(&id);
    let late = json!({"code": 10015, "message": "Unknown Webhook"});
    bot.fake().script([Next::Answer(404, late)]);
    let path = format!("/api/v10/webhooks/1111/token-{id}/messages/@original");
    bot.fake().wait("the late answer", |fake| fake.asked().iter().any(|asked| asked.path == path));
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(bot.fake().asked().iter().filter(|asked| asked.path == path).count(), 1);
    let log = bot.end();
    assert!(log.contains("an answer did not arrive: Discord answered 404"), "{log}");
    assert!(!log.contains("token-"), "{log}");
}

#[test]
fn a_picture_shrinks_below_the_limit_of_its_channel() {
    let bot = Bot::new();
    let fields =
        json!({"attachment_size_limit": 200_000, "data": {"id": "5", "name": "heatmap", "options": [map()]}});
    let (message, picture) = bot.answer(&bot.give_with(&fields));
    assert!(picture.starts_with(b"\x89PNG") && picture.len() < 200_000, "{} bytes: {message}", picture.len());
    bot.end();
}

#[test]
fn a_replay_keeps_the_limit_of_its_channel() {
    let bot = Bot::new();
    for (file, start) in [("gif", &b"GIF89a"[..]), ("video", &b"\0\0\0"[..])] {
        if file == "video" && !cfg!(feature = "video") {
            continue;
        }
        let options = json!([map(), option("round_window", "20..32"), option("file", file)]);
        let fields = json!({"attachment_size_limit": 150_000, "data": {"id": "5", "name": "replay", "type": 1, "options": options}});
        let (message, replay) = bot.answer(&bot.give_with(&fields));
        assert!(replay.starts_with(start) && replay.len() < 150_000, "{} bytes: {message}", replay.len());
        let ending = if file == "gif" { ".gif" } else { ".mp4" };
        assert!(message["attachments"][0]["filename"].as_str().unwrap().ends_with(ending), "{message}");
        let alt = message["attachments"][0]["description"].as_str().unwrap();
        assert!(alt.starts_with("Replay of proximity_demo"), "{alt}");
    }
    bot.end();
}

#[test]
fn a_broken_connection_is_taken_up_where_it_was() {
    let bot = Bot::new();
    let first = bot.first(&bot.give("session", &json!([])));
    assert_eq!(first["type"], 5);
    let sequence = bot.fake().gateway(|gateway| gateway.sequence());
    bot.fake().gateway(|gateway| gateway.close(4000));
    let missed = bot.give("session", &json!([]));
    assert_eq!(bot.first(&missed)["type"], 5);
    let resumed = bot.fake().gateway(|gateway| gateway.opened.last().unwrap().clone());
    assert_eq!((&resumed["op"], &resumed["d"]["session_id"]), (&json!(6), &json!("session-1")));
    assert_eq!(resumed["d"]["seq"], sequence);
    // A session that Discord knows no more is begun anew.
    bot.fake().gateway(|gateway| {
        gateway.is_forgetful = true;
        gateway.close(4000);
    });
    let missed = bot.give("session", &json!([]));
    assert_eq!(bot.first(&missed)["type"], 5);
    assert_eq!(bot.fake().gateway(|gateway| gateway.opened.last().unwrap()["op"].clone()), 2);
    bot.end();
}

#[test]
fn discords_last_word_ends_the_bot() {
    let mut bot = Bot::new();
    bot.fake().gateway(|gateway| gateway.close(4004));
    let output = bot.child.take().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("does not accept the bot (close code 4004)"), "{}", err(&output));
}

/// A promise comes within this time on a machine that has nothing else to do, ms.
const PROMISED_WITHIN_MS: u128 = 500;
/// Where the machine is busy, within so many times the time that as many plain requests take …
const TIMES_PLAIN: u128 = 10;
/// … but never later than this, ms: Discord waits no longer.
const DISCORD_WAITS_MS: u128 = 3_000;

/// How long the slowest of so many requests takes that are made at once and do nothing else, ms.
fn plain_requests_ms(fake: &Fake, requests: usize) -> u128 {
    let one = |number: usize| {
        let begin = Instant::now();
        let mut stream = TcpStream::connect(&fake.address).unwrap();
        let body = r#"{"type":5}"#;
        let head = format!(
            "POST /api/v10/interactions/plain-{number}/token/callback HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 204");
        begin.elapsed().as_millis()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..requests).map(|number| scope.spawn(move || one(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).max().unwrap()
    })
}

#[test]
#[expect(clippy::print_stdout, reason = "its figures are told to whoever asks with --nocapture")]
fn a_hundred_commands_at_once_are_promised_an_answer_and_hearts_beat_on() {
    let bot = Bot::new();
    let before = plain_requests_ms(bot.fake(), 100);
    let begin = Instant::now();
    let beats = bot.fake().gateway(|gateway| gateway.beats);
    let given: Vec<(String, Instant)> = (0..100)
        .map(|number| {
            let user = (number % 40).to_string();
            let id =
                bot.give_with(
                    &json!({"member": {"user": {"id": user}, "permissions": "0"}, "data": {"id": "5",
                "name": "heatmap", "options": [map(), option("life_window", format!("0..{}", number + 1))]}}),
                );
            (id, Instant::now())
        })
        .collect();
    let mut promised: Vec<Instant> = Vec::new();
    let mut waited: Vec<u128> = Vec::new();
    for (id, given) in &given {
        bot.first(id);
        let when = bot.fake().callback(id).unwrap().1;
        promised.push(when);
        waited.push(when.saturating_duration_since(*given).as_millis());
    }
    // Whatever kept the machine busy meanwhile may have begun or ended: the slower of both counts.
    let plain = before.max(plain_requests_ms(bot.fake(), 100));
    promised.sort();
    waited.sort_unstable();
    // Of one server eight may be on their way; the others are told so.
    let is_drawn = |id: &&String| bot.answer(id).1.starts_with(b"\x89PNG");
    let drawn: Vec<Instant> =
        given.iter().map(|(id, _)| id).filter(is_drawn).map(|id| bot.fake().answered(id).unwrap()).collect();
    let last = drawn.iter().max().unwrap();
    println!(
        "promised after {} ms (median), {} ms (95th) and {} ms (last), plain requests after {plain} ms; {} drawn, the last after {} ms",
        waited[49],
        waited[94],
        waited[99],
        drawn.len(),
        last.duration_since(begin).as_millis()
    );
    let limit = PROMISED_WITHIN_MS.max(TIMES_PLAIN * plain).min(DISCORD_WAITS_MS);
    assert!(waited[99] < limit, "a command waits {} ms for its promise, {limit} ms at most", waited[99]);
    // However slow the machine is, a promise waits for no drawing; eight are made one after the other.
    assert!(drawn.len() >= 8 && promised[94] < *last, "promises wait for drawings");
    let beats = bot.fake().gateway(|gateway| gateway.beats) - beats;
    let expected = begin.elapsed().as_millis() as usize / 400;
    assert!(beats + 2 >= expected / 2, "{beats} of {expected} heartbeats");
    bot.end();
}

#[test]
fn a_channel_that_admins_chose_gets_the_message_after_a_session() {
    let place = Place::of_bot();
    // The bot tells of no session that ended long ago: this one is of now.
    let rounds = place.path("now");
    std::fs::create_dir(&rounds).unwrap();
    let begin = jiff::Timestamp::now().as_second() - 7200;
    for (number, file) in std::fs::read_dir(session()).unwrap().map(|file| file.unwrap().path()).enumerate() {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        if !name.ends_with("_engagements.txt") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let at = |key: &str, time: i64| {
            let line = text.lines().find(|line| line.starts_with(key)).unwrap();
            (line.to_owned(), format!("{key}{time}"))
        };
        let start = begin + 300 * number as i64;
        let [(a, new_a), (b, new_b)] =
            [at("# round_start_unix=", start), at("# round_end_unix=", start + 240)];
        let stamp = jiff::Timestamp::from_second(start + 240).unwrap().strftime("%Y-%m-%d-%H%M%S");
        let name = format!("{stamp}{}", &name[17..]);
        std::fs::write(rounds.join(name), text.replace(&a, &new_a).replace(&b, &new_b)).unwrap();
    }
    place.import(&rounds);
    let bot = Bot::start(place);
    let choose = |channel: Value| {
        let options = json!([{"name": "channel", "type": 1, "options": channel}]);
        bot.answer(&bot.give("proximity", &options)).0["content"].as_str().unwrap().to_owned()
    };
    let said = choose(json!([{"name": "channel", "type": 7, "value": "4445"}]));
    assert!(said.contains("<#4445> gets its message"), "{said}");
    bot.fake().until("the message", |messages| messages.len() == 1);
    let message = &bot.fake().messages()[0];
    assert!(message.payload["content"].as_str().unwrap().contains("4 rounds"), "{:?}", message.payload);
    let posts = |bot: &Bot| {
        bot.fake().asked().iter().filter(|asked| asked.path.ends_with("/channels/4445/messages")).count()
    };
    assert_eq!(choose(json!([])), "No messages about sessions any more.");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(posts(&bot), 1);
    bot.end();
}

#[test]
fn what_is_missing_is_said() {
    let place = Place::of_bot();
    let invite = place.bot_command("invite", &[]).output().unwrap();
    let address = String::from_utf8(invite.stdout).unwrap();
    assert_eq!(
        address,
        "https://discord.com/oauth2/authorize?client_id=1111&scope=bot+applications.commands&permissions=35840\n"
    );
    let check = || {
        let output = place.bot_command("check", &[]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, text) = check();
    assert!(status == Some(1) && text.contains("missing the commands are not registered"), "{text}");
    assert!(place.bot_command("register", &[]).output().unwrap().status.success());
    let (status, text) = check();
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("ok      the token is that of bot\n") && text.contains("4 rounds"), "{text}");
    place.fake.script([Next::Answer(401, json!({"message": "401: Unauthorized", "code": 0}))]);
    let (status, text) = check();
    assert!(
        status == Some(1) && text.contains("does not accept the token") && !text.contains(SECRET),
        "{text}"
    );
    place.fake.script([Next::Answer(503, json!({}))]);
    let (status, text) = check();
    assert!(status == Some(1) && text.contains("missing Discord cannot be reached: "), "{text}");
    assert!(!text.contains("does not accept"), "{text}");
    // Without a token or a store, the rest is looked at all the same.
    let without = |change: &dyn Fn(&mut std::process::Command)| {
        let mut command = place.bot_command("check", &[]);
        change(&mut command);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("ok      target league: the webhook is there"), "{text}");
        text
    };
    let text = without(&|command| {
        command.env_remove("T");
    });
    assert!(text.contains("missing the bot: the environment variable T is not set\n"), "{text}");
    std::fs::rename(place.path("p.db"), place.path("away.db")).unwrap();
    let text = without(&|_| ());
    assert!(text.contains(&format!("missing server {GUILD}: ")) && text.contains("the token is that of bot"));
    std::fs::rename(place.path("away.db"), place.path("p.db")).unwrap();
    let off = place.bot_command("run", &[]).env("PROXIMITY_DISCORD_COMMANDS", "false").output().unwrap();
    assert!(off.status.code() == Some(2) && err(&off).contains("not to run"), "{}", err(&off));
}
