// `npm run e2e`: the whole walkthrough in a real Chromium against a real Plaza (PLAZA_TEST_BIN, default
// ../target/release/plaza; `mock/server.mjs` runs it against the toy mall). Exits 1 when a step fails, axe finds
// something serious, the CSP is violated, or a page asks another host. `npm run e2e -- conflicts money` runs only the
// parts named, of those that bring their own mall.
import { accessScenarios } from './access.mjs';
import { adminScenarios } from './admin.mjs';
import { behaviourScenarios } from './behaviour.mjs';
import { Browser, SHOTS } from './browser.mjs';
import { clockScenarios } from './clock.mjs';
import { conflictScenarios } from './conflicts.mjs';
import { endScenarios } from './ends.mjs';
import { focusScenarios } from './focus.mjs';
import { labScenarios } from './lab.mjs';
import { moneyScenarios } from './money.mjs';
import { orderAdminScenarios } from './orders.mjs';
import { pageScenarios } from './pages.mjs';
import { placeScenarios } from './places.mjs';
import { reportScenarios } from './reports.mjs';
import { resilienceScenarios } from './resilience.mjs';
import { Server } from './server.mjs';
import { shopperScenarios } from './shopper.mjs';
import { swaggerScenarios } from './swagger.mjs';
import { tourScenarios } from './tour.mjs';
import { wordScenarios } from './words.mjs';

/** One after another on one mall. */
const WALKTHROUGH = [adminScenarios, shopperScenarios, orderAdminScenarios, pageScenarios, resilienceScenarios];
/** Each on a mall of its own. */
const PARTS = {
  conflicts: conflictScenarios,
  places: placeScenarios,
  focus: focusScenarios,
  ends: endScenarios,
  words: wordScenarios,
  tour: tourScenarios,
  money: moneyScenarios,
  clock: clockScenarios,
  behaviour: behaviourScenarios,
  access: accessScenarios,
  swagger: swaggerScenarios,
  reports: reportScenarios,
  lab: labScenarios,
};
const named = process.argv.slice(2);
for (const name of named) if (!PARTS[name]) throw new Error(`no part ${name}; there are ${Object.keys(PARTS)}`);

const server = await Server.start();
const session = { browser: await Browser.launch(server.base), auth: undefined, customer: undefined };
const { faults } = session.browser;
const failed = [];
let passed = 0;

async function step(name, work) {
  const started = Date.now();
  try {
    await work();
    passed++;
    console.log(`ok      ${name} (${Date.now() - started} ms)`);
  } catch (e) {
    failed.push(name);
    console.log(`FAILED  ${name}\n        ${String(e.stack).split('\n').slice(0, 8).join('\n        ')}`);
    await session.browser.shot(`failed-${failed.length}`).catch(() => undefined);
  }
}

let broken;
try {
  const context = { step, server, session, browser: session.browser };
  if (!named.length) for (const scenarios of WALKTHROUGH) await scenarios(context);
  for (const [name, scenarios] of Object.entries(PARTS))
    if (!named.length || named.includes(name)) await scenarios({ step, faults });
} catch (e) {
  broken = e;
} finally {
  await session.browser.close().catch(() => undefined);
  await server.stop({ keep: failed.length > 0 || broken !== undefined });
}

console.log(`\n${passed} passed, ${failed.length} failed; screenshots in ${SHOTS}`);
for (const [kind, list] of Object.entries(faults)) {
  if (list.length) console.log(`\n${kind}: ${list.length}\n  ${[...new Set(list)].slice(0, 20).join('\n  ')}`);
}
if (broken) console.error(broken);
if (failed.length) console.log(`\nserver log kept in ${server.dir}`);
const bad = failed.length + Object.values(faults).reduce((n, list) => n + list.length, 0);
process.exit(bad || broken ? 1 : 0);
