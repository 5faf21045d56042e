// Fails when the committed bundle is not what the sources build to. Plain files must match byte for byte;
// .br and .gz siblings must unpack to exactly their plain file (compressors may differ between zlib versions).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const committed = path.resolve(process.argv[2] ?? '../static');
const fresh = fs.mkdtempSync(path.join(os.tmpdir(), 'plaza-ui-'));
const build = spawnSync('npx', ['--no-install', 'vite', 'build', '--logLevel', 'warn'], {
  stdio: 'inherit',
  env: { ...process.env, PLAZA_TEST_UI_OUT: fresh },
});
if (build.status !== 0) process.exit(build.status ?? 1);

const files = (dir) =>
  fs
    .readdirSync(dir, { recursive: true })
    .filter((name) => fs.statSync(path.join(dir, name)).isFile())
    .sort();
const bad = [];
const [want, have] = [files(fresh), files(committed)];
for (const name of want) if (!have.includes(name)) bad.push(`missing in static/: ${name}`);
for (const name of have) if (!want.includes(name)) bad.push(`not built by ui/: ${name}`);
for (const name of want.filter((n) => have.includes(n))) {
  const data = fs.readFileSync(path.join(committed, name));
  const packed = /\.(br|gz)$/.exec(name);
  if (!packed) {
    if (!data.equals(fs.readFileSync(path.join(fresh, name)))) bad.push(`differs: ${name}`);
    continue;
  }
  const plain = fs.readFileSync(path.join(fresh, name.slice(0, -packed[0].length)));
  const unpacked = packed[1] === 'br' ? zlib.brotliDecompressSync(data) : zlib.gunzipSync(data);
  if (!unpacked.equals(plain)) bad.push(`does not unpack to its file: ${name}`);
}
fs.rmSync(fresh, { recursive: true, force: true });
if (bad.length) {
  console.error(`${bad.join('\n')}\nstatic/ is stale: run 'npm run build' in ui/ and commit static/`);
  process.exit(1);
}
console.log(`static/ is what ui/ builds to (${want.length} files)`);
