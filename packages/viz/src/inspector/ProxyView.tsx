/** One proxy in the tables of istioctl, from the same report as `xdsim inspect`. */
import { useSignal } from '@preact/signals';
import type { InspectReport } from '@xdsim/sim-core';
import { useEffect } from 'preact/hooks';
import { countInWords } from '../rollout/figures.js';
import { drainingAt } from '../rollout/long-lived.js';
import type { Message, RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { stageEngine } from '../state/engines.js';
import { seek } from '../state/playback.js';
import { select } from '../state/select.js';
import { now } from '../state/store.js';
import { words } from '../strings/index.js';
import { duration, moment } from '../timeline/frame.js';
import { forkWith } from './fork.js';
import { IstioctlTables } from './IstioctlTables.js';
import { Table } from './Table.js';
import { useRestedMoment } from './use-rested.js';

interface Props {
  readonly branch: Branch;
  readonly picture: RolloutPicture;
  readonly proxy: number;
}

export function ProxyView({ branch, picture, proxy }: Props) {
  const t = words().inspector;
  const ns = useRestedMoment();
  const report = useSignal<InspectReport | undefined>(undefined);
  const choice = branch.choice.value;
  useEffect(() => {
    if (choice === undefined) return;
    let isWanted = true;
    void stageEngine.ask({ kind: 'inspect', choice, atNs: ns, proxy }).then((answer) => {
      if (isWanted && answer.ok) report.value = answer.value;
    });
    return () => {
      isWanted = false;
    };
  }, [choice, ns, proxy]);
  const { id } = picture.proxies[proxy];
  return (
    <>
      {report.value !== undefined && <IstioctlTables report={report.value} />}
      <LongLived picture={picture} proxy={proxy} ns={ns} />
      <Messages branch={branch} picture={picture} proxy={proxy} />
      <p class="acts">
        <b>{t.act.title}</b>{' '}
        <button type="button" onClick={() => forkWith({ path: 'faults.slowProxies', value: `{${id}: 300}` })}>
          {t.act.slow}
        </button>{' '}
        <button type="button" onClick={() => forkWith(partition(id, now.peek()))}>
          {t.act.partition}
        </button>
      </p>
    </>
  );
}

function partition(id: string, ns: number) {
  const fromMs = Math.max(0, Math.floor(ns / 1e6));
  return { path: 'faults.partitions', value: `[{proxies: [${id}], fromMs: ${fromMs}, toMs: ${fromMs + 5000}}]` };
}

function LongLived({ picture, proxy, ns }: Omit<Props, 'branch'> & { readonly ns: number }) {
  const t = words().inspector;
  const { longLived } = picture;
  if (longLived.open[proxy] === 0) return null;
  const cut = longLived.cuts.reduce(
    (sum, { proxy: of, atNs, count }) => (of === proxy && atNs <= ns ? sum + count : sum),
    0,
  );
  const counts = [longLived.open[proxy], drainingAt(longLived, proxy, ns), cut].map(countInWords);
  return (
    <p>
      {t.longLived}: {t.longLivedNow(counts[0], counts[1], counts[2])}
    </p>
  );
}

function Messages({ branch, picture, proxy }: Props) {
  const t = words().inspector;
  const { columns: c } = t;
  const messages = picture.messages.flatMap((message, index) => (message.proxy === proxy ? [{ message, index }] : []));
  const waited = ({ receivedNs, startedNs }: Message) =>
    receivedNs === undefined || startedNs === undefined ? '–' : duration(startedNs - receivedNs);
  return (
    <Table
      title={t.messages}
      columns={[c.type, c.sent, c.waited, c.applied]}
      rows={messages.map(({ message, index }) => [
        <button
          type="button"
          class="link"
          onClick={() => {
            seek(message.sentNs);
            select({ kind: 'message', index }, branch.name);
          }}
        >
          {message.type}
          {message.push === undefined ? ' ○' : ''}
        </button>,
        moment(message.sentNs),
        waited(message),
        message.appliedNs === undefined ? '–' : moment(message.appliedNs),
      ])}
      none={t.none}
    />
  );
}
