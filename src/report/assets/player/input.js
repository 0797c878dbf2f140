
// ---- input: mouse, touch, keyboard, controls ------------------------------------------------------------------------

const TAP_PX = 6;
const REACH_PX = 26;

// Puts a value into a select, as an option of its own if it is not among those on the page.
const choose = (select, value, label) => {
  if (![...select.options].some((known) => known.value === value)) option(select, value, label);
  select.value = value;
};

const buildControls = () => {
  choose(byId("speed"), String(data.speed), `${data.speed}×`);
  choose(byId("trail"), String(data.trail), `${data.trail / 1000} s`);
  choose(byId("ghost"), data.ghost, data.ghost);
  byId("play").addEventListener("click", () => setPlaying(!view.playing));
  byId("before").addEventListener("click", () => jump(-1));
  byId("next").addEventListener("click", () => jump(1));
  byId("scrubber").addEventListener("input", () => seek(Number(byId("scrubber").value)));
  byId("scrubber").addEventListener("change", settle);
  byId("speed").addEventListener("change", (change) => { view.speed = Number(change.target.value); });
  byId("trail").addEventListener("change", (change) => {
    const { value } = change.target;
    view.trail = /^\d+$/.test(value) ? Number(value) : value;
    show();
  });
  byId("ghost").addEventListener("change", (change) => {
    view.ghost = change.target.value;
    show();
  });
  byId("follow").addEventListener("change", (change) => {
    setFollow(Number(change.target.value));
    settle();
  });
  byId("floor").addEventListener("change", (change) => {
    view.floor = Number(change.target.value);
    show();
  });
  byId("zoom-in").addEventListener("click", () => zoomMiddle(1.5));
  byId("zoom-out").addEventListener("click", () => zoomMiddle(1 / 1.5));
  byId("whole").addEventListener("click", wholeMap);
};

const zoomMiddle = (factor) => zoomAt(factor, size.width / 2, size.height / 2);

const wholeMap = () => {
  setFollow(-1);
  resetZoom();
  draw();
  settle();
};

// The living player nearest to a place on the canvas, if it is near enough.
const playerAt = (px, py) => {
  const map = transform();
  const near = lives
    .filter((life) => view.shown[life.p] && isAlive(life, view.time))
    .map((life) => ({ life, here: place(life, view.time) }))
    .filter(({ here }) => here)
    .map(({ life, here }) => ({ player: life.p, distance: Math.hypot(map.x(here.x) - px, map.y(here.y) - py) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= REACH_PX ? near.player : -1;
};

// One finger or the mouse pans, two fingers pinch, a tap on a player makes the camera follow.
const buildPointer = () => {
  const fingers = new Map();
  let moved = 0;
  const spot = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  canvas.addEventListener("wheel", (wheel) => {
    wheel.preventDefault();
    const { x, y } = spot(wheel);
    zoomAt(wheel.deltaY < 0 ? 1.2 : 1 / 1.2, x, y);
  }, { passive: false });
  canvas.addEventListener("pointerdown", (down) => {
    canvas.setPointerCapture(down.pointerId);
    if (fingers.size === 0) moved = 0;
    fingers.set(down.pointerId, spot(down));
  });
  canvas.addEventListener("pointermove", (move) => {
    const before = fingers.get(move.pointerId);
    if (!before) return;
    const now = spot(move);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...fingers].find(([id]) => id !== move.pointerId)?.[1];
    fingers.set(move.pointerId, now);
    if (other) {
      const spread = (p) => Math.max(1, Math.hypot(p.x - other.x, p.y - other.y));
      zoomAt(spread(now) / spread(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else if (moved > TAP_PX) {
      if (view.follow >= 0) setFollow(-1);
      pan(now.x - before.x, now.y - before.y);
    }
  });
  canvas.addEventListener("pointerup", (up) => {
    const place = fingers.get(up.pointerId);
    fingers.delete(up.pointerId);
    if (!place || fingers.size > 0 || moved > TAP_PX) return;
    const player = playerAt(place.x, place.y);
    if (player >= 0) {
      setFollow(view.follow === player ? -1 : player);
      settle();
    }
  });
  canvas.addEventListener("pointercancel", (cancel) => fingers.delete(cancel.pointerId));
  canvas.addEventListener("dblclick", (double) => {
    const { x, y } = spot(double);
    if (playerAt(x, y) < 0) zoomAt(2, x, y);
  });
};

const step = (ms) => {
  seek(view.time + ms);
  settle();
};

const KEYS = {
  " ": () => setPlaying(!view.playing),
  k: () => setPlaying(!view.playing),
  ArrowLeft: () => step(-5000),
  ArrowRight: () => step(5000),
  ",": () => step(-data.interval),
  ".": () => step(data.interval),
  "[": () => jump(-1),
  "]": () => jump(1),
  Home: () => step(-data.duration),
  End: () => step(data.duration),
  "+": () => zoomMiddle(1.5),
  "=": () => zoomMiddle(1.5),
  "-": () => zoomMiddle(1 / 1.5),
  0: wholeMap,
};

// What has the focus keeps the keys it understands itself.
const keepsKey = (target, key) => {
  if (!(target instanceof HTMLElement) || target.id === "scrubber") return false;
  if (target.matches("select")) return true;
  return target.matches("input, button, summary, a") && (key === " " || key === "Enter");
};

const buildKeys = () => addEventListener("keydown", (key) => {
  const act = KEYS[key.key.length === 1 ? key.key.toLowerCase() : key.key];
  if (!act || key.ctrlKey || key.metaKey || key.altKey || keepsKey(key.target, key.key)) return;
  key.preventDefault();
  act();
});
