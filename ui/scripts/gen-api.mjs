// Generates src/api/schema.d.ts from the server's OpenAPI document; with --check it fails on drift instead.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const sources = ['../openapi.json', 'api/openapi.json'];
const source = sources.find((path) => fs.existsSync(path));
if (!source) throw new Error(`no OpenAPI document: looked for ${sources.join(' and ')}`);
const { status } = spawnSync(
  'npx',
  ['--no-install', 'openapi-typescript', source, '-o', 'src/api/schema.d.ts', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
