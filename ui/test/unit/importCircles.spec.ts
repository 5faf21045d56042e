import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCircles } from './importCircles';

describe('the files of the UI', () => {
  it('import each other in no circle', () => {
    expect(importCircles(path.resolve('src'))).toEqual([]);
  });
});

describe('a circle', () => {
  let copy = '';
  beforeEach(() => {
    copy = fs.mkdtempSync(path.join(os.tmpdir(), 'plaza-circles-'));
    fs.cpSync('src', copy, { recursive: true });
  });
  afterEach(() => fs.rmSync(copy, { recursive: true }));
  const plant = (file: string, line: string) => fs.appendFileSync(path.join(copy, file), `\n${line}\n`);

  it.each([
    ['a type', 'lib/tone.ts', "import type { EventLook } from './events';", 'lib/events.ts'],
    ['several lines', 'lib/ids.ts', "export {\n  summary,\n} from '@/lib/events';", 'lib/events.ts'],
    ['a page that is loaded later', 'views/home/useTrend.ts', "void import('@/router');", 'router/index.ts'],
    ['a component without an import line', 'components/CopyId.vue', '<ErrorState />', 'components/ErrorState.vue'],
    ['its own name', 'lib/clock.ts', "import '@/lib/clock';", 'lib/clock.ts'],
  ])('is found by %s', (_, file, line, other) => {
    plant(file, line);
    const found = importCircles(copy);
    expect(found).not.toEqual([]);
    for (const circle of found) expect(circle.split(' -> ')).toEqual(expect.arrayContaining([file, other]));
  });

  it('is not looked for behind a file that is not there', () => {
    plant('lib/clock.ts', "import './nowhere';");
    expect(() => importCircles(copy)).toThrow('lib/clock.ts imports ./nowhere');
  });
});
