
// ---- view: what is looked at, and where the world lies on the canvas ------------------------------------------------

const canvas = byId("field");
const context = canvas.getContext("2d");
const picture = byId("map-picture");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const [west, north, east, south] = data.extent;
const CROWDED = mostAtOnce() > 26;
const FOLLOW_ZOOM = 2.5;
const MOST_ZOOM = 16;

const view = {
  time: 0, playing: false, speed: data.speed, trail: data.trail, ghost: data.ghost, follow: -1, floor: -1,
  shown: data.players.map(() => true), zoom: 1, centerX: 0.5, centerY: 0.5,
};
let size = { width: 1, height: 1, ratio: 1, unit: 1 };

// World to canvas, in CSS pixels.
const transform = () => {
  const scale = Math.min(size.width / (east - west), size.height / (north - south)) * view.zoom;
  const left = size.width / 2 - (east - west) * view.centerX * scale;
  const top = size.height / 2 - (north - south) * view.centerY * scale;
  return { scale, left, top, x: (x) => left + (x - west) * scale, y: (y) => top + (north - y) * scale };
};

const resetZoom = () => Object.assign(view, { zoom: 1, centerX: 0.5, centerY: 0.5 });

// The point of the world under (px, py) stays there.
const zoomAt = (factor, px, py) => {
  const before = transform();
  const worldX = (px - before.left) / before.scale;
  const worldY = (py - before.top) / before.scale;
  view.zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor));
  const { scale } = transform();
  view.centerX = (worldX - (px - size.width / 2) / scale) / (east - west);
  view.centerY = (worldY - (py - size.height / 2) / scale) / (north - south);
  if (view.zoom === 1) resetZoom();
  keepInside();
  draw();
};

const pan = (dx, dy) => {
  const { scale } = transform();
  view.centerX -= dx / scale / (east - west);
  view.centerY -= dy / scale / (north - south);
  keepInside();
  draw();
};

const keepInside = () => {
  view.centerX = Math.min(1, Math.max(0, view.centerX));
  view.centerY = Math.min(1, Math.max(0, view.centerY));
};

const clockText = (ms) => {
  const tenths = Math.floor(Math.abs(ms) / 100);
  const seconds = (tenths % 600) / 10;
  return `${ms < 0 ? "−" : ""}${Math.floor(tenths / 600)}:${seconds < 10 ? "0" : ""}${seconds.toFixed(1)}`;
};

// The page counts from its first moment; times are shown from the beginning of the round.
const roundTime = (t) => clockText(data.zero + t);
