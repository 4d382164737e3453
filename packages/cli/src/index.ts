/** What others may use of the command line: its renderers. */
export { formatError, formatErrors, formatWarning } from './errors.js';
export type { Facts } from './report/comparison.js';
export { renderJson } from './report/json.js';
export { renderMarkdown } from './report/markdown.js';
export { formatDuration, formatDurations, formatEstimate, formatNumber, formatProbability } from './report/numbers.js';
export { renderTable } from './report/table.js';
export { renderValidation } from './report/validation.js';
