//! The rules of engagements, written anew: what the hits of a round make, and what a file says.

use std::collections::BTreeMap;

use proximity::Round;
use proximity::model::LevelTime;

use super::server::truth::{Hit, Life, Posture, RoundTruth, Turn};

const CROSSFIRE_WINDOW_MS: i64 = 1000;
const ESCAPE_TIME_MS: i64 = 5000;
const ESCAPE_UNITS: f64 = 300.0;
const TIMEOUT_MS: i64 = 15_000;

/// What must be equal in an engagement that was played and one that was read.
#[derive(Debug, PartialEq)]
pub struct Engagement {
    target: String,
    start: i64,
    end: i64,
    outcome: String,
    damage: i64,
    killer: Option<String>,
    attackers: Vec<Attacker>,
    /// The delay, and who took part.
    crossfire: Option<(i64, Vec<String>)>,
}

#[derive(Debug, PartialEq)]
struct Attacker {
    guid: String,
    damage: i64,
    hits: i64,
    first: i64,
    last: i64,
    killed: bool,
    weapons: BTreeMap<i64, i64>,
}

/// An engagement that goes on, with time and place of the last hit.
struct Open {
    engagement: Engagement,
    last_hit: i64,
    place: [f64; 3],
}

enum Happening<'a> {
    Hit(&'a Hit),
    Turn(&'a Turn),
    Frame(&'a Posture),
}

/// The engagements of a round as it was played.
pub fn engagements_played(truth: &RoundTruth) -> Vec<Engagement> {
    sorted(truth.lives.iter().flat_map(|life| engagements_in(life, truth)).collect())
}

fn sorted(mut engagements: Vec<Engagement>) -> Vec<Engagement> {
    engagements.sort_by(|a, b| (a.start, &a.target).cmp(&(b.start, &b.target)));
    engagements
}

fn engagements_in(life: &Life, truth: &RoundTruth) -> Vec<Engagement> {
    let span = life.spawn.order..life.end().order;
    let hits = truth.hits.iter().filter(|h| h.target_slot == life.slot && span.contains(&h.order));
    let mut happenings: Vec<(i64, usize, Happening)> =
        hits.map(|h| (h.time, h.order, Happening::Hit(h))).collect();
    // Within a frame players act first, then the module looks; a server stops after that.
    let place = |t: &Turn| if t.word == "shutdown" { usize::MAX } else { t.order };
    happenings.extend(life.turns.iter().map(|t| (t.time, place(t), Happening::Turn(t))));
    happenings.extend(life.postures.iter().map(|p| (p.time, usize::MAX - 1, Happening::Frame(p))));
    happenings.sort_by_key(|&(time, order, _)| (time, order));
    let (mut done, mut open): (Vec<Engagement>, Option<Open>) = (Vec::new(), None);
    for (time, _, happening) in happenings {
        match happening {
            Happening::Hit(hit) => {
                let start =
                    || Open { engagement: Engagement::new(life, time), last_hit: time, place: hit.at };
                let open = open.get_or_insert_with(start);
                open.engagement.take(hit);
                (open.last_hit, open.place) = (time, hit.at);
            }
            Happening::Turn(Turn { word: "revived", .. }) => {}
            Happening::Turn(turn) => {
                let kill = truth.kills.iter().find(|k| k.time == time && k.victim == life.guid);
                if let Some(Open { mut engagement, .. }) = open.take() {
                    engagement.killer = kill.map(|kill| kill.killer.clone());
                    for attacker in &mut engagement.attackers {
                        attacker.killed = kill.is_some_and(|k| k.of_enemy && k.killer == attacker.guid);
                    }
                    done.push(engagement.close(time, turn.word));
                }
            }
            Happening::Frame(posture) => {
                let Some(Open { last_hit, place, .. }) = &open else { continue };
                let squares = posture.at.iter().zip(place).map(|(a, b)| (a - b).powi(2));
                let away = squares.sum::<f64>().sqrt();
                let word = match time - last_hit {
                    ESCAPE_TIME_MS.. if away >= ESCAPE_UNITS => "escaped",
                    TIMEOUT_MS.. => "timeout",
                    _ => continue,
                };
                done.extend(open.take().map(|open| open.engagement.close(time, word)));
            }
        }
    }
    done
}

impl Engagement {
    fn new(life: &Life, start: i64) -> Self {
        Self {
            target: life.guid.clone(),
            start,
            end: start,
            outcome: String::new(),
            damage: 0,
            killer: None,
            attackers: Vec::new(),
            crossfire: None,
        }
    }

    fn take(&mut self, hit: &Hit) {
        self.damage += hit.damage;
        let place = self.attackers.iter().position(|a| a.guid == hit.attacker);
        let place = place.unwrap_or_else(|| {
            self.attackers.push(Attacker {
                guid: hit.attacker.clone(),
                damage: 0,
                hits: 0,
                first: hit.time,
                last: hit.time,
                killed: false,
                weapons: BTreeMap::new(),
            });
            self.attackers.len() - 1
        });
        let attacker = &mut self.attackers[place];
        attacker.damage += hit.damage;
        attacker.hits += 1;
        attacker.last = hit.time;
        *attacker.weapons.entry(hit.weapon).or_default() += 1;
    }

    fn close(mut self, end: i64, outcome: &str) -> Self {
        self.end = end;
        outcome.clone_into(&mut self.outcome);
        let first = self.attackers[0].first;
        let near: Vec<_> = self.attackers.iter().filter(|a| a.first - first <= CROSSFIRE_WINDOW_MS).collect();
        if let [_, second, ..] = near[..] {
            self.crossfire = Some((second.first - first, near.iter().map(|a| a.guid.clone()).collect()));
        }
        self
    }
}

/// The engagements that a file lists; what a row says twice must agree.
pub fn engagements_read(round: &Round) -> Vec<Engagement> {
    let ms = |t: LevelTime| i64::from(t.0);
    let engagements = round.engagements.iter().map(|e| {
        assert_eq!(e.duration_ms, e.end.since(e.start));
        assert_eq!(e.num_attackers as usize, e.attackers.len());
        assert_eq!(e.is_crossfire, e.crossfire_delay_ms.is_some());
        let path: f64 = e.positions.windows(2).map(|w| w[0].at.distance_3d(w[1].at)).sum();
        assert!((path - f64::from(e.distance_units)).abs() < 0.2 * e.positions.len() as f64);
        let attackers = e.attackers.iter().map(|a| Attacker {
            guid: a.guid.as_str().to_owned(),
            damage: a.damage,
            hits: a.hits,
            first: ms(a.first_hit),
            last: ms(a.last_hit),
            killed: a.got_kill,
            weapons: a.weapons.iter().map(|w| (i64::from(w.weapon.0), w.hits)).collect(),
        });
        let who = || e.crossfire_participants.iter().map(|g| g.as_str().to_owned()).collect();
        Engagement {
            target: e.target_guid.as_str().to_owned(),
            start: ms(e.start),
            end: ms(e.end),
            outcome: e.outcome.to_string(),
            damage: e.total_damage,
            killer: e.killer_guid.as_ref().map(|g| g.as_str().to_owned()),
            attackers: attackers.collect(),
            crossfire: e.crossfire_delay_ms.map(|delay| (delay, who())),
        }
    });
    sorted(engagements.collect())
}
