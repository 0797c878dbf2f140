// Video, GIF and animated PNG in a decoder that is not the encoder's: Chromium's.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { address, browser, folder, open, proximity, session } from "./harness.mjs";

const COMMON = ["--round", "1", "--session", "2026-03-14", "--player", "Kestrel", "--life-window", "0..12", "--align", "spawn",
  "--speed", "2", "--fps", "12", "--size", "256"];
const page = {};

before(async () => {
  proximity("replay", session, ...COMMON, "--out", join(folder, "few.html"));
  Object.assign(page, await open(address(join(folder, "few.html"), "#t=0")));
});
after(() => browser.close());

// Every frame as Chromium shows it: how long, how large, and its pixels as one number.
const decode = (bytes, type) => page.page.evaluate(async ([base64, type]) => {
  const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type });
  await decoder.tracks.ready;
  await decoder.completed;
  const frames = [];
  for (let frameIndex = 0; frameIndex < decoder.tracks.selectedTrack.frameCount; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex });
    const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
    const colors = new Set(new Uint32Array(pixels.buffer));
    frames.push({ ms: image.duration / 1000, size: [canvas.width, canvas.height], sum: pixels.reduce((sum, v, i) => (sum + v * (i % 997)) % 2147483647, 0), colors: colors.size });
    image.close();
  }
  return { frames, loops: decoder.tracks.selectedTrack.repetitionCount };
}, [bytes.toString("base64"), type]);

// 12 s at twice the speed and twelve pictures a second: one for each 166.7 ms, and the end.
const FRAMES = Math.ceil(12_000 / (2000 / 12)) + 1;

test("an animated PNG has every frame, for as long as it was asked for", async () => {
  const file = join(folder, "few.png");
  proximity("replay", session, ...COMMON, "--out", file);
  const { frames, loops } = await decode(readFileSync(file), "image/png");
  assert.ok(Math.abs(frames.length - FRAMES) <= 1, `${frames.length} frames`);
  assert.deepEqual(new Set(frames.slice(0, -1).map((frame) => Math.round(frame.ms))), new Set([83]));
  assert.equal(frames.at(-1).ms, 1500);
  assert.equal(loops, Infinity);
  assert.deepEqual(new Set(frames.map((frame) => String(frame.size))), new Set(["256,288"]));
  assert.ok(new Set(frames.map((frame) => frame.sum)).size > frames.length * 0.9, "they differ");
});

test("a GIF keeps the time, in colours of one palette", async () => {
  const file = join(folder, "few.gif");
  proximity("replay", session, ...COMMON, "--out", file);
  const bytes = readFileSync(file);
  const { frames, loops } = await decode(bytes, "image/gif");
  const total = frames.reduce((sum, frame) => sum + frame.ms, 0);
  const wanted = (FRAMES - 1) * 83 + 1500;
  assert.ok(Math.abs(total - wanted) <= 90, `${total} ms instead of ${wanted}`);
  assert.equal(loops, Infinity);
  assert.deepEqual(new Set(frames.map((frame) => String(frame.size))), new Set(["256,288"]));
  assert.ok(frames.every((frame) => frame.colors <= 256));
  assert.equal(bytes[10] & 0x80, 0x80, "a palette for all frames");
});

test("a video plays: its length, its size, and other pixels later", async () => {
  const file = join(folder, "few.mp4");
  proximity("replay", session, ...COMMON, "--out", file);
  // A page without rules of its own; a replay's page plays no videos.
  writeFileSync(join(folder, "video.html"), "<!doctype html><title>video</title>");
  const plain = await open(address(join(folder, "video.html")));
  const shown = await plain.page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const video = document.createElement("video");
    video.muted = true;
    video.src = URL.createObjectURL(new Blob([data], { type: "video/mp4" }));
    const happens = (what) => new Promise((done, lost) => {
      video.addEventListener(what, done, { once: true });
      video.addEventListener("error", () => lost(new Error(video.error.message)), { once: true });
    });
    await happens("loadeddata");
    const frameAt = async (seconds) => {
      const seeked = happens("seeked");
      video.currentTime = seconds;
      await seeked;
      const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
      const context = canvas.getContext("2d");
      context.drawImage(video, 0, 0);
      const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
      // The strip is the panel's colour, at the left of its lower edge.
      const at = ((canvas.height - 3) * canvas.width + 2) * 4;
      return { panel: [...pixels.slice(at, at + 3)], sum: pixels.reduce((sum, v, i) => (sum + v * (i % 997)) % 2147483647, 0) };
    };
    const frames = [await frameAt(0.02), await frameAt(3)];
    const played = happens("ended");
    video.playbackRate = 4;
    video.currentTime = video.duration - 1;
    await video.play();
    await played;
    return { duration: video.duration, size: [video.videoWidth, video.videoHeight], frames };
  }, readFileSync(file).toString("base64"));
  // The last frame stays a second and a half.
  assert.ok(Math.abs(shown.duration - (FRAMES - 1 + 18) / 12) < 1e-3, `${shown.duration} s`);
  assert.deepEqual(shown.size, [256, 288]);
  assert.notEqual(shown.frames[0].sum, shown.frames[1].sum, "it moves");
  for (const { panel } of shown.frames) {
    [0x12, 0x16, 0x1e].forEach((wanted, i) => assert.ok(Math.abs(panel[i] - wanted) <= 4, `colours are kept: ${panel}`));
  }
});
