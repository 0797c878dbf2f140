
// ---- draw: the canvas -----------------------------------------------------------------------------------------------

const FLASH_MS = 1500;
const TINTS = 12;
const OTHER_FLOOR = 0.25;
const FONT = '"IBM Plex Sans", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const mix = (from, to, share) => {
  const [a, b] = [channels(from), channels(to)];
  return `rgb(${a.map((value, i) => Math.round(value + (b[i] - value) * share)).join(",")})`;
};
// A trail fades by growing thin and dark, not by opacity, which would show its joints.
const tints = data.states.map(({ color }) =>
  Array.from({ length: TINTS + 1 }, (_, i) => mix(data.colors.ink, color, Math.sqrt(i / TINTS))));
const teamColor = (team) => data.colors[team] ?? data.colors.other;
// For how long kills and waves are seen, in the replay's time: long enough at any speed.
const flashMs = () => Math.max(FLASH_MS, 400 * view.speed);
const onFloor = (s, i) => (view.floor < 0 || s.floor[i] === view.floor ? 1 : OTHER_FLOOR);

const ghostPath = (life, t) => {
  const s = life.samples;
  const last = view.ghost === "whole" ? s.t.length - 1 : sampleAt(s, t);
  if (life.path && life.path.last === last) return life.path.line;
  const line = new Path2D();
  for (let i = 0; i <= last; i++) {
    if (i === 0 || s.cut[i] || s.hidden[i]) line.moveTo(s.x[i], -s.y[i]);
    else line.lineTo(s.x[i], -s.y[i]);
  }
  life.path = { line, last };
  return line;
};

const drawGhost = (life, t, map) => {
  const { ratio } = size;
  context.save();
  context.setTransform(
    map.scale * ratio, 0, 0, map.scale * ratio, (map.left - west * map.scale) * ratio, (map.top + north * map.scale) * ratio,
  );
  context.globalAlpha = view.follow === life.p ? 0.3 : 0.12;
  context.strokeStyle = data.colors.text;
  context.lineWidth = 1.3 / map.scale;
  context.stroke(ghostPath(life, t));
  context.restore();
};

// The pieces of a trail, oldest first: ends on the canvas, colour, how fresh it is.
const trailPieces = (life, t, map) => {
  const s = life.samples;
  const last = view.trail === "full" ? s.t.length - 2 : sampleAt(s, t);
  const seconds = typeof view.trail === "number";
  const from = seconds ? Math.max(1, sampleAt(s, t - view.trail) + 1) : 1;
  const pieces = [];
  for (let i = from; i <= last + 1 && i < s.t.length; i++) {
    if (s.cut[i] || s.hidden[i]) continue;
    const here = i === last + 1 && view.trail !== "full" ? place(life, t) : { x: s.x[i], y: s.y[i] };
    const fresh = seconds ? Math.min(1, Math.max(0, 1 - (t - s.t[i]) / view.trail)) : 1;
    pieces.push({
      x0: map.x(s.x[i - 1]), y0: map.y(s.y[i - 1]), x1: map.x(here.x), y1: map.y(here.y),
      state: s.state[i - 1], fresh, alpha: onFloor(s, i - 1),
    });
  }
  return pieces;
};

const drawTrail = (life, t, map) => {
  const gone = t > life.end ? Math.max(0, 1 - (t - life.end) / DEATH_FADE_MS) : 1;
  if (gone <= 0) return;
  const pieces = trailPieces(life, t, map);
  const widest = CROWDED ? 2.4 : 2 + 3.5 * size.unit;
  const width = (fresh) => Math.max(1.4, 2 + (widest - 2) * fresh);
  const stroke = (piece, lineWidth, color, alpha) => {
    context.globalAlpha = alpha;
    context.lineWidth = lineWidth;
    context.strokeStyle = color;
    context.beginPath();
    context.moveTo(piece.x0, piece.y0);
    context.lineTo(piece.x1, piece.y1);
    context.stroke();
  };
  context.lineCap = "butt";
  for (const piece of pieces) stroke(piece, width(piece.fresh) + 2.4, data.colors.ink, 0.7 * gone * piece.alpha);
  // Faded as a whole, pieces must not overlap; at full strength round ends close the joints.
  for (const piece of pieces) {
    const alpha = gone * piece.alpha;
    context.lineCap = alpha === 1 ? "round" : "butt";
    stroke(piece, width(piece.fresh), tints[piece.state][Math.round(piece.fresh * TINTS)], alpha);
  }
};

