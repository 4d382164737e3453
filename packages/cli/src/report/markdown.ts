/** The comparison for a pull request or a job summary (GitHub Markdown). */
import type { Report } from '@xdsim/sim-core';
import { callerRows, retriesInWords } from './callers.js';
import { comparisonRows, type Facts, HEADINGS, notesOn, titleOf, worstTrials } from './comparison.js';

export function renderMarkdown(report: Report, facts: Facts): string {
  const { recommendation, caveats, defaults } = notesOn(report, facts);
  const worst = worstTrials(report);
  const sections = [
    `### xdsim: ${escaped(report.scenario.name)}`,
    `**Recommended:** ${escaped(recommendation)}`,
    tableOf(report),
    escaped(titleOf(report)),
    callersOf(report, facts.callerRetries),
    listOf(caveats),
    defaults.length === 0
      ? ''
      : details(
          'Defaults that decide the answer',
          listOf(defaults.map(({ parameter, why }) => `${parameter}: ${why}`)),
        ),
    worst.length === 0
      ? ''
      : details(
          'Worst trials',
          fenced(
            worst.map(
              ({ strategy, trial, errors, command }) =>
                `# ${strategy}, trial ${trial}: ${errors} expected 5xx\n${command}`,
            ),
          ),
        ),
    report.warnings.length === 0
      ? ''
      : details(
          `Warnings (${report.warnings.length})`,
          listOf(
            report.warnings.map(
              ({ code, message, file, line }) => `${code}: ${message}${file === null ? '' : ` (${file}:${line})`}`,
            ),
          ),
        ),
    details(
      'What changes',
      listOf(
        report.change.objects.map(
          ({ action, kind, namespace, name, details: what, file, line }) =>
            `${action} ${kind} ${namespace}/${name} (${file}:${line})${what.length === 0 ? '' : `: ${what.join('; ')}`}`,
        ),
      ),
    ),
    details('Not modelled', listOf(report.notModelled)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function tableOf(report: Report): string {
  const headings = HEADINGS.map(({ words }) => words.filter((word) => word !== '').join(' '));
  const rules = HEADINGS.map(({ align }) => (align === 'left' ? '---' : '---:'));
  const rows = comparisonRows(report).map((row) => [String(row.group), ...HEADINGS.map(({ key }) => row[key])]);
  return [['#', ...headings], ['---:', ...rules], ...rows.map((row) => row.map(escaped))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function callersOf(report: Report, retries: number): string {
  const rows = callerRows(report, retries);
  if (rows.length === 0) return '';
  const headings = ['strategy', '5xx per rollout', 'failing', ...(retries > 0 ? [retriesInWords(retries)] : [])];
  const cells = rows.map(({ strategy, of, failing, afterRetries }) =>
    [strategy, of, failing, ...(retries > 0 ? [afterRetries] : [])].map(escaped),
  );
  return [headings, headings.map((_, at) => (at < 2 ? '---' : '---:')), ...cells]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function listOf(items: readonly string[]): string {
  return items.map((item) => `- ${escaped(item)}`).join('\n');
}

function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function fenced(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

/** Names and messages come from the user's files: they are text, neither markup nor HTML. */
function escaped(text: string): string {
  return text
    .replace(/[\\`*_[\]|]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('\n', ' ');
}
