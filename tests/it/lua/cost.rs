//! What the module costs the server, in instructions of the Lua VM: they do not depend on the machine. The bench `lua`
//! measures the time.

use super::crowd::{PLAYERS, crowded_round};
use super::flawless_round;
use super::server::MODULE;

/// What 2 ms stand for, with room: PUC Lua does about 80 instructions, library calls included, in a microsecond.
const LIMIT_INSTRUCTIONS: u64 = 120_000;

#[test]
fn with_64_players_no_frame_takes_more_than_its_instructions() {
    let (game, costs) = crowded_round(MODULE, "200", true);
    let worst = costs.iter().map(|cost| cost.instructions).max().unwrap();
    assert!(worst > 1000, "nothing was counted");
    assert!(worst <= LIMIT_INSTRUCTIONS, "{worst} instructions in one frame");
    // The file of this round is large, and still no write was.
    let (_, bytes) = game.files().pop().unwrap();
    let longest = game.world.borrow().disk.longest_write;
    assert!(bytes.len() > 1_000_000 && longest < 600_000, "{} bytes, {longest} at once", bytes.len());
    assert!(game.lua_bytes() < 32 << 20, "{} bytes of memory", game.lua_bytes());
    assert_eq!(flawless_round(&game).tracks.len(), PLAYERS * 3);
    assert_eq!(game.faults(), [""; 0]);
}
