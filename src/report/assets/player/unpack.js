// The replay player, without a framework and without a network. Its files are joined in this order:
//   unpack  the lives packed into the page become arrays
//   view    what is looked at: time, zoom, filters; world to canvas
//   life    where a life is at a moment
//   draw    the canvas
//   play    the clock
//   link    the address that leads to a moment
//   panel   players, events, readings
//   input   mouse, touch, keyboard, controls
//   start   the first picture
// Everything shown comes from the JSON block #replay-data; text is set as text, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("replay-data").textContent);

// A reader of varints: seven bits a byte, the lowest first; signed numbers are zigzag.
const byteReader = (base64) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  let at = 0;
  const byte = () => bytes[at++] ?? 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
    }
  };
  const signed = () => {
    const value = varint();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
  return { byte, varint, signed };
};

// One life. Per sample a token (bit 0 state, 1 health, 2 weapon, 3 time step, 4 break before it, 5 floor, 6 hidden before
// it), the change of the step in x and y, then a number for each of the bits 0, 1, 2, 3 and 5 that is set.
const unpack = (life) => {
  const { byte, varint, signed } = byteReader(life.d);
  const n = life.n;
  const samples = {
    t: new Float64Array(n), x: new Float32Array(n), y: new Float32Array(n), state: new Uint8Array(n),
    health: new Int16Array(n), weapon: new Uint8Array(n), cut: new Uint8Array(n), hidden: new Uint8Array(n),
    floor: new Uint8Array(n),
  };
  let t = life.t, x = 0, y = 0, dx = 0, dy = 0, state = 0, health = 0, weapon = 0, floor = 0;
  for (let i = 0; i < n; i++) {
    const token = byte();
    dx += signed();
    dy += signed();
    x += dx;
    y += dy;
    if (token & 1) state = varint();
    if (token & 2) health = signed();
    if (token & 4) weapon = varint();
    if (i > 0) t += token & 8 ? varint() : data.interval;
    if (token & 32) floor = varint();
    samples.t[i] = t;
    samples.x[i] = x;
    samples.y[i] = y;
    samples.state[i] = state;
    samples.health[i] = health;
    samples.weapon[i] = weapon;
    samples.cut[i] = token & 16 ? 1 : 0;
    samples.hidden[i] = token & 64 ? 1 : 0;
    samples.floor[i] = floor;
    // The first sample is a place, not a step.
    if (i === 0) dx = dy = 0;
  }
  return samples;
};

// A life's health at a sample; null where the recording does not tell it.
const UNKNOWN_HEALTH = -32768;
const healthAt = (samples, i) => (samples.health[i] === UNKNOWN_HEALTH ? null : Math.max(0, samples.health[i]));
const healthWord = (health) => (health === null ? "?" : String(health));

const lives = data.lives.map((life) => ({ ...life, samples: unpack(life), path: null }));
const livesOf = data.players.map((_, player) => lives.filter((life) => life.p === player));

// How many lives there are at once, at most: decides whether there is room for names.
const mostAtOnce = () => {
  const changes = lives.flatMap((life) => [[life.t, 1], [life.end, -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let now = 0;
  return changes.reduce((most, [, change]) => Math.max(most, now += change), 0);
};
