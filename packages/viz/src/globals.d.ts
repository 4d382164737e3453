/** Put in by vite.config.ts: the version of the command line, which reports carry. */
declare const __XDSIM_VERSION__: string;

/** The case of the first lesson, read when the page was built; undefined in development. */
declare module 'virtual:first-case' {
  const packed: import('@xdsim/sim-core').PackedStudy | undefined;
  export default packed;
}
