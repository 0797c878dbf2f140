//! The rounds that a service answers about: read once, kept in memory as far as a budget allows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::answer::alt;
use super::contents::{Collected, Contents, MapEntry};
use super::part::Part;
use super::sums::Sums;
use crate::analysis::{Area, CleanedRound, Filter, Passes, PlacedRounds, Slices};
use crate::error::Error;
use crate::figure::replay::AnimationKind;
use crate::figure::request::{
    Figure as _, FigureSums, Heatmap, Kept, LoadedMap, MapData, Request, RequestError, Subject, heat_grids,
    slice_spec,
};
use crate::files::{self, Kind, SearchLimits, Stamp};
use crate::map::{MapLibrary, WorldMap, fit};
use crate::model::{EngagementPoint, RoundMeta, Sample};
use crate::progress::{Progress, Silent};
use crate::rounds::{
    EachRound, Faults, Hash, Maps, Rounds, RoundsError, add_bounds, fitted_to, known_players,
};
use crate::scene::fallback_identity;
use crate::text::{counted, hex};

/// Rounds of a map that take longer to sum are not summed.
const LONGEST_SUMMING: Duration = Duration::from_mins(10);
/// The exits of a map take at most so large a part of the memory that is left.
const EXITS_SHARE: u64 = 8;
/// Sums take several times the memory of few rounds, and of many as much again: with less room than one part in so many of what the
/// rounds take, none would be kept that are worth their while.
const LEAST_ROOM: u64 = 8;
/// So many maps stay loaded with their pictures.
const MOST_MAPS: usize = 8;

/// Rounds, the maps they are about, and what there is to ask for.
#[derive(Debug)]
pub struct Season {
    /// Those that can be read, in the order of play.
    rounds: Rounds,
    headers: Vec<RoundMeta>,
    /// Those that are in memory.
    in_memory: Vec<Option<Arc<CleanedRound>>>,
    bytes: u64,
    /// Of heatmaps, in the memory that the rounds leave.
    sums: Sums,
    /// Set when it is summed, or was.
    is_summed: AtomicBool,
    /// Set when it need not be summed any more.
    is_outdated: AtomicBool,
    complaints: Vec<String>,
    has_faults: bool,
    contents: Contents,
    library: MapLibrary,
    /// Changes with the files of the maps folders.
    maps_stamp: String,
    /// By map, kind of base map, and rounds.
    loaded: Mutex<BTreeMap<(String, String, String), Arc<LoadedMap>>>,
}

impl Season {
    /// Reads the rounds, each once; those that can be kept within `budget` bytes stay in memory, the others are read again
    /// for each picture. Files that cannot be read are left out and complained about, as are faults in the others.
    ///
    /// # Errors
    /// Input of which nothing can be read, or a maps folder that cannot be.
    pub fn load(
        mut rounds: Rounds,
        maps: &Maps,
        budget: u64,
        progress: &dyn Progress,
    ) -> Result<Self, Error> {
        let doubles = rounds.choose(&Filter::everything())?;
        let used = AtomicU64::new(0);
        let read = rounds.each(Hash::Taken, progress, "reading", |_, read| {
            let mut faults = Faults::default();
            faults.count(&read);
            let Ok(round) = read.round else { return Ok::<_, RoundsError>((None, faults)) };
            let round = CleanedRound::of(round);
            round.clean();
            let (collected, bytes) = (Collected::of(&round), bytes_of(&round));
            let before = used.fetch_add(bytes, Ordering::Relaxed);
            let fits = before.saturating_add(bytes) <= budget;
            if !fits {
                used.fetch_sub(bytes, Ordering::Relaxed);
            }
            let header = round.round().meta.clone();
            Ok((Some((header, collected, fits.then(|| Arc::new(round)))), faults))
        })?;
        let readable: Vec<bool> = read.iter().map(|(round, _)| round.is_some()).collect();
        let (mut headers, mut in_memory, mut complaints) = (Vec::new(), Vec::new(), Vec::new());
        let mut collected = Collected::default();
        let has_faults = read.iter().any(|(_, faults)| faults.any());
        for (read, faults) in read {
            complaints.extend(faults.complaints);
            if let Some((header, part, round)) = read {
                headers.push(header);
                collected.merge(part);
                in_memory.push(round);
            }
        }
        if headers.is_empty() {
            return Err(RoundsError::NothingReadable { complaints }.into());
        }
        if doubles > 0 {
            let files = counted(doubles as u64, "file says", "files say");
            complaints.push(format!("{files} the same as another, and not counted twice"));
        }
        let library = maps.library()?;
        let titles = |name: &str| library.find(name).ok().flatten().and_then(|map| map.title);
        Ok(Self {
            rounds: rounds.part(|index| readable[index]),
            contents: collected.contents(&headers, titles),
            headers,
            in_memory,
            sums: Sums::new(budget.saturating_sub(used.load(Ordering::Relaxed))),
            is_summed: AtomicBool::new(false),
            is_outdated: AtomicBool::new(false),
            bytes: used.into_inner(),
            complaints,
            has_faults,
            maps_stamp: stamp_of(maps.folders()),
            library,
            loaded: Mutex::default(),
        })
    }

