-- Proximity tracker: records how every player moves, one file per round.
-- For ET: Legacy 2.83 and later (Lua 5.4; loads in a LuaJIT build too). Install, options, cost: README.md beside it.
-- MIT license.

-- Options ------------------------------------------------------------------------------------------------------------
-- A server cvar `proximity_NAME` wins over the value here: `set proximity_interval 200` in the server's config.

local options = {
    enabled = true,       -- 0 stops the module without removing it; looked at once per second
    interval = 500,       -- ms between two samples of a player, 50 to 5000
    output = "proximity", -- folder under the game folder
    engagements = true,   -- engagements: who hit whom, how it ended
    crossfires = true,    -- mark engagements with two attackers at once
    escapes = true,       -- end an engagement when the target got away
    heatmaps = true,      -- the file's own kill and movement counts
    revives = true,       -- the list of revives
    carriers = true,      -- the list of carried objectives
    detail = true,        -- seven more values per sample: view direction, stamina, flags, velocity
    journal = true,       -- write along during the round, so that a crash of the server loses seconds
}

local CROSSFIRE_WINDOW_MS = 1000 -- second attacker's first hit within this time of the first one's
local ESCAPE_TIME_MS = 5000      -- unhurt for this long,
local ESCAPE_DISTANCE = 300      -- and this far from the place of the last hit: escaped
local ENGAGEMENT_TIMEOUT_MS = 15000   -- unhurt for this long on the spot: the engagement is over
local HEAT_CELL = 512            -- side of a heatmap cell, units
local FIRST_MOVE_UNITS = 1       -- horizontal distance from the spawn spot that counts as having moved
local WATCH_MS = 20              -- stamina is looked at in every server frame, but not more often than this
local LONGEST_LUMP_MS = 400      -- commands of a longer time at once look like a jump
local JOURNAL_MS = 2500          -- between two writes of the journal
local ENGAGEMENT_JOURNAL_MS = 4000    -- between two notes about an open engagement
local ENGAGEMENT_NOTES_PER_FRAME = 4
local SLICE_BYTES = 32768        -- of the round's file per server frame
local CHUNK_SAMPLES = 64
local WORLD_LIMIT = 131072       -- no map is larger
local SPEED_LIMIT = 32767
local NAME_BYTES = 64
local FAULTS_ALLOWED = 10

-- The engine's numbers (ET: Legacy, bg_public.h) ---------------------------------------------------------------------

local VERSION = "1.0.0"
local PM_NORMAL, PM_FREEZE = 0, 4
local PMF_DUCKED, PMF_FOLLOW, PMF_LIMBO = 1, 4096, 16384
local EF_PRONE = 524288
local STAT_STAMINA, STAMINA_FULL = 8, 20000
local STAMINA_PER_MS, JUMP_STAMINA, LEAST_STAMINA = 5, 2500, 50 -- below the least the sprint key has no effect
local PW_ADRENALINE, SPRINT_SPEED = 11, 270
local FLAGS = { { power = 5, side = "AXIS" }, { power = 6, side = "ALLIES" } } -- red and blue: an objective that is carried
local WP_SYRINGE = 11
local CS_LEVEL_START_TIME, CS_WINNER, CS_SERVERTOGGLES, SERVERTOGGLE_PAUSE = 11, 14, 32, 16
local GAMETYPE_STOPWATCH = 3
local CONNECTED, WORLD = 2, 1022
local TEAMS = { [1] = "AXIS", [2] = "ALLIES" }
local CLASSES = { [0] = "SOLDIER", [1] = "MEDIC", [2] = "ENGINEER", [3] = "FIELDOPS", [4] = "COVERTOPS" }
local MOD_FALLING, MOD_SUICIDE, MOD_SWAP_PLACES, MOD_SWITCHTEAM = 32, 33, 58, 59

-- Means of death without a killer: water, slime, lava, crush, telefrag, fall, suicide, trigger, team changes.
local NO_ENGAGEMENT = {
    [27] = true, [28] = true, [29] = true, [30] = true, [31] = true, [MOD_FALLING] = true, [MOD_SUICIDE] = true,
    [35] = true, [MOD_SWAP_PLACES] = true, [MOD_SWITCHTEAM] = true,
}

-- The weapon behind a means of death: what is in the attacker's hands may be another one by the time it goes off.
local WEAPON_OF_MOD = {
    [1] = 33, [2] = 33, [3] = 33, [4] = 4, [5] = 1, [6] = 2, [7] = 7, [8] = 3, [9] = 8, [10] = 10, [11] = 25,
    [12] = 14, [13] = 32, [14] = 42, [15] = 5, [16] = 4, [17] = 6, [18] = 9, [19] = 17, [20] = 17, [22] = 15,
    [23] = 55, [24] = 11, [25] = 12, [26] = 13, [37] = 24, [38] = 23, [39] = 37, [40] = 38, [41] = 26, [42] = 27,
    [43] = 29, [44] = 30, [45] = 39, [46] = 40, [50] = 31, [51] = 41, [52] = 34, [53] = 35, [54] = 36, [55] = 45,
    [56] = 46, [57] = 22, [61] = 48, [62] = 49, [63] = 51, [64] = 53, [65] = 1, [66] = 54,
}

-- State --------------------------------------------------------------------------------------------------------------

local floor, sqrt, min, max = math.floor, math.sqrt, math.min, math.max
local format, concat = string.format, table.concat
local unpack = table.unpack or unpack
local gentity_get = et.gentity_get
local FS_READ, FS_WRITE, FS_APPEND = et.FS_READ or 0, et.FS_WRITE or 1, et.FS_APPEND or 2

local ready = false    -- options are read
local max_clients = 0
local map_name = ""
local round_number = 1 -- latched: at intermission the cvar already shows the next one
local seen_warmup = false
local slots = {}       -- client number -> what is known of its player
local events = {}      -- what the callbacks saw in this frame, in order
local event_count = 0
local round = nil      -- the round being recorded
local job = nil        -- the file being written
local medic = nil      -- who used a syringe last, in this frame
local next_enabled_check = 0
local faults, broken = 0, false

-- The round's clock: ms since it went live, on the engine's own clock, which stands still in a pause.
local clock = { level = 0, now = 0, since_start = 0, offset = 0, paused = false, origin = 0, slept = 0 }

local function say(text)
    et.G_Print("proximity: " .. text .. "\n")
end

-- Reading the game ---------------------------------------------------------------------------------------------------

-- Whether `bit` is set; `&` would not load in a LuaJIT build.
local function has(flags, bit)
    return flags % (bit + bit) >= bit
end

local function isClient(number)
    return number >= 0 and number < max_clients
end

local function readCvar(name)
    return et.trap_Cvar_Get(name) or ""
end

-- Three numbers, or nil when one is not a number or beyond `limit` (NaN fails every comparison).
local function readVector(clientnum, field, limit)
    local v = gentity_get(clientnum, field)
    if not v then return nil end
    local x, y, z = v[1], v[2], v[3]
    if x and y and z and x >= -limit and x <= limit and y >= -limit and y <= limit and z >= -limit and z <= limit then
        return x, y, z
    end
    return nil
end

local function getPlayerVelocity(clientnum)
    return readVector(clientnum, "ps.velocity", SPEED_LIMIT)
end

-- Horizontal speed: falls are vertical.
local function getPlayerSpeed(vx, vy)
    return sqrt(vx * vx + vy * vy)
end

-- 0 standing, 1 crouching, 2 prone. Prone first: it sets the ducked bit too.
local function getPlayerMovementState(pm_flags, eflags)
    if has(eflags, EF_PRONE) then return 2 end
    if has(pm_flags, PMF_DUCKED) then return 1 end
    return 0
end

local function getPlayerClass(clientnum)
    return CLASSES[gentity_get(clientnum, "sess.playerType")] or "UNKNOWN"
end

-- Rounded to 0.1; never -0.0.
local function tenth(value)
    return floor(value * 10 + 0.5) / 10
end

