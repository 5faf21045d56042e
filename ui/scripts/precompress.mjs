// A Vite plugin: writes .br and .gz siblings, so that the server never compresses at run time.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const TEXT = /\.(js|css|html|svg|json)$/;
/** Below this the headers cost more than compression saves. */
const MIN_BYTES = 256;

function gzip(data) {
  const out = zlib.gzipSync(data, { level: 9 });
  out[9] = 255; // RFC 1952 "unknown OS": the byte would otherwise differ between machines.
  return out;
}

function brotli(data) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT, BROTLI_MAX_QUALITY } = zlib.constants;
  return zlib.brotliCompressSync(data, {
    params: { [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY, [BROTLI_PARAM_SIZE_HINT]: data.length },
  });
}

export function precompress() {
  let outDir = '';
  return {
    name: 'plaza-precompress',
    apply: 'build',
    configResolved(config) {
      outDir = path.resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of fs.readdirSync(outDir, { recursive: true })) {
        const file = path.join(outDir, name);
        if (!TEXT.test(file) || !fs.statSync(file).isFile()) continue;
        const data = fs.readFileSync(file);
        if (data.length < MIN_BYTES) continue;
        fs.writeFileSync(`${file}.br`, brotli(data));
        fs.writeFileSync(`${file}.gz`, gzip(data));
      }
    },
  };
}
