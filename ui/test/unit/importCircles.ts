// Finds files that import each other in a circle: whoever changes one of them has to read all. Types count as values
// do, and pages that are loaded later (`import()` in the router) as those loaded at once.
import fs from 'node:fs';
import path from 'node:path';

/** `from 'x'`, `import 'x'` and `import('x')`: what can name another file. */
const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])(.+?)\1/g;
/** A component of `components/` is used by its name alone. */
const TAG = /<([A-Z]\w+)/g;
const ENDINGS = ['', '.ts', '.vue', '.d.ts', '/index.ts'];

const isFile = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

/** The files below `root` that `file` imports. `@/` is the root; what is not relative either is a library. */
function importsOf(file: string, root: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  const named = [...text.matchAll(IMPORT)].flatMap(([, , name = '']) => {
    if (!/^(?:\.|@\/)/.test(name)) return [];
    const stem = name.startsWith('@/') ? path.join(root, name.slice(2)) : path.resolve(path.dirname(file), name);
    const found = ENDINGS.map((ending) => stem + ending).find(isFile);
    if (!found) throw new Error(`${path.relative(root, file)} imports ${name}, which is no file`);
    return [found];
  });
  const used = [...text.matchAll(TAG)].map(([, name]) => path.join(root, 'components', `${name}.vue`));
  return [...named, ...(file.endsWith('.vue') ? used.filter(isFile) : [])];
}

/** Written as `a.ts -> b.ts -> a.ts`. Where circles share files not every one is listed, but always one of them. */
export function importCircles(root: string): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  function visit(file: string) {
    const met = trail.indexOf(file);
    if (met >= 0) {
      const circle = [...trail.slice(met), file];
      circles.push(circle.map((f) => path.relative(root, f)).join(' -> '));
    } else if (!done.has(file) && /\.(?:ts|vue)$/.test(file)) {
      trail.push(file);
      for (const imported of new Set(importsOf(file, root))) visit(imported);
      trail.pop();
      done.add(file);
    }
  }
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort())
    if (isFile(path.join(root, name))) visit(path.join(root, name));
  return circles;
}
