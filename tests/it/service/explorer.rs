//! What the server answers to those who ask well.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use proximity::web::{Access, Limits, Pages, Site, serve};

use crate::cli::{said, session};
use crate::service::client::{Server, encoded, read_answer};

fn picture(request: &str) -> String {
    format!("/api/picture.png?request={}", encoded(request))
}

#[test]
fn the_picture_is_the_one_that_the_command_draws() {
    let server = Server::of(&session(), &[], None);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("drawn.png");
    let command = [
        "heatmap",
        session().to_str().unwrap(),
        "--by",
        "team",
        "--team",
        "axis",
        "--life-window",
        "0..20",
        "--size",
        "400",
        "--out",
        out.to_str().unwrap(),
    ]
    .map(str::to_owned);
    said(&command.iter().map(String::as_str).collect::<Vec<_>>());
    let request = r#"{"version":1,"figure":"heatmap","options":{"by":"team"},
        "filter":{"team":["axis"],"life_window":"0..20"},"layout":{"size_px":400}}"#;
    let answer = server.get(&picture(request));
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("image/png")));
    assert!(answer.body == std::fs::read(&out).unwrap(), "the server and the command draw the same bytes");
    let again = server.get_with(&picture(request), &[("If-None-Match", answer.header("ETag").unwrap())]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let about = server.get(&format!("/api/picture.json?request={}", encoded(request))).json();
    assert!(about["alt"].as_str().unwrap().starts_with("Heatmap of proximity_demo"), "{about}");
    assert_eq!(about["calibration"]["map"], "proximity_demo");
    let metrics = server.get("/metrics").text();
    assert!(metrics.contains("proximity_pictures_drawn_total 1\n"), "{metrics}");
}

#[test]
fn a_replay_is_a_file_to_keep() {
    let server = Server::of(&session(), &[], None);
    let request =
        r#"{"version":1,"figure":"replay","filter":{"round_window":"20..22"},"layout":{"size_px":240}}"#;
    let answer = server.get(&format!("/api/replay.gif?request={}", encoded(request)));
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("image/gif")));
    assert_eq!(answer.header("Content-Disposition"), Some("attachment; filename=\"replay.gif\""));
    assert!(answer.body.starts_with(b"GIF89a"));
    let heat = r#"{"version":1,"figure":"heatmap"}"#;
    assert_eq!(server.get(&format!("/api/replay.gif?request={}", encoded(heat))).status, 400);
}

#[test]
fn the_season_and_the_interface_describe_themselves() {
    let server = Server::of(&session(), &[], None);
    assert!(server.lines.concat().contains("4 rounds, 4 of them in memory"), "{:?}", server.lines);
    let season = server.get("/api/season").json();
    assert_eq!(
        (season["rounds"].as_u64(), season["maps"][0]["name"].as_str()),
        (Some(4), Some("proximity_demo"))
    );
    assert!(season["players"].as_array().unwrap().len() > 5 && season["reports"] == false);
    let api = server.get("/api").json();
    assert_eq!(api["openapi"], "3.1.0");
    // What is described is there, and what is not described is not.
    for path in api["paths"].as_object().unwrap().keys().filter(|path| !path.contains('{')) {
        let status = server.get(path).status;
        let needs_request = ["/api/picture", "/api/replay", "/api/request", "/api/passes"]
            .iter()
            .any(|start| path.starts_with(start));
        let expected = match path.as_str() {
            "/api/replay.mp4" if cfg!(not(feature = "video")) => 404,
            _ if needs_request => 400,
            _ => 200,
        };
        assert_eq!(status, expected, "{path}");
    }
    assert_eq!(server.get("/api/nothing").status, 404);
    assert_eq!(server.get("/healthz").text(), "ok\n");
}

#[test]
fn a_site_says_that_its_rounds_are_being_read_until_they_are() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let access = Access::new(address, None).unwrap();
    let site = Arc::new(Site::new(access, Pages::default(), Box::new(|_: &str| ())));
    let get = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        read_answer(&mut stream)
    };
    let stop = AtomicBool::new(false);
    let (_folder, service) = super::service(64 << 20);
    // What is wrong is told after the server's end: a panic before would wait for it.
    let [before, after] = std::thread::scope(|scope| {
        scope.spawn(|| serve(&site, listener, Limits::default(), &stop).unwrap());
        let paths = ["/healthz", "/api/season", "/metrics", "/", "/explorer.js", "/api"];
        let before = paths.map(get);
        site.open(Arc::new(service));
        let after = paths.map(get);
        stop.store(true, Ordering::Relaxed);
        [before, after]
    });
    for answer in &before[..3] {
        assert_eq!((answer.status, answer.header("Retry-After")), (503, Some("3")));
        assert!(answer.text().contains("still being read"), "{answer:?}");
    }
    assert!(before[3..].iter().chain(&after).all(|answer| answer.status == 200), "{before:?} {after:?}");
    assert_eq!(after[0].text(), "ok\n");
    assert_eq!(after[1].json()["rounds"], 4);
}

