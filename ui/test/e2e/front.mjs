// Serves ../static in front of a running Plaza, so that the suite can look at a bundle that is not embedded yet
// (PLAZA_TEST_STATIC=1): the pages come from the folder, with the headers Plaza gives them; all else is passed on.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const MIME = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};
const PASSED_ON = /^\/(api|swagger|openapi\.json|asyncapi\.yaml|livez|readyz|metrics)(\/|$|\?)/;

export function startFront(root, backend, port) {
  let policy = '';
  const page = async (req, res) => {
    policy ||= (await fetch(backend)).headers.get('content-security-policy') ?? '';
    const wanted = path.join(root, new URL(req.url, backend).pathname);
    const isFile = wanted.startsWith(root) && fs.existsSync(wanted) && fs.statSync(wanted).isFile();
    const file = isFile ? wanted : path.join(root, 'index.html');
    res.writeHead(200, {
      'content-type': MIME[path.extname(file).slice(1)] ?? 'application/octet-stream',
      'content-security-policy': policy,
    });
    res.end(fs.readFileSync(file));
  };
  const pass = (req, res) => {
    const onward = http.request(backend + req.url, { method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
      // A backend that dies takes the connection with it, as it would without a front.
      answer.on('close', () => answer.complete || res.destroy());
    });
    onward.on('error', () => res.destroy());
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  };
  const server = http.createServer((req, res) => (PASSED_ON.test(req.url) ? pass : page)(req, res));
  return new Promise((ready) => server.listen(port, '127.0.0.1', () => ready(server)));
}