const drawCross = (x, y, color, alpha) => {
  context.globalAlpha = alpha;
  context.lineCap = "round";
  for (const [width, stroke] of [[6, data.colors.ink], [2.8, color]]) {
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.beginPath();
    context.moveTo(x - 5, y - 5);
    context.lineTo(x + 5, y + 5);
    context.moveTo(x - 5, y + 5);
    context.lineTo(x + 5, y - 5);
    context.stroke();
  }
};

const drawText = (words, x, y, font, alpha) => {
  context.globalAlpha = alpha;
  context.font = font;
  context.textAlign = "center";
  context.lineJoin = "round";
  context.lineWidth = 3.4;
  context.strokeStyle = data.colors.ink;
  context.strokeText(words, x, y);
  context.fillStyle = data.colors.text;
  context.fillText(words, x, y);
};

// A name above, below or beside its player, where it meets no other one. One that finds no room is left out for the
// moment: two on top of each other are none.
const drawName = (words, x, y, upwards, alpha, taken) => {
  const { unit } = size;
  const font = `500 ${Math.max(11, 13 * unit)}px ${FONT}`;
  context.font = font;
  const width = context.measureText(words).width;
  const height = Math.max(12, 15 * unit);
  const box = (left, top) => ({ left, right: left + width, top, bottom: top + height });
  const free = (a) => !taken.some((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom);
  const gap = 20 * unit;
  const above = box(x - width / 2, y - gap - height);
  const below = box(x - width / 2, y + gap);
  const beside = [box(x + gap, y - height / 2), box(x - gap - width, y - height / 2)];
  const chosen = (upwards ? [below, above, ...beside] : [above, below, ...beside]).find(free);
  if (!chosen) return;
  taken.push(chosen);
  drawText(words, (chosen.left + chosen.right) / 2, chosen.top + 0.8 * height, font, alpha);
};

const drawBody = (team, x, y, here, color) => {
  const radius = (CROWDED ? 4.5 : 8.5) * size.unit;
  context.beginPath();
  if (team === "axis") context.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.lineWidth = CROWDED ? 2 : 3;
  context.strokeStyle = data.colors.ink;
  context.stroke();
  if (here.stale) {
    context.lineWidth = 2;
    context.strokeStyle = color;
    context.stroke();
  } else {
    context.fillStyle = color;
    context.fill();
  }
};

const drawPlayer = (life, here, map, taken) => {
  const player = data.players[life.p];
  const x = map.x(here.x);
  const y = map.y(here.y);
  const alpha = here.opacity * onFloor(life.samples, here.i);
  context.globalAlpha = alpha;
  drawBody(player.team, x, y, here, teamColor(player.team));
  if (CROWDED) return;
  let direction = null;
  if (!here.stale) {
    const health = healthAt(life.samples, here.i);
    if (health !== null) {
      context.lineCap = "butt";
      context.lineWidth = 3 * size.unit;
      context.strokeStyle = data.colors.text;
      context.beginPath();
      context.arc(x, y, 14 * size.unit, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.min(1, health / 100));
      context.stroke();
    }
    direction = heading(life.samples, here.i);
    if (direction !== null) drawHeading(x, y, direction);
  }
  const words = data.together && data.players.length === 1 ? `life ${life.k}` : player.name;
  drawName(words, x, y, direction !== null && Math.sin(direction) < -0.5, alpha, taken);
};

const drawHeading = (x, y, direction) => {
  const cos = Math.cos(direction) * size.unit;
  const sin = Math.sin(direction) * size.unit;
  context.fillStyle = data.colors.text;
  context.strokeStyle = data.colors.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x + cos * 25, y + sin * 25);
  context.lineTo(x + cos * 17.5 - sin * 4.5, y + sin * 17.5 + cos * 4.5);
  context.lineTo(x + cos * 17.5 + sin * 4.5, y + sin * 17.5 - cos * 4.5);
  context.closePath();
  context.stroke();
  context.fill();
};

