// The pages that `plaza simulate --html` leaves: of a run of a few orders, of one over REST, and of an experiment. On screen
// in both themes, on paper, and narrow; nothing is loaded, and axe finds nothing.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Browser } from './browser.mjs';
import { assert } from './shop.mjs';

const BIN = path.resolve(process.env.PLAZA_TEST_BIN ?? '../target/release/plaza');
const BYTES_MAX = 1_500_000;
const FEW = [
  'mall.store_delay=200ms',
  'mall.payment_delay=100ms',
  'mall.pay_deadline=1m',
  'thresholds={}',
  'shopper.pays={share=0.9, after="200ms"}',
];
const RUNS = {
  'a run of two orders': {
    args: ['smoke', '--virtual'],
    sets: ['duration=1s', 'arrivals.process=constant', 'title=<script>alert(1)</script>'],
    says: ['Where orders went', '<script>alert(1)</script>', 'in virtual time', 'The darkest is of 1.'],
  },
  'a run over REST': {
    args: ['smoke', '--own-mall'],
    sets: [...FEW, 'duration=5s', 'shopper.think=200ms', 'faults.bank={at="1s", for="1s", outage="hold"}'],
    says: ['What lies between the lines', 'over REST', 'generator.lag'],
  },
  'an experiment': {
    args: ['flash-sale', '--virtual', '--replications', '3'],
    sets: ['experiment.vary={"mall.stock"=[100, 400]}', 'duration=4m'],
    says: ['Every variant meets the same shoppers'],
  },
};

export async function reportScenarios({ step, faults }) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plaza-reports-'));
  for (const [name, { args, sets, says }] of Object.entries(RUNS)) {
    await step(`the page of ${name} is whole by itself, in the light, in the dark and on paper`, async () => {
      const file = path.join(dir, `${name.replaceAll(' ', '-')}.html`);
      const all = ['simulate', ...args, ...sets.flatMap((set) => ['--set', set]), '--html', file];
      // A threshold may fail: what is looked at is the page.
      await promisify(execFile)(BIN, all).catch((e) => assert.equal(e.code, 1, e.stderr));
      assert.ok(fs.statSync(file).size < BYTES_MAX);
      const url = pathToFileURL(file).href;
      const browser = await Browser.launch(url);
      const { page } = browser;
      for (const [look, media] of Object.entries({
        light: { colorScheme: 'light' },
        dark: { colorScheme: 'dark' },
        paper: { colorScheme: 'light', media: 'print' },
      })) {
        await page.emulateMedia({ media: 'screen', ...media });
        await page.goto(url);
        for (const text of says) await page.getByText(text).first().waitFor();
        await browser.axe(`${name}, ${look}`);
        await browser.shot(`report-${path.basename(file, '.html')}-${look}`);
      }
      await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
      await page.setViewportSize({ width: 400, height: 900 });
      await browser.assertNoSidewaysScroll(name);
      for (const [kind, list] of Object.entries(browser.faults)) faults[kind].push(...list);
      await browser.close();
    });
  }
  fs.rmSync(dir, { recursive: true, force: true });
}
