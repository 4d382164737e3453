/** This view as one HTML file that works from disk: the page in one file, with the case and the address put into it. */
import type { CaseFiles } from '../engine/protocol.js';
import { type Address, formatAddress, GIVEN } from '../state/address.js';
import { stageEngine } from '../state/engines.js';
import { address, choices, ofLesson } from '../state/store.js';
import { download, rolloutFile } from './download.js';

/** Beside the page where it is served; a page that is one file already is its own. */
const SINGLE = './single.html';
const isSingle = import.meta.env.MODE === 'single';

/** Before anything is drawn into it. */
const ownHtml = isSingle ? `<!doctype html>\n${document.documentElement.outerHTML}` : '';

/** False where the page in one file is not to be had. */
export async function savePage(): Promise<boolean> {
  const [choice] = choices.peek();
  if (choice === undefined) return false;
  const answer = await stageEngine.ask({ kind: 'files', source: choice.source });
  const html = isSingle ? ownHtml : await served();
  if (!answer.ok || answer.value === undefined || html === undefined) return false;
  const view: Address = { ...address.peek(), ...ofLesson(), case: GIVEN };
  const room = view.room === 'compare' ? 'compare' : 'explore';
  const whole = withCase(html, { files: answer.value, address: formatAddress({ ...view, room }) });
  const facts = await stageEngine.ask({ kind: 'study', choice });
  const scenario = facts.ok ? facts.value.name : view.case;
  download(rolloutFile({ ...choice, scenario }, 'html'), whole, 'text/html');
  return true;
}

async function served(): Promise<string | undefined> {
  const answer = await fetch(SINGLE).catch(() => undefined);
  return answer?.ok ? answer.text() : undefined;
}

/** `<` is written so that no text can end the element. */
function withCase(html: string, given: { readonly files: CaseFiles; readonly address: string }): string {
  const json = JSON.stringify(given).replaceAll('<', '\\u003c');
  return html.replace(
    /(<script type="application\/json" id="xdsim-case">)[^<]*(<\/script>)/,
    (_, open, close) => open + json + close,
  );
}