-- What can be read of a player now; nil when a vector is absurd. `health` and `pm_flags`: where known already.
local function readPlayer(clientnum, into, health, pm_flags)
    local x, y, z = readVector(clientnum, "ps.origin", WORLD_LIMIT)
    local vx, vy, vz = getPlayerVelocity(clientnum)
    if not x or not vx then return nil end
    local yaw = gentity_get(clientnum, "ps.viewangles")[2]
    if not (yaw > -100000 and yaw < 100000) then yaw = 0 end
    into.x, into.y, into.z, into.vx, into.vy, into.vz, into.yaw = x, y, z, vx, vy, vz, yaw
    into.pm_flags = pm_flags or gentity_get(clientnum, "ps.pm_flags")
    into.eflags = gentity_get(clientnum, "ps.eFlags")
    into.health = health or gentity_get(clientnum, "health")
    into.weapon = gentity_get(clientnum, "ps.weapon")
    into.stamina = gentity_get(clientnum, "ps.stats", STAT_STAMINA)
    return into
end

-- Whether a player is alive and plays; then also team, health and flags. A waiting player's `ps` is a copy of the one
-- being watched, but these tell.
local function isAlive(clientnum)
    if gentity_get(clientnum, "pers.connected") ~= CONNECTED then return false end
    local team = gentity_get(clientnum, "sess.sessionTeam")
    if not TEAMS[team] then return false end
    local health = gentity_get(clientnum, "health")
    if health <= 0 then return false end
    local pm_flags = gentity_get(clientnum, "ps.pm_flags")
    if has(pm_flags, PMF_FOLLOW) or has(pm_flags, PMF_LIMBO) then return false end
    local pm_type = gentity_get(clientnum, "ps.pm_type")
    return pm_type == PM_NORMAL or pm_type == PM_FREEZE, team, health, pm_flags
end

-- Without the format's delimiters and control characters.
local function clean(text, longest)
    return (text:gsub("[%c;|,]", "_"):sub(1, longest))
end

-- GUID and name. A player without a usable GUID gets one that names slot and connection, so that the next player in
-- the same slot is another player.
local function identityOf(clientnum)
    local slot = slots[clientnum]
    if not slot.who then
        local guid = et.Info_ValueForKey(et.trap_GetUserinfo(clientnum), "cl_guid"):gsub("%s+$", ""):upper()
        local person = #guid == 32 and guid:find("^%x+$") and guid:find("[^0]")
        if not person and not guid:find("^OMNIBOT%w*$") then
            guid = format("SLOT%d_%d", clientnum, slot.connection)
        end
        slot.who = { guid = guid:sub(1, 32), name = clean(gentity_get(clientnum, "pers.netname"), NAME_BYTES) }
    end
    return slot.who
end

-- The clock ----------------------------------------------------------------------------------------------------------

local function readClock(level)
    local frame = level - clock.level
    clock.level = level
    clock.paused = has(tonumber(et.trap_GetConfigstring(CS_SERVERTOGGLES)) or 0, SERVERTOGGLE_PAUSE)
    if clock.paused then
        clock.slept = clock.slept + frame
        return
    end
    -- The engine pushes its start time forward by the length of each pause.
    local start = tonumber(et.trap_GetConfigstring(CS_LEVEL_START_TIME)) or clock.origin + clock.slept
    clock.since_start = floor(level - start)
    local now = clock.since_start - clock.offset
    if now > clock.now then clock.now = now end
end

-- The journal: what happened, as it happened -------------------------------------------------------------------------

local journal = { lines = {}, size = 0, started = false, next_write = 0 }

local function journalPath()
    return format("%s/port-%s.part", options.output, clean(readCvar("net_port"), 8):gsub("%W", ""))
end

