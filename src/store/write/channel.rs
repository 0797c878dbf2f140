//! Where Discord servers want the messages about their sessions.

use crate::store::backend::engine::{Engine, Value};
use crate::store::error::Result;

/// The channel of a server.
pub(in crate::store) fn channel<E: Engine>(engine: &mut E, guild: &str) -> Result<Option<String>> {
    let sql = "SELECT channel_id FROM discord_channel WHERE guild_id = $1";
    engine.first(sql, &[Value::text(guild)])?.map(|row| Ok(row[0].str()?.to_owned())).transpose()
}

/// Chooses it, or none.
pub(in crate::store) fn set<E: Engine>(engine: &mut E, guild: &str, channel: Option<&str>) -> Result<()> {
    engine.run("DELETE FROM discord_channel WHERE guild_id = $1", &[Value::text(guild)])?;
    if let Some(channel) = channel {
        let values = [Value::text(guild), Value::text(channel)];
        engine.run("INSERT INTO discord_channel (guild_id, channel_id) VALUES ($1, $2)", &values)?;
    }
    Ok(())
}
