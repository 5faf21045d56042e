// Generates src/api/schema.d.ts from the server's committed OpenAPI document; with --check it fails on drift instead.
import { spawnSync } from 'node:child_process';

const args = [
  '--no-install',
  'openapi-typescript',
  '../openapi.json',
  '-o',
  'src/api/schema.d.ts',
  ...process.argv.slice(2),
];
const { status } = spawnSync('npx', args, { stdio: 'inherit' });
process.exit(status ?? 1);
