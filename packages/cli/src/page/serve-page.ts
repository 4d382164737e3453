/** Serves the page on loopback until Ctrl-C: the files that were read at the start, and nothing else. */
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail, ok, type Result } from '@xdsim/sim-core';
import type { PageFile } from '../built-page.js';
import { ExitCode } from '../exit-codes.js';
import { interruptible } from '../interrupt.js';
import { say } from '../output.js';

const HOST = '127.0.0.1';

/** As in the page's own policy; a worker has only that of its answer. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly address: string;
  readonly opens: boolean;
}

export async function servePage(
  files: ReadonlyMap<string, PageFile>,
  options: ServeOptions,
): Promise<Result<ExitCode>> {
  const server = newServer(files);
  const started = await listen(server, options.port);
  if (!started.ok) return started;
  const url = `http://${HOST}:${started.value}/${options.address}`;
  process.stdout.write(`${url}\n`);
  say('The page is served on this machine only. Ctrl-C ends it.\n');
  if (options.opens) openBrowser(url);
  await interruptible((signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return ok(ExitCode.Fine);
}

function newServer(files: ReadonlyMap<string, PageFile>): Server {
  return createServer((request, response) => {
    const file = files.get((request.url ?? '').split('?')[0]);
    // Another name for this address is somebody else's page that wants to read ours.
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const isMeant = (host === HOST || host === 'localhost') && (request.method === 'GET' || request.method === 'HEAD');
    if (file === undefined || !isMeant) {
      response.writeHead(isMeant ? 404 : 403, HEADERS).end();
      return;
    }
    response.writeHead(200, { ...HEADERS, 'content-type': file.type, 'content-length': file.bytes.length });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  });
}

function listen(server: Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once('error', ({ message }) => {
      const hint = 'Leave --port out, and a free one is taken.';
      resolve(fail({ code: 'XDS-PAGE-PORT', message: `the page cannot be served on port ${port}: ${message}`, hint }));
    });
    server.listen(port, HOST, () => resolve(ok((server.address() as AddressInfo).port)));
  });
}

/** The system's own way to open a link. Where there is none, the printed link remains. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
