// Opens pages in a real Chromium and tells what a reader would meet: barriers (axe), what runs off
// the screen, what fails, what asks for another host. Asked in JSON, answers in JSON.
const fs = require("fs");
const { chromium } = require("playwright-core");

const asked = JSON.parse(process.argv[2]);

async function look(context, page, path) {
  const told = { path, outside: [], errors: [], dialogs: [], barriers: [] };
  page.removeAllListeners();
  const note = (request) => {
    const url = request.url();
    if (!url.startsWith(asked.base) && !url.startsWith("data:")) told.outside.push(url);
  };
  page.on("requestfinished", note);
  page.on("requestfailed", (request) => {
    // what the page's policy stopped never left the browser
    if (request.failure().errorText !== "csp") note(request);
  });
  page.on("dialog", async (dialog) => {
    told.dialogs.push(dialog.message());
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => told.errors.push(String(error).slice(0, 300)));
  const answer = await page.goto(asked.base + path, { waitUntil: "load", timeout: 60000 });
  told.status = answer ? answer.status() : 0;
  told.title = await page.title();
  for (const frame of page.frames()) {
    // what a script of a hostile page would have set
    const ran = await frame.evaluate(() => globalThis.jahat || "").catch(() => "");
    if (ran) told.errors.push("a script ran in " + frame.url());
  }
  told.overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (asked.axe) {
    await page.evaluate(fs.readFileSync(asked.axe, "utf8"));
    const found = await page.evaluate(() => globalThis.axe.run(document, { iframes: false }));
    told.barriers = found.violations
      .filter((one) => ["serious", "critical"].includes(one.impact))
      .map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | "));
    told.checks = found.passes.length;
  }
  if (asked.keyboard) {
    await page.keyboard.press("Tab");
    told.first = await page.evaluate(() => document.activeElement.className);
  }
  if (asked.shots && asked.axe) {
    const name = (path.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "beranda").slice(0, 60);
    const file = `${asked.shots}/${name}-${asked.width}${asked.dark ? "-gelap" : ""}.png`;
    await page.screenshot({ path: file, fullPage: true });
  }
  return told;
}

(async () => {
  const browser = await chromium.launch({ executablePath: asked.chromium, args: asked.flags });
  const context = await browser.newContext({
    viewport: { width: asked.width, height: 900 },
    colorScheme: asked.dark ? "dark" : "light",
    javaScriptEnabled: true,
  });
  const page = await context.newPage();
  const found = [];
  for (const path of asked.paths) found.push(await look(context, page, path));
  await browser.close();
  process.stdout.write(JSON.stringify(found));
})().catch((error) => {
  process.stderr.write(String(error && error.stack));
  process.exit(1);
});
