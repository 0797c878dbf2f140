//! Turns: so many drawings at once, so many in wait, no asker with all of them, and one drawing for equal requests.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::answer::{Picture, Refusal};

/// What is done at once, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Drawings at once. Default: half the cores, at least one.
    pub drawing: usize,
    /// Requests that wait for their turn; a further one is refused. Default: 64.
    pub waiting: usize,
    /// Requests of one asker on their way. Default: 4.
    pub per_asker: usize,
    /// Requests of one place on their way. Default: 16.
    pub per_place: usize,
    /// The longest that a request may take, its wait included. Default: 60 s.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            drawing: (cores / 2).max(1),
            waiting: 64,
            per_asker: 4,
            per_place: 16,
            time: Duration::from_mins(1),
        }
    }
}

/// Who asks: a name, and the place that it belongs to. Both only count requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asker {
    name: String,
    place: String,
}

impl Asker {
    /// An asker of a place.
    pub fn new(name: &str, place: &str) -> Self {
        Self { name: name.to_owned(), place: place.to_owned() }
    }
}

/// What a request is answered with.
pub(super) type Answer = Result<Arc<Picture>, Refusal>;

/// The queue. Askers wait on their own threads; the one whose turn it is draws on its own.
#[derive(Debug)]
pub(super) struct Queue {
    limits: Limits,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The number of the next one to wait.
    next: u64,
    waiting: BTreeSet<u64>,
    drawing: usize,
    askers: BTreeMap<Asker, usize>,
    places: BTreeMap<String, usize>,
    /// Drawings that have an asker already, and how they ended.
    jobs: BTreeMap<String, Arc<Mutex<Option<Answer>>>>,
}

