//! The `et` table: the calls the engine offers, with its types and its errors.

use std::cell::RefCell;
use std::rc::Rc;

use mlua::{Error, Lua, LuaString, Result, Table, Value};

use super::world::{Client, Team, World};

pub type Shared = Rc<RefCell<World>>;

/// Puts `et` and the engine's clock into a new VM.
pub fn install(lua: &Lua, world: &Shared) -> Result<()> {
    let et = lua.create_table()?;
    for (name, mode) in [("FS_READ", 0), ("FS_WRITE", 1), ("FS_APPEND", 2), ("FS_APPEND_SYNC", 3)] {
        et.set(name, mode)?;
    }
    et.set("MAX_CLIENTS", 64)?;
    install_texts(lua, &et, world)?;
    install_files(lua, &et, world)?;
    install_players(lua, &et, world)?;
    let meta = lua.create_table()?;
    let w = world.clone();
    meta.set(
        "__index",
        lua.create_function(move |_, (_, key): (Value, String)| -> Result<()> {
            w.borrow_mut().faults.push(format!("et.{key} does not exist"));
            Err(Error::runtime(format!("et.{key} does not exist")))
        })?,
    )?;
    et.set_metatable(Some(meta))?;
    lua.globals().set("et", et)?;
    // File names and Unix times are then the same in every run.
    let w = world.clone();
    lua.globals().get::<Table>("os")?.set("time", lua.create_function(move |_, ()| Ok(w.borrow().unix()))?)
}

fn install_texts(lua: &Lua, et: &Table, world: &Shared) -> Result<()> {
    let w = world.clone();
    et.set(
        "trap_Cvar_Get",
        lua.create_function(move |_, name: String| {
            Ok(w.borrow().cvars.get(&name).cloned().unwrap_or_default())
        })?,
    )?;
    let w = world.clone();
    et.set(
        "trap_Cvar_Set",
        lua.create_function(move |_, (name, value): (String, String)| {
            w.borrow_mut().cvars.insert(name, value);
            Ok(())
        })?,
    )?;
    let w = world.clone();
    let configstring =
        move |_: &Lua, index: i64| Ok(w.borrow().configstrings.get(&index).cloned().unwrap_or_default());
    et.set("trap_GetConfigstring", lua.create_function(configstring)?)?;
    let w = world.clone();
    let userinfo = move |_: &Lua, slot: usize| {
        let world = w.borrow();
        let client = &world.clients[slot];
        Ok(format!("\\name\\{}\\cl_guid\\{}\\ip\\192.0.2.{slot}", client.name, client.guid))
    };
    et.set("trap_GetUserinfo", lua.create_function(userinfo)?)?;
    let value_for_key = |_: &Lua, (info, key): (String, String)| {
        let mut parts = info.split('\\').skip(1);
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            if name.eq_ignore_ascii_case(&key) {
                return Ok(value.to_owned());
            }
        }
        Ok(String::new())
    };
    et.set("Info_ValueForKey", lua.create_function(value_for_key)?)?;
    for name in ["G_Print", "G_LogPrint"] {
        let w = world.clone();
        let print = move |_: &Lua, text: LuaString| {
            w.borrow_mut().console.push(text.to_string_lossy());
            Ok(())
        };
        et.set(name, lua.create_function(print)?)?;
    }
    // Since the start of the process: another origin than the level's clock.
    let w = world.clone();
    et.set("trap_Milliseconds", lua.create_function(move |_, ()| Ok(w.borrow().level_time + 987_654))?)?;
    et.set("RegisterModname", lua.create_function(|_, _: String| Ok(()))?)
}

fn install_files(lua: &Lua, et: &Table, world: &Shared) -> Result<()> {
    fn fault<T>(world: &Shared, result: std::result::Result<T, String>) -> Result<T> {
        result.map_err(|message| {
            world.borrow_mut().faults.push(message.clone());
            Error::runtime(message)
        })
    }
    let w = world.clone();
    let open = move |_: &Lua, (path, mode): (String, i64)| {
        let opened = w.borrow_mut().disk.open(&path, mode);
        fault(&w, opened)
    };
    et.set("trap_FS_FOpenFile", lua.create_function(open)?)?;
    let w = world.clone();
    let write = move |_: &Lua, (text, count, handle): (LuaString, usize, i64)| {
        let bytes = text.as_bytes();
        let written = w.borrow_mut().disk.write(handle, &bytes[..count.min(bytes.len())]);
        fault(&w, written).map(|()| count)
    };
    et.set("trap_FS_Write", lua.create_function(write)?)?;
    let w = world.clone();
    let read = move |lua: &Lua, (handle, count): (i64, usize)| {
        let bytes = w.borrow_mut().disk.read(handle, count);
        lua.create_string(fault(&w, bytes)?)
    };
    et.set("trap_FS_Read", lua.create_function(read)?)?;
    let w = world.clone();
    let close = move |_: &Lua, handle: i64| {
        let closed = w.borrow_mut().disk.close(handle);
        fault(&w, closed)
    };
    et.set("trap_FS_FCloseFile", lua.create_function(close)?)?;
    let w = world.clone();
    let rename = move |_: &Lua, (from, to): (String, String)| {
        w.borrow_mut().disk.rename(&from, &to);
        Ok(())
    };
    et.set("trap_FS_Rename", lua.create_function(rename)?)
}

