// The list of all sessions, and the pages of players and maps over them.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DESKTOP, PHONE, accessible, address, browser, fits, folder, open, proximity, session } from "./harness.mjs";

const out = join(folder, "sessions");
const index = join(out, "index.html");
const within = address(out);

before(() => proximity("report", "--all", session, "--out", out));
after(() => browser.close());

for (const [viewport, scheme] of [[DESKTOP, "dark"], [PHONE, "dark"], [DESKTOP, "light"]]) {
  test(`the list is accessible and fits ${viewport.width} pixels, ${scheme}`, async () => {
    const { page, check } = await open(address(index), { viewport, scheme, within });
    const shown = scheme === "light" ? "-light.jpg" : "-small.jpg";
    await page.waitForFunction((shown) => document.querySelector(".tile img").currentSrc.endsWith(shown), shown);
    await fits(page);
    await accessible(page);
    await check();
  });
}

test("the search leaves what has the words", async () => {
  const { page, check } = await open(address(index), { within });
  const name = await page.locator("#players + ul a").first().textContent();
  await page.keyboard.press("/");
  await page.keyboard.type(name.toUpperCase());
  assert.ok((await page.locator("#players + ul li:visible").allTextContents()).every((text) => text.toLowerCase().includes(name.toLowerCase())));
  assert.equal(await page.locator(".tile:visible").count(), 0);
  await page.locator("#search").fill("no such thing");
  assert.ok(await page.locator("#none").isVisible());
  await page.locator("#search").fill("");
  assert.ok((await page.locator(".tile:visible").count()) > 0);
  await check();
});

test("the calendar leads to each session, and players and maps to their pages", async () => {
  const { page, check } = await open(address(index), { within });
  const days = await page.$$eval(".month a", (links) => links.map((link) => link.getAttribute("href")));
  const tiles = await page.$$eval(".tile", (links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual([...days].sort(), [...tiles].sort());
  for (const list of ["#players", "#maps"]) {
    await page.goto(address(index));
    const link = page.locator(`${list} + ul a`).first();
    const name = await link.textContent();
    await link.click();
    assert.equal(await page.locator("h1").textContent(), name);
    assert.ok((await page.locator("tbody tr").count()) >= 2);
    await fits(page);
    await accessible(page);
    if (list === "#maps") {
      await page.waitForFunction(() => [...document.querySelectorAll(".tile img")].every((image) => image.naturalWidth > 0));
      assert.ok((await page.locator(".tile").count()) > 0, "a map's heat, session by session");
    }
    await page.locator("tbody a").first().click();
    assert.equal(await page.locator("#scoreboard").count(), 1);
  }
  await check();
});
