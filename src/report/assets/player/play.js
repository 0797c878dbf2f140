
// ---- play: the clock ------------------------------------------------------------------------------------------------

// A frame that comes late (a busy machine, a hidden page) moves the clock no farther than this, ms of real time.
const LONGEST_FRAME_MS = 100;
let lastFrame = 0;

const show = () => {
  draw();
  read();
};

const seek = (t) => {
  view.time = Math.min(data.duration, Math.max(0, t));
  show();
};

const frame = (now) => {
  if (!view.playing) return;
  const step = lastFrame ? Math.min(LONGEST_FRAME_MS, now - lastFrame) * view.speed : 0;
  lastFrame = now;
  seek(view.time + step);
  if (view.time >= data.duration) setPlaying(false);
  else requestAnimationFrame(frame);
};

const setPlaying = (playing) => {
  if (playing && view.time >= data.duration) view.time = 0;
  const started = playing && !view.playing;
  view.playing = playing;
  lastFrame = 0;
  byId("play").dataset.playing = String(playing);
  byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  if (started) requestAnimationFrame(frame);
  else if (!playing) settle();
  read();
};

// Jumps from death to death.
const jump = (direction) => {
  const later = data.events.find((event) => event.t > view.time + 1);
  const earlier = data.events.findLast((event) => event.t < view.time - 1000);
  const found = direction > 0 ? later : earlier;
  if (found) seek(found.t);
  else if (direction < 0) seek(0);
  settle();
};
