//! Answers to requests: a [`Request`] in, the bytes of its picture and a text about it out.
//!
//! Whoever asks (a page, a chat command) goes the same way: the request is checked and gets a [key](Season::key) of
//! everything that decides its pixels; a picture of that key that was drawn before comes from the disk; else the request
//! waits for its turn, and equal requests that wait share one drawing. The rounds stand in memory as far as a budget
//! allows. Nothing here knows where a request came from: an asker is a name and the place that it belongs to.
//!
//! ```
//! use proximity::service::{Asker, Options, Season, Service};
//! use proximity::{Figure, Filter, Heatmap, Maps, Request, Rounds};
//!
//! # let folder = tempfile::tempdir().unwrap();
//! let season = Season::load(Rounds::open("examples/session")?, &Maps::default(), 64 << 20, &proximity::progress::Silent)?;
//! season.sum()?; // or on a thread of its own, while the first pictures are asked for
//! let service = Service::open(season, &Options::new(folder.path()))?;
//! let request = Request::new(Heatmap::by_team().subject(), Filter::new().map("proximity_demo"));
//! let picture = service.picture(&request, &Asker::new("a reader", "this page")).unwrap();
//! assert!(picture.alt.starts_with("Heatmap of proximity_demo"));
//! # Ok::<(), proximity::Error>(())
//! ```

mod answer;
mod cache;
mod contents;
mod metrics;
mod part;
mod queue;
mod season;
mod sums;

pub use answer::{Picture, Refusal, alt};
pub use contents::{Contents, MapEntry, PlayerEntry, SessionEntry};
pub use metrics::Metrics;
pub use part::Part;
pub use queue::{Asker, Limits};
pub use season::Season;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use cache::Cache;
use queue::{Answer, Queue};

use crate::analysis::{Area, Passes};
use crate::error::Error;
use crate::figure::replay::AnimationKind;
use crate::figure::request::{Request, RequestError, Subject};
use crate::rounds::RoundsError;

/// The largest replay that is made, megabytes: as large as any place takes a file from us.
pub const LARGEST_REPLAY_MB: f64 = 25.0;

/// How a service works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The folder of pictures that were drawn before. It is made if it is not there.
    pub cache: PathBuf,
    /// The most that folder may hold, bytes. Default: 1 GiB.
    pub cache_bytes: u64,
    /// How much is done at once, and for how long. Default: [`Limits::default`].
    pub limits: Limits,
}

impl Options {
    /// The usual ones.
    pub fn new(cache: &Path) -> Self {
        Self { cache: cache.to_owned(), cache_bytes: 1 << 30, limits: Limits::default() }
    }
}

/// Answers requests of a [`Season`].
#[derive(Debug)]
pub struct Service {
    season: RwLock<Arc<Season>>,
    /// Held while rounds are summed.
    summing: Mutex<()>,
    cache: Mutex<Cache>,
    queue: Queue,
    metrics: Metrics,
}

impl Service {
    /// A service of these rounds.
    ///
    /// # Errors
    /// A cache folder that cannot be made.
    pub fn open(season: Season, options: &Options) -> Result<Self, Error> {
        Ok(Self {
            season: RwLock::new(Arc::new(season)),
            summing: Mutex::default(),
            cache: Mutex::new(Cache::open(&options.cache, options.cache_bytes)?),
            queue: Queue::new(options.limits),
            metrics: Metrics::default(),
        })
    }