    /// Sums the rounds of every map that is known, where all of them are in memory: pictures of whole seasons are then
    /// drawn several times as fast, and are the same. Meanwhile, and without it, pictures are drawn from the rounds, on the
    /// other half of the cores.
    ///
    /// # Errors
    /// Rounds that cannot be looked at.
    pub fn sum(&self) -> Result<(), Error> {
        if self.is_summed.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let work = || {
            let summed = self.sum_maps();
            self.sums.withdraw();
            summed
        };
        let threads = (rayon::current_num_threads() / 2).max(1);
        let summed = match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => pool.install(work),
            // Without threads of their own they take those of the pictures.
            Err(_) => work(),
        };
        Ok(summed?)
    }

    /// Ends [`Season::sum`] soon: newer rounds have come, or the program ends.
    pub fn end_summing(&self) {
        self.is_outdated.store(true, Ordering::Relaxed);
    }

    fn sum_maps(&self) -> Result<(), RoundsError> {
        if self.sums.left() < self.bytes / LEAST_ROOM {
            return Ok(());
        }
        // The map that was played most is asked for first.
        let mut played = self.contents.maps.clone();
        played.sort_by_key(|map| Reverse(map.rounds));
        // A map that cannot be read says so to those who ask for it.
        let known = |map: MapEntry| {
            let known = self.library.find(&map.name).ok()??;
            Some((map.name, known.extent.rect, heat_grids(&known.extent.rect)?))
        };
        let maps: Vec<_> = played.into_iter().filter_map(known).collect();
        self.sums.announce(maps.iter().map(|(name, ..)| name.clone()));
        if let Some((name, ..)) = maps.first() {
            // What is made once for all pictures is made now: this one is not asked for.
            let request = Request::new(Heatmap::by_state().subject(), Filter::new().map(name));
            let part = self.part(&request.rounds_filter(), Instant::now() + LONGEST_SUMMING)?;
            let _ = self.draw_part(&request, &part.until(&self.is_outdated));
        }
        for (name, extent, grids) in maps {
            if self.is_outdated.load(Ordering::Relaxed) {
                break;
            }
            let filter = Filter { maps: vec![name.clone()], ..Filter::everything() };
            let part = self.part(&filter, Instant::now() + LONGEST_SUMMING)?.until(&self.is_outdated);
            let is_late = || part.is_late();
            if let Some(rounds) = part.in_memory() {
                match FigureSums::of(&part, extent, (self.sums.left() / EXITS_SHARE, &is_late)) {
                    Ok(figures) => self.sums.keep(&name, &grids, (&rounds, &is_late), figures),
                    Err(RoundsError::TooSlow) => {}
                    Err(error) => return Err(error),
                }
                let rounds: Vec<&CleanedRound> = rounds.into_iter().map(|(_, round)| round).collect();
                if let Some(slices) =
                    slice_spec(&extent).and_then(|spec| Slices::of(&rounds, &spec, &is_late))
                {
                    self.sums.keep_slices(&name, slices);
                }
            }
        }
        Ok(())
    }

    /// Rounds.
    pub fn len(&self) -> usize {
        self.headers.len()
    }

    /// Whether there is none; a season that was loaded has one at least.
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }

    /// Rounds that are in memory.
    pub fn kept(&self) -> usize {
        self.in_memory.iter().flatten().count()
    }

    /// About how much memory the rounds take, bytes.
    pub fn kept_bytes(&self) -> u64 {
        self.bytes
    }

    /// About how much memory the sums of heatmaps take, bytes. With the rounds it stays within the budget.
    pub fn sums_bytes(&self) -> u64 {
        self.sums.bytes()
    }

    /// A sentence about each file that could not be read or has faults, and one about doubles.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// Whether a file could not be read, or has faults.
    pub fn has_faults(&self) -> bool {
        self.has_faults
    }

    /// What there is to ask for.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The rounds that a filter wants, judged by their headers. Looks at them end at the deadline.
    ///
    /// # Errors
    /// A filter that leaves nothing; says what there is to choose from.
    pub fn part(&self, filter: &Filter, deadline: Instant) -> Result<Part<'_>, RoundsError> {
        let places: Vec<usize> =
            (0..self.len()).filter(|place| filter.matches_meta(&self.headers[*place])).collect();
        if places.is_empty() {
            // The rounds themselves say it in the words of the commands.
            self.rounds.select(filter).rounds()?;
            return Err(RoundsError::Empty);
        }
        let rounds = (&*self.in_memory, &self.rounds);
        Ok(Part::new(&self.headers, rounds, &self.sums, places, deadline))
    }

    /// A request that names the map it is about: the only one of its rounds, if it names none.
    ///
    /// # Errors
    /// A filter that leaves nothing, or rounds of several maps.
    pub fn with_map(&self, request: &Request) -> Result<Request, Error> {
        let mut request = request.clone();
        if request.filter.maps.is_empty() {
            let filter = request.rounds_filter();
            let wanted = self.headers.iter().filter(|header| filter.matches_meta(header));
            let maps: BTreeSet<String> = wanted.map(|header| header.map.to_ascii_lowercase()).collect();
            if maps.len() == 1 {
                request.filter.maps.extend(maps);
            } else {
                // The rounds themselves say it in the words of the commands.
                let selected = self.rounds.select(&filter).rounds()?;
                request.filter.maps.push(request.map_name(&selected.rounds, &Silent)?);
            }
        }
        Ok(request)
    }

    /// Everything that decides the pixels of a request's picture, as 64 hexadecimal digits: the request, for an animation
    /// the kind of its file, the content of its
    /// rounds, the maps, further typefaces, and the program's version.
    pub fn key(&self, request: &Request, kind: Option<AnimationKind>, part: &Part<'_>) -> String {
        let mut hash = Sha256::new();
        for line in [env!("CARGO_PKG_VERSION"), &request.key(), &self.maps_stamp, fallback_identity()] {
            hash.update(line);
            hash.update("\n");
        }
        if let Some(kind) = kind {
            hash.update(format!("{kind:?}\n"));
        }
        hash.update(part.fingerprint());
        hex(&hash.finalize())
    }

    /// Draws a request that names its map: the bytes of a PNG, the same as the command's, and a text about it.
    ///
    /// # Errors
    /// As [`Request::draw`]; [`RoundsError::TooSlow`] after the deadline.
    pub fn draw(&self, request: &Request, deadline: Instant) -> Result<(Vec<u8>, String), Error> {
        self.draw_part(request, &self.part(&request.rounds_filter(), deadline)?)
    }

    fn draw_part(&self, request: &Request, part: &Part<'_>) -> Result<(Vec<u8>, String), Error> {
        let loaded = self.map(request, part)?;
        let (figures, placed) = (part.figures(), part.placed_rounds());
        let is_late = || part.is_late();
        let placed = placed.as_ref().map(|(rounds, slices)| PlacedRounds {
            rounds: rounds.clone(),
            slices: slices.as_deref(),
            is_late: &is_late,
        });
        let of_map = part.figures_of_map();
        let kept = Kept { figures: figures.as_deref(), of_map: of_map.as_deref(), rounds: placed.as_ref() };
        let finished = request.draw_loaded(part, &loaded, kept, &Silent)?;
        Ok((finished.drawing.png()?, alt(&finished.drawing.recipe)))
    }

    /// Draws a replay that names its map, as a file of this kind, the same as the command's; and a text about it, with what
    /// was given up for its size.
    ///
    /// # Errors
    /// Lives that are not there, a size that even the smallest file exceeds; [`RoundsError::TooSlow`] after the deadline.
    pub fn animate(
        &self,
        request: &Request,
        kind: AnimationKind,
        deadline: Instant,
    ) -> Result<(Vec<u8>, String), Error> {
        let Subject::Replay(replay) = &request.subject else {
            return Err(RequestError::Meaningless("only a replay is an animation").into());
        };
        let part = self.part(&request.rounds_filter(), deadline)?;
        let loaded = self.map(request, &part)?;
        let (animation, recipe) =
            replay.animate_loaded(&mut request.clone(), &part, &loaded, kind, Some(deadline))?;
        Ok((animation.bytes, format!("{} ({})", alt(&recipe), animation.summary)))
    }

    /// The names of those whose lives a filter lets through. A part of a name that only one player has is enough, as for a
    /// picture.
    ///
    /// # Errors
    /// A filter that leaves nothing; [`RoundsError::TooSlow`] after the deadline.
    pub fn names(&self, filter: &Filter, deadline: Instant) -> Result<BTreeSet<String>, RoundsError> {
        let part = self.part(filter, deadline)?;
        let known = known_players(&part, filter, &Silent)?;
        let filter = known.as_ref().unwrap_or(filter);
        part.look(
            &Silent,
            "looking for players",
            BTreeSet::new,
            |names, round| {
                let lives = round.lives(filter);
                names.extend(lives.lives.iter().map(|life| life.track().name.display().into_owned()));
            },
            Extend::extend,
        )
    }

    /// Who passes an area, of the lives that a filter lets through.
    ///
    /// # Errors
    /// A filter that leaves nothing; [`RoundsError::TooSlow`] after the deadline.
    pub fn passes(&self, filter: &Filter, area: &Area, deadline: Instant) -> Result<Passes, RoundsError> {
        self.part(filter, deadline)?.look(
            &Silent,
            "reading",
            Passes::default,
            |passes, round| passes.add(round.round, &round.lives(filter), area),
            Passes::merge,
        )
    }

    /// The map of a request with its picture, or with the ground that its rounds' tracks draw. One that is shown whole stays
    /// loaded, for the same rounds if they decide how it looks.
    fn map(&self, request: &Request, part: &Part<'_>) -> Result<Arc<LoadedMap>, Error> {
        let name = request.filter.maps.first().cloned().unwrap_or_default();
        let known = self.library.find(&name)?;
        if request.floor.is_some() || request.filter.floor.is_some() {
            let map = known.map_or_else(|| fitted(&name, part), Ok)?;
            return Ok(Arc::new(request.load_map(part, map, &Silent)?));
        }
        let has_picture = known.as_ref().is_some_and(|map| request.base.picture_of(map, None).is_some());
        let rounds = if has_picture { String::new() } else { part.fingerprint() };
        let key = (name, request.base.name().to_owned(), rounds);
        let lock = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Ok(Arc::clone(known));
        }
        let map = known.map_or_else(|| fitted(&key.0, part), Ok)?;
        let loaded = LoadedMap { map: MapData::on_ground_of(map, request.base, part)?, floor: None };
        let loaded = Arc::new(loaded);
        let mut maps = lock();
        if maps.len() >= MOST_MAPS {
            maps.pop_first();
        }
        maps.insert(key, Arc::clone(&loaded));
        Ok(loaded)
    }
}

