//! Reads a demo from its first record to its last, one message in memory at a time.

use std::io::{self, BufReader, Read};

use sha2::{Digest, Sha256};

use super::error::{ReadError, Warning};
use super::file::container::{End, Records, Step, fill};
use super::file::date::{DateSource, Recorded, tracker_name};
use super::file::sniff::{Layout, layout};
use super::message::{self, Arrival, Received, Scratch};
use super::options::ReadOptions;
use super::rounds::{Kill, LifeSource, Recorder, RoundParts, Sight};
use super::server::{Brought, Frames, Payloads};
use super::state::{ConfigStrings, Connection, Snapshot, Update};
use crate::model::{DeathType, LevelTime, PlayerName, Recordings, Round};

/// Enough of a file to know what kind of demo it is.
const HEAD_BYTES: usize = 64;

/// Whose eyes a demo was recorded with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A player's or spectator's: others are there while in view.
    Client,
    /// A TV server's: every player's own state is there.
    Tv,
    /// The game server's own recording.
    Server,
}

impl Kind {
    /// The word shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Tv => "TV",
            Self::Server => "server",
        }
    }

    /// Whether every player is there, whole.
    pub const fn shows_everyone(self) -> bool {
        !matches!(self, Self::Client)
    }
}

/// A round of a demo.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordedRound {
    /// The round, as a tracker file would hold it.
    pub round: Round,
    /// How each life of it is known, in the order of `round.tracks`.
    pub lives: Vec<LifeSource>,
    /// Every death that the server told of while the round was played.
    pub kills: Vec<Kill>,
    /// What it shows of each player who is not its recorder; empty where every player is there, whole.
    pub sights: Vec<Sight>,
    /// Server time at which the round's clock is zero, and of its last snapshot, ms.
    pub server_time: (i32, i32),
    /// Server times of the round's zero, each with the time from which on it holds: later after each pause.
    pub(super) zeros: Vec<(LevelTime, i32)>,
    /// Whose eyes it was recorded with.
    pub kind: Kind,
}

impl RecordedRound {
    /// The server's own time at a time on the round's clock, which stands still while the game is paused, ms.
    pub fn server_time_at(&self, time: LevelTime) -> i32 {
        let after = self.zeros.partition_point(|(from, _)| *from <= time);
        let zero = after.checked_sub(1).map_or(self.server_time.0, |place| self.zeros[place].1);
        time.0.wrapping_add(zero)
    }
}

/// What a demo is, beside its rounds.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Whose eyes it was recorded with.
    pub kind: Kind,
    /// The maps, in order; one twice when it was loaded twice.
    pub maps: Vec<Box<str>>,
    /// The mod's name and version as the first server state gives them.
    pub mod_name: Box<str>,
    /// The mod's version.
    pub mod_version: Box<str>,
    /// The server's name with its colour codes.
    pub host: Box<str>,
    /// The recorder's slot.
    pub recorder_slot: u8,
    /// The recorder's name, where the slot is a player's.
    pub recorder: Option<PlayerName>,
    /// Number of rounds.
    pub rounds: usize,
    /// Messages in the file, and how many of them could not be read.
    pub messages: u64,
    /// Those that could not be read.
    pub bad_messages: u64,
    /// Snapshots that were used.
    pub snapshots: u64,
    /// Snapshots whose base is not in the file.
    pub lost_snapshots: u64,
    /// First and last server time of each map, added up, ms.
    pub length_ms: i64,
    /// What the rounds' dates were taken from.
    pub date: DateSource,
    /// Whether the file ends with its end marker.
    pub complete: bool,
    /// What was left out or looks wrong, in file order; at most [`super::Limits::warnings`], the last of which then
    /// says how many more there were.
    pub warnings: Vec<Warning>,
    /// How many faults there were, those beyond the limit included.
    pub faults: usize,
}

/// Warnings, bounded.
#[derive(Debug)]
pub(super) struct Faults {
    warnings: Vec<Warning>,
    count: usize,
    most: usize,
}

impl Faults {
    pub(super) fn new(most: usize) -> Self {
        Self { warnings: Vec::new(), count: 0, most }
    }

    pub(super) fn note(&mut self, record: u64, offset: u64, message: String) {
        self.count += 1;
        if self.warnings.len() < self.most {
            self.warnings.push(Warning { record, offset, message });
        }
    }

    fn finish(mut self) -> (Vec<Warning>, usize) {
        let more = self.count - self.warnings.len();
        if more > 0
            && let Some(last) = self.warnings.last_mut()
        {
            last.message = format!("{} faults more, not listed one by one", more + 1);
        }
        (self.warnings, self.count)
    }
}

/// Hashes what is read.
struct Hashed<R> {
    input: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

/// Everything but the input.
struct Reading<'o, F> {
    recorder: Recorder,
    recorded: Recorded,
    summary: Summary,
    faults: Faults,
    /// First and last server time since the last gamestate.
    span: Option<(i32, i32)>,
    hash: Sha256,
    options: &'o ReadOptions,
    each: F,
}

