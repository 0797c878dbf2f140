// What every browser test stands on: pages made by the program from the sample session, and a Chromium that is cut off
// from the network and keeps note of everything a page does.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, "../..");
export const session = join(root, "examples/session");
const program = process.env.PROXIMITY ?? resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "debug/proximity");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A folder that is gone when the tests are. */
export const folder = mkdtempSync(join(tmpdir(), "proximity-browser-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Runs the program; returns what it said. */
export const proximity = (...args) => execFileSync(program, args, { cwd: root, encoding: "utf8" });

/** A running server of these inputs: where it is, and how it ends. */
export const serve = async (...inputs) => {
  const child = spawn(program, ["serve", ...inputs, "--listen", "127.0.0.1:0", "--cache", join(folder, "cache")],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  const address = await new Promise((found, lost) => {
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
      const line = /listening on (http:\S+)/.exec(said);
      if (line) found(line[1]);
    });
    child.on("exit", () => lost(new Error(`the server ended: ${said}`)));
  });
  return { address, stop: () => (child.kill(), ended) };
};

export const address = (file, hash = "") => pathToFileURL(file).href + hash;

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
];
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS,
});

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/**
 * Opens a page from the file system in a fresh, offline context. `check` fails when the page complained, asked for
 * anything outside of `within`, or left the file system; call it last.
 */
export const open = async (url, { viewport = DESKTOP, motion = "no-preference", scheme = "dark", within } = {}) => {
  const context = await browser.newContext({
    viewport, colorScheme: scheme, reducedMotion: motion, hasTouch: viewport.width < 500, offline: true,
  });
  const page = await context.newPage();
  const faults = [];
  const requests = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  const own = within ?? url.split("#")[0];
  const check = async () => {
    assert.deepEqual(faults, []);
    const outside = requests.filter((asked) => !asked.startsWith(own) && !asked.startsWith("data:"));
    assert.deepEqual(outside, []);
    await context.close();
  };
  return { page, check };
};

/** No rule of axe is broken, on any level it knows. */
export const accessible = async (page) => {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const broken = found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((n) => n.html.slice(0, 160))}`);
  assert.deepEqual(broken, []);
  assert.ok(found.passes.length > 10, "axe looked at something");
};

/** Nothing sticks out at the sides. */
export const fits = async (page) => {
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
  assert.ok(scroll <= inner, `the page is ${scroll} px wide in a window of ${inner} px`);
};

/** Both boxes, and whether the first lies wholly above the second. */
export const above = async (page, upper, lower) => {
  const [a, b] = await Promise.all([page.locator(upper).boundingBox(), page.locator(lower).boundingBox()]);
  assert.ok(a.y + a.height <= b.y + 1, `${upper} ends at ${a.y + a.height}, ${lower} begins at ${b.y}`);
};
