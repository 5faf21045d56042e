// Generates src/api/schema.d.ts from the server's committed OpenAPI document; with --check it fails on drift instead.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * utoipa writes the description of an inlined field as a second `allOf` member with `type: object`, which no string
 * satisfies: the type of such a field would be `string & {}`. What only describes says nothing about the type.
 */
function dropTypesOfDescriptions(node) {
  if (node === null || typeof node !== 'object') return;
  Object.values(node).forEach(dropTypesOfDescriptions);
  for (const part of Array.isArray(node.allOf) ? node.allOf : []) {
    if (part.type === 'object' && Object.keys(part).every((key) => key === 'type' || key === 'description'))
      delete part.type;
  }
}

const document = JSON.parse(fs.readFileSync('../openapi.json', 'utf8'));
dropTypesOfDescriptions(document);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plaza-api-'));
const source = path.join(dir, 'openapi.json');
fs.writeFileSync(source, JSON.stringify(document));
const args = ['--no-install', 'openapi-typescript', source, '-o', 'src/api/schema.d.ts', ...process.argv.slice(2)];
const { status } = spawnSync('npx', args, { stdio: 'inherit' });
fs.rmSync(dir, { recursive: true });
process.exit(status ?? 1);
