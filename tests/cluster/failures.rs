//! What ends in the middle: an executor, all executors, the scheduler.

use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use super::nodes::Nodes;
use super::rounds::World;
use super::{PATIENCE, Running, cluster, said};

/// How long the question is worked on before something is killed.
const BEGUN: Duration = Duration::from_secs(4);
/// Within this a failure is over, one way or the other.
const A_MINUTE: Duration = Duration::from_mins(1);

/// How long a question is to keep this machine busy: longer than it takes to kill something in its middle.
const LONG: Duration = Duration::from_secs(15);

/// All samples against each of so many numbers.
fn question(numbers: usize) -> String {
    let numbers: Vec<String> = (1..=numbers).map(|number| format!("({number})")).collect();
    format!(
        "SELECT count(*) AS n, sum((x + number) % 7 + (y * number) % 11) AS sum FROM samples \
         CROSS JOIN (VALUES {}) AS numbers(number)",
        numbers.join(", ")
    )
}

/// A question that is long on this machine, and the answer that it has here.
fn long_question() -> &'static (String, String) {
    static LONG_ENOUGH: OnceLock<(String, String)> = OnceLock::new();
    LONG_ENOUGH.get_or_init(|| {
        let mut numbers = 200;
        loop {
            let question = question(numbers);
            let began = Instant::now();
            let here = said(&mut cluster(&["sql", &World::get().lake(), &question, "--format", "csv"]));
            let took = began.elapsed();
            if took >= LONG {
                return (question, here);
            }
            let times = (LONG.as_secs_f64() * 1.3 / took.as_secs_f64()).clamp(1.5, 10.0);
            numbers = (numbers as f64 * times) as usize;
        }
    })
}

/// The question put to a cluster, and the answer that it has here.
fn ask(nodes: &Nodes) -> (Running, String) {
    let (question, here) = long_question();
    let lake = World::get().lake();
    let arguments = ["sql", &lake, question, "--format", "csv", "--scheduler", &nodes.url()];
    (Running::of(&mut cluster(&arguments)), here.clone())
}

#[test]
fn an_executor_that_is_killed_does_not_change_the_answer() {
    let mut nodes = Nodes::start(2);
    let (mut asked, here) = ask(&nodes);
    thread::sleep(BEGUN);
    assert!(asked.child.try_wait().unwrap().is_none(), "it was answered before an executor could be killed");
    nodes.kill_executor();
    let output = asked.end(PATIENCE);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), here);
}

#[test]
fn without_executors_there_is_an_error_and_no_endless_wait() {
    let mut nodes = Nodes::start(2);
    let (mut asked, _) = ask(&nodes);
    thread::sleep(BEGUN);
    assert!(
        asked.child.try_wait().unwrap().is_none(),
        "it was answered before the executors could be killed"
    );
    nodes.kill_executor();
    nodes.kill_executor();
    let killed = Instant::now();
    let output = asked.end(PATIENCE);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(killed.elapsed() < A_MINUTE, "{:?}: {complaint}", killed.elapsed());
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("executor"), "{complaint}");
    // Whoever asks then is told so, too.
    let began = Instant::now();
    let arguments = ["stats", &World::get().lake(), "--scheduler", &nodes.url()];
    let complaint = super::complaint(&mut cluster(&arguments));
    assert!(complaint.contains("has had no executor for"), "{complaint}");
    assert!(began.elapsed() < A_MINUTE, "{:?}", began.elapsed());
}

#[test]
fn a_scheduler_that_is_restarted_is_asked_once_more() {
    let mut nodes = Nodes::start(2);
    let (mut asked, here) = ask(&nodes);
    thread::sleep(BEGUN);
    assert!(
        asked.child.try_wait().unwrap().is_none(),
        "it was answered before the scheduler could be restarted"
    );
    nodes.restart_scheduler();
    let output = asked.end(PATIENCE);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), here);
}