/// Reads a demo of any kind.
pub(super) fn read<R: Read, F: FnMut(RecordedRound)>(
    input: R,
    options: &ReadOptions,
    each: F,
) -> Result<Summary, ReadError> {
    let mut input = BufReader::new(input);
    let mut head = [0; HEAD_BYTES];
    let filled = fill(&mut input, &mut head).map_err(|source| ReadError::Input { offset: 0, source })?;
    let whole = Hashed { input: head[..filled].chain(input), hash: Sha256::new() };
    match layout(&head[..filled]) {
        Some(Layout::Frames) => read_frames(whole, options, each),
        // What is no demo at all is refused with its reason there.
        Some(Layout::Messages) | None => read_messages(whole, options, each),
    }
}

/// Reads a client's or TV server's demo.
fn read_messages<R: Read, F: FnMut(RecordedRound)>(
    input: Hashed<R>,
    options: &ReadOptions,
    each: F,
) -> Result<Summary, ReadError> {
    let mut records = Records::new(input);
    let mut reading = Reading::new(options, each);
    let mut connection = Connection::new();
    let (mut payload, mut scratch, mut received) = (Vec::new(), Scratch::default(), Received::default());
    let end = loop {
        let sequence = match records.next(&mut payload) {
            Ok(Step::End(end)) => break end,
            Ok(Step::Record(sequence)) => sequence,
            // A packed file that breaks off costs what is behind.
            Err(_) if reading.summary.messages > 0 => break End::Cut,
            Err(source) => return Err(ReadError::Input { offset: records.offset, source }),
        };
        let place = (records.count, records.offset);
        let outcome = message::read(&payload, sequence, &mut connection, &mut scratch, &mut received);
        if records.count == 1 && !received.gamestate {
            let why =
                outcome.err().map_or_else(|| "it holds something else".to_owned(), |fault| fault.to_string());
            return Err(ReadError::NotADemo { why });
        }
        reading.hash.clone_from(&records.input().hash);
        reading.summary.messages += 1;
        if received.gamestate {
            reading.begin_map(&connection);
        }
        match outcome {
            Err(fault) => {
                reading.summary.bad_messages += 1;
                reading.faults.note(place.0, place.1, format!("{fault}; the message is left out"));
            }
            Ok(()) => reading.message(sequence, &received, &connection, place),
        }
    };
    reading.hash.clone_from(&records.input().hash);
    let place = (records.count + 1, records.offset);
    reading.end(end, place)
}

/// Reads a game server's own demo.
fn read_frames<R: Read, F: FnMut(RecordedRound)>(
    input: Hashed<R>,
    options: &ReadOptions,
    each: F,
) -> Result<Summary, ReadError> {
    let mut payloads = Payloads::new(input);
    let mut reading = Reading::new(options, each);
    reading.summary.kind = Kind::Server;
    let mut frames = Frames::new();
    let mut payload = Vec::new();
    let end = loop {
        match payloads.next(&mut payload) {
            Ok(None) => {}
            Ok(Some(end)) => break end,
            Err(_) if reading.summary.messages > 0 => break End::Cut,
            Err(source) => return Err(ReadError::Input { offset: payloads.offset, source }),
        }
        reading.hash.clone_from(&payloads.input.hash);
        reading.summary.messages += 1;
        let outcome = match payloads.count {
            1 => frames.begin(&payload).map(|()| Brought::Part),
            _ => frames.read(&payload),
        };
        match outcome {
            Ok(Brought::Part) => {}
            Ok(Brought::Frame) => {
                if reading.summary.snapshots == 0 {
                    reading.begin_map(&frames.connection);
                }
                reading.world(&frames.connection, &frames.updates, &frames.world);
                frames.updates.clear();
            }
            Ok(Brought::End) => break End::Marker,
            Err(fault) => {
                reading.summary.bad_messages += 1;
                let message = format!("{fault}; the rest of the payload is left out");
                reading.faults.note(payloads.count, payloads.offset, message);
            }
        }
    };
    reading.hash.clone_from(&payloads.input.hash);
    reading.end(end, (payloads.count + 1, payloads.offset))
}

impl<'o, F: FnMut(RecordedRound)> Reading<'o, F> {
    fn new(options: &'o ReadOptions, each: F) -> Self {
        let recorded = Recorded::of(options.file_name.as_deref(), options.modified);
        Self {
            recorder: Recorder::new(options.interval_ms, options.limits.samples_per_round),
            recorded,
            summary: Summary {
                kind: Kind::Client,
                maps: Vec::new(),
                mod_name: "".into(),
                mod_version: "".into(),
                host: "".into(),
                recorder_slot: 0,
                recorder: None,
                rounds: 0,
                messages: 0,
                bad_messages: 0,
                snapshots: 0,
                lost_snapshots: 0,
                length_ms: 0,
                date: recorded.source,
                complete: false,
                warnings: Vec::new(),
                faults: 0,
            },
            faults: Faults::new(options.limits.warnings),
            span: None,
            hash: Sha256::new(),
            options,
            each,
        }
    }

