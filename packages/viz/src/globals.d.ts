/** Put in by vite.config.ts: the version of the command line, which reports carry. */
declare const __XDSIM_VERSION__: string;
