/**
 * First import of the worker: the schema library otherwise tries whether it may make code out of text, which the page's
 * Content-Security-Policy forbids, loudly.
 */
(globalThis as { __zod_globalConfig?: object }).__zod_globalConfig = { jitless: true };
