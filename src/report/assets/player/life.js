
// ---- life: where a life is at a moment ------------------------------------------------------------------------------

// A sample older than so many intervals no longer tells where the player is, who is drawn as an outline that fades.
const STALE_INTERVALS = 2.5;
const STALE_FADE_MS = 4000;
const STALE_OPACITY = 0.25;
const DEATH_FADE_MS = 8000;
const HEADING_UNITS = 12;

// The last sample at or before t: never one from the future. -1 before the first.
const sampleAt = (samples, t) => {
  let low = -1;
  let high = samples.t.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (samples.t[middle] <= t) low = middle;
    else high = middle - 1;
  }
  return low;
};

// Between two samples only where the player went from one to the other; never across a gap.
const place = (life, t) => {
  const s = life.samples;
  const i = sampleAt(s, t);
  if (i < 0) return null;
  const age = t - s.t[i];
  const next = i + 1;
  if (next < s.t.length && !s.cut[next]) {
    const share = Math.min(1, age / Math.max(1, s.t[next] - s.t[i]));
    return { i, x: s.x[i] + (s.x[next] - s.x[i]) * share, y: s.y[i] + (s.y[next] - s.y[i]) * share, opacity: 1, stale: false };
  }
  const late = age - data.interval * STALE_INTERVALS;
  const opacity = 1 - (1 - STALE_OPACITY) * Math.min(1, Math.max(0, late / STALE_FADE_MS));
  return { i, x: s.x[i], y: s.y[i], opacity, stale: late > 0 };
};

const heading = (s, i) => {
  for (let back = i - 1; back >= Math.max(0, i - 12); back--) {
    if (s.cut[back + 1]) return null;
    const dx = s.x[i] - s.x[back];
    const dy = s.y[i] - s.y[back];
    if (Math.hypot(dx, dy) > HEADING_UNITS) return Math.atan2(-dy, dx);
  }
  return null;
};

const isAlive = (life, t) => t >= life.t && t < life.end;

// The player's life at t, or the last one before it; null before the first.
const lifeAt = (player, t) => livesOf[player].findLast((life) => life.t <= t) ?? null;

// Where the camera looks: the mean of a few moments round t, so that it does not shake.
const cameraPlace = (player, t) => {
  const life = lifeAt(player, t) ?? livesOf[player][0];
  if (!life) return null;
  const moments = [-800, -400, 0, 400, 800].map((by) => place(life, Math.min(life.end, Math.max(life.t, t + by))));
  if (moments.some((moment) => !moment)) return null;
  const mean = (of) => moments.reduce((sum, moment) => sum + of(moment), 0) / moments.length;
  return { x: mean((m) => m.x), y: mean((m) => m.y) };
};

// What a living player holds and does: "MP40 · sprint".
const doing = (life, i) => {
  const words = [data.weapons[life.samples.weapon[i]], data.states[life.samples.state[i]].name];
  return words.filter((word) => word).join(" · ");
};
