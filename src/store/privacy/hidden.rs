//! Players who are shown under another name, in rounds to come too.

use sha2::{Digest as _, Sha256};

use super::pseudonym::random_guid;
use crate::model::{Guid, PlayerName, Renaming, Round};
use crate::store::backend::engine::{Engine, Value};
use crate::store::error::Result;
use crate::text::hex;

/// Digits of the new GUID that the name shows, so that two hidden players are not taken for one.
const DIGITS: usize = 6;

/// What stands in a hidden player's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alias {
    pub guid: Guid,
    pub name: PlayerName,
}

/// What a player is kept as, who is not to be known from it.
fn key(guid: &Guid) -> String {
    hex(&Sha256::digest(guid.as_str().trim_end().to_ascii_uppercase()))
}

/// What stands in a player's place, if the player is hidden.
pub(super) fn alias<E: Engine>(engine: &mut E, guid: &Guid) -> Result<Option<Alias>> {
    let row =
        engine.first("SELECT guid, name FROM hidden_player WHERE player = $1", &[Value::text(key(guid))])?;
    row.map(|row| Ok(Alias { guid: Guid::from(row[0].str()?), name: PlayerName::from(row[1].str()?) }))
        .transpose()
}

/// Hides a player from now on, or says what stands in that place already.
pub(super) fn hide<E: Engine>(engine: &mut E, guid: &Guid) -> Result<Alias> {
    if let Some(known) = alias(engine, guid)? {
        return Ok(known);
    }
    let new = random_guid();
    let name = format!("player-{}", new.as_str()[..DIGITS].to_ascii_lowercase());
    let values = [Value::text(key(guid)), Value::text(new.as_str()), Value::text(name.as_str())];
    engine.run("INSERT INTO hidden_player (player, guid, name) VALUES ($1, $2, $3)", &values)?;
    Ok(Alias { guid: new.clone(), name: PlayerName::from(name.as_str()) })
}

/// Hides a player no longer.
pub(super) fn unhide<E: Engine>(engine: &mut E, guid: &Guid) -> Result<()> {
    engine.run("DELETE FROM hidden_player WHERE player = $1", &[Value::text(key(guid))])?;
    Ok(())
}

/// A round in which hidden players have their other names; `None` when none of them is in it.
pub(in crate::store) fn covered<E: Engine>(engine: &mut E, round: &Round) -> Result<Option<Round>> {
    let mut hidden: Vec<(String, Alias)> = Vec::new();
    engine.each("SELECT player, guid, name FROM hidden_player ORDER BY player", &[], &mut |row| {
        let alias = Alias { guid: Guid::from(row[1].str()?), name: PlayerName::from(row[2].str()?) };
        hidden.push((row[0].str()?.to_owned(), alias));
        Ok(())
    })?;
    if hidden.is_empty() {
        return Ok(None);
    }
    let of = |guid: &Guid| {
        let place = hidden.binary_search_by(|(player, _)| player.as_str().cmp(&key(guid))).ok()?;
        Some(hidden[place].1.clone())
    };
    let mut round = round.clone();
    let mut changes: Vec<([String; 2], Alias)> = Vec::new();
    let mut put = |guid: &mut Guid, name: Option<&mut PlayerName>| {
        let Some(alias) = of(guid) else { return };
        let written = name.as_ref().map_or("", |name| name.as_str());
        changes.push(([guid.as_str().to_owned(), written.to_owned()], alias.clone()));
        *guid = alias.guid;
        if let Some(name) = name {
            *name = alias.name;
        }
    };
    for track in &mut round.tracks {
        put(&mut track.guid, Some(&mut track.name));
    }
    for engagement in &mut round.engagements {
        put(&mut engagement.target_guid, Some(&mut engagement.target_name));
        if let Some(killer) = &mut engagement.killer_guid {
            put(killer, engagement.killer_name.as_mut());
        }
        for attacker in &mut engagement.attackers {
            put(&mut attacker.guid, Some(&mut attacker.name));
        }
        for participant in &mut engagement.crossfire_participants {
            put(participant, None);
        }
    }
    for revive in &mut round.revives {
        put(&mut revive.guid, Some(&mut revive.name));
        put(&mut revive.medic_guid, None);
    }
    if changes.is_empty() {
        return Ok(None);
    }
    let changes = changes.iter().map(|([guid, name], alias)| {
        ([guid.as_str(), name.as_str()], [alias.guid.as_str(), alias.name.as_str()])
    });
    Renaming::of(changes).apply_to(&mut round.meta.objectives);
    Ok(Some(round))
}
