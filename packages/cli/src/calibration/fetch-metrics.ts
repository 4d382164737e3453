/** Metrics of a file, of standard input, or of a URL that the user names. */
import { fail, ok, type Result, type SourceFile, type UserError } from '@xdsim/sim-core';
import { readFile, readStdin } from '../input.js';

/** For the whole answer of a URL. */
const LIMITS = { timeoutMs: 10_000, mebibytesMax: 16 };

export async function readMetricsSource(source: string, limits = LIMITS): Promise<Result<SourceFile>> {
  if (source === '-') {
    const read = await readStdin();
    return read.ok ? ok(read.value[0]) : read;
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return readFile(source);
  if (!/^https?:\/\//i.test(source))
    return fail(problem(source, 'is not http or https', 'Give a file, or a URL of istiod.'));
  return fetchText(source, limits);
}

async function fetchText(url: string, { timeoutMs, mebibytesMax }: typeof LIMITS): Promise<Result<SourceFile>> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { signal, redirect: 'error' });
    if (!response.ok)
      return fail(problem(url, `answers ${response.status}`, 'istiod serves its metrics at :15014/metrics.'));
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > mebibytesMax * 1024 * 1024) {
        return fail(
          problem(url, `answers with more than ${mebibytesMax} MiB`, 'Is it istiod? Save what you need to a file.'),
        );
      }
      chunks.push(chunk);
    }
    return ok({ path: url, text: Buffer.concat(chunks).toString('utf8') });
  } catch (error) {
    const message = signal.aborted
      ? `does not answer within ${timeoutMs / 1000} s`
      : `cannot be read: ${reasonOf(error)}`;
    return fail(problem(url, message, 'Try it with curl; redirects are not followed.'));
  }
}

/** fetch hides what has happened behind its own words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function problem(url: string, what: string, hint: string): UserError {
  return { code: 'XDS-METRICS-URL', message: `${url} ${what}`, hint };
}
