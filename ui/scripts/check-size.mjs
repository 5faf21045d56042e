// Fails when the first load costs more JavaScript and CSS over the wire than the budget: what index.html names,
// plus everything those files import statically, plus the home page's own chunk.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const BUDGET = 250 * 1024;
const root = path.resolve(process.argv[2] ?? '../static');
const seen = new Set();

function visit(url) {
  const file = url.replace(/^\//, '');
  if (seen.has(file)) return;
  seen.add(file);
  if (!file.endsWith('.js')) return;
  const code = fs.readFileSync(path.join(root, file), 'utf8');
  // Rolldown writes static imports as `import{a}from"./x.js"` or `import"./x.js"`; lazy ones as `import("./x.js")`.
  for (const m of code.matchAll(/(?:from|import)\s*["'](\.\/[^"']+\.js)["']/g)) {
    visit(path.posix.join(path.posix.dirname(file), m[1]));
  }
}

for (const m of fs.readFileSync(path.join(root, 'index.html'), 'utf8').matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g))
  visit(m[1]);
for (const name of fs.readdirSync(path.join(root, 'assets'))) {
  if (/^(DashboardView|BarChart)-.*\.(js|css)$/.test(name)) visit(`assets/${name}`);
}

let total = 0;
for (const file of seen) {
  const bytes = zlib.brotliCompressSync(fs.readFileSync(path.join(root, file))).length;
  total += bytes;
  console.log(String(bytes).padStart(8), file);
}
console.log(String(total).padStart(8), `initial load, brotli; budget ${BUDGET}`);
if (total > BUDGET) process.exit(1);
