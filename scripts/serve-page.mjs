/** `npm run page`: serves the built page on loopback, at its first lesson. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './setup.mjs';

const cli = (file) => import(pathToFileURL(join(ROOT, 'packages/cli/dist', file)).href);
const { pageFiles } = await cli('built-page.js');
const { servePage } = await cli('page/serve-page.js');
const { watchInterrupts } = await cli('interrupt.js');

watchInterrupts();
const files = pageFiles(undefined);
if (!files.ok) throw new Error(files.errors[0].message);
const served = await servePage(files.value, { port: 0, address: '', opens: false });
if (!served.ok) throw new Error(served.errors[0].message);