/// A map that is not known: fitted to all tracks of its rounds.
fn fitted(name: &str, part: &Part<'_>) -> Result<WorldMap, RoundsError> {
    let all_players = Filter { maps: vec![name.to_owned()], ..Filter::everything() };
    let bounds = part.look(
        &Silent,
        "measuring",
        fit::Bounds::default,
        |bounds, round| add_bounds(bounds, round.round, &all_players),
        |all, bounds| all.merge(&bounds),
    )?;
    fitted_to(name, &bounds)
}

/// About how much memory a round takes: its samples, positions and texts, and what cleaning found, bytes.
fn bytes_of(cleaned: &CleanedRound) -> u64 {
    let round = cleaned.round();
    let tracks = round.tracks.iter().map(|track| {
        let tails: usize = (0..track.tails.len()).map(|index| track.tails.get(index).len() + 4).sum();
        track.samples.capacity() * size_of::<Sample>() + tails + 256
    });
    let engagements = round.engagements.iter().map(|engagement| {
        engagement.positions.capacity() * size_of::<EngagementPoint>()
            + engagement.attackers.len() * 128
            + 256
    });
    (tracks.chain(engagements).sum::<usize>() + cleaned.cleaned_bytes()) as u64
}

/// What tells whether the files of the maps folders are the same as before.
fn stamp_of(folders: &[PathBuf]) -> String {
    let mut text = String::new();
    for folder in folders {
        let found = files::search(folder, &SearchLimits::default(), |_, kind| kind == Kind::File);
        for path in found.paths {
            let stamp = Stamp::of(&path).map(|stamp| (stamp.length, stamp.modified)).ok();
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} {stamp:?}", path.display());
        }
    }
    hex(&Sha256::digest(text))
}
