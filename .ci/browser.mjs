// Opens the pages of a running daemon in Chromium and judges them. Arguments: address, folder for
// screenshots, folder for the browser's profiles.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [base, shots, profiles] = process.argv.slice(2);
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let wrong = 0;
const complain = (where, what) => { wrong += 1; console.log(`WRONG ${where}: ${what}`); };

async function until(what, done) {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`waited in vain for ${what}`);
}

const text = async (address) => (await fetch(new URL(address, base))).text();
let article = "";
await until("articles that can be searched", async () => {
  article = (await text("search?q=Chine")).match(/href="(articles\/\d+)"/)?.[1] ?? "";
  return article !== "" && (await text("metrics")).includes("depeche_articles_waiting 0\n");
});
const topic = (await text("")).match(/href="(topics\/[^"]+)"/)[1];
const feeds = ["topic", "source", "all"];
const [source] = (await text("feeds.opml")).match(/feeds\/sources\/[^"]+\.html/);
const pages = { status: "", topic, source, all: "feeds/all.html", search: "search?q=Chine+accord", nothing: "search?q=zzzz", article };

async function open(width, scheme, language) {
  const context = await chromium.launchPersistentContext(path.join(profiles, `${width}-${scheme}-${language}`), {
    executablePath: process.env.CHROMIUM, args: flags, headless: true, colorScheme: scheme, locale: language,
    viewport: { width, height: 900 },
    // axe is put into pages whose policy forbids foreign scripts; the policy itself is looked at below.
    bypassCSP: true,
  });
  for (const [name, address] of Object.entries(pages)) {
    const where = `${name} ${width} ${scheme} ${language}`;
    const page = await context.newPage();
    page.on("console", (line) => {
      // Pictures of the outlets are the outlets' affair.
      const ours = !line.location().url || line.location().url.startsWith(base);
      if (ours && ["error", "warning"].includes(line.type())) complain(where, line.text());
    });
    page.on("pageerror", (error) => complain(where, error.message));
    await page.goto(new URL(address, base).href);
    const lang = await page.getAttribute("html", "lang");
    if (!feeds.includes(name) && lang !== language.slice(0, 2)) complain(where, `the page speaks ${lang}`);
    const named = await page.locator("link[rel=alternate][type^=\"application/\"]").count();
    const least = feeds.includes(name) ? 3 : Number(name === "status");
    if (named < least) complain(where, `it names ${named} feeds for autodiscovery, not ${least}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) complain(where, `the page is ${overflow} px wider than the screen`);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document));
    for (const v of violations) {
      complain(where, `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`);
    }
    await page.screenshot({ path: path.join(shots, `${where.replaceAll(" ", "-")}.png`), fullPage: width > 600 });
    await page.close();
  }
  await context.close();
}

// With the policy in force: the script is allowed and follows changes, and nothing is complained of.
async function live() {
  const context = await chromium.launchPersistentContext(path.join(profiles, "live"), {
    executablePath: process.env.CHROMIUM, args: flags, headless: true,
  });
  const page = await context.newPage();
  page.on("console", (line) => { if (line.type() === "error") complain("live", line.text()); });
  await page.goto(base);
  await page.evaluate(() => { document.querySelector("main").dataset.old = "yes"; });
  await until("a change on the page", () => page.evaluate(() => !document.querySelector("main").dataset.old));
  await context.close();
}

for (const width of [360, 1280]) {
  for (const scheme of ["light", "dark"]) {
    for (const language of ["fr-FR", "en-GB"]) await open(width, scheme, language);
  }
}
await live();
console.log(wrong === 0 ? "the pages are as they should be" : `${wrong} things are wrong`);
process.exit(wrong === 0 ? 0 : 1);
