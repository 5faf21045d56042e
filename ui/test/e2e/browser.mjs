// A real Chromium that keeps account of everything a page must not do: CSP violations, requests to other hosts,
// errors in the console; and that runs axe and takes screenshots.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
export const SHOTS = path.resolve(process.env.PLAZA_TEST_SHOTS ?? 'shots');

export class Browser {
  /** What went wrong besides failing steps. */
  faults = { csp: [], external: [], console: [], axe: [] };
  /** Set while the server is killed: failing requests are no fault then. */
  expectOutage = false;

  static async launch(base, options = {}) {
    const browser = new Browser();
    browser.base = base;
    browser.profile = options.profile ?? fs.mkdtempSync(path.join(os.tmpdir(), 'plaza-chromium-'));
    browser.context = await chromium.launchPersistentContext(browser.profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      viewport: { width: 1440, height: 900 },
      locale: options.locale ?? 'en-IE',
      colorScheme: 'light',
      acceptDownloads: true,
      permissions: ['clipboard-read', 'clipboard-write'],
      args: ARGS,
    });
    await browser.context.exposeFunction('__csp', (violation) => browser.faults.csp.push(violation));
    await browser.context.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', (e) =>
        window.__csp(`${location.pathname}: ${e.effectiveDirective} ${e.blockedURI} ${e.sample ?? ''}`),
      ),
    );
    browser.page = browser.watch(await browser.context.newPage());
    return browser;
  }
  watch(page) {
    page.setDefaultTimeout(8_000);
    page.on('pageerror', (e) => this.faults.console.push(`page error: ${e.message}`));
    page.on('console', (m) => {
      const text = m.text();
      if (m.type() !== 'error' || (this.expectOutage && /Failed to load|ERR_/.test(text))) return;
      // A refused request is part of several scenarios; the page shows it, and the step looks at that.
      if (/status of 4\d\d/.test(text)) return;
      this.faults.console.push(`${new URL(page.url()).pathname}: ${text.slice(0, 300)}`);
    });
    page.on('request', (r) => {
      if (!/^(data|blob|about):/.test(r.url()) && !r.url().startsWith(this.base)) this.faults.external.push(r.url());
    });
    return page;
  }
  /** The same profile in a new process: what a browser restart keeps. */
  async restart() {
    await this.context.close();
    const next = await Browser.launch(this.base, { profile: this.profile });
    next.faults = this.faults;
    return next;
  }
  async close() {
    await this.context.close();
    fs.rmSync(this.profile, { recursive: true, force: true });
  }
  async shot(name) {
    fs.mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage: true });
  }
  /** Serious and critical findings are faults; lesser ones are printed. */
  async axe(name) {
    // The page's CSP forbids injected script tags; the debugger is not bound by it.
    const session = await this.context.newCDPSession(this.page);
    await session.send('Runtime.evaluate', { expression: AXE });
    await session.detach();
    // What is fading in has, for a moment, less contrast than it will have: axe looks at the page at rest.
    await this.page.evaluate(async () => {
      const frame = () => new Promise((next) => requestAnimationFrame(next));
      await frame();
      await frame();
      const fading = document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity);
      await Promise.allSettled(fading.map((a) => a.finished));
    });
    const found = await this.page.evaluate(
      async (rules) =>
        (await window.axe.run(document, { runOnly: rules })).violations.map((v) => ({
          id: v.id,
          impact: v.impact,
          nodes: v.nodes.map((n) => `${n.html.slice(0, 160)} :: ${n.failureSummary?.split('\n')[1]?.trim()}`),
        })),
      RULES,
    );
    for (const v of found) {
      const text = `${name}: ${v.id} [${v.impact}] x${v.nodes.length}\n      ${v.nodes.slice(0, 3).join('\n      ')}`;
      if (['serious', 'critical'].includes(v.impact)) this.faults.axe.push(text);
      else console.log(`    axe, minor: ${text}`);
    }
  }
  async setTheme(dark) {
    await this.page.evaluate((d) => localStorage.setItem('plaza.theme', JSON.stringify(d ? 'dark' : 'light')), dark);
    await this.page.reload();
  }
  /** The page itself must not scroll sideways. */
  async assertNoSidewaysScroll(name) {
    const over = await this.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (over > 0) throw new Error(`${name} scrolls sideways by ${over} px`);
  }
}
