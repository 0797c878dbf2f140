-- A tracker with the beliefs of January 2026: what a module looks like that takes the session notes at their word.
-- It exists so that each trap's test can be shown to catch it. It ships nowhere.

local PMF_DUCKED, PMF_PRONE, PMF_SPRINT = 1, 512, 16384
local INTERVAL = 500

local tracker = { tracks = {}, completed = {}, engagements = {}, done = {}, kills = {}, moves = {} }
local offset, last_sample, written, level = 0, 0, false, 0

local function now() return et.trap_Milliseconds() - offset end

local function guidOf(c)
    if c >= 64 then return "SLOT" .. c end
    return et.Info_ValueForKey(et.trap_GetUserinfo(c), "cl_guid") or ("SLOT" .. c)
end

local function nameOf(c)
    if c >= 64 then return "SLOT" .. c end
    return (et.gentity_get(c, "pers.netname"):gsub("[;|,]", "_"):gsub("[\r\n]", ""))
end

local function teamOf(c)
    if c >= 64 then return "SPEC" end
    return ({ "AXIS", "ALLIES" })[et.gentity_get(c, "sess.sessionTeam")] or "SPEC"
end

local function cell(cells, x, y, column)
    if x ~= x or y ~= y then return end
    local gx, gy = math.floor(x / 512), math.floor(y / 512)
    local key = gx .. ";" .. gy
    cells[key] = cells[key] or { 0, 0, 0 }
    cells[key][column] = cells[key][column] + 1
end

local function sample(c, track, event)
    local p, v = et.gentity_get(c, "ps.origin"), et.gentity_get(c, "ps.velocity")
    local flags = et.gentity_get(c, "ps.pm_flags")
    local stance = (flags & PMF_PRONE) ~= 0 and 2 or (flags & PMF_DUCKED) ~= 0 and 1 or 0
    local sprint = (flags & PMF_SPRINT) ~= 0 and 1 or 0
    local speed = math.sqrt(v[1] * v[1] + v[2] * v[2])
    if event == "sample" then
        if speed > 10 and not track.first then track.first = now() end
        cell(tracker.moves, p[1], p[2], 1)
    end
    table.insert(track.path, string.format("%d,%.1f,%.1f,%.1f,%d,%.1f,%d,%d,%d,%s", now(), p[1], p[2], p[3],
        et.gentity_get(c, "health"), speed, et.gentity_get(c, "ps.weapon"), stance, sprint, event))
end

local function endTrack(c, kind)
    local track = tracker.tracks[c]
    if not track then return end
    local p = et.gentity_get(c, "ps.origin")
    table.insert(track.path, string.format("%d,%.1f,%.1f,%.1f,0,0.0,%d,0,0,%s", now(), p[1], p[2], p[3],
        et.gentity_get(c, "ps.weapon"), kind))
    track.stop, track.kind = now(), kind
    table.insert(tracker.completed, track)
    tracker.tracks[c] = nil
end

local function point(e, c, event)
    local p = et.gentity_get(c, "ps.origin")
    e.x, e.y, e.z = p[1], p[2], p[3]
    table.insert(e.points, string.format("%d,%.1f,%.1f,%.1f,%s", now(), p[1], p[2], p[3], event))
end

local function engage(target, attacker, damage)
    local e = tracker.engagements[target]
    if not e then
        e = { target = target, guid = guidOf(target), name = nameOf(target), team = teamOf(target), start = now(),
            points = {}, by = {}, list = {}, damage = 0 }
        tracker.engagements[target] = e
        point(e, target, "start")
        e.sx, e.sy, e.sz = e.x, e.y, e.z
    end
    local guid = guidOf(attacker)
    local a = e.by[guid]
    if not a then
        a = { guid = guid, name = nameOf(attacker), team = teamOf(attacker), damage = 0, hits = 0, first = now(),
            kill = 0, weapon = attacker < 64 and et.gentity_get(attacker, "ps.weapon") or 0 }
        e.by[guid] = a
        table.insert(e.list, a)
    end
    a.damage, a.hits, a.last = a.damage + damage, a.hits + 1, now()
    e.damage, e.last = e.damage + damage, now()
    cell(tracker.moves, e.x, e.y, 2)
    return e, a
end

local function disengage(target, outcome, killer)
    local e = tracker.engagements[target]
    if not e then return end
    e.stop, e.outcome, e.killer = now(), outcome, killer
    table.insert(tracker.done, e)
    tracker.engagements[target] = nil
end

