// Opens a page that embeds ReplayWeb.page and prints what the replayed capture shows, as JSON.
const { chromium } = require("playwright-core");

async function main(asked) {
  const context = await chromium.launchPersistentContext(asked.profile, {
    executablePath: asked.chromium,
    args: asked.flags,
  });
  const told = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => told.push(message.text()));
    page.on("pageerror", (error) => told.push(String(error)));
    await page.goto(asked.page);
    const shown = await replayed(page, asked.within);
    console.log(JSON.stringify(shown));
  } catch (error) {
    console.error(String(error), told.join("\n"));
    process.exitCode = 1;
  } finally {
    await context.close();
  }
}

async function replayed(page, within) {
  for (let turn = 0; turn < 300; turn += 1) {
    const frame = page.frames().find((one) => one.url().includes(within));
    const text = frame ? await frame.evaluate(() => document.body?.innerText).catch(() => "") : "";
    if (text) return { title: await frame.title(), text, url: frame.url() };
    await page.waitForTimeout(100);
  }
  throw new Error(`no frame shows ${within}: ${page.frames().map((one) => one.url())}`);
}

main(JSON.parse(process.argv[2]));