#[test]
fn a_page_may_run_and_show_what_the_site_serves_alone() {
    let server = Server::of(&session(), &[], None);
    for path in ["/", "/explorer.js", "/explorer.css", "/api/season"] {
        let answer = server.get(path);
        let policy = answer.header("Content-Security-Policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"), "{path}");
    }
    let page = server.get("/").text();
    assert!(!page.contains("style=") && !page.contains("onclick") && !page.contains("<script>"));
}

#[test]
fn reports_are_served_from_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("sessions");
    std::fs::create_dir_all(reports.join("2026-11-20")).unwrap();
    std::fs::write(reports.join("index.html"), "<p>all sessions</p>").unwrap();
    std::fs::write(reports.join("2026-11-20/a b.png"), "picture").unwrap();
    let server = Server::of(&session(), &["--reports", reports.to_str().unwrap()], None);
    assert_eq!(server.get("/reports/").text(), "<p>all sessions</p>");
    assert_eq!(server.get("/reports").header("Location"), Some("/reports/"));
    assert_eq!(server.get("/reports/2026-11-20/a%20b.png").text(), "picture");
    assert_eq!(server.get("/api/season").json()["reports"], true);
}

#[test]
fn new_rounds_are_seen_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<_> = std::fs::read_dir(session()).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with("_engagements.txt"));
    files.sort();
    let copy = |file: &std::path::Path| {
        std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
    };
    copy(&files[0]);
    let server = Server::of(folder.path(), &["--interval", "1"], None);
    let rounds = || server.get("/api/season").json()["rounds"].as_u64().unwrap();
    assert_eq!(rounds(), 1);
    copy(&files[1]);
    let begin = std::time::Instant::now();
    while rounds() < 2 {
        assert!(begin.elapsed().as_secs() < 30, "the new round is not seen");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_player_whom_another_process_forgets_leaves_the_site_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let db = format!("sqlite:{}", folder.path().join("p.db").display());
    said(&["import", session().to_str().unwrap(), "--db", &db]);
    let stats = said(&["stats", "players", "--db", &db, "--least-lives", "1", "--json"]);
    let stats: serde_json::Value = serde_json::from_str(&stats).unwrap();
    let field = |name: &str| stats[0][name].as_str().unwrap().to_owned();
    let (guid, name) = (field("player_guid"), field("player_name"));
    let server = Server::of_store(&db, &["--interval", "1"]);
    let knows = || server.get("/api/season").text().contains(&name);
    assert!(knows(), "{name}");
    said(&["forget", &guid, "--db", &db, "--yes"]);
    let begin = std::time::Instant::now();
    while knows() {
        assert!(begin.elapsed().as_secs() < 60, "{name} is still told of");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[cfg(feature = "lake")]
#[test]
fn a_change_of_a_lake_is_seen_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("secret"), "sixteen bytes of secret").unwrap();
    let (lake, secret) = (at("lake"), at("secret"));
    let secret = ["--secret-file", &secret];
    said(&[&["lake", "init", &lake], &secret[..]].concat());
    let mut files: Vec<_> = std::fs::read_dir(session()).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with("_engagements.txt"));
    files.sort();
    let add = |file: &std::path::Path| {
        said(&[&["lake", "add", file.to_str().unwrap(), "--to", &lake], &secret[..]].concat());
    };
    add(&files[0]);
    let server = Server::of_lake(&lake, &["--interval", "1"]);
    let season = || server.get("/api/season").json();
    let until = |what: &str, is_so: &dyn Fn() -> bool| {
        let begin = std::time::Instant::now();
        while !is_so() {
            assert!(begin.elapsed().as_secs() < 60, "not seen: {what}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    };
    assert_eq!(season()["rounds"], 1);
    add(&files[1]);
    until("a round that was added", &|| season()["rounds"] == 2);
    let rounds = proximity::Rounds::open(session()).unwrap().to_vec().unwrap();
    let person = |track: &&proximity::model::Track| track.guid.kind() == proximity::model::GuidKind::Person;
    let track = rounds[0].tracks.iter().find(person).unwrap();
    let name = track.name.display();
    assert!(season().to_string().contains(&*name), "{name}");
    said(
        &[&["lake", "forget", track.guid.as_str(), "--lake", &lake, "--erase", "--yes"], &secret[..]]
            .concat(),
    );
    until("a player who was erased", &|| !season().to_string().contains(&*name));
}

#[test]
fn a_token_opens_the_site_and_nothing_without_it() {
    let token = "0123456789abcdef0123";
    let server = Server::of(&session(), &[], Some(token));
    for path in ["/", "/api/season", "/metrics", "/explorer.js", "/reports/"] {
        assert_eq!(server.get(path).status, 401, "{path}");
    }
    assert_eq!(server.get("/healthz").status, 200);
    let form = server.get_with("/", &[("Accept", "text/html")]);
    assert!(form.status == 401 && form.text().contains("<form method=\"post\" action=\"/login\">"));
    assert_eq!(server.get_with("/api/season", &[("Authorization", "Bearer wrong")]).status, 401);
    assert_eq!(server.get_with("/api/season", &[("Authorization", &format!("Bearer {token}"))]).status, 200);
    assert_eq!(server.ask("POST", "/login", &[], "token=wrong").status, 401);
    let opened = server.ask("POST", "/login", &[], &format!("token={token}"));
    assert_eq!((opened.status, opened.header("Location")), (303, Some("/")));
    let cookie = opened.header("Set-Cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(token));
    assert_eq!(server.get_with("/", &[("Cookie", cookie.split(';').next().unwrap())]).status, 200);
    assert!(!server.lines.concat().contains(token));
}

#[test]
fn beyond_this_machine_a_token_is_demanded_before_anything_is_read() {
    let run = |listen: &str| {
        crate::cli::proximity()
            .env_remove("PROXIMITY_TOKEN")
            .args(["serve", "/nonexistent", "--listen", listen])
            .output()
            .unwrap()
    };
    let refused = run("0.0.0.0:0");
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && said.contains("PROXIMITY_TOKEN"), "{said}");
}

#[test]
fn faults_of_the_input_are_told_and_with_strict_nothing_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<_> =
        std::fs::read_dir(session()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let round = std::fs::read(&files[0]).unwrap();
    std::fs::write(folder.path().join(files[0].file_name().unwrap()), &round[..round.len() / 2]).unwrap();
    let complaint = "; `proximity check` tells where";
    let refused = crate::cli::proximity()
        .args(["serve", folder.path().to_str().unwrap(), "--strict", "--listen", "127.0.0.1:0"])
        .output()
        .unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && said.contains(complaint), "{said}");
    let server = Server::of(folder.path(), &[], None);
    assert_eq!(server.get("/api/season").json()["rounds"], 1);
}

#[test]
fn a_bot_that_is_left_out_is_told_apart_from_a_player_who_is_not_there() {
    let server = Server::of(&session(), &[], None);
    let said = |name: &str| {
        let request = format!(r#"{{"version":1,"figure":"heatmap","filter":{{"player":["{name}"]}}}}"#);
        let answer = server.get(&picture(&request));
        assert_eq!(answer.status, 404, "{answer:?}");
        answer.json()["error"].as_str().unwrap().to_owned()
    };
    assert!(said("[BOT]Quill").contains("is a bot, and bots are left out"), "{}", said("[BOT]Quill"));
    assert!(said("Quillon").contains("there are: "), "{}", said("Quillon"));
    assert!(said("").contains("without a name or GUID"), "{}", said(""));
}

#[test]
fn an_area_is_asked_for_by_its_corners() {
    let server = Server::of(&session(), &[], None);
    let request = encoded(r#"{"version":1,"figure":"heatmap","filter":{"team":["axis"]}}"#);
    let counted = server.get(&format!("/api/passes?request={request}&area=-4000,-4000,4000,-4000,4000,4000"));
    assert_eq!(counted.status, 200);
    let counted = counted.json();
    assert!(counted["passes"].as_u64().unwrap() > 0);
    assert_eq!(counted["teams"].as_array().unwrap().len(), 1, "{counted}");
    for area in ["", "1,2,3", "1,2,3,4", "a,b,c,d,e,f", "NaN,0,1,0,1,1", "1e99,0,1,0,1,1"] {
        let answer = server.get(&format!("/api/passes?request={request}&area={area}"));
        assert_eq!(answer.status, 400, "{area}");
    }
    let far = server.get(&format!(
        "/api/passes?request={}&area=0,0,1,0,1,1",
        encoded(r#"{"version":1,"figure":"heatmap","filter":{"map":["nomap"]}}"#)
    ));
    assert_eq!(far.status, 404);
}
