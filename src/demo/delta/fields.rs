//! The field tables: what travels in an entity's and a player's state, in network order. The engine fixes them; mods
//! cannot change them.

/// Name and width in bits of each entity field; 0 is a float.
pub(in crate::demo) const ENTITY_FIELDS: [(&str, i8); 71] = [
    ("eType", 8),
    ("eFlags", 24),
    ("pos.trType", 8),
    ("pos.trTime", 32),
    ("pos.trDuration", 32),
    ("pos.trBase[0]", 0),
    ("pos.trBase[1]", 0),
    ("pos.trBase[2]", 0),
    ("pos.trDelta[0]", 0),
    ("pos.trDelta[1]", 0),
    ("pos.trDelta[2]", 0),
    ("apos.trType", 8),
    ("apos.trTime", 32),
    ("apos.trDuration", 32),
    ("apos.trBase[0]", 0),
    ("apos.trBase[1]", 0),
    ("apos.trBase[2]", 0),
    ("apos.trDelta[0]", 0),
    ("apos.trDelta[1]", 0),
    ("apos.trDelta[2]", 0),
    ("time", 32),
    ("time2", 32),
    ("origin[0]", 0),
    ("origin[1]", 0),
    ("origin[2]", 0),
    ("origin2[0]", 0),
    ("origin2[1]", 0),
    ("origin2[2]", 0),
    ("angles[0]", 0),
    ("angles[1]", 0),
    ("angles[2]", 0),
    ("angles2[0]", 0),
    ("angles2[1]", 0),
    ("angles2[2]", 0),
    ("otherEntityNum", 10),
    ("otherEntityNum2", 10),
    ("groundEntityNum", 10),
    ("loopSound", 8),
    ("constantLight", 32),
    ("dl_intensity", 32),
    ("modelindex", 9),
    ("modelindex2", 9),
    ("frame", 16),
    ("clientNum", 8),
    ("solid", 24),
    ("event", 10),
    ("eventParm", 8),
    ("eventSequence", 8),
    ("events[0]", 8),
    ("events[1]", 8),
    ("events[2]", 8),
    ("events[3]", 8),
    ("eventParms[0]", 8),
    ("eventParms[1]", 8),
    ("eventParms[2]", 8),
    ("eventParms[3]", 8),
    ("powerups", 16),
    ("weapon", 8),
    ("legsAnim", 10),
    ("torsoAnim", 10),
    ("density", 10),
    ("dmgFlags", 32),
    ("onFireStart", 32),
    ("onFireEnd", 32),
    ("nextWeapon", 8),
    ("teamNum", 8),
    ("effect1Time", 32),
    ("effect2Time", 32),
    ("effect3Time", 32),
    ("animMovetype", 4),
    ("aiState", 2),
];

/// Name and width in bits of each player field; 0 is a float, a negative width is signed.
pub(in crate::demo) const PLAYER_FIELDS: [(&str, i8); 77] = [
    ("commandTime", 32),
    ("pm_type", 8),
    ("bobCycle", 8),
    ("pm_flags", 16),
    ("pm_time", -16),
    ("origin[0]", 0),
    ("origin[1]", 0),
    ("origin[2]", 0),
    ("velocity[0]", 0),
    ("velocity[1]", 0),
    ("velocity[2]", 0),
    ("weaponTime", -16),
    ("weaponDelay", -16),
    ("grenadeTimeLeft", -16),
    ("gravity", 16),
    ("leanf", 0),
    ("speed", 16),
    ("delta_angles[0]", 16),
    ("delta_angles[1]", 16),
    ("delta_angles[2]", 16),
    ("groundEntityNum", 10),
    ("legsTimer", 16),
    ("torsoTimer", 16),
    ("legsAnim", 10),
    ("torsoAnim", 10),
    ("movementDir", 8),
    ("eFlags", 24),
    ("eventSequence", 8),
    ("events[0]", 8),
    ("events[1]", 8),
    ("events[2]", 8),
    ("events[3]", 8),
    ("eventParms[0]", 8),
    ("eventParms[1]", 8),
    ("eventParms[2]", 8),
    ("eventParms[3]", 8),
    ("clientNum", 8),
    ("weapons[0]", 32),
    ("weapons[1]", 32),
    ("weapon", 7),
    ("weaponstate", 4),
    ("weapAnim", 10),
    ("viewangles[0]", 0),
    ("viewangles[1]", 0),
    ("viewangles[2]", 0),
    ("viewheight", -8),
    ("damageEvent", 8),
    ("damageYaw", 8),
    ("damagePitch", 8),
    ("damageCount", 8),
    ("mins[0]", 0),
    ("mins[1]", 0),
    ("mins[2]", 0),
    ("maxs[0]", 0),
    ("maxs[1]", 0),
    ("maxs[2]", 0),
    ("crouchMaxZ", 0),
    ("crouchViewHeight", 0),
    ("standViewHeight", 0),
    ("deadViewHeight", 0),
    ("runSpeedScale", 0),
    ("sprintSpeedScale", 0),
    ("crouchSpeedScale", 0),
    ("friction", 0),
    ("viewlocked", 8),
    ("viewlocked_entNum", 16),
    ("nextWeapon", 8),
    ("teamNum", 8),
    ("onFireStart", 32),
    ("curWeapHeat", 8),
    ("aimSpreadScale", 8),
    ("serverCursorHint", 8),
    ("serverCursorHintVal", 8),
    ("classWeaponTime", 32),
    ("identifyClient", 8),
    ("identifyClientHealth", 8),
    ("aiState", 2),
];

