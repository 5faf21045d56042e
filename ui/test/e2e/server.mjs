// Runs one Plaza on a private port with a temporary data directory: starts, kills as a power cut would, starts again.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startFront } from './front.mjs';

const BIN = path.resolve(process.env.PLAZA_TEST_BIN ?? '../target/release/plaza');
const START_MS = 20_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class Server {
  static async start(settings = {}) {
    const server = new Server();
    server.port = await freePort();
    server.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plaza-e2e-'));
    server.settings = settings;
    await server.run();
    if (process.env.PLAZA_TEST_STATIC) {
      server.frontPort = await freePort();
      server.front = await startFront(path.resolve('../static'), server.backend, server.frontPort);
    }
    return server;
  }
  get backend() {
    return `http://127.0.0.1:${this.port}`;
  }
  /** Where the browser goes. */
  get base() {
    return `http://127.0.0.1:${this.frontPort ?? this.port}`;
  }
  async run() {
    const [command, args] = BIN.endsWith('.mjs') ? [process.execPath, [BIN]] : [BIN, []];
    this.log = fs.openSync(path.join(this.dir, 'server.log'), 'a');
    this.child = spawn(command, args, {
      env: {
        ...process.env,
        PLAZA_LISTEN: `127.0.0.1:${this.port}`,
        PLAZA_DATA_DIR: path.join(this.dir, 'data'),
        PLAZA_PAYMENT_DELAY: '500ms',
        PLAZA_STORE_DELAY: '1500ms',
        ...this.settings,
      },
      stdio: ['ignore', this.log, this.log],
    });
    this.exited = new Promise((resolve) => this.child.once('exit', resolve));
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (this.child.exitCode !== null) throw new Error(`the server stopped: see ${this.dir}/server.log`);
      const up = await fetch(`${this.backend}/readyz`).then(
        (r) => r.ok,
        () => false,
      );
      if (up) return;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error(`the server is not ready after ${START_MS} ms: see ${this.dir}/server.log`);
  }
  /** Ends the process without warning, as `kill -9` does. */
  async kill() {
    if (!this.child) return;
    this.child.kill('SIGKILL');
    await this.exited;
    fs.closeSync(this.log);
    this.child = undefined;
  }
  async stop({ keep } = {}) {
    await this.kill();
    this.front?.close();
    this.front?.closeAllConnections();
    if (!keep) fs.rmSync(this.dir, { recursive: true, force: true });
  }
  /** A call as a program would make it; the body of the answer. */
  async call(method, pathname, body, headers = {}) {
    const response = await fetch(`${this.backend}/api/v1${pathname}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${pathname}: ${response.status} ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : undefined;
  }
}