    fn begin_map(&mut self, connection: &Connection) {
        let closed = self.recorder.gamestate(connection);
        self.hand_over(closed);
        self.end_span();
        let config = &connection.config;
        let info = |key| config.info(ConfigStrings::SERVER_INFO, key);
        self.summary.maps.push(info("mapname").into());
        if self.summary.maps.len() == 1 {
            let client = connection.client;
            if self.summary.kind != Kind::Server {
                self.summary.kind = if connection.tv { Kind::Tv } else { Kind::Client };
            }
            self.summary.mod_name.clone_from(&self.recorder.meaning().name);
            self.summary.mod_version.clone_from(&self.recorder.meaning().version);
            self.summary.host = info("sv_hostname").into();
            self.summary.recorder_slot = client;
            self.summary.recorder = self.recorder.name(client).cloned();
        }
    }

    fn message(
        &mut self,
        sequence: i32,
        received: &Received,
        connection: &Connection,
        (record, offset): (u64, u64),
    ) {
        match received.snapshot {
            Arrival::None => {}
            Arrival::LostBase => {
                self.summary.lost_snapshots += 1;
                let message = "the snapshot builds on a message that is not in the file; it is left out";
                self.faults.note(record, offset, message.to_owned());
            }
            Arrival::Kept => {
                if let Some(snapshot) = connection.history.get(sequence) {
                    self.world(connection, &received.updates, snapshot);
                }
            }
        }
    }

    /// Takes in the world as one frame shows it.
    fn world(&mut self, connection: &Connection, updates: &[Update], world: &Snapshot) {
        self.summary.snapshots += 1;
        let first = self.span.map_or(world.server_time, |(first, _)| first);
        self.span = Some((first, world.server_time));
        let closed = self.recorder.snapshot(connection, updates, world);
        self.hand_over(closed);
    }

    fn end_span(&mut self) {
        if let Some((first, last)) = self.span.take() {
            self.summary.length_ms += (i64::from(last) - i64::from(first)).max(0);
        }
    }

    /// Gives a round to the caller, dated and named.
    fn hand_over(&mut self, closed: Option<RoundParts>) {
        let Some(parts) = closed.filter(|parts| !parts.round.tracks.is_empty() || !parts.kills.is_empty())
        else {
            return;
        };
        if parts.full {
            let most = self.options.limits.samples_per_round;
            let message = format!("a round of more than {most} samples; the rest of them is left out");
            self.faults.note(self.summary.messages, 0, message);
        }
        let mut round = parts.round;
        let since_start = self.summary.length_ms
            + self.span.map_or(0, |(first, _)| i64::from(parts.server_time.1) - i64::from(first));
        let stamp = self.recorded.round(self.summary.rounds, since_start);
        let number = round.meta.round_raw.unwrap_or(1);
        round.meta.file_name = stamp.map(|stamp| tracker_name(stamp, &round.meta.map, number).into());
        round.meta.stamp = stamp;
        let own_name = self.options.file_name.as_deref().and_then(|name| name.rsplit(['/', '\\']).next());
        round.meta.recordings = Some(Recordings {
            files: own_name.map(Into::into).into_iter().collect(),
            conflicts: 0,
            dated_by_file: self.recorded.source == DateSource::Modified,
        });
        round.meta.content_hash = hex(self.hash.clone()).into();
        self.summary.rounds += 1;
        (self.each)(RecordedRound {
            round,
            lives: parts.lives,
            kills: parts.kills,
            sights: parts.sights,
            server_time: parts.server_time,
            zeros: parts.zeros,
            kind: self.summary.kind,
        });
    }

    fn end(mut self, end: End, (record, offset): (u64, u64)) -> Result<Summary, ReadError> {
        let closed = self.recorder.close(&DeathType::Shutdown, None);
        self.hand_over(closed);
        self.end_span();
        if self.summary.messages == 0 {
            let why = match end {
                End::Missing => return Err(ReadError::Empty),
                End::Length(length) => format!("{length} is not a message's length"),
                End::Cut => "the file ends within it".to_owned(),
                End::Marker => "it is the end marker".to_owned(),
            };
            return Err(ReadError::NotADemo { why });
        }
        let message = match end {
            End::Marker => None,
            End::Missing => {
                Some("the end marker is missing; the recording was not stopped in order".to_owned())
            }
            End::Cut => Some("the file ends within this record, or breaks off".to_owned()),
            End::Length(length) => Some(format!("{length} is not a message's length; reading stops here")),
        };
        self.summary.complete = message.is_none();
        if let Some(message) = message {
            self.faults.note(record, offset, message);
        }
        let after_first = self.summary.messages - 1;
        let all_bad = after_first > 0 && self.summary.bad_messages >= after_first;
        (self.summary.warnings, self.summary.faults) = self.faults.finish();
        if all_bad && let Some(first) = self.summary.warnings.first() {
            return Err(ReadError::NotStandard { messages: after_first, first: first.clone() });
        }
        Ok(self.summary)
    }
}

fn hex(hash: Sha256) -> String {
    use std::fmt::Write;
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
