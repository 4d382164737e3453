/** `npm run page`: serves the built page on loopback, at its first lesson. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './setup.mjs';

const page = (file) => import(pathToFileURL(join(ROOT, 'packages/cli/dist/page', file)).href);
const { pageFiles } = await page('built-page.js');
const { servePage } = await page('serve-page.js');
const { watchInterrupts } = await import(pathToFileURL(join(ROOT, 'packages/cli/dist/interrupt.js')).href);

watchInterrupts();
const files = pageFiles(undefined);
if (!files.ok) throw new Error(files.errors[0].message);
const served = await servePage(files.value, { port: 0, address: '', opens: false });
if (!served.ok) throw new Error(served.errors[0].message);
