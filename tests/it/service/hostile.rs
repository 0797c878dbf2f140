//! What the server answers to those who ask ill: slow, hanging, huge, many, and off the path.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::cli::session;
use crate::service::client::{Server, encoded, read_answer};

const MIB: u64 = 1 << 20;

#[test]
fn paths_lead_to_nothing_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("sessions");
    std::fs::create_dir(&reports).unwrap();
    std::fs::write(reports.join("index.html"), "page").unwrap();
    std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let server = Server::of(&session(), &["--reports", reports.to_str().unwrap()], None);
    for path in [
        "/../secret.txt",
        "/reports/../secret.txt",
        "/reports/..%2Fsecret.txt",
        "/reports/%2e%2e/secret.txt",
        "/reports//etc/passwd",
        "/reports/%2Fetc%2Fpasswd",
        "/reports/index.html%00",
        "/reports/%FF",
        "/reports/..\\secret.txt",
        "//etc/passwd",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret"), "{path}");
    }
}

#[test]
fn what_is_no_request_gets_a_sentence() {
    let server = Server::of(&session(), &[], None);
    let deep = "[".repeat(20_000);
    for (request, status) in [
        ("", 400),
        ("{}", 400),
        (r#"{"version":1}"#, 400),
        (r#"{"version":99,"figure":"heatmap"}"#, 400),
        (r#"{"version":1,"figure":"heatmap","filter":{"team":["purple"]}}"#, 400),
        (r#"{"version":1,"figure":"heatmap","layout":{"size_px":4000000}}"#, 400),
        (r#"{"version":1,"figure":"arrival","options":{"latest":0}}"#, 400),
        (r#"{"version":1,"figure":"arrival","options":{"latest_s":0}}"#, 400),
        (r#"{"version":1,"figure":"exits","Filter":{}}"#, 400),
        (r#"{"version":1,"figure":"heatmap","filter":{"map":["../../etc/passwd"]}}"#, 404),
        (r#"{"version":1,"figure":"heatmap","filter":{"player":["<script>"]}}"#, 404),
        (r#"{"version":1,"figure":"life","filter":{"session":"2020-01-01"}}"#, 404),
        (r#"{"version":1,"figure":"replay"}"#, 400),
        (deep.as_str(), 400),
    ] {
        let shown = &request[..request.len().min(80)];
        let target = format!("/api/picture.png?request={}", encoded(request));
        // Brackets are three characters each when they are encoded, so this one is too long for a head.
        let status = if target.len() > 32 * 1024 { 431 } else { status };
        let answer = server.get(&target);
        assert_eq!(answer.status, status, "{shown}");
        if status != 431 {
            assert!(answer.json()["error"].as_str().unwrap().len() > 10, "{shown}");
            assert_eq!(answer.header("Content-Type"), Some("application/json"), "{shown}");
        }
    }
    let heat = encoded(r#"{"version":1,"figure":"heatmap"}"#);
    let answer = server.get(&format!("/api/picture.png?request={heat}&downlod=1"));
    assert_eq!((answer.status, answer.text().contains("`download`")), (400, true), "{}", answer.text());
    assert_eq!(server.get(&format!("/api/picture.json?%72eq%75est={heat}")).status, 200);
    let answer = server.get(&format!("/api/passes?reqest={heat}"));
    assert_eq!((answer.status, answer.text().contains("`request`")), (400, true), "{}", answer.text());
    assert_eq!(server.ask("POST", "/api/picture.png", &[], "x").status, 405);
    assert_eq!(server.ask("DELETE", "/", &[], "").status, 405);
    assert_eq!(server.get_with("/", &[("Host", "example.com")]).status, 403);
}

#[test]
fn a_query_of_ten_megabytes_is_refused_in_little_memory() {
    let server = Server::of(&session(), &[], None);
    let before = server.settled_memory();
    let long = "a".repeat(10 * MIB as usize);
    for _ in 0..4 {
        let status = server.get(&format!("/api/picture.png?request={long}")).status;
        assert!(matches!(status, 414 | 431), "{status}");
        let status = server.ask("POST", "/login", &[], &long).status;
        assert!(matches!(status, 401 | 413), "{status}");
    }
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 16 * MIB, "{} MiB more", grown / MIB);
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn slow_and_hanging_clients_are_let_go_while_others_are_answered() {
    let server = Server::of(&session(), &[], None);
    // Clients that say nothing, half a head, a byte now and then, and one that asks and never reads.
    let silent: Vec<TcpStream> = (0..10).map(|_| server.connect()).collect();
    let mut half = server.connect();
    half.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let mut slow = server.connect();
    let mut deaf = server.connect();
    for _ in 0..50 {
        if deaf.write_all(b"GET /explorer.js HTTP/1.1\r\nHost: localhost\r\n\r\n").is_err() {
            break;
        }
    }
    let begin = Instant::now();
    let mut cut_off = false;
    while begin.elapsed() < Duration::from_secs(15) && !cut_off {
        cut_off = slow.write_all(b"G").is_err();
        assert_eq!(server.get("/healthz").status, 200);
        std::thread::sleep(Duration::from_millis(500));
    }
    assert!(cut_off, "a client that sends a byte now and then is let go");
    half.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    assert!(std::io::Read::read(&mut half, &mut [0; 8]).is_ok(), "its connection is closed");
    drop(silent);
}

#[test]
fn fifty_clients_at_once_each_get_their_picture() {
    let server = Server::of(&session(), &[], None);
    let bytes: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..50)
            .map(|number| {
                let server = &server;
                scope.spawn(move || {
                    // Five pictures, ten clients each.
                    let request = format!(
                        r#"{{"version":1,"figure":"heatmap","layout":{{"size_px":{}}}}}"#,
                        200 + number % 5
                    );
                    let target = format!("/api/picture.png?request={}", encoded(&request));
                    let begin = Instant::now();
                    loop {
                        let answer = server.get(&target);
                        if answer.status == 200 {
                            return answer.body;
                        }
                        assert!(matches!(answer.status, 429 | 503), "{}: {}", answer.status, answer.text());
                        assert!(answer.header("Retry-After").is_some());
                        assert!(begin.elapsed() < Duration::from_mins(2));
                        std::thread::sleep(Duration::from_millis(50));
                    }
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    for number in 5..50 {
        assert!(bytes[number] == bytes[number % 5]);
    }
    assert!(server.get("/metrics").text().contains("proximity_pictures_drawn_total 5\n"));
}

#[test]
fn a_client_with_too_many_connections_is_told_so() {
    let server = Server::of(&session(), &[], None);
    let held: Vec<TcpStream> = (0..64).map(|_| server.connect()).collect();
    std::thread::sleep(Duration::from_millis(500));
    let mut refused = server.connect();
    assert_eq!(read_answer(&mut refused).status, 429);
    drop(held);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.get("/healthz").status, 200);
}
