-- Plays ten seconds with two players around `module` and returns the file. Runs in Lua 5.1, LuaJIT and Lua 5.4.

local files, handles, level = {}, {}, 20000
local cvars = {
    sv_maxclients = "4", mapname = "te_mini", g_gametype = "2", gamestate = "0", net_port = "27961",
    g_redlimbotime = "20000", g_bluelimbotime = "20000",
}
local players = {}
for slot = 0, 3 do
    local there = slot < 2
    players[slot] = {
        ["pers.connected"] = there and 2 or 0, ["sess.sessionTeam"] = there and slot + 1 or 0, ["sess.playerType"] = slot,
        ["pers.netname"] = "^" .. slot .. "P|" .. slot, health = there and 100 or 0, ["ps.pm_flags"] = 0,
        ["ps.pm_type"] = 0, ["ps.eFlags"] = 0, ["ps.weapon"] = 3, stamina = 20000, x = 100.25 * slot, y = -700.125, vx = 0,
    }
end

et = {
    FS_READ = 0, FS_WRITE = 1, FS_APPEND = 2,
    G_Print = function(text) if text:find("error") then error(text, 0) end end,
    trap_Cvar_Get = function(name) return cvars[name] or "" end,
    trap_Cvar_Set = function(name, value) cvars[name] = value end,
    trap_GetConfigstring = function(index) return index == 11 and "20000" or "0" end,
    trap_GetUserinfo = function(slot) return "\\cl_guid\\" .. string.rep(slot == 0 and "A1" or "b2", 16) end,
    Info_ValueForKey = function(info, key) return info:match("\\" .. key .. "\\([^\\]*)") or "" end,
    gentity_get = function(slot, field, index)
        local p = players[slot]
        if field == "ps.origin" or field == "r.currentOrigin" then return { p.x, p.y, 24.125 } end
        if field == "ps.velocity" then return { p.vx, 0.4, 0 } end
        if field == "ps.viewangles" then return { 0, -12.7, 0 } end
        if field == "ps.stats" then return index == 8 and p.stamina or 0 end
        if field == "ps.powerups" then return 0 end
        if p[field] == nil then error("tried to get invalid gentity field " .. field) end
        return p[field]
    end,
    trap_FS_FOpenFile = function(name, mode)
        if mode == 0 and not files[name] then return 0, -1 end
        if mode == 1 then files[name] = "" end
        handles[#handles + 1] = name
        return #handles, mode == 0 and #files[name] or 0
    end,
    trap_FS_Write = function(text, count, fd) files[handles[fd]] = (files[handles[fd]] or "") .. text:sub(1, count) end,
    trap_FS_Read = function(fd, count) return files[handles[fd]]:sub(1, count) end,
    trap_FS_FCloseFile = function() end,
    trap_FS_Rename = function(from, to) files[from], files[to] = nil, files[from] end,
}
os.time = function() return 1790000000 end

assert((loadstring or load)(module, "=module"))()
et_InitGame(level, 1, 1)

local function frame()
    level = level + 50
    for slot = 0, 1 do
        local p = players[slot]
        if p.health > 0 then
            p.vx = slot == 0 and 352 or 80.3
            p.x = p.x + p.vx / 20
            p.stamina = slot == 0 and p.stamina - 250 or p.stamina
            p["ps.eFlags"] = slot == 1 and level > 24000 and 524288 or 0
        end
    end
    et_RunFrame(level)
end

for _ = 1, 6 do frame() end
et_ClientSpawn(0, 0, 1, 1)
et_ClientSpawn(1, 0, 1, 1)
for _ = 1, 70 do frame() end
et_Damage(1, 0, 30, 0, 8)
for _ = 1, 60 do frame() end
et_Damage(1, 0, 90, 0, 8)
players[1].health = -20
players[1]["ps.pm_type"] = 3
et_Obituary(1, 0, 8)
for _ = 1, 60 do frame() end
cvars.gamestate = "3"
for _ = 1, 20 do frame() end
et_ShutdownGame(1)
et_Quit()

for name, text in pairs(files) do
    if name:find("_engagements.txt", 1, true) then return text end
end
error("no file was written")