impl Queue {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, state: Mutex::default(), changed: Condvar::new() }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Requests that wait, and drawings.
    pub(super) fn load(&self) -> (usize, usize) {
        let state = self.lock();
        (state.waiting.len(), state.drawing)
    }

    /// Draws when it is this request's turn, or takes the answer of an equal one that came before.
    pub(super) fn run(
        &self,
        key: &str,
        asker: &Asker,
        deadline: Instant,
        draw: impl FnOnce() -> Answer,
    ) -> Answer {
        let _counted = self.count(asker)?;
        let mut state = self.lock();
        if let Some(job) = state.jobs.get(key).map(Arc::clone) {
            return self.wait_for(state, &job, deadline);
        }
        if state.waiting.len() >= self.limits.waiting {
            return Err(Refusal::Busy);
        }
        let job = Arc::new(Mutex::new(None));
        state.jobs.insert(key.to_owned(), Arc::clone(&job));
        let answer = self.take_turn(state, deadline, draw);
        *job.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer.clone());
        self.lock().jobs.remove(key);
        self.changed.notify_all();
        answer
    }

    /// Works when it is this asker's turn.
    pub(super) fn alone<T>(
        &self,
        asker: &Asker,
        deadline: Instant,
        work: impl FnOnce() -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let _counted = self.count(asker)?;
        let state = self.lock();
        if state.waiting.len() >= self.limits.waiting {
            return Err(Refusal::Busy);
        }
        self.take_turn(state, deadline, work)
    }

    fn take_turn<T>(
        &self,
        state: MutexGuard<'_, State>,
        deadline: Instant,
        work: impl FnOnce() -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.wait_for_turn(state, deadline)?;
        // A fault of one piece of work must not take the turn from all others.
        let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refusal::Broken));
        self.lock().drawing -= 1;
        self.changed.notify_all();
        done
    }

    fn count(&self, asker: &Asker) -> Result<Counted<'_>, Refusal> {
        let mut state = self.lock();
        let by_asker = state.askers.get(asker).copied().unwrap_or_default();
        let by_place = state.places.get(&asker.place).copied().unwrap_or_default();
        if by_asker >= self.limits.per_asker || by_place >= self.limits.per_place {
            let waiting = if by_asker >= self.limits.per_asker { by_asker } else { by_place };
            return Err(Refusal::TooMany { waiting });
        }
        *state.askers.entry(asker.clone()).or_default() += 1;
        *state.places.entry(asker.place.clone()).or_default() += 1;
        Ok(Counted { queue: self, asker: asker.clone() })
    }

    /// First come, first served.
    fn wait_for_turn(&self, mut state: MutexGuard<'_, State>, deadline: Instant) -> Result<(), Refusal> {
        let number = state.next;
        state.next += 1;
        state.waiting.insert(number);
        loop {
            if state.drawing < self.limits.drawing && state.waiting.first() == Some(&number) {
                state.waiting.remove(&number);
                state.drawing += 1;
                return Ok(());
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
            else {
                state.waiting.remove(&number);
                return Err(Refusal::TooSlow(self.limits.time));
            };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn wait_for(
        &self,
        mut state: MutexGuard<'_, State>,
        job: &Mutex<Option<Answer>>,
        deadline: Instant,
    ) -> Answer {
        loop {
            if let Some(answer) = job.lock().unwrap_or_else(PoisonError::into_inner).clone() {
                return answer;
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
            else {
                return Err(Refusal::TooSlow(self.limits.time));
            };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request on its way; dropped, it counts no longer.
struct Counted<'q> {
    queue: &'q Queue,
    asker: Asker,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        less(&mut state.askers, &self.asker);
        less(&mut state.places, &self.asker.place);
        drop(state);
        self.queue.changed.notify_all();
    }
}

/// One less of a kind; none of it, and the kind is gone.
fn less<K: Ord>(counts: &mut BTreeMap<K, usize>, kind: &K) {
    if let Some(count) = counts.get_mut(kind) {
        *count -= 1;
        if *count == 0 {
            counts.remove(kind);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a drawing may fail")]
    fn picture() -> Answer {
        Ok(Arc::new(Picture { bytes: Arc::from([1_u8; 3]), alt: String::new(), key: "k".into() }))
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[test]
    fn equal_requests_share_one_drawing() {
        let queue = Queue::new(Limits::default());
        let (drawn, begun, asked) = (AtomicUsize::new(0), Barrier::new(2), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                queue.run("k", &Asker::new("first", "here"), soon(), || {
                    drawn.fetch_add(1, Ordering::SeqCst);
                    begun.wait();
                    while asked.load(Ordering::SeqCst) < 8 {
                        std::thread::yield_now();
                    }
                    // The others are counted before they wait, so all eight find this drawing.
                    while queue.lock().askers.values().sum::<usize>() < 9 {
                        std::thread::yield_now();
                    }
                    picture()
                })
            });
            begun.wait();
            for number in 0..8 {
                let (queue, asked, drawn) = (&queue, &asked, &drawn);
                scope.spawn(move || {
                    asked.fetch_add(1, Ordering::SeqCst);
                    let answer = queue.run("k", &Asker::new(&number.to_string(), "here"), soon(), || {
                        drawn.fetch_add(1, Ordering::SeqCst);
                        picture()
                    });
                    assert!(answer.is_ok());
                });
            }
        });
        // One that was counted but had not yet looked may draw for itself, and never more than one at a time.
        assert!(drawn.load(Ordering::SeqCst) <= 2, "{drawn:?}");
        assert_eq!(queue.load(), (0, 0));
        assert!(queue.lock().jobs.is_empty() && queue.lock().askers.is_empty());
    }

    #[test]
    fn an_asker_may_not_have_all_the_turns() {
        let limits = Limits { per_asker: 1, per_place: 2, ..Limits::default() };
        let queue = Queue::new(limits);
        let inner = |name: &str, place: &str| {
            let asker = Asker::new(name, place);
            // The outer drawing holds its turn while these ask.
            queue.count(&asker).map(|_| ())
        };
        let answer = queue.run("k", &Asker::new("a", "x"), soon(), || {
            assert!(matches!(inner("a", "x"), Err(Refusal::TooMany { waiting: 1 })));
            let second = queue.count(&Asker::new("b", "x")).unwrap();
            assert!(matches!(inner("c", "x"), Err(Refusal::TooMany { waiting: 2 })));
            assert!(inner("c", "y").is_ok());
            drop(second);
            assert!(inner("c", "x").is_ok());
            picture()
        });
        assert!(answer.is_ok());
    }

    #[test]
    fn a_full_queue_refuses_and_a_late_turn_is_given_up() {
        let limits = Limits { drawing: 1, waiting: 1, time: Duration::from_millis(50), ..Limits::default() };
        let queue = Queue::new(limits);
        let answer = queue.run("k", &Asker::new("a", "x"), soon(), || {
            let late = Instant::now() + Duration::from_millis(50);
            let waited = std::thread::scope(|scope| {
                let second = scope.spawn(|| queue.run("l", &Asker::new("b", "x"), late, picture));
                while queue.load().0 == 0 {
                    std::thread::yield_now();
                }
                let third = queue.run("m", &Asker::new("c", "x"), late, picture);
                assert!(matches!(third, Err(Refusal::Busy)));
                second.join().unwrap()
            });
            assert!(matches!(waited, Err(Refusal::TooSlow(_))));
            picture()
        });
        assert!(answer.is_ok());
    }

    #[test]
    fn a_fault_in_a_drawing_does_not_keep_its_turn() {
        let queue = Queue::new(Limits { drawing: 1, ..Limits::default() });
        let broken = queue.run("k", &Asker::new("a", "x"), soon(), || panic!("a fault"));
        assert!(matches!(broken, Err(Refusal::Broken)));
        assert!(queue.run("k", &Asker::new("a", "x"), soon(), picture).is_ok());
    }
}