    /// The rounds as they are now.
    pub fn season(&self) -> Arc<Season> {
        Arc::clone(&self.season.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts newer rounds in the place of the old ones. Drawings on their way end with the old ones. Who is forgotten must not
    /// wait for sums: [`Service::sum`] comes after it, on a thread of its own.
    pub fn replace(&self, season: Season) {
        let newer = Arc::new(season);
        let mut place = self.season.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, newer).end_summing();
    }

    /// Sums the rounds as they are when it comes to its turn: one season at a time, so that no more than two of them are in memory.
    ///
    /// # Errors
    /// As [`Season::sum`].
    pub fn sum(&self) -> Result<(), Error> {
        let _turn = self.summing.lock().unwrap_or_else(PoisonError::into_inner);
        self.season().sum()
    }

    /// What was done so far.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The picture that is asked for. Waits for its turn and for the drawing, so it is not for a thread that has to
    /// answer others meanwhile.
    ///
    /// # Errors
    /// A [`Refusal`], which says whether asking again helps.
    pub fn picture(&self, request: &Request, asker: &Asker) -> Result<Arc<Picture>, Refusal> {
        let answer = self.answer(request, None, asker);
        self.metrics.answered(&answer);
        answer
    }

    /// The replay that is asked for, as a file of this kind. Waits like [`Service::picture`].
    ///
    /// # Errors
    /// A [`Refusal`], which says whether asking again helps.
    pub fn replay(
        &self,
        request: &Request,
        kind: AnimationKind,
        asker: &Asker,
    ) -> Result<Arc<Picture>, Refusal> {
        let answer = self.answer(request, Some(kind), asker);
        self.metrics.answered(&answer);
        answer
    }

    fn answer(&self, request: &Request, kind: Option<AnimationKind>, asker: &Asker) -> Answer {
        let refused = |error: RequestError| Refusal::from(Error::from(error));
        request.check().map_err(refused)?;
        match (&request.subject, kind) {
            (Subject::Replay(_), None) => {
                return Err(refused(RequestError::Meaningless(
                    "a replay is an animation, not a single picture",
                )));
            }
            (Subject::Replay(replay), Some(_)) if replay.budget_mb > LARGEST_REPLAY_MB => {
                let what = format!("--budget {}", replay.budget_mb);
                let expected = format!("{LARGEST_REPLAY_MB} or less");
                return Err(refused(RequestError::Range { what, expected }));
            }
            (Subject::Replay(_), Some(_)) | (_, None) => {}
            (_, Some(_)) => return Err(refused(RequestError::Meaningless("only a replay is an animation"))),
        }
        let season = self.season();
        let request = season.with_map(request)?;
        let deadline = Instant::now() + self.queue.limits().time;
        let key = season.key(&request, kind, &season.part(&request.rounds_filter(), deadline)?);
        if let Some(picture) = self.kept(&key, kind) {
            return Ok(Arc::new(picture));
        }
        self.queue.run(&key, asker, deadline, || {
            // Another asker's drawing may have ended between the look above and this turn.
            if let Some(picture) = self.kept(&key, kind) {
                return Ok(Arc::new(picture));
            }
            let begin = Instant::now();
            let late = |error| self.late(error);
            let (bytes, alt, file) = match kind {
                None => {
                    let (bytes, alt) = season.draw(&request, deadline).map_err(late)?;
                    (bytes, alt, None)
                }
                Some(kind) => {
                    let (bytes, alt) = season.animate(&request, kind, deadline).map_err(late)?;
                    let file = answer::with_alt(&bytes, &alt);
                    (bytes, alt, Some(file))
                }
            };
            self.metrics.drawn(begin.elapsed());
            if self.lock().put(&file_of(&key, kind), file.as_ref().unwrap_or(&bytes)).is_err() {
                self.metrics.not_kept();
            }
            Ok(Arc::new(Picture { bytes: bytes.into(), alt, key: key.clone() }))
        })
    }

    /// Who passes an area, of the lives that the request's filter lets through. Waits for its turn like a picture.
    ///
    /// # Errors
    /// As [`Service::picture`].
    pub fn passes(&self, request: &Request, area: &Area, asker: &Asker) -> Result<Passes, Refusal> {
        let season = self.season();
        let request = season.with_map(request)?;
        let deadline = Instant::now() + self.queue.limits().time;
        self.queue.alone(asker, deadline, || {
            season.passes(&request.filter, area, deadline).map_err(|error| self.late(error.into()))
        })
    }

    /// Why work was not finished.
    fn late(&self, error: Error) -> Refusal {
        match error {
            Error::Rounds(RoundsError::TooSlow) => Refusal::TooSlow(self.queue.limits().time),
            other => other.into(),
        }
    }

    /// Forgets every picture, as when a player must not be shown any more.
    pub fn forget_pictures(&self) {
        self.lock().clear();
    }

    /// The metrics as Prometheus reads them, of the season, the cache and the queue too.
    pub fn metrics_text(&self) -> String {
        let (season, cached) = (self.season(), self.lock().bytes());
        let (waiting, drawing) = self.queue.load();
        self.metrics.text(&[
            ("season_rounds", season.len() as u64),
            ("season_memory_bytes", season.kept_bytes()),
            ("season_rounds_in_memory", season.kept() as u64),
            ("season_sums_bytes", season.sums_bytes()),
            ("cache_bytes", cached),
            ("requests_waiting", waiting as u64),
            ("requests_drawing", drawing as u64),
        ])
    }

    fn kept(&self, key: &str, kind: Option<AnimationKind>) -> Option<Picture> {
        let bytes = self.lock().get(&file_of(key, kind))?;
        let (bytes, alt) = if kind.is_some() {
            let (animation, alt) = answer::split_alt(&bytes)?;
            (animation.into(), alt)
        } else {
            let alt = answer::alt_of(&bytes)?;
            (bytes.into(), alt)
        };
        self.metrics.cached();
        Some(Picture { bytes, alt, key: key.to_owned() })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of the file that keeps a picture.
fn file_of(key: &str, kind: Option<AnimationKind>) -> String {
    cache::file_name(key, if kind.is_some() { cache::MOVING } else { cache::STILL })
}
