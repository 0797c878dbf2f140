//! One message for each session: when, to whom, what it says, and what becomes of it when Discord says no.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;

use super::fake::{Held, Next};
use super::{Place, err, out};
use crate::cli::session;

/// The files of the sample session, in order.
fn files() -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(session()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with("_engagements.txt"));
    files.sort();
    files
}

fn stop(mut child: std::process::Child) -> std::process::Output {
    let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_mins(1), "it does not end");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_session_that_is_over_gets_one_message_which_a_late_round_changes() {
    let place = Place::webhook("min_rounds = 3\npublic_url = \"https://example.com/sessions/\"");
    let rounds = place.path("rounds");
    let watch = place.watch(&[]).spawn().unwrap();
    let files = files();
    fs::create_dir_all(&rounds).unwrap();
    let copy = |file: &std::path::Path| {
        fs::copy(file, rounds.join(file.file_name().unwrap())).unwrap();
    };
    files[..3].iter().for_each(|file| copy(file));
    place.fake.until("the message", |messages| !messages.is_empty());
    let first = place.fake.messages().remove(0);
    let plain = |text: &serde_json::Value| text.as_str().unwrap().replace(['\u{a0}', '\u{202f}'], " ");
    let text = plain(&first.payload["content"]);
    assert!(
        text.starts_with("**Session of 14 Mar 2026** · proximity\\_demo\n**3 rounds** · **11 players** · **"),
        "{text}"
    );
    assert!(text.contains("\n1. ") && text.contains("\n5. ") && !text.contains("\n6. "), "{text}");
    assert!(text.ends_with("\n<https://example.com/sessions/2026-03-14/>"), "{text}");
    assert_eq!(first.payload["allowed_mentions"], json!({"parse": []}));
    assert_eq!(first.file_name, "session-2026-03-14.png");
    assert!(
        first.picture.starts_with(b"\x89PNG\r\n\x1a\n") && first.picture.ends_with(b"IEND\xae\x42\x60\x82")
    );
    let alt = plain(&first.payload["attachments"][0]["description"]);
    assert!(
        alt.contains("1. ") && alt.contains(" kills, ") && alt.contains("where time was spent on"),
        "{alt}"
    );

    copy(&files[3]);
    place.fake.until("the change", |messages| messages[0].edits == 1);
    let output = stop(watch);
    let changed = place.fake.messages();
    assert_eq!(changed.len(), 1);
    assert!(plain(&changed[0].payload["content"]).contains("**4 rounds**"));
    assert_ne!(changed[0].picture, first.picture);
    assert!(out(&output).contains("league: the message about 2026-03-14 was sent\n"), "{}", out(&output));
    assert!(err(&output).lines().all(|line| line.contains("created the tables")), "{}", err(&output));

    // Another start finds nothing to do.
    let asked = place.fake.asked().len();
    assert!(place.watch(&["--once"]).output().unwrap().status.success());
    assert_eq!(place.fake.asked().len(), asked);
}

#[test]
fn sessions_that_are_short_old_or_not_over_are_left_alone() {
    for lines in ["min_rounds = 5", "within = \"24h\"", "quiet = \"100000h\""] {
        let place = Place::with("").filled();
        let key = lines.split(' ').next().unwrap();
        let text: String = fs::read_to_string(place.path("discord.toml")).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(key)).collect();
        fs::write(place.path("discord.toml"), format!("{}\nwebhook_env = \"W\"\n{lines}\n", kept.join("\n")))
            .unwrap();
        let looked = place.watch(&["--once"]).output().unwrap();
        assert!(looked.status.success(), "{}", err(&looked));
        assert!(place.fake.asked().is_empty(), "{lines}");
        // By hand it is sent all the same, once.
        let by_hand = place.posted(&[]);
        assert_eq!((by_hand.status.code(), place.fake.messages().len()), (Some(0), 1), "{}", err(&by_hand));
        assert!(out(&place.posted(&[])).contains("is as it should be"));
        assert_eq!(place.fake.asked().len(), 1);
    }
}