local function write()
    local round = tonumber(et.trap_Cvar_Get("g_currentRound")) or 0
    local out = { "# PROXIMITY_TRACKER_V4", "# map=" .. et.trap_Cvar_Get("mapname"), "# round=" .. round,
        "# crossfire_window=1000", "# escape_time=5000", "# escape_distance=300",
        "# position_sample_interval=" .. INTERVAL, "# ENGAGEMENTS",
        "# id;start_time;end_time;duration;target_guid;target_name;target_team;outcome;total_damage;killer_guid;"
        .. "killer_name;num_attackers;is_crossfire;crossfire_delay;crossfire_participants;start_x;start_y;start_z;"
        .. "end_x;end_y;end_z;distance_traveled;positions;attackers" }
    for id, e in ipairs(tracker.done) do
        local attackers = {}
        for i, a in ipairs(e.list) do
            attackers[i] = string.format("%s,%s,%s,%d,%d,%d,%d,%d,%d:%d;", a.guid, a.name, a.team, a.damage, a.hits,
                a.first, a.last, a.kill, a.weapon, a.hits)
        end
        table.insert(out, string.format("%d;%d;%d;%d;%s;%s;%s;%s;%d;%s;%s;%d;0;;;%.1f;%.1f;%.1f;%.1f;%.1f;%.1f;0.0;%s;%s",
            id, e.start, e.stop, e.stop - e.start, e.guid, e.name, e.team, e.outcome, e.damage,
            e.killer and guidOf(e.killer) or "", e.killer and nameOf(e.killer) or "", #e.list, e.sx, e.sy, e.sz, e.x,
            e.y, e.z, table.concat(e.points, "|"), table.concat(attackers, "|")))
    end
    table.insert(out, "\n# PLAYER_TRACKS\n# guid;name;team;class;spawn_time;death_time;first_move_time;death_type;samples;path")
    for _, t in ipairs(tracker.completed) do
        table.insert(out, string.format("%s;%s;%s;%s;%d;%d;%s;%s;%d;%s", t.guid, t.name, t.team, t.class, t.start,
            t.stop, t.first or "", t.kind, #t.path, table.concat(t.path, "|")))
    end
    table.insert(out, "\n# KILL_HEATMAP\n# grid_x;grid_y;axis_kills;allies_kills")
    for key, c in pairs(tracker.kills) do table.insert(out, key .. ";" .. c[1] .. ";" .. c[2]) end
    table.insert(out, "\n# MOVEMENT_HEATMAP\n# grid_x;grid_y;traversal;combat;escape")
    for key, c in pairs(tracker.moves) do table.insert(out, key .. ";" .. table.concat(c, ";")) end
    local text = table.concat(out, "\n") .. "\n"
    local name = string.format("proximity/%s-%s-round-%d_engagements.txt", os.date("%Y-%m-%d-%H%M%S", os.time()),
        et.trap_Cvar_Get("mapname"), round)
    local fd = et.trap_FS_FOpenFile(name, 1)
    et.trap_FS_Write(text, #text, fd)
    et.trap_FS_FCloseFile(fd)
end

function et_InitGame(levelTime)
    level = levelTime
    offset = levelTime -- two clocks: the process's and the level's
end

function et_ClientSpawn(c, revived)
    if revived ~= 0 then return end
    local class = ({ [0] = "SOLDIER", "MEDIC", "ENGINEER", "FIELDOPS", "COVERTOPS" })[et.gentity_get(c, "sess.playerType")]
    if tracker.tracks[c] then endTrack(c, "unknown") end
    local track = { guid = guidOf(c), name = nameOf(c), team = teamOf(c), class = class, start = now(), path = {} }
    tracker.tracks[c] = track
    sample(c, track, "spawn")
end

function et_Damage(target, attacker, damage)
    if target >= 64 or target == attacker then return end
    local e = engage(target, attacker, damage)
    point(e, target, "hit")
end

function et_Obituary(victim, killer, mod)
    local kind = "killed"
    if mod == 37 then kind = "selfkill"
    elseif mod == 38 then kind = "fallen"
    elseif killer == victim then kind = "selfkill"
    elseif killer == 1022 then kind = "world"
    elseif teamOf(killer) == teamOf(victim) then kind = "teamkill" end
    endTrack(victim, kind)
    local e, a
    if tracker.engagements[victim] then e = tracker.engagements[victim] else e, a = engage(victim, killer, 100) end
    a = e.by[guidOf(killer)]
    if a then a.kill = 1 end
    point(e, victim, "death")
    cell(tracker.kills, e.x, e.y, teamOf(killer) == "AXIS" and 1 or 2)
    disengage(victim, "killed", killer)
end

function et_ClientDisconnect(c)
    endTrack(c, "disconnect")
end

function et_RunFrame(levelTime)
    if written then return end
    if et.trap_Cvar_Get("gamestate") == "3" then
        for c = 0, 19 do
            endTrack(c, "round_end")
            disengage(c, "round_end")
        end
        write()
        written = true
        return
    end
    if levelTime - last_sample < INTERVAL then return end
    last_sample = levelTime
    for c = 0, 19 do
        local track = tracker.tracks[c]
        if track then sample(c, track, "sample") end
    end
end