/// What TV demos add to each entity.
pub(in crate::demo) const SHARED_FIELDS: [(&str, i8); 14] = [
    ("currentOrigin[0]", 0),
    ("currentOrigin[1]", 0),
    ("currentOrigin[2]", 0),
    ("currentAngles[0]", 0),
    ("currentAngles[1]", 0),
    ("currentAngles[2]", 0),
    ("svFlags", 32),
    ("mins[0]", 0),
    ("mins[1]", 0),
    ("mins[2]", 0),
    ("maxs[0]", 0),
    ("maxs[1]", 0),
    ("maxs[2]", 0),
    ("singleClient", 8),
];

/// What server demos add to each entity.
pub(super) const SERVER_FIELDS: [(&str, i8); 29] = [
    ("linked", 1),
    ("linkcount", 8),
    ("bmodel", 1),
    ("svFlags", 12),
    ("singleClient", 6),
    ("contents", 32),
    ("ownerNum", 10),
    ("mins[0]", 0),
    ("mins[1]", 0),
    ("mins[2]", 0),
    ("maxs[0]", 0),
    ("maxs[1]", 0),
    ("maxs[2]", 0),
    ("absmin[0]", 0),
    ("absmin[1]", 0),
    ("absmin[2]", 0),
    ("absmax[0]", 0),
    ("absmax[1]", 0),
    ("absmax[2]", 0),
    ("currentOrigin[0]", 0),
    ("currentOrigin[1]", 0),
    ("currentOrigin[2]", 0),
    ("currentAngles[0]", 0),
    ("currentAngles[1]", 0),
    ("currentAngles[2]", 0),
    ("ownerNum", 32),
    ("eventTime", 32),
    ("worldflags", 32),
    ("snapshotCallback", 1),
];

/// Places in [`ENTITY_FIELDS`].
pub(in crate::demo) mod entity {
    pub(in crate::demo) const TYPE: usize = 0;
    pub(in crate::demo) const FLAGS: usize = 1;
    pub(in crate::demo) const ORIGIN: usize = 5;
    pub(in crate::demo) const VELOCITY: usize = 8;
    pub(in crate::demo) const ANGLES: usize = 14;
    pub(in crate::demo) const OTHER: usize = 34;
    pub(in crate::demo) const OTHER_2: usize = 35;
    pub(in crate::demo) const GROUND: usize = 36;
    pub(in crate::demo) const LOOP_SOUND: usize = 37;
    pub(in crate::demo) const CLIENT: usize = 43;
    pub(in crate::demo) const EVENT_PARAMETER: usize = 46;
    pub(in crate::demo) const POWERUPS: usize = 56;
    pub(in crate::demo) const WEAPON: usize = 57;
    pub(in crate::demo) const MOVE_TYPE: usize = 69;
}

/// Places in [`PLAYER_FIELDS`].
pub(in crate::demo) mod player {
    pub(in crate::demo) const TYPE: usize = 1;
    pub(in crate::demo) const MOVE_FLAGS: usize = 3;
    pub(in crate::demo) const ORIGIN: usize = 5;
    pub(in crate::demo) const VELOCITY: usize = 8;
    pub(in crate::demo) const GROUND: usize = 20;
    pub(in crate::demo) const FLAGS: usize = 26;
    pub(in crate::demo) const CLIENT: usize = 36;
    pub(in crate::demo) const WEAPON: usize = 39;
    pub(in crate::demo) const VIEW: usize = 42;
    pub(in crate::demo) const DAMAGE_EVENT: usize = 46;
}