local function writeText(path, mode, text)
    local fd = et.trap_FS_FOpenFile(path, mode)
    if not fd or fd <= 0 then return false end
    et.trap_FS_Write(text, #text, fd)
    et.trap_FS_FCloseFile(fd)
    return true
end

local function note(a, b, c)
    if options.journal then
        local lines, size = journal.lines, journal.size
        lines[size + 1], lines[size + 2], lines[size + 3] = a, b, c
        journal.size = size + 3
    end
end

local headerText

-- Open, append, close: the engine writes nothing before a file is closed.
local function writeJournal(of)
    if journal.size == 0 then return end
    for _, cell in ipairs(of.changed_cells) do
        cell.changed = false
        note(cell.tag, format(cell.pattern, cell[1], cell[2], cell[3], cell[4], cell[5]), "\n")
    end
    of.changed_cells = {}
    note("T ", format("%d", os.time()), "\n")
    local text = concat(journal.lines, "", 1, journal.size)
    local mode = FS_APPEND
    if not journal.started then
        text, mode = headerText(of) .. text, FS_WRITE
    end
    journal.lines, journal.size = {}, 0
    if writeText(journalPath(), mode, text) then
        journal.started = true
    elseif not journal.failed then
        journal.failed = true
        say("cannot write " .. journalPath() .. "; a crash of the server would lose the round")
    end
end

-- Heat ---------------------------------------------------------------------------------------------------------------

-- A cell holds x, y and its counts; these are the places of the counts and how a row is written.
local AXIS_KILLS, ALLIES_KILLS, KILL_CELL = 3, 4, "%d;%d;%d;%d"
local TRAVERSAL, COMBAT, ESCAPE, MOVEMENT_CELL = 3, 4, 5, "%d;%d;%d;%d;%d"

local function heat(cells, tag, pattern, x, y, column)
    if not options.heatmaps then return end
    local gx, gy = floor(tenth(x) / HEAT_CELL), floor(tenth(y) / HEAT_CELL)
    local key = gx * 65536 + gy
    local cell = cells[key]
    if not cell then
        cell = { gx, gy, 0, 0, 0, tag = tag, pattern = pattern }
        cells[key] = cell
    end
    cell[column] = cell[column] + 1
    if not cell.changed then
        cell.changed = true
        round.changed_cells[#round.changed_cells + 1] = cell
    end
end

local function movementHeat(x, y, column)
    heat(round.movement_cells, "H ", MOVEMENT_CELL, x, y, column)
end

-- Engagements --------------------------------------------------------------------------------------------------------

-- Points are made into text several at a time: Lua keeps a table of all short strings, and each time that table grows
-- it takes milliseconds.
local POINTS_AT_ONCE = 8
local POINT_PATTERNS = {}
for count = 1, POINTS_AT_ONCE do
    POINT_PATTERNS[count] = ("%d,%.1f,%.1f,%.1f,%s|"):rep(count):sub(1, -2)
end

local function pointsText(loose, size)
    return format(POINT_PATTERNS[size / 5], unpack(loose, 1, size))
end

local function addPoint(engagement, x, y, z, event)
    local dx, dy, dz = x - engagement.x, y - engagement.y, z - engagement.z
    engagement.distance = engagement.distance + sqrt(dx * dx + dy * dy + dz * dz)
    engagement.x, engagement.y, engagement.z = x, y, z
    local loose, size = engagement.loose, engagement.loose_size
    loose[size + 1], loose[size + 2], loose[size + 3] = clock.now, tenth(x), tenth(y)
    loose[size + 4], loose[size + 5] = tenth(z), event
    size = size + 5
    if size == POINTS_AT_ONCE * 5 then
        engagement.points[#engagement.points + 1] = pointsText(loose, size)
        size = 0
    end
    engagement.loose_size = size
end

-- All points of an engagement.
local function pathOfEngagement(engagement)
    local points, whole = engagement.points, #engagement.points
    if engagement.loose_size > 0 then points[whole + 1] = pointsText(engagement.loose, engagement.loose_size) end
    local text = concat(points, "|")
    points[whole + 1] = nil
    return text
end

local function openEngagement(track, x, y, z)
    local engagement = {
        id = #round.engagements + 1, target = track, start = clock.now, x = x, y = y, z = z, start_x = x, start_y = y,
        start_z = z, distance = 0, points = {}, loose = {}, loose_size = 0, attackers = {}, by_guid = {}, damage = 0,
        last_hit = clock.now, hit_x = x, hit_y = y, hit_z = z, noted = clock.now,
    }
    round.engagements[engagement.id] = engagement
    track.engagement = engagement
    addPoint(engagement, x, y, z, "start")
    return engagement
end

local function attackerOf(engagement, who, team)
    local attacker = engagement.by_guid[who.guid]
    if not attacker then
        attacker = {
            who = who, team = team, damage = 0, hits = 0, first_hit = clock.now, last_hit = clock.now, kill = 0,
            weapons = {}, weapon_order = {},
        }
        engagement.by_guid[who.guid] = attacker
        engagement.attackers[#engagement.attackers + 1] = attacker
    end
    return attacker
end

local function attackerText(a)
    local weapons = {}
    table.sort(a.weapon_order)
    for i, weapon in ipairs(a.weapon_order) do
        weapons[i] = format("%d:%d;", weapon, a.weapons[weapon])
    end
    return format("%s,%s,%s,%d,%d,%d,%d,%d,%s", a.who.guid, a.who.name, TEAMS[a.team] or "SPEC", a.damage, a.hits,
        a.first_hit, a.last_hit, a.kill, weapons[1] and concat(weapons) or "0:0")
end

-- Those whose first hit came within the window of the very first one.
local function crossfireOf(engagement)
    local guids, first, second = {}, nil, nil
    for _, attacker in ipairs(engagement.attackers) do
        if attacker.hits > 0 then
            first = first or attacker.first_hit
            if attacker.first_hit - first <= CROSSFIRE_WINDOW_MS then
                guids[#guids + 1] = attacker.who.guid
                if #guids == 2 then second = attacker.first_hit end
            end
        end
    end
    if second and options.crossfires then return 1, format("%d", second - first), concat(guids, ",") end
    return 0, "", ""
end

-- A row of ENGAGEMENTS. An open engagement is written as if the server had stopped: that is when it is read.
local function engagementRow(engagement)
    local target, killer = engagement.target, engagement.killer
    local attackers = {}
    for i, attacker in ipairs(engagement.attackers) do attackers[i] = attackerText(attacker) end
    local crossfire, delay, participants = crossfireOf(engagement)
    local stop = engagement.stop or clock.now
    return format("%d;%d;%d;%d;%s;%s;%s;%s;%d;%s;%s;%d;%d;%s;%s;%.1f;%.1f;%.1f;%.1f;%.1f;%.1f;%.1f;%s;%s\n",
        engagement.id, engagement.start, stop, stop - engagement.start, target.guid, target.name, target.team,
        engagement.outcome or "shutdown", engagement.damage, killer and killer.guid or "", killer and killer.name or "",
        #attackers, crossfire, delay, participants, tenth(engagement.start_x), tenth(engagement.start_y),
        tenth(engagement.start_z), tenth(engagement.x), tenth(engagement.y), tenth(engagement.z),
        tenth(engagement.distance), pathOfEngagement(engagement), concat(attackers, "|"))
end

local function closeEngagement(engagement, outcome, event, x, y, z)
    addPoint(engagement, x or engagement.x, y or engagement.y, z or engagement.z, event)
    engagement.stop, engagement.outcome = clock.now, outcome
    engagement.target.engagement = nil
    round.closed_engagements[#round.closed_engagements + 1] = engagement
end

-- Lives --------------------------------------------------------------------------------------------------------------

local SAMPLE = "%d,%.1f,%.1f,%.1f,%d,%.1f,%d,%d,%d,%s"
local SAMPLE_DETAIL = SAMPLE .. ",%d,%d,%d,%d,%d,%d,%d"

-- Whether the player sprinted for at least half of the time since the last sample.
local function takeSprint(track)
    local sprint = (track.watched_ms > 0 and track.sprint_ms * 2 >= track.watched_ms) and 1 or 0
    track.watched_ms, track.sprint_ms = 0, 0
    return sprint
end

-- Writes a sample down at once, so that nothing is left to do at the round's end.
local function addSample(track, time, at, event, health)
    local speed = getPlayerSpeed(at.vx, at.vy)
    local stance = getPlayerMovementState(at.pm_flags, at.eflags)
    local sprint = takeSprint(track)
    local x, y, z = tenth(at.x), tenth(at.y), tenth(at.z)
    local text
    if options.detail then
        text = format(SAMPLE_DETAIL, time, x, y, z, health, tenth(speed), at.weapon, stance, sprint, event,
            floor(at.yaw + 0.5) % 360, at.stamina, at.pm_flags, at.eflags, floor(at.vx + 0.5),
            floor(at.vy + 0.5), floor(at.vz + 0.5))
    else
        text = format(SAMPLE, time, x, y, z, health, tenth(speed), at.weapon, stance, sprint, event)
    end
    local size = track.size + 1
    track.path[size] = text
    track.count = track.count + 1
    if size == CHUNK_SAMPLES then
        track.chunks[#track.chunks + 1] = concat(track.path, "|", 1, size)
        size = 0
    end
    track.size = size
    track.time = time
    note(track.sample_tag, text, "\n")
end

-- A player at the moment a life begins.
local function describePlayer(clientnum)
    return {
        clientnum = clientnum, who = identityOf(clientnum), team = gentity_get(clientnum, "sess.sessionTeam"),
        class = getPlayerClass(clientnum), time = clock.now,
    }
end

-- Inside et_ClientSpawn the player stands at the final place, but health and weapon are set only a frame later.
local function settle(spot, state)
    if spot and state then spot.health, spot.weapon = state.health, state.weapon end
    return spot or state
end

-- A life begins: `spot` as read in et_ClientSpawn, `state` a frame later.
local function createPlayerTrack(player, spot, state, event)
    local clientnum, time, who = player.clientnum, player.time, player.who
    local id = #round.tracks + 1
    local track = {
        id = id, clientnum = clientnum, guid = who.guid, name = who.name, team_number = player.team,
        class = player.class, spawn = time, time = time, count = 0, chunks = {}, path = {}, size = 0, watched_ms = 0,
        sprint_ms = 0, waited_ms = 0, watched_at = time, sample_tag = format("S %d ", id),
    }
    track.team = TEAMS[track.team_number] or "UNKNOWN"
    round.tracks[id] = track
    slots[clientnum].life = track
    note(format("L %d ", id), format("%s;%s;%s;%s;%d", track.guid, track.name, track.team, track.class, time), "\n")
    local at = settle(spot, state)
    if at then
        track.spawn_x, track.spawn_y = at.x, at.y
        addSample(track, time, at, event, at.health)
        track.last, track.stamina = at, at.stamina
    end
end

-- A row of `CARRIER_EVENTS`; while the objective is carried, without its end.
local function carryRow(carry)
    local away, efficiency = 0, 0
    if carry.x then
        away = sqrt((carry.x - carry.from_x) ^ 2 + (carry.y - carry.from_y) ^ 2 + (carry.z - carry.from_z) ^ 2)
        efficiency = carry.distance > 0 and min(away / carry.distance, 1) or 0
    end
    local track, killer = carry.track, carry.killer or { guid = "", name = "" }
    return format("%s;%s;%s;%s;%d;%s;%s;%s;%.1f;%.1f;%.3f;%d;%.1f;%.1f;%.1f;%s;%s;%s\n", track.guid, track.name, track.team,
        carry.side, carry.from, carry.until_time and format("%d", carry.until_time) or "",
        carry.until_time and format("%d", carry.until_time - carry.from) or "", carry.outcome or "", tenth(carry.distance),
        tenth(away), efficiency, carry.samples, tenth(carry.from_x), tenth(carry.from_y), tenth(carry.from_z),
        carry.x and format("%.1f;%.1f;%.1f", tenth(carry.x), tenth(carry.y), tenth(carry.z)) or ";;", killer.guid, killer.name)
end

-- What a player carries is put down: with the life, or `released` by delivering or dropping it, which is not told apart.
local function endCarry(track, outcome, at, killer)
    local carry = track.carry
    if not carry then return end
    track.carry = nil
    carry.until_time, carry.outcome, carry.killer = clock.now, outcome, killer
    if at then carry.x, carry.y, carry.z = at.x, at.y, at.z end
    carry.row = carryRow(carry)
    note(format("C %d ", carry.id), carry.row, "")
end

-- Looks whether the player carries an objective, with each sample.
local function watchCarry(clientnum, track, at)
    local side
    for i = 1, #FLAGS do
        if gentity_get(clientnum, "ps.powerups", FLAGS[i].power) ~= 0 then side = FLAGS[i].side end
    end
    local carry = track.carry
    if carry then
        local step = (at.x - carry.last_x) ^ 2 + (at.y - carry.last_y) ^ 2 + (at.z - carry.last_z) ^ 2
        carry.distance, carry.samples = carry.distance + sqrt(step), carry.samples + 1
        carry.last_x, carry.last_y, carry.last_z = at.x, at.y, at.z
        if carry.side ~= side then endCarry(track, "released", at) end
    end
    if side and not track.carry then
        local id = #round.carries + 1
        carry = {
            id = id, track = track, side = side, from = clock.now, distance = 0, samples = 1, from_x = at.x,
            from_y = at.y, from_z = at.z, last_x = at.x, last_y = at.y, last_z = at.z,
        }
        round.carries[id], track.carry = carry, carry
        note(format("C %d ", id), carryRow(carry), "")
    end
end

-- A life is over for good.
local function finish(track, death_type, time)
    endCarry(track, death_type)
    track.death_type, track.death_time = death_type, time
    track.last = nil
    local slot = slots[track.clientnum]
    if slot.life == track then slot.life = nil end
    note(format("E %d ", track.id), format("%d;%s", time, death_type), "\n")
end

-- A life ends, or the player falls and may be revived. `reading` is where and how; without one, as last seen.
local function endPlayerTrack(track, death_type, reading, health)
    if track.down then
        finish(track, track.down, track.time)
        return
    end
    local at = reading or track.last
    if at then
        addSample(track, clock.now, at, death_type, health or at.health)
    end
    endCarry(track, death_type, at)
    local engagement = track.engagement
    if engagement then
        local event = (death_type == "round_end" or death_type == "shutdown") and "round_end" or "sample"
        closeEngagement(engagement, death_type, event, at and at.x, at and at.y, at and at.z)
    end
    finish(track, death_type, clock.now)
end

-- A player who was replaced or vanished without a word: what is not known is not written.
local function abandonPlayerTrack(track)
    if track.down then return endPlayerTrack(track) end
    if track.engagement then closeEngagement(track.engagement, "unknown", "sample") end
    finish(track, "unknown", clock.now)
end

-- A spawn proves real one frame after et_ClientSpawn; a player who joins a team in play is put back into limbo, and a
-- spectator never lives. `force`: something happened to the player before that, so the life is real.
local function confirmSpawn(clientnum, force)
    local slot = slots[clientnum]
    local pending = slot.pending
    slot.pending = nil
    if not force and not isAlive(clientnum) then return end
    local state = not force and readPlayer(clientnum, {}) or pending.reading
    local life = slot.life
    if not pending.revived then
        if life then abandonPlayerTrack(life) end
        createPlayerTrack(pending, pending.reading, state, "spawn")
    elseif life and life.down then
        life.down = nil
        life.watched_at, life.watched_ms, life.waited_ms, life.sprint_ms = pending.time, 0, 0, 0
        local at = settle(pending.reading, state)
        if at then
            addSample(life, pending.time, at, "revived", at.health)
            life.last, life.stamina = at, at.stamina
        end
    elseif not life then
        createPlayerTrack(pending, pending.reading, state, "revived")
    end
end

-- The life of a player to whom something happens.
local function lifeOf(clientnum)
    local slot = slots[clientnum]
    if slot.pending then confirmSpawn(clientnum, true) end
    return slot.life
end

-- Looks at stamina between samples. It falls only by sprinting (5 per ms) and jumping (2500 at once). A player's commands
-- may arrive in lumps (g_antiwarp 0), so a fall is judged over the time since stamina last changed. Where it cannot fall,
-- at its top under adrenaline, speed tells; an empty bar allows no sprint, however fast the player still is.
local function watchStamina(clientnum, track)
    local elapsed = clock.now - track.watched_at
    if elapsed <= 0 then return end
    track.watched_at = clock.now
    track.watched_ms = track.watched_ms + elapsed
    track.waited_ms = min(track.waited_ms + elapsed, LONGEST_LUMP_MS)
    local stamina = gentity_get(clientnum, "ps.stats", STAT_STAMINA)
    local fall = (track.stamina or stamina) - stamina
    track.stamina = stamina
    if fall ~= 0 then
        -- No lump of sprinting costs as much as a jump, and a jump with less left than it costs empties the bar.
        local jumped = fall > LONGEST_LUMP_MS * STAMINA_PER_MS
            or stamina < LEAST_STAMINA and fall > track.waited_ms * STAMINA_PER_MS * 1.5
        if jumped then fall = fall - JUMP_STAMINA end
        track.sprint_ms = track.sprint_ms + max(0, min(fall / STAMINA_PER_MS, track.waited_ms))
        track.waited_ms = 0
    end
    -- Adrenaline fills the bar in the frame in which it is taken: that rise is no sign of rest.
    if fall <= 0 and stamina >= STAMINA_FULL and gentity_get(clientnum, "ps.powerups", PW_ADRENALINE) > clock.level then
        local vx, vy = getPlayerVelocity(clientnum)
        if vx and getPlayerSpeed(vx, vy) > SPRINT_SPEED then track.sprint_ms = track.sprint_ms + elapsed end
    end
end

-- Looks for the first step, x and y only: after a spawn a player drops about nine units.
local function watchFirstStep(clientnum, track)
    local x, y = readVector(clientnum, "ps.origin", WORLD_LIMIT)
    if not x then return end
    local dx, dy = x - track.spawn_x, y - track.spawn_y
    if dx * dx + dy * dy > FIRST_MOVE_UNITS * FIRST_MOVE_UNITS then
        track.first_move = clock.now
        note(format("M %d ", track.id), format("%d", clock.now), "\n")
    end
end

local function samplePlayer(clientnum, track, health, pm_flags)
    local reading = readPlayer(clientnum, track.last or {}, health, pm_flags)
    if not reading then return end
    track.last = reading
    addSample(track, clock.now, reading, "sample", reading.health)
    if not track.spawn_x then track.spawn_x, track.spawn_y = reading.x, reading.y end
    if options.carriers then watchCarry(clientnum, track, reading) end
    movementHeat(reading.x, reading.y, TRAVERSAL)
    if track.engagement then addPoint(track.engagement, reading.x, reading.y, reading.z, "sample") end
end

local function sampleAllPlayers()
    for clientnum = 0, max_clients - 1 do
        local slot = slots[clientnum]
        local life = slot.life
        if life and not life.down then
            local alive, team, health, pm_flags = isAlive(clientnum)
            if not alive then
                abandonPlayerTrack(life)
            elseif team ~= life.team_number then
                endPlayerTrack(life, "teamchange")
            else
                samplePlayer(clientnum, life, health, pm_flags)
            end
        elseif not life and not slot.pending and isAlive(clientnum) then
            -- Alive, but the spawn was not seen: the module was switched on in the middle of a round.
            createPlayerTrack(describePlayer(clientnum), nil, readPlayer(clientnum, {}), "sample")
        end
    end
end

-- What the callbacks saw ---------------------------------------------------------------------------------------------

local happen = {}

function happen.spawn(event)
    local slot = slots[event.clientnum]
    if not event.revived and slot.life then abandonPlayerTrack(slot.life) end
    event.time = clock.now
    slot.pending = event
end

function happen.damage(event)
    local track = lifeOf(event.target)
    if not track or track.down or track.team_number == event.team then return end
    movementHeat(event.x, event.y, COMBAT)
    if not options.engagements then return end
    local engagement = track.engagement or openEngagement(track, event.x, event.y, event.z)
    addPoint(engagement, event.x, event.y, event.z, "hit")
    engagement.damage = engagement.damage + event.damage
    engagement.last_hit, engagement.hit_x, engagement.hit_y, engagement.hit_z = clock.now, event.x, event.y, event.z
    local attacker = attackerOf(engagement, event.who, event.team)
    attacker.damage, attacker.hits = attacker.damage + event.damage, attacker.hits + 1
    attacker.last_hit = clock.now
    if not attacker.weapons[event.weapon] then
        attacker.weapons[event.weapon] = 0
        attacker.weapon_order[#attacker.weapon_order + 1] = event.weapon
    end
    attacker.weapons[event.weapon] = attacker.weapons[event.weapon] + 1
end

local function deathType(event, track)
    if event.mod == MOD_SWITCHTEAM or event.mod == MOD_SWAP_PLACES then return "teamchange" end
    if event.mod == MOD_FALLING then return "fallen" end
    if event.mod == MOD_SUICIDE then return "selfkill" end
    if NO_ENGAGEMENT[event.mod] or not event.who then return "world" end
    if event.killer == event.victim then return "selfkill" end
    return event.team == track.team_number and "teamkill" or "killed"
end

function happen.death(event)
    local track = lifeOf(event.victim)
    if not track or track.down then return end
    local kind = deathType(event, track)
    local at = event.reading or track.last
    endCarry(track, kind, at, event.who)
    local engagement = track.engagement
    if kind == "killed" then
        local column = event.team == 1 and AXIS_KILLS or ALLIES_KILLS
        if at then heat(round.kill_cells, "K ", KILL_CELL, at.x, at.y, column) end
        if not engagement and at and options.engagements then engagement = openEngagement(track, at.x, at.y, at.z) end
        if engagement then attackerOf(engagement, event.who, event.team).kill = 1 end
    end
    if engagement then
        if kind == "killed" or kind == "teamkill" then engagement.killer = event.who end
        local last = kind == "teamchange" and "sample" or "death"
        closeEngagement(engagement, kind, last, at and at.x, at and at.y, at and at.z)
    end
    if kind == "teamchange" then
        endPlayerTrack(track, kind, event.reading, 0)
    elseif at then
        addSample(track, clock.now, at, kind, 0)
        track.down = kind
    else
        track.time, track.down = clock.now, kind
    end
end

function happen.disconnect(event)
    local slot = slots[event.clientnum]
    if slot.pending and event.reading then confirmSpawn(event.clientnum, true) end
    slot.pending = nil
    if slot.life then endPlayerTrack(slot.life, "disconnect", event.reading) end
end

function happen.revive(event)
    if not options.revives or not event.reading then return end
    local x, y, z = event.reading.x, event.reading.y, event.reading.z
    local nearest, distance, enemy = nil, 0, ""
    for clientnum = 0, max_clients - 1 do
        local life = slots[clientnum].life
        if life and not life.down and life.team_number ~= event.team then
            local ex, ey, ez = readVector(clientnum, "ps.origin", WORLD_LIMIT)
            if ex then
                local away = (ex - x) ^ 2 + (ey - y) ^ 2 + (ez - z) ^ 2
                if not nearest or away < nearest then
                    nearest, distance, enemy = away, sqrt(away), life.guid
                end
            end
        end
    end
    local life = event.medic_client and slots[event.medic_client].life
    local engagement = life and life.engagement
    local under_fire = engagement and clock.now - engagement.last_hit <= ESCAPE_TIME_MS
    local who, revived = event.medic or { guid = "", name = "" }, event.who
    local row = format("%d;%s;%s;%s;%s;%.1f;%.1f;%.1f;%.1f;%s;%d\n", clock.now, who.guid, who.name, revived.guid,
        revived.name, tenth(x), tenth(y), tenth(z), tenth(distance), enemy, under_fire and 1 or 0)
    round.revives[#round.revives + 1] = row
    note("V ", row, "")
end

-- Callbacks only write down what they see; its time is that of the frame in which it happened, and that is known when
-- the frame ends in et_RunFrame.
local function push(kind, event)
    event_count = event_count + 1
    event.kind = kind
    events[event_count] = event
end

local function takeEvents()
    local count = event_count
    event_count, medic = 0, nil
    for i = 1, count do
        local event = events[i]
        events[i] = false
        if round then happen[event.kind](event) end
    end
end

-- The round's file ---------------------------------------------------------------------------------------------------

local function capability(name, on)
    return name .. (on and ":1" or ":0")
end

local function milliseconds(cvar)
    return floor(tonumber(readCvar(cvar)) or 0)
end

function headerText(of)
    local capabilities = concat({
        capability("engagement_tracking", options.engagements), capability("crossfire_detection", options.crossfires),
        capability("escape_detection", options.escapes), capability("heatmap_generation", options.heatmaps),
        capability("revive_tracking", options.revives), capability("sample_detail", options.detail),
    }, ",")
    return concat({
        "# PROXIMITY_TRACKER_V6",
        "# map=" .. map_name,
        format("# round=%d", round_number),
        format("# crossfire_window=%d", CROSSFIRE_WINDOW_MS),
        format("# escape_time=%d", ESCAPE_TIME_MS),
        format("# escape_distance=%d", ESCAPE_DISTANCE),
        format("# position_sample_interval=%d", options.interval),
        format("# round_start_unix=%d", of.start_unix),
        format("# round_end_unix=%d", of.end_unix),
        format("# axis_spawn_interval=%d", milliseconds("g_redlimbotime")),
        format("# allies_spawn_interval=%d", milliseconds("g_bluelimbotime")),
        "# tracker_version_full=6.11", -- the shape of this file, by which older readers know it
        "# test_mode=0",
        "# capabilities=" .. capabilities,
        "# tracker=proximity",
        "# tracker_version=" .. VERSION,
        "# state_source=eflags+stamina",
        of.winner and "# winner=" .. of.winner .. "\n" or "",
    }, "\n")
end

local ENGAGEMENTS = [[
# ENGAGEMENTS
# id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;killer_guid;killer_name;]]
    .. [[num_attackers;is_crossfire;crossfire_delay;crossfire_participants;start_x;start_y;start_z;end_x;end_y;end_z;]]
    .. [[distance_traveled;positions;attackers
]]

local PLAYER_TRACKS = [[

# PLAYER_TRACKS
# guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path
# death_type: killed|selfkill|fallen|world|teamkill|round_end|disconnect|unknown|shutdown|teamchange
# path format: time,x,y,z,health,speed,weapon,stance,sprint,event separated by |
]]

local DETAIL = "# after the event: yaw,stamina,pm_flags,eflags,vx,vy,vz\n"

local STATES = [[
# stance: 0=standing, 1=crouching, 2=prone | sprint: 0=no, 1=yes (inferred from stamina, for the time before the sample)
]]

local KILL_HEATMAP = "\n# KILL_HEATMAP\n# grid_x;grid_y;axis_kills;allies_kills\n"
local MOVEMENT_HEATMAP = "\n# MOVEMENT_HEATMAP\n# grid_x;grid_y;traversal;combat;escape\n"
local REVIVES = "\n# REVIVES\n"
    .. "# time;medic_guid;medic_name;revived_guid;revived_name;x;y;z;distance_to_enemy;nearest_enemy_guid;under_fire\n"

local CARRIERS = "\n# CARRIER_EVENTS\n"
    .. "# carrier_guid;carrier_name;carrier_team;flag_team;pickup_time;drop_time;duration_ms;outcome;carry_distance;"
    .. "beeline_distance;efficiency;path_samples;pickup_x;pickup_y;pickup_z;drop_x;drop_y;drop_z;killer_guid;killer_name\n"

local function flush()
    if job.size == 0 then return end
    local text = concat(job.buffer, "", 1, job.size)
    job.buffer, job.size, job.bytes = {}, 0, 0
    job.written = job.written + #text
    if not writeText(job.temporary, job.mode, text) then job.failed = true end
    job.mode = FS_APPEND
end

-- Adds text to the file; pauses for a frame when a slice is full.
local function emit(text)
    job.size = job.size + 1
    job.buffer[job.size] = text
    job.bytes = job.bytes + #text
    if job.bytes >= SLICE_BYTES then
        flush()
        if job.sliced then coroutine.yield() end
    end
end

-- The path of a life: its samples, joined by `|`.
local function serializeTrackPath(track)
    for i, chunk in ipairs(track.chunks) do
        emit(chunk)
        if i < #track.chunks or track.size > 0 then emit("|") end
    end
    if track.size > 0 then emit(concat(track.path, "|", 1, track.size)) end
end

local function emitCells(cells)
    local sorted = {}
    for _, cell in pairs(cells) do sorted[#sorted + 1] = cell end
    table.sort(sorted, function(a, b)
        if a[1] ~= b[1] then return a[1] < b[1] end
        return a[2] < b[2]
    end)
    for _, cell in ipairs(sorted) do
        emit(format(cell.pattern, cell[1], cell[2], cell[3], cell[4], cell[5]) .. "\n")
    end
end

local function emitRound(of)
    emit(of.header or headerText(of))
    emit(ENGAGEMENTS)
    for _, engagement in ipairs(of.engagements) do emit(engagement.row or engagementRow(engagement)) end
    emit(PLAYER_TRACKS)
    if of.detail then emit(DETAIL) end
    emit(STATES)
    local samples = 0
    for _, track in ipairs(of.tracks) do
        samples = samples + track.count
        emit(format("%s;%s;%s;%s;%d;%d;%s;%s;%d;", track.guid, track.name, track.team, track.class, track.spawn,
            track.death_time, track.first_move and format("%d", track.first_move) or "", track.death_type, track.count))
        serializeTrackPath(track)
        emit("\n")
    end
    emit(KILL_HEATMAP)
    emitCells(of.kill_cells)
    emit(MOVEMENT_HEATMAP)
    emitCells(of.movement_cells)
    if of.revives[1] then
        emit(REVIVES)
        for _, row in ipairs(of.revives) do emit(row) end
    end
    if of.carries[1] then
        emit(CARRIERS)
        for _, carry in ipairs(of.carries) do emit(carry.row) end
    end
    if of.whole then emit(format("# END tracks=%d samples=%d\n", #of.tracks, samples)) end
    flush()
end

-- Brings the journal up to the end of the round, so that from here on a crash loses nothing.
local function closeJournal(of)
    for i, engagement in ipairs(of.closed_engagements) do
        note("F ", format("%d ", engagement.id), engagementRow(engagement))
        if i % 16 == 0 then
            writeJournal(of)
            if job.sliced then coroutine.yield() end
        end
    end
    note("", headerText(of), "Z\n")
    writeJournal(of)
    if job.sliced then coroutine.yield() end
end

local function lengthOf(path)
    local fd, length = et.trap_FS_FOpenFile(path, FS_READ)
    if fd and fd > 0 then et.trap_FS_FCloseFile(fd) end
    return length or -1
end

-- A free name for a file that is finished at `unix`.
local function finalPath(unix)
    local map = map_name:gsub("[^%w%-_%.]", "_"):gsub("^%.+", "_")
    for second = 0, 59 do
        local path = format("%s/%s-%s-round-%d_engagements.txt", options.output,
            os.date("%Y-%m-%d-%H%M%S", unix + second), map, round_number)
        if lengthOf(path) < 0 then return path end
    end
    return nil
end

-- Puts the finished file in its place. It replaces the journal first, so that there is never a moment at which a crash
-- would lose both, and readers of the folder never see half a file.
local function putInPlace(done)
    local path = finalPath(done.unix)
    if done.failed or not path or lengthOf(done.temporary) ~= done.written then
        say("the round's file could not be written; its journal stays in " .. journalPath())
        return
    end
    et.trap_FS_Rename(done.temporary, journalPath())
    et.trap_FS_Rename(journalPath(), path)
    say("wrote " .. path)
end

-- Goes on with the file; all of it at once when `sliced` is false.
local function continueJob(sliced)
    job.sliced = sliced
    local ok, message = coroutine.resume(job.routine)
    if coroutine.status(job.routine) == "dead" then
        local done = job
        job = nil
        if not ok then error(message, 0) end
        putInPlace(done)
    end
end

local function finishJob()
    if job then continueJob(false) end
end

local function startJob(unix, work)
    finishJob()
    job = {
        temporary = journalPath():gsub("part$", "tmp"), mode = FS_WRITE, buffer = {}, size = 0, bytes = 0, written = 0,
        unix = unix, sliced = true,
        routine = coroutine.create(work),
    }
end

-- Rounds -------------------------------------------------------------------------------------------------------------

-- When the round went live, Unix seconds. Recording may stop and go on within a round, and pauses move the clock; the
-- first answer holds, so that every part of a round names the same start. A cvar keeps it, and the clock's offset, over
-- `lua_restart`.
local ROUND_START = "proximity_round_start"

local function roundStart()
    local started = clock.started
    if not started or started.offset ~= clock.offset then
        started = { offset = clock.offset, unix = floor(os.time() - clock.now / 1000) }
        clock.started = started
        et.trap_Cvar_Set(ROUND_START, format("%s;%d;%d", map_name, started.offset, started.unix))
    end
    return started.unix
end

-- What a module that was restarted in the middle of a level knew of its round. A new level calls et_InitGame, which
-- forgets it.
local function recallRoundStart()
    local map, offset, unix = readCvar(ROUND_START):match("^([^;]*);(%-?%d+);(%d+)$")
    if map ~= map_name or #offset > 10 or #unix > 10 then return end
    clock.started = { offset = tonumber(offset), unix = tonumber(unix) }
    clock.offset = clock.started.offset
end

local function forgetRoundStart()
    clock.started = nil
    et.trap_Cvar_Set(ROUND_START, "")
end

local function openRound()
    finishJob()
    round = {
        start_unix = roundStart(), end_unix = 0, tracks = {}, engagements = {},
        closed_engagements = {}, kill_cells = {}, movement_cells = {}, changed_cells = {}, revives = {}, carries = {},
        next_sample = clock.now + options.interval, watched = clock.now, whole = true,
        detail = options.detail,
    }
    journal.lines, journal.size, journal.started, journal.next_write = {}, 0, false, clock.level + JOURNAL_MS
    for clientnum = 0, max_clients - 1 do
        slots[clientnum].life, slots[clientnum].pending = nil, nil
    end
end

-- Where a player stood when the round stopped. At intermission every `ps.origin` is at the camera, but
-- `r.currentOrigin` stays; if even that is far from where the player was last seen, the place last seen counts.
local function lastPlace(track)
    local last = track.last
    local x, y, z = readVector(track.clientnum, "r.currentOrigin", WORLD_LIMIT)
    if not last or not x then return last end
    local health = gentity_get(track.clientnum, "health")
    if health > 0 then last.health = health end
    local reach = 500 + (clock.now - track.time) * 2
    if (x - last.x) ^ 2 + (y - last.y) ^ 2 > reach * reach then return last end
    last.x, last.y, last.z = x, y, z
    return last
end

-- The side that won. Maps set one beforehand: only at the intermission it is true.
local WINNERS = { ["0"] = "axis", ["1"] = "allies" }

local function winner()
    return WINNERS[(et.trap_GetConfigstring(CS_WINNER) or ""):match("\\w\\(-?%d+)")]
end

-- Ends all lives and engagements and starts to write the file.
local function closeRound(kind)
    if round.closing then
        round = nil -- an error stopped it the first time
        return
    end
    round.closing = true
    for clientnum = 0, max_clients - 1 do
        local slot = slots[clientnum]
        local pending = slot.pending
        if pending and pending.revived then -- unlike a spawn, a revive is what it seems
            if pending.reading then pending.reading.health = gentity_get(clientnum, "health") end
            confirmSpawn(clientnum, true)
        end
        slot.pending = nil
        if slot.life then endPlayerTrack(slot.life, kind, not slot.life.down and lastPlace(slot.life) or nil) end
    end
    round.end_unix = os.time()
    if kind == "round_end" then round.winner = winner() end
    local closed = round
    round = nil
    if closed.tracks[1] then
        startJob(closed.end_unix, function()
            closeJournal(closed)
            emitRound(closed)
        end)
        continueJob(true)
    end
end

-- Ends engagements that are over, and notes the others down.
local function watchEngagements()
    local notes = 0
    for clientnum = 0, max_clients - 1 do
        local life = slots[clientnum].life
        local engagement = life and life.engagement
        if engagement then
            local quiet = clock.now - engagement.last_hit
            local x, y, z
            if quiet >= ESCAPE_TIME_MS then x, y, z = readVector(clientnum, "ps.origin", WORLD_LIMIT) end
            if x then
                local away = sqrt((x - engagement.hit_x) ^ 2 + (y - engagement.hit_y) ^ 2 + (z - engagement.hit_z) ^ 2)
                if options.escapes and away >= ESCAPE_DISTANCE then
                    closeEngagement(engagement, "escaped", "escape", x, y, z)
                    movementHeat(x, y, ESCAPE)
                elseif quiet >= ENGAGEMENT_TIMEOUT_MS then
                    closeEngagement(engagement, "timeout", "sample", x, y, z)
                end
            end
            local due = not engagement.stop and clock.now - engagement.noted >= ENGAGEMENT_JOURNAL_MS
            if due and notes < ENGAGEMENT_NOTES_PER_FRAME then
                notes = notes + 1
                engagement.noted = clock.now
                note("F ", format("%d ", engagement.id), engagementRow(engagement))
            end
        end
    end
    while round.closed_engagements[1] and notes < ENGAGEMENT_NOTES_PER_FRAME do
        notes = notes + 1
        local engagement = table.remove(round.closed_engagements)
        note("F ", format("%d ", engagement.id), engagementRow(engagement))
    end
end

-- One frame of a live round; says whether there was much to do.
local function playFrame()
    for clientnum = 0, max_clients - 1 do
        local pending = slots[clientnum].pending
        if pending and pending.time < clock.now then confirmSpawn(clientnum) end
    end
    local due = clock.now >= round.next_sample
    local watch = due or clock.now - round.watched >= WATCH_MS
    if watch then round.watched = clock.now end
    for clientnum = 0, max_clients - 1 do
        local life = slots[clientnum].life
        if life and not life.down then
            if watch then watchStamina(clientnum, life) end
            if not life.first_move and life.spawn_x then watchFirstStep(clientnum, life) end
        end
    end
    if due then
        round.next_sample = round.next_sample + options.interval
        if round.next_sample <= clock.now then round.next_sample = clock.now + options.interval end
        sampleAllPlayers()
    end
    watchEngagements()
    local late = clock.level - journal.next_write
    if late >= 0 and (not due or late > 500) then
        journal.next_write = clock.level + JOURNAL_MS
        writeJournal(round)
        return true
    end
    return due
end

-- After a crash ------------------------------------------------------------------------------------------------------

-- The value of a header key.
local function headerValue(header, key)
    return header:match("# " .. key .. "=([^\n]*)")
end

-- A whole number that fits; what a damaged line says may be anything.
local function whole(text)
    return text and #text <= 10 and text:find("^%-?%d+$") and tonumber(text) or nil
end

local function wholeNumbers(text, count)
    local numbers = {}
    for number in (text .. ";"):gmatch("([^;]*);") do
        numbers[#numbers + 1] = whole(number)
    end
    return #numbers == count and numbers or nil
end

-- What each kind of line in a journal adds to a round that is read back.
local reads = {}

function reads.L(of, id, rest)
    local guid, name, team, class, spawn = rest:match("^([^;]*);([^;]*);([^;]*);([^;]*);([^;]*)$")
    if not whole(spawn) then return end
    local track = {
        guid = guid, name = name, team = team, class = class, spawn = whole(spawn), count = 0, chunks = {}, path = {},
        size = 0,
    }
    of.by_id[id] = track
    of.tracks[#of.tracks + 1] = track
end

function reads.S(of, id, sample)
    local track = of.by_id[id]
    if not track then return end
    track.count, track.size = track.count + 1, track.size + 1
    track.path[track.size] = sample
end

function reads.M(of, id, time)
    if of.by_id[id] then of.by_id[id].first_move = whole(time) end
end

function reads.E(of, id, rest)
    local time, kind = rest:match("^([^;]*);(%a[%a_]*)$")
    local track = of.by_id[id]
    if track and whole(time) then track.death_time, track.death_type = whole(time), kind end
end

-- A carried objective is written when it is taken and when that is over.
function reads.C(of, id, row)
    if id > #of.carries + 1 then return end
    of.carries[id] = { row = row .. "\n" }
end

-- An engagement is written again whenever there is more of it; the last one counts.
function reads.F(of, id, row)
    local engagement = of.engagement_by_id[id]
    if not engagement then
        engagement = { id = id }
        of.engagement_by_id[id] = engagement
        of.engagements[#of.engagements + 1] = engagement
    end
    engagement.row = row .. "\n"
end

local function readLine(of, line)
    local tag, id, rest = line:match("^(%u) (%d+) (.*)$")
    if tag and reads[tag] and whole(id) then return reads[tag](of, whole(id), rest) end
    tag, rest = line:match("^(%u) (.*)$")
    if tag == "K" or tag == "H" then
        local cell = wholeNumbers(rest, tag == "K" and 4 or 5)
        if not cell then return end
        cell.pattern = tag == "K" and KILL_CELL or MOVEMENT_CELL
        local cells = tag == "K" and of.kill_cells or of.movement_cells
        cells[cell[1] .. ";" .. cell[2]] = cell
    elseif tag == "V" then
        of.revives[#of.revives + 1] = rest .. "\n"
    elseif tag == "T" then
        of.unix = whole(rest) or of.unix
    elseif line == "Z" then
        of.whole = true
    elseif line:find("^# PROXIMITY_TRACKER_V") then
        of.header = line .. "\n"
    elseif of.header and line:find("^# ") then
        of.header = of.header .. line .. "\n"
    end
end

-- Reads a journal back into a round; nil when nothing was recorded. A last line that is cut is left out.
local function readJournal(text)
    local of = {
        tracks = {}, by_id = {}, engagements = {}, engagement_by_id = {}, kill_cells = {}, movement_cells = {},
        revives = {}, carries = {}, whole = false,
    }
    for line in text:gmatch("([^\n]*)\n") do readLine(of, line) end
    if not of.header or not of.tracks[1] then return nil end
    of.detail = of.header:find("sample_detail:1", 1, true) ~= nil
    table.sort(of.engagements, function(a, b) return a.id < b.id end)
    for _, track in ipairs(of.tracks) do
        if not track.death_type then
            -- The player was alive, or lay wounded, when the journal stops.
            local last = track.path[track.size] or ""
            local time, event = last:match("^([^,]*),.-,.-,.-,.-,.-,.-,.-,.-,([%a_]+)")
            local over = event and event ~= "spawn" and event ~= "sample" and event ~= "revived"
            track.death_time, track.death_type = whole(time) or track.spawn, over and event or "shutdown"
        end
    end
    return of
end

-- A journal that is still there tells of a server that stopped without a word: makes the round's file of it.
local function recover()
    local path = journalPath()
    local fd, length = et.trap_FS_FOpenFile(path, FS_READ)
    if not fd or fd <= 0 then return end
    local text = length > 0 and et.trap_FS_Read(fd, length) or ""
    et.trap_FS_FCloseFile(fd)
    local kept_map, kept_round = map_name, round_number
    map_name = headerValue(text, "map") or map_name
    round_number = whole(headerValue(text, "round")) or round_number
    if text:find("\n# ENGAGEMENTS\n", 1, true) then
        -- The finished file itself, on its way to its name.
        local unix = whole(headerValue(text, "round_end_unix")) or 0
        local final = finalPath(unix > 0 and unix or os.time())
        if final then et.trap_FS_Rename(path, final) end
    else
        local of = readJournal(text)
        if of then
            startJob(of.unix or os.time(), function() emitRound(of) end)
            finishJob()
        end
    end
    map_name, round_number = kept_map, kept_round
end

-- Memory -------------------------------------------------------------------------------------------------------------

-- Left to itself, Lua 5.4's collector pays for what was allocated in one go: a frame in which it sweeps 50000 objects
-- takes longer than everything else here together. So it gets one small step in each frame that has no other work, and
-- only while there is something to gain. LuaJIT's own steps are small; it does not know the option and is left alone.
local COLLECTOR_STEP_MULTIPLIER, COLLECTOR_STEP_SIZE = 4, 13 -- 2500 objects per step
local collector = { ours = false, running = false, goal_kb = 2048 }

local function takeOverCollector()
    collector.ours = pcall(collectgarbage, "incremental", 0, COLLECTOR_STEP_MULTIPLIER, COLLECTOR_STEP_SIZE)
    if collector.ours then collectgarbage("stop") end
end

local function collectSome(busy)
    if not collector.ours then return end
    local used_kb = collectgarbage("count")
    if used_kb > collector.goal_kb then collector.running = true end
    if not collector.running or busy and used_kb < 2 * collector.goal_kb then return end
    if collectgarbage("step", 0) then
        collector.running = false
        collector.goal_kb = math.max(2048, 1.5 * collectgarbage("count"))
    end
end

-- Starting and stopping ----------------------------------------------------------------------------------------------

local function readOption(name, default)
    local value = readCvar("proximity_" .. name)
    if value == "" then return default end
    if type(default) == "boolean" then return value ~= "0" end
    return value
end

local shipped = {}
for name, value in pairs(options) do shipped[name] = value end

local function readOptions()
    for name, value in pairs(shipped) do options[name] = readOption(name, value) end
    local interval = tonumber(options.interval)
    if not interval or interval ~= interval then interval = shipped.interval end
    options.interval = floor(math.max(50, math.min(5000, interval)))
    local folder = options.output:gsub("\\", "/"):gsub("/+$", "")
    if not folder:find("^[%w_%-][%w_%-%./]*$") or folder:find("..", 1, true) then folder = shipped.output end
    options.output = folder
end

local function initialise(level)
    ready = true
    takeOverCollector()
    readOptions()
    max_clients = floor(tonumber(readCvar("sv_maxclients")) or 64)
    for clientnum = 0, max_clients - 1 do slots[clientnum] = slots[clientnum] or { connection = 1 } end
    map_name = clean(readCvar("mapname"), NAME_BYTES):gsub("=", "_")
    round_number = 1
    if readCvar("g_gametype") == format("%d", GAMETYPE_STOPWATCH) then
        round_number = readCvar("g_currentRound") == "1" and 2 or 1
    end
    clock.level, clock.origin, clock.slept = level, level, 0
    if options.enabled and options.journal then recover() end
end

local function gamestate()
    return tonumber(readCvar("gamestate")) or -1
end

-- Opens a round when the game is live. If it went live without a restart, its clock starts here, recorded or not.
local function openRoundIfLive(state)
    if state ~= 0 then return end
    if seen_warmup then
        seen_warmup = false
        clock.offset, clock.now = clock.since_start, 0
    end
    roundStart()
    if options.enabled then openRound() end
end

local function initGame(level)
    initialise(level)
    forgetRoundStart()
    readClock(level)
    openRoundIfLive(gamestate())
    local state = options.enabled and format("a sample every %d ms", options.interval) or "switched off"
    say(VERSION .. ", " .. state)
end

local function runFrame(level)
    if not ready then
        initialise(level)
        recallRoundStart()
    end
    if level >= next_enabled_check then
        next_enabled_check = level + 1000
        options.enabled = readOption("enabled", shipped.enabled)
        if round and not options.enabled then closeRound("shutdown") end
    end
    local state = gamestate()
    readClock(level)
    if not round then openRoundIfLive(state) end
    local busy = false
    takeEvents()
    if round then
        if state ~= 0 then
            closeRound(state == 3 and "round_end" or "shutdown")
            busy = true
        elseif not clock.paused then
            busy = playFrame()
        end
    elseif job then
        continueJob(true)
    end
    if state > 0 and state ~= 3 then seen_warmup = true end
    collectSome(busy)
end

-- The VM is about to go: everything must be on disk. The gamestate may already be the next one's, so what counts is
-- what the last frame saw.
local function stop()
    takeEvents()
    if round then closeRound("shutdown") end
    finishJob()
end

-- Callbacks ----------------------------------------------------------------------------------------------------------

-- Nothing is returned to the engine: a value would refuse a player or cancel a hit. An error is printed once per kind
-- and never reaches the server; after too many the module keeps still, and the journal holds what was recorded.
local told = {}

local function guarded(name, body)
    return function(...)
        if broken then return end
        local ok, message = pcall(body, ...)
        if ok then return end
        faults = faults + 1
        if not told[name] then
            told[name] = true
            say("error in " .. name .. ": " .. tostring(message))
        end
        if faults >= FAULTS_ALLOWED then
            broken = true
            collectgarbage("restart")
            say("too many errors, nothing more is recorded on this map")
        end
    end
end

et_InitGame = guarded("et_InitGame", function(level) initGame(level) end)
et_RunFrame = guarded("et_RunFrame", runFrame)
et_ShutdownGame = guarded("et_ShutdownGame", function() stop() end)
et_Quit = guarded("et_Quit", function() stop() end)

et_ClientUserinfoChanged = guarded("et_ClientUserinfoChanged", function(clientnum)
    if slots[clientnum] then slots[clientnum].who = nil end
end)

et_ClientDisconnect = guarded("et_ClientDisconnect", function(clientnum)
    local slot = slots[clientnum]
    if not slot then return end
    -- Someone in limbo shows another player's state, so only one's own is read.
    push("disconnect", { clientnum = clientnum, reading = isAlive(clientnum) and readPlayer(clientnum, {}) or nil })
    slot.connection = slot.connection + 1
    slot.who = nil
end)

et_ClientSpawn = guarded("et_ClientSpawn", function(clientnum, revived)
    if not slots[clientnum] then return end
    local spawn = describePlayer(clientnum)
    spawn.revived, spawn.reading = revived == 1, readPlayer(clientnum, {})
    push("spawn", spawn)
    if revived == 1 then
        push("revive", {
            who = spawn.who, team = spawn.team, reading = spawn.reading, medic = medic and identityOf(medic),
            medic_client = medic,
        })
        medic = nil
    end
end)

-- The syringe fires before its patient comes to life; et_Revive would name the medic too, but only from 2.84 on.
et_WeaponFire = guarded("et_WeaponFire", function(clientnum, weapon)
    if weapon == WP_SYRINGE and slots[clientnum] then medic = clientnum end
end)

et_Damage = guarded("et_Damage", function(target, attacker, damage, _, mod)
    if not round or target == attacker or damage <= 0 or NO_ENGAGEMENT[mod] then return end
    if not isClient(target) or not isClient(attacker) or not isAlive(target) then return end
    local team = gentity_get(attacker, "sess.sessionTeam")
    if not TEAMS[team] or team == gentity_get(target, "sess.sessionTeam") then return end
    local x, y, z = readVector(target, "ps.origin", WORLD_LIMIT)
    if not x then return end
    push("damage", {
        target = target, who = identityOf(attacker), team = team, damage = floor(damage), x = x, y = y, z = z,
        weapon = WEAPON_OF_MOD[mod] or gentity_get(attacker, "ps.weapon"),
    })
end)

et_Obituary = guarded("et_Obituary", function(victim, killer, mod)
    if not round or not isClient(victim) then return end
    local known = killer ~= WORLD and isClient(killer)
    push("death", {
        victim = victim, killer = killer, mod = mod, reading = readPlayer(victim, {}),
        who = known and identityOf(killer) or nil, team = known and gentity_get(killer, "sess.sessionTeam") or nil,
    })
end)