// A ring opens where a wave of players spawned.
const drawWaves = (t, map) => {
  for (const wave of data.waves) {
    const age = (t - wave.t) / flashMs();
    if (age < 0 || age >= 1) continue;
    context.globalAlpha = 1 - age;
    context.strokeStyle = teamColor(wave.team);
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(map.x(wave.x), map.y(wave.y), 16 + 26 * age, 0, 2 * Math.PI);
    context.stroke();
  }
};

// A line from the killer to the victim, while it is fresh.
const drawKills = (t, map) => {
  for (const event of data.events) {
    const age = (t - event.t) / flashMs();
    if (age < 0 || age >= 1 || event.by === null || event.v === null || data.together) continue;
    if (!view.shown[event.v] && !view.shown[event.by]) continue;
    const [killer, victim] = [lifeAt(event.by, event.t), lifeAt(event.v, event.t)];
    const from = killer && event.t <= killer.end && place(killer, event.t);
    const to = victim && place(victim, event.t);
    if (!from || !to || from.stale) continue;
    const [x0, y0, x1, y1] = [map.x(from.x), map.y(from.y), map.x(to.x), map.y(to.y)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 40) continue;
    const at = (distance) => [x0 + ((x1 - x0) * distance) / length, y0 + ((y1 - y0) * distance) / length];
    context.globalAlpha = 1 - age;
    context.lineCap = "round";
    for (const [width, color] of [[4.4, data.colors.ink], [2, data.colors.text]]) {
      context.lineWidth = width;
      context.strokeStyle = color;
      context.beginPath();
      context.moveTo(...at(16));
      context.lineTo(...at(length - 14));
      context.stroke();
    }
  }
};

const draw = () => {
  const t = view.time;
  if (view.follow >= 0) {
    const target = cameraPlace(view.follow, t);
    if (target) {
      view.centerX = (target.x - west) / (east - west);
      view.centerY = (north - target.y) / (north - south);
    }
  }
  const map = transform();
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = data.colors.ground;
  context.fillRect(0, 0, size.width, size.height);
  if (picture.complete && picture.naturalWidth > 1) {
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, map.left, map.top, (east - west) * map.scale, (north - south) * map.scale);
  }
  const near = lives.filter((life) => view.shown[life.p] && t >= life.t && t <= life.end + DEATH_FADE_MS);
  if (view.ghost !== "none") near.forEach((life) => drawGhost(life, t, map));
  drawWaves(t, map);
  near.forEach((life) => drawTrail(life, t, map));
  const living = [];
  for (const life of near) {
    const here = place(life, t);
    if (!here) continue;
    if (isAlive(life, t)) living.push([life, here]);
    else if (life.died) {
      const fade = Math.max(0.35, 1 - (t - life.end) / DEATH_FADE_MS) * onFloor(life.samples, here.i);
      drawCross(map.x(here.x), map.y(here.y), teamColor(data.players[life.p].team), fade);
    }
  }
  drawKills(t, map);
  const taken = living.map(([, here]) => {
    const [x, y] = [map.x(here.x), map.y(here.y)];
    const half = 14 * size.unit;
    return { left: x - half, right: x + half, top: y - half, bottom: y + half };
  });
  for (const [life, here] of living) drawPlayer(life, here, map, taken);
  context.globalAlpha = 1;
};

const layout = () => {
  const box = canvas.parentElement.getBoundingClientRect();
  const ratio = Math.min(devicePixelRatio || 1, 2);
  canvas.width = Math.max(1, Math.round(box.width * ratio));
  canvas.height = Math.max(1, Math.round(box.height * ratio));
  const [width, height] = [Math.max(1, box.width), Math.max(1, box.height)];
  // Marks keep a size that can be seen and tapped, but leave room on a small map.
  size = { width, height, ratio, unit: Math.min(1.15, Math.max(0.7, Math.min(width, height) / 640)) };
  draw();
};
