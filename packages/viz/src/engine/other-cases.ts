/** Texts of all bundled cases but the first lesson's, by path. */
export const OTHER_TEXTS = import.meta.glob<string>(
  ['../../../../scenarios/**/*.yaml', '!../../../../scenarios/one-gateway/**', '!../../../../scenarios/calibration/**'],
  { query: '?raw', import: 'default', eager: true },
);
