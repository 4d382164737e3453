/** Metrics of a file, of standard input, or of a URL that the user names. */
import { fail, ok, type Result, type SourceFile, type UserError } from '@xdsim/sim-core';
import { readFile, readStdin } from '../input.js';

const TIMEOUT_MS = 10_000;
const BYTES_MAX = 16 * 1024 * 1024;

export async function readMetricsSource(source: string): Promise<Result<SourceFile>> {
  if (source === '-') {
    const read = await readStdin();
    return read.ok ? ok(read.value[0]) : read;
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return readFile(source);
  if (!/^https?:\/\//i.test(source))
    return fail(problem(source, 'is not http or https', 'Give a file, or a URL of istiod.'));
  return fetchText(source);
}

async function fetchText(url: string): Promise<Result<SourceFile>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal, redirect: 'error' });
    if (!response.ok)
      return fail(problem(url, `answers ${response.status}`, 'istiod serves its metrics at :15014/metrics.'));
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > BYTES_MAX) {
        return fail(
          problem(
            url,
            `answers with more than ${BYTES_MAX / 1024 / 1024} MiB`,
            'Is it istiod? Save what you need to a file.',
          ),
        );
      }
      chunks.push(chunk);
    }
    return ok({ path: url, text: Buffer.concat(chunks).toString('utf8') });
  } catch (error) {
    const message = signal.aborted
      ? `does not answer within ${TIMEOUT_MS / 1000} s`
      : `cannot be read: ${error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)}`;
    return fail(problem(url, message, 'Try it with curl; redirects are not followed.'));
  }
}

function problem(url: string, what: string, hint: string): UserError {
  return { code: 'XDS-METRICS-URL', message: `${url} ${what}`, hint };
}