#[test]
fn a_busy_discord_is_waited_for_and_a_broken_one_is_tried_again() {
    let place = Place::webhook("").filled();
    place.fake.script([
        Next::Answer(
            429,
            json!({"message": "You are being rate limited.", "retry_after": 1.2, "global": false}),
        ),
        Next::Answer(502, json!({})),
    ]);
    let begin = Instant::now();
    let output = place.posted(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(begin.elapsed() > Duration::from_millis(1200 + 2000), "it did not wait");
    assert_eq!((place.fake.messages().len(), place.fake.asked().len()), (1, 3));
}

#[test]
fn an_address_that_is_gone_is_never_called_again() {
    for status in [401, 403, 404] {
        let place = Place::webhook("").filled();
        place.fake.script([Next::Answer(status, json!({"code": 10015, "message": "Unknown Webhook"}))]);
        for _ in 0..3 {
            let looked = place.watch(&["--once"]).output().unwrap();
            assert!(
                looked.status.success() && err(&looked).contains("league is switched off"),
                "{}",
                err(&looked)
            );
        }
        assert_eq!(place.fake.asked().len(), 1);
        // Another address is another matter.
        place.configure("webhook_env = \"W\"\nthread = \"5\"");
        assert!(place.watch(&["--once"]).output().unwrap().status.success());
        assert_eq!(place.fake.messages().len(), 1);
        assert!(place.fake.asked()[1].path.ends_with("?wait=true&thread_id=5"));
    }
}

#[test]
fn a_message_that_discord_does_not_take_is_given_up() {
    let place = Place::webhook("").filled();
    place.fake.script([Next::Answer(400, json!({"code": 50035, "message": "Invalid Form Body"}))]);
    let output = place.posted(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("given up: Discord answered 400: Invalid Form Body (code 50035)"));
    assert!(place.watch(&["--once"]).output().unwrap().status.success());
    assert_eq!(place.fake.asked().len(), 1);
}

#[test]
fn a_webhooks_lost_answer_leaves_the_message_unsure_and_said_so() {
    let place = Place::webhook("").filled();
    place.fake.script([Next::Drop]);
    let output = place.posted(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("may have arrived or not"), "{}", err(&output));
    assert!(place.watch(&["--once"]).output().unwrap().status.success());
    assert!(place.posted(&[]).status.success());
    assert_eq!(place.fake.messages().len(), 1);
    // Only who says so gets it a second time.
    assert!(place.posted(&["--again"]).status.success());
    assert_eq!(place.fake.messages().len(), 2);
}

#[test]
fn a_bots_lost_answer_is_repeated_with_the_same_nonce() {
    let place = Place::channel("").filled();
    place.fake.script([Next::Drop]);
    let output = place.posted(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let asked = place.fake.asked();
    assert_eq!((asked.len(), place.fake.messages().len()), (2, 1));
    let nonces: Vec<_> = asked.iter().map(|asked| asked.form().payload["nonce"].clone()).collect();
    assert!(nonces[0] == nonces[1] && nonces[0].as_str().unwrap().len() == 25);
    assert_eq!(asked[0].header("authorization"), Some(&*format!("Bot {}", super::SECRET)));
    assert_eq!(asked[0].path, "/api/v10/channels/77/messages");
}

#[test]
fn a_slow_discord_is_not_waited_for_longer_than_the_timeout() {
    let place = Place::webhook("").filled();
    let text = fs::read_to_string(place.path("discord.toml")).unwrap();
    fs::write(place.path("discord.toml"), text.replace("\"5s\"", "\"1s\"")).unwrap();
    let (held, hold) = Held::new();
    place.fake.script([Next::HoldAnswer(hold)]);
    let output = place.posted(&[]);
    assert!(err(&output).contains("did not answer in time"), "{}", err(&output));
    held.release();
}

#[test]
fn names_stay_text_and_a_forgotten_player_leaves_the_message() {
    let place = Place::webhook("min_rounds = 1");
    let rounds = place.path("rounds");
    fs::create_dir_all(&rounds).unwrap();
    let text = fs::read_to_string(&files()[0]).unwrap();
    // The player of the first life takes a name that tries everything.
    let row = text
        .lines()
        .skip_while(|line| !line.starts_with("# PLAYER_TRACKS"))
        .find(|line| !line.starts_with('#'));
    let (guid, name) = {
        let mut cells = row.unwrap().split(';');
        (cells.next().unwrap().to_owned(), cells.next().unwrap().to_owned())
    };
    let text = text.replace(&format!("{guid};{name};"), &format!("{guid};@everyone **x** <@1> ^1y;"));
    let file = rounds.join(files()[0].file_name().unwrap());
    fs::write(&file, &text).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let looked = place.watch(&["--once"]).output().unwrap();
    assert!(looked.status.success(), "{}", err(&looked));
    std::thread::sleep(Duration::from_millis(1100));
    let looked = place.watch(&["--once"]).output().unwrap();
    assert!(looked.status.success(), "{}", err(&looked));
    let said = place.posted(&[]);
    assert!(said.status.success(), "{}", err(&said));
    let text = place.fake.messages()[0].payload["content"].as_str().unwrap().to_owned();
    let shown = r"\@everyone \*\*x\*\* \<\@1\> y";
    // Only the five who moved most are named; the player may not be among them.
    let bare = text.replace(shown, "");
    assert!(!bare.contains("@everyone") && !bare.contains("<@1>"), "{text}");

    let forgotten = place.program(&["forget", &guid, "--yes", "--db", &place.db()]).output().unwrap();
    assert!(forgotten.status.success(), "{}", err(&forgotten));
    assert!(place.watch(&["--once"]).output().unwrap().status.success());
    let messages = place.fake.messages();
    assert_eq!((messages.len(), messages[0].edits), (1, 1));
    assert!(!messages[0].payload["content"].as_str().unwrap().contains("everyone"));
}

#[test]
fn secrets_are_neither_shown_nor_read_where_others_could() {
    let place = Place::webhook("").filled();
    // Not there, no address, and a file that others can read.
    let missing = place.post(&[]).env_remove("W").output().unwrap();
    assert!(
        missing.status.code() == Some(2) && err(&missing).contains("variable W is not set"),
        "{}",
        err(&missing)
    );
    let wrong = place.post(&[]).env("W", format!("https://example.com/{}", super::SECRET)).output().unwrap();
    assert!(wrong.status.code() == Some(2) && !err(&wrong).contains(super::SECRET), "{}", err(&wrong));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let secret = place.path("webhook");
        fs::write(&secret, format!("http://{}/api/webhooks/12/{}\n", place.fake.address, super::SECRET))
            .unwrap();
        place.configure("webhook_file = \"webhook\"");
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
        let open = place.posted(&[]);
        assert!(open.status.code() == Some(2) && err(&open).contains("chmod 600"), "{}", err(&open));
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(place.posted(&[]).status.success());
        let picture = &place.fake.messages()[0].picture;
        let secret = super::SECRET.as_bytes();
        assert!(!picture.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn one_switch_stops_all_messages() {
    let place = Place::webhook("").filled();
    let off = place.post(&[]).env("PROXIMITY_ENABLED", "false").output().unwrap();
    assert!(off.status.code() == Some(2) && err(&off).contains("PROXIMITY_ENABLED"), "{}", err(&off));
    assert!(place.watch(&["--once"]).env("PROXIMITY_ENABLED", "false").output().unwrap().status.success());
    assert!(place.fake.asked().is_empty());
}

#[test]
fn a_webhook_is_checked_without_a_message() {
    let place = Place::webhook("");
    let check = |more: &dyn Fn(&mut std::process::Command)| {
        let config = place.path("discord.toml");
        let mut command = place.program(&["discord", "check", "--config", config.to_str().unwrap()]);
        more(&mut command);
        let output = command.output().unwrap();
        let said = out(&output) + &err(&output);
        assert!(!said.contains(super::SECRET), "a secret is shown");
        (output.status.code(), said)
    };
    let right = (Some(0), "ok      target league: the webhook is there, Results\n".to_owned());
    assert_eq!(check(&|_| ()), right);
    let (status, said) = check(&|command| {
        command.env_remove("W");
    });
    assert!(status == Some(1) && said.starts_with("missing target league: ") && said.contains('W'), "{said}");
    place.fake.script([Next::Answer(404, json!({"message": "Unknown Webhook", "code": 10015}))]);
    let (status, said) = check(&|_| ());
    assert!(status == Some(1) && said.contains("the webhook is not there: Discord answered 404"), "{said}");
    assert!(place.fake.messages().is_empty());
    // Nothing answers there: whether the webhook is there is not known.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (status, said) = check(&|command| {
        command.env("W", format!("http://{nowhere}/api/webhooks/12/{}", super::SECRET));
    });
    assert!(status == Some(1) && said.contains("the webhook cannot be reached: "), "{said}");
    assert!(!said.contains("not there"), "{said}");
    place.fake.script([Next::Answer(503, json!({}))]);
    assert!(check(&|_| ()).1.contains("the webhook cannot be reached: Discord answered 503"));
    fs::remove_file(place.path("discord.toml")).unwrap();
    let (status, said) = check(&|_| ());
    assert!(
        status == Some(2) && said.contains("`proximity discord post --help` shows what to write"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
    fs::write(place.path("discord.toml"), "").unwrap();
    let (status, said) = check(&|_| ());
    assert!(status == Some(2) && said.contains("neither a target"), "{said}");
}