fn install_players(lua: &Lua, et: &Table, world: &Shared) -> Result<()> {
    let w = world.clone();
    let get = move |lua: &Lua, (slot, field, index): (i64, LuaString, Option<i64>)| {
        let world = w.borrow();
        let bytes = field.as_bytes();
        let name = std::str::from_utf8(&bytes).unwrap_or_default();
        let client = usize::try_from(slot).ok().and_then(|slot| world.clients.get(slot));
        let Some(client) = client else {
            return Err(Error::runtime(format!("tried to get invalid gentity field \"{name}\" of {slot}")));
        };
        match read(&world, client, name, index.unwrap_or(0)) {
            Some(Field::Whole(value)) => Ok(Value::Integer(value)),
            Some(Field::Vector(v)) => Ok(Value::Table(lua.create_sequence_from(v)?)),
            Some(Field::Text(text)) => Ok(Value::String(lua.create_string(text)?)),
            None => Err(Error::runtime(format!("tried to get invalid gentity field \"{name}\""))),
        }
    };
    et.set("gentity_get", lua.create_function(get)?)
}

enum Field<'a> {
    Whole(i64),
    Vector([f64; 3]),
    Text(&'a str),
}

/// `None` for a name the engine does not know.
fn read<'a>(world: &World, client: &'a Client, name: &str, index: i64) -> Option<Field<'a>> {
    if world.lacks_field == Some(name) {
        return None;
    }
    let ps = &client.ps;
    let whole = |value: i64| Some(Field::Whole(value));
    match name {
        "ps.origin" | "origin" => Some(Field::Vector(client.false_origin.unwrap_or(ps.origin))),
        "r.currentOrigin" => Some(Field::Vector(client.body)),
        "ps.velocity" => Some(Field::Vector(client.false_velocity.unwrap_or(ps.velocity))),
        "ps.viewangles" => Some(Field::Vector([0.0, ps.yaw, 0.0])),
        "s.origin" => Some(Field::Vector(client.spot)),
        "ps.pm_flags" => whole(ps.pm_flags),
        "ps.pm_type" => whole(ps.pm_type),
        "ps.eFlags" => whole(ps.eflags),
        "s.eFlags" => whole(if world.intermission { 0 } else { ps.eflags }),
        "ps.weapon" | "s.weapon" => whole(ps.weapon),
        "ps.viewheight" => whole(ps.viewheight),
        "ps.stats" => whole(match index {
            0 => client.health,
            3 => 100,
            4 => client.class as i64,
            7 => 12_000,
            8 => ps.stamina,
            _ => 0,
        }),
        "ps.powerups" => whole(match (index, ps.flag) {
            (5, Some(Team::Axis)) | (6, Some(Team::Allies)) => 1,
            (11, _) => ps.adrenaline_until,
            _ => 0,
        }),
        "ps.persistant" => whole(if index == 3 { client.team as i64 } else { 0 }),
        "health" => whole(client.health),
        "inuse" => whole(i64::from(client.connected != 0)),
        "s.groundEntityNum" => whole(if ps.grounded { 1022 } else { 1023 }),
        "r.contents" => whole(if client.is_alive() { 0x0200_0000 } else { 0x0400_0000 }),
        "sess.sessionTeam" => whole(if client.connected == 0 { 0 } else { client.team as i64 }),
        "sess.playerType" | "sess.latchPlayerType" => whole(client.class as i64),
        "sess.spectatorState" => whole(i64::from(client.team == Team::Spectator)),
        "pers.connected" => whole(client.connected),
        "pers.netname" => Some(Field::Text(&client.name)),
        "pers.lastSpawnTime" | "pers.enterTime" | "waterlevel" => whole(0),
        _ if name.bytes().any(|b| b.is_ascii_uppercase()) => {
            // Names ignore case.
            let known = ["ps.eflags", "r.currentorigin", "sess.sessionteam", "sess.playertype"];
            let spelled = ["ps.eFlags", "r.currentOrigin", "sess.sessionTeam", "sess.playerType"];
            let place = known.iter().position(|known| *known == name.to_ascii_lowercase())?;
            read(world, client, spelled[place], index)
        }
        _ => None,
    }
}
