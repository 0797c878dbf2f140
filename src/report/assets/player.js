// The replay player: draws the lives packed into this page on a canvas, and lets people play, seek, filter and follow.
// No framework, no network. Everything it shows comes from the JSON block #replay-data; text is set as text, never as markup.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("replay-data").textContent);
  const canvas = byId("stage");
  const context = canvas.getContext("2d");
  const picture = byId("map-picture");
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const STATE_COLORS = data.states.map((state) => state.color);
  const TEAM_COLORS = { allies: "#4C9AFF", axis: "#F0604A", other: "#9AA4B2" };
  const INK = "#0B0E14";
  const TEXT = "#E8ECF2";
  // A sample older than this many intervals is no longer where the player is: he is drawn as an outline.
  const STALE_INTERVALS = 2.5;
  const DEATH_FADE_MS = 8000;

  // ---- unpacking -------------------------------------------------------------------------------------------------

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  // One life: per sample a token (bit 0 state, 1 health, 2 weapon, 3 time step, 4 break before it, 5 floor), then the
  // zigzag change of the step in x and y (whole units), then a varint for each bit that is set, in the order of bits.
  const unpack = (life) => {
    const bytes = bytesOf(life.d);
    let at = 0;
    const varint = () => {
      let value = 0;
      let scale = 1;
      for (;;) {
        const byte = bytes[at++];
        if (byte === undefined) return 0;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
        scale *= 128;
      }
    };
    const signed = () => {
      const value = varint();
      return value % 2 ? -(value + 1) / 2 : value / 2;
    };
    const n = life.n;
    const samples = {
      t: new Float64Array(n), x: new Float32Array(n), y: new Float32Array(n), state: new Uint8Array(n),
      health: new Int16Array(n), weapon: new Uint8Array(n), cut: new Uint8Array(n), floor: new Uint8Array(n),
    };
    let t = life.t, x = 0, y = 0, dx = 0, dy = 0, state = 0, health = 0, weapon = 0, floor = 0;
    for (let i = 0; i < n; i++) {
      const token = bytes[at++];
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
      samples.floor[i] = floor;
      if (i === 0) dx = dy = 0;
    }
    return samples;
  };

  const lives = data.lives.map((life, index) => ({ ...life, index, samples: unpack(life) }));
  const livesOf = data.players.map((_, player) => lives.filter((life) => life.p === player));

  // The last sample at or before t: never one from the future.
  const sampleAt = (samples, t) => {
    let low = 0;
    let high = samples.t.length - 1;
    if (high < 0 || samples.t[0] > t) return -1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (samples.t[middle] <= t) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  // ---- what is shown ---------------------------------------------------------------------------------------------

  const view = {
    time: 0, playing: false, speed: 4, trail: 6000, follow: -1, floor: -1,
    shown: data.players.map(() => true), zoom: 1, centerX: 0.5, centerY: 0.5,
  };

  const [west, north, east, south] = data.extent;
  let size = { width: 0, height: 0, ratio: 1, fit: 1, left: 0, top: 0 };

  const layout = () => {
    const box = canvas.getBoundingClientRect();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    canvas.width = Math.max(1, Math.round(box.width * ratio));
    canvas.height = Math.max(1, Math.round(box.height * ratio));
    size = { width: box.width, height: box.height, ratio };
    draw();
  };

  // World to canvas, in CSS pixels.
  const transform = () => {
    const scale = Math.min(size.width / (east - west), size.height / (north - south)) * view.zoom;
    const x0 = size.width / 2 - ((east - west) * view.centerX) * scale;
    const y0 = size.height / 2 - ((north - south) * view.centerY) * scale;
    return { scale, x: (x) => x0 + (x - west) * scale, y: (y) => y0 + (north - y) * scale, x0, y0 };
  };

  const place = (life, t) => {
    const s = life.samples;
    const i = sampleAt(s, t);
    if (i < 0) return null;
    const next = i + 1;
    const age = t - s.t[i];
    if (next < s.t.length && !s.cut[next]) {
      const share = Math.min(1, age / Math.max(1, s.t[next] - s.t[i]));
      return {
        i, x: s.x[i] + (s.x[next] - s.x[i]) * share, y: s.y[i] + (s.y[next] - s.y[i]) * share,
        heading: heading(s, i), stale: false,
      };
    }
    return { i, x: s.x[i], y: s.y[i], heading: heading(s, i), stale: age > data.interval * STALE_INTERVALS };
  };

  const heading = (s, i) => {
    for (let k = i; k > Math.max(0, i - 10); k--) {
      if (s.cut[k]) return null;
      const dx = s.x[k] - s.x[k - 1];
      const dy = s.y[k] - s.y[k - 1];
      if (dx * dx + dy * dy > 9) return Math.atan2(-dy, dx);
    }
    return null;
  };

  const line = (points, width, color, alpha) => {
    context.globalAlpha = alpha;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(points[0], points[1]);
    context.lineTo(points[2], points[3]);
    context.stroke();
  };

  const drawTrail = (life, t, map, pass) => {
    const s = life.samples;
    const last = sampleAt(s, t);
    if (last < 1 && pass !== "ghost") return;
    const from = view.trail === Infinity ? -Infinity : t - view.trail;
    for (let i = Math.max(1, pass === "ghost" ? 1 : firstAfter(s, from)); i <= last + 1 && i < s.t.length; i++) {
      if (s.cut[i]) continue;
      let bx = s.x[i], by = s.y[i];
      if (i === last + 1) {
        const here = place(life, t);
        bx = here.x;
        by = here.y;
      }
      const points = [map.x(s.x[i - 1]), map.y(s.y[i - 1]), map.x(bx), map.y(by)];
      const age = view.trail === Infinity ? 0 : (t - s.t[i - 1]) / view.trail;
      const f = Math.max(0, 1 - age) * (t > life.end ? Math.max(0, 1 - (t - life.end) / DEATH_FADE_MS) : 1);
      const faded = view.floor >= 0 && s.floor[i - 1] !== view.floor ? 0.12 : 1;
      if (pass === "ghost") line(points, 1.2, TEXT, 0.1);
      else if (pass === "casing") line(points, 4.4 + 3.5 * f, INK, 0.7 * f * faded);
      else line(points, 2 + 3.5 * f, STATE_COLORS[s.state[i - 1]], f * faded);
    }
  };

  const firstAfter = (s, t) => Math.max(1, sampleAt(s, t) + 1);

  const text = (words, x, y, font, align) => {
    context.font = font;
    context.textAlign = align;
    context.lineWidth = 3.4;
    context.strokeStyle = "rgba(11,14,20,.85)";
    context.strokeText(words, x, y);
    context.fillStyle = TEXT;
    context.fillText(words, x, y);
  };

  const drawPlayer = (life, t, map) => {
    const player = data.players[life.p];
    const here = place(life, t);
    if (!here) return;
    const x = map.x(here.x);
    const y = map.y(here.y);
    const color = TEAM_COLORS[player.team] || TEAM_COLORS.other;
    if (t >= life.end) {
      if (!life.died) return;
      const fade = Math.max(0.35, 1 - (t - life.end) / DEATH_FADE_MS);
      if (t - life.end > DEATH_FADE_MS) return;
      for (const [width, stroke] of [[5, INK], [2.4, color]]) {
        line([x - 5, y - 5, x + 5, y + 5], width, stroke, fade);
        line([x - 5, y + 5, x + 5, y - 5], width, stroke, fade);
      }
      return;
    }
    const other = view.floor >= 0 && life.samples.floor[here.i] !== view.floor;
    context.globalAlpha = other ? 0.3 : 1;
    context.fillStyle = here.stale ? "transparent" : color;
    context.strokeStyle = here.stale ? color : INK;
    context.lineWidth = 2.4;
    context.beginPath();
    if (player.team === "axis") context.rect(x - 8, y - 8, 16, 16);
    else context.arc(x, y, 9, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (!here.stale) {
      const health = Math.max(0, Math.min(1, life.samples.health[here.i] / 100));
      context.lineWidth = 3;
      context.strokeStyle = TEXT;
      context.beginPath();
      context.arc(x, y, 14, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * health);
      context.stroke();
      if (here.heading !== null) {
        const hx = Math.cos(here.heading), hy = Math.sin(here.heading);
        context.fillStyle = TEXT;
        context.beginPath();
        context.moveTo(x + hx * 24, y + hy * 24);
        context.lineTo(x + hx * 17 - hy * 4.5, y + hy * 17 + hx * 4.5);
        context.lineTo(x + hx * 17 + hy * 4.5, y + hy * 17 - hx * 4.5);
        context.fill();
      }
    }
    const below = here.heading !== null && Math.sin(here.heading) < -0.5;
    text(player.name, x, below ? y + 32 : y - 21, "14px system-ui, sans-serif", "center");
  };

  const visible = (life) => view.shown[life.p];

  const draw = () => {
    const t = view.time;
    context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
    // Butt caps: round ones would show as beads where half-transparent pieces of a trail meet.
    context.lineCap = "butt";
    context.lineJoin = "round";
    if (view.follow >= 0) {
      const life = current(view.follow, t);
      const here = life && place(life, t);
      if (here) {
        view.centerX = (here.x - west) / (east - west);
        view.centerY = (north - here.y) / (north - south);
      }
    }
    const map = transform();
    context.globalAlpha = 1;
    context.fillStyle = "#11151C";
    context.fillRect(0, 0, size.width, size.height);
    if (picture.complete && picture.naturalWidth) {
      context.drawImage(picture, map.x0, map.y0, (east - west) * map.scale, (north - south) * map.scale);
    }
    const active = lives.filter((life) => visible(life) && t >= life.t && t <= life.end + DEATH_FADE_MS);
    const ghosts = view.follow >= 0 ? lives.filter((life) => life.p === view.follow && t >= life.t) : active;
    for (const life of ghosts) drawTrail(life, t, map, "ghost");
    drawWaves(t, map);
    for (const life of active) {
      drawTrail(life, t, map, "casing");
      drawTrail(life, t, map, "core");
    }
    for (const life of active) drawPlayer(life, t, map);
    context.globalAlpha = 1;
  };

  // A ring opens at a team's spawn spots when its wave comes.
  const drawWaves = (t, map) => {
    for (const wave of data.waves) {
      const age = t - wave.t;
      if (age < 0 || age > 1500) continue;
      context.globalAlpha = 1 - age / 1500;
      context.strokeStyle = TEAM_COLORS[wave.team] || TEAM_COLORS.other;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(map.x(wave.x), map.y(wave.y), 8 + age / 40, 0, 2 * Math.PI);
      context.stroke();
    }
  };

  const current = (player, t) => {
    let found = null;
    for (const life of livesOf[player]) if (life.t <= t) found = life;
    return found;
  };

  // ---- controls --------------------------------------------------------------------------------------------------

  const clockText = (ms) => {
    const tenths = Math.floor(Math.max(0, ms) / 100);
    const minutes = Math.floor(tenths / 600);
    const seconds = (tenths % 600) / 10;
    return `${minutes}:${seconds < 10 ? "0" : ""}${seconds.toFixed(1)}`;
  };

  const scrubber = byId("scrubber");
  const playButton = byId("play");
  const clock = byId("clock");

  const show = () => {
    draw();
    scrubber.value = String(Math.round(view.time));
    scrubber.setAttribute("aria-valuetext", `${clockText(view.time)} of ${clockText(data.duration)}`);
    clock.textContent = clockText(view.time);
    for (const team of ["allies", "axis"]) {
      const members = data.players.map((p, i) => [p, i]).filter(([p]) => p.team === team);
      const alive = members.filter(([, i]) => {
        const life = current(i, view.time);
        return life && view.time < life.end;
      });
      byId(`count-${team}`).textContent = `${alive.length} of ${members.length}`;
    }
  };

  const seek = (t) => {
    view.time = Math.min(data.duration, Math.max(0, t));
    show();
  };

  let lastFrame = 0;
  const frame = (now) => {
    if (!view.playing) return;
    const step = lastFrame ? Math.min(100, now - lastFrame) * view.speed : 0;
    lastFrame = now;
    seek(view.time + step);
    if (view.time >= data.duration) setPlaying(false);
    else requestAnimationFrame(frame);
  };

  const setPlaying = (playing) => {
    if (playing && view.time >= data.duration) view.time = 0;
    view.playing = playing;
    lastFrame = 0;
    playButton.textContent = playing ? "Pause" : "Play";
    playButton.setAttribute("aria-pressed", String(playing));
    if (playing) requestAnimationFrame(frame);
    else remember();
  };

  // The moment and the player in the address, so that a link can be passed on.
  const remember = () => {
    const parts = [`t=${Math.round(view.time)}`];
    if (view.follow >= 0) parts.push(`p=${view.follow}`);
    history.replaceState(null, "", `#${parts.join("&")}`);
  };

  const recall = () => {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const player = Number.parseInt(wanted.get("p"), 10);
    if (player >= 0 && player < data.players.length) setFollow(player);
    const t = Number.parseInt(wanted.get("t"), 10);
    seek(Number.isFinite(t) ? t : 0);
  };

  const setFollow = (player) => {
    view.follow = player;
    byId("follow").value = String(player);
    if (player >= 0 && view.zoom < 2) view.zoom = 2;
    if (player < 0) Object.assign(view, { zoom: 1, centerX: 0.5, centerY: 0.5 });
    show();
  };

  const option = (select, value, label) => {
    const element = document.createElement("option");
    element.value = value;
    element.textContent = label;
    select.append(element);
  };

  const buildControls = () => {
    scrubber.max = String(data.duration);
    option(byId("follow"), "-1", "nobody");
    data.players.forEach((player, i) => {
      option(byId("follow"), String(i), player.name);
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.addEventListener("change", () => {
        view.shown[i] = box.checked;
        show();
      });
      label.className = `player ${player.team}`;
      label.append(box, ` ${player.name}`);
      byId(`players-${player.team === "axis" ? "axis" : "allies"}`).append(label);
    });
    if (data.floors > 1) {
      option(byId("floor"), "-1", "all");
      for (let i = 0; i < data.floors; i++) option(byId("floor"), String(i), String(i + 1));
    } else byId("floor-field").hidden = true;
    for (const event of data.kills) {
      const mark = document.createElement("span");
      mark.className = `event ${data.players[event.v] ? data.players[event.v].team : ""}`;
      mark.style.left = `${(100 * event.t) / Math.max(1, data.duration)}%`;
      byId("events").append(mark);
      const item = document.createElement("li");
      const jump = document.createElement("button");
      jump.type = "button";
      jump.textContent = `${clockText(event.t)}  ${event.text}`;
      jump.addEventListener("click", () => seek(event.t - 2000));
      item.append(jump);
      byId("event-list").append(item);
    }
    for (const team of ["allies", "axis"]) {
      byId(`team-${team}`).addEventListener("change", (change) => {
        byId(`players-${team}`).querySelectorAll("input").forEach((box) => {
          if (box.checked !== change.target.checked) box.click();
        });
      });
    }
    playButton.addEventListener("click", () => setPlaying(!view.playing));
    scrubber.addEventListener("input", () => seek(Number(scrubber.value)));
    scrubber.addEventListener("change", remember);
    byId("speed").addEventListener("change", (change) => { view.speed = Number(change.target.value); });
    byId("trail").addEventListener("change", (change) => {
      view.trail = change.target.value === "all" ? Infinity : Number(change.target.value);
      show();
    });
    byId("follow").addEventListener("change", (change) => {
      setFollow(Number(change.target.value));
      remember();
    });
    byId("floor").addEventListener("change", (change) => {
      view.floor = Number(change.target.value);
      show();
    });
    byId("zoom-in").addEventListener("click", () => zoomAt(1.5, size.width / 2, size.height / 2));
    byId("zoom-out").addEventListener("click", () => zoomAt(1 / 1.5, size.width / 2, size.height / 2));
    byId("whole").addEventListener("click", () => setFollow(-1));
  };

  const zoomAt = (factor, px, py) => {
    const before = transform();
    const wx = (px - before.x0) / before.scale;
    const wy = (py - before.y0) / before.scale;
    view.zoom = Math.min(16, Math.max(1, view.zoom * factor));
    const scale = transform().scale;
    view.centerX = (wx - (px - size.width / 2) / scale) / (east - west);
    view.centerY = (wy - (py - size.height / 2) / scale) / (north - south);
    if (view.zoom === 1) view.centerX = view.centerY = 0.5;
    draw();
  };

  const pan = (dx, dy) => {
    const { scale } = transform();
    view.follow = -1;
    byId("follow").value = "-1";
    view.centerX -= dx / scale / (east - west);
    view.centerY -= dy / scale / (north - south);
    draw();
  };

  const pointers = new Map();
  const buildPointer = () => {
    canvas.addEventListener("wheel", (wheel) => {
      wheel.preventDefault();
      const box = canvas.getBoundingClientRect();
      zoomAt(wheel.deltaY < 0 ? 1.2 : 1 / 1.2, wheel.clientX - box.left, wheel.clientY - box.top);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (down) => {
      canvas.setPointerCapture(down.pointerId);
      pointers.set(down.pointerId, { x: down.clientX, y: down.clientY });
    });
    canvas.addEventListener("pointermove", (move) => {
      const before = pointers.get(move.pointerId);
      if (!before) return;
      const now = { x: move.clientX, y: move.clientY };
      if (pointers.size === 2) {
        const other = [...pointers.entries()].find(([id]) => id !== move.pointerId)[1];
        const spread = (p) => Math.hypot(p.x - other.x, p.y - other.y);
        const box = canvas.getBoundingClientRect();
        zoomAt(spread(now) / Math.max(1, spread(before)), (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top);
      } else pan(now.x - before.x, now.y - before.y);
      pointers.set(move.pointerId, now);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (up) => pointers.delete(up.pointerId));
    }
  };

  const KEYS = {
    " ": () => setPlaying(!view.playing),
    k: () => setPlaying(!view.playing),
    ArrowLeft: () => seek(view.time - 5000),
    ArrowRight: () => seek(view.time + 5000),
    ",": () => seek(view.time - data.interval),
    ".": () => seek(view.time + data.interval),
    Home: () => seek(0),
    End: () => seek(data.duration),
    "+": () => zoomAt(1.5, size.width / 2, size.height / 2),
    "-": () => zoomAt(1 / 1.5, size.width / 2, size.height / 2),
    "0": () => setFollow(-1),
  };

  addEventListener("keydown", (key) => {
    const own = key.target instanceof HTMLElement && key.target.matches("input, select, button, summary, a");
    if (own || key.ctrlKey || key.metaKey || key.altKey || !KEYS[key.key]) return;
    key.preventDefault();
    KEYS[key.key]();
  });
  addEventListener("hashchange", recall);
  addEventListener("resize", layout);
  picture.addEventListener("load", draw);

  buildControls();
  buildPointer();
  recall();
  layout();
  if (!reducedMotion.matches && !location.hash && data.autoplay) setPlaying(true);
})();
