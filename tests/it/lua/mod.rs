//! The game-server module against a simulated server.

mod cost;
mod crash;
mod crowd;
mod engagements;
mod jit;
mod keystone;
mod old_readers;
mod rules;
mod server;
mod traps;

use proximity::Round;
use proximity::format::{OnBadRow, ReadOptions, read};
use proximity::model::Track;

use server::GameServer;

/// A module that takes the original's beliefs about the engine at their word.
const SEED_LIKE: &str = include_str!("seed_like.lua");

/// What the server's last file says, if it is readable at all.
fn last_round(game: &GameServer) -> Result<Round, String> {
    let (name, bytes) = game.files().pop().ok_or("no file was written")?;
    let options = ReadOptions { file_name: Some(name), ..ReadOptions::default() };
    Ok(read(&bytes, &options).map_err(|error| error.to_string())?.file.round)
}

/// The same, but nothing in the file may look wrong.
fn flawless_round(game: &GameServer) -> Round {
    let (name, bytes) = game.files().pop().expect("a file was written");
    let options = ReadOptions { file_name: Some(name), on_bad_row: OnBadRow::Fail, ..ReadOptions::default() };
    let read = read(&bytes, &options).expect("the file can be read");
    assert_eq!(read.warnings, [], "{}", String::from_utf8_lossy(&bytes));
    read.file.round
}

/// The lives of the player with this name.
fn lives_of<'a>(round: &'a Round, name: &str) -> Vec<&'a Track> {
    round.tracks.iter().filter(|track| track.name.display() == name).collect()
}
