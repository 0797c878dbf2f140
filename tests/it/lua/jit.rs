//! ET: Legacy can be built with LuaJIT, which knows neither `&` nor `//`: the module must load and work there too.

use std::process::Command;

use super::server::MODULE;

/// A round in plain Lua, with the least of an `et` table; prints the file that the module writes.
const MINI_ROUND: &str = include_str!("mini_round.lua");

/// The module and the little round around it, one chunk.
fn script() -> String {
    format!("local module = [==========[\n{MODULE}]==========]\n{MINI_ROUND}")
}

/// What stock Lua 5.4 makes of it.
fn by_lua_54() -> String {
    let lua = mlua::Lua::new();
    lua.load(script()).set_name("=mini_round").call::<String>(()).expect("the round is played")
}

#[test]
fn the_little_round_is_recorded_by_lua_54() {
    let text = by_lua_54();
    let read = proximity::format::read(text.as_bytes(), &proximity::format::ReadOptions::default()).unwrap();
    assert_eq!(read.warnings, []);
    assert_eq!(read.file.round.tracks.len(), 2);
    assert!(read.file.round.tracks.iter().all(|t| t.samples.len() > 10));
}

#[test]
fn luajit_writes_the_same_file() {
    let script = script();
    let run =
        Command::new("luajit").arg("-e").arg(format!("io.write((function(...) {script}\nend)())")).output();
    let Ok(output) = run else {
        assert!(std::env::var_os("CI").is_none(), "LuaJIT is missing");
        return assert_eq!(refused_by_luajit(MODULE), None);
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), by_lua_54());
}

#[test]
fn the_module_has_no_syntax_that_luajit_refuses() {
    assert_eq!(refused_by_luajit(MODULE), None);
    for bad in ["x = a & b", "x = a // b", "x = a | b", "x = ~a", "x = a >> 1", "local x <const> = 1"] {
        assert!(refused_by_luajit(bad).is_some(), "{bad}");
    }
    assert_eq!(refused_by_luajit("x = 'a & b' -- & // <const>\ny = [[ | ]] ~= z"), None);
}

/// The first piece of syntax outside texts and comments that came after Lua 5.1 and is not in LuaJIT.
fn refused_by_luajit(source: &str) -> Option<String> {
    let bytes = source.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &source.get(at..).unwrap_or_default();
        if let Some(long) = rest.strip_prefix("--[[").or_else(|| rest.strip_prefix("[[")) {
            at += rest.len() - long.len() + long.find("]]").map_or(long.len(), |end| end + 2);
        } else if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let mut escaped = false;
            let end = rest.char_indices().skip(1).find(|&(_, c)| {
                let closes = c == quote && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            at += end.map_or(rest.len(), |(place, _)| place + 1);
        } else {
            let bad = ["//", "&", "|", "<<", ">>", "<const>", "<close>"]
                .into_iter()
                .find(|bad| rest.starts_with(bad));
            let bad = bad.or_else(|| (rest.starts_with('~') && !rest.starts_with("~=")).then_some("~"));
            if let Some(bad) = bad {
                let line = source[..at].lines().count();
                return Some(format!("{bad} in line {line}"));
            }
            at += if rest.starts_with("~=") { 2 } else { rest.chars().next().map_or(1, char::len_utf8) };
        }
    }
    None
}
