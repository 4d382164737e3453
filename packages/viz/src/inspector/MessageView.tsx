/** One message: what is in it and when it got where. */
import type { Message, RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { seek } from '../state/playback.js';
import { select } from '../state/select.js';
import { words } from '../strings/index.js';
import { moment } from '../timeline/frame.js';
import { forkWith } from './fork.js';

const NACK_MS = 5;

interface Props {
  readonly branch: Branch;
  readonly picture: RolloutPicture;
  readonly message: Message;
}

export function MessageView({ branch, picture, message }: Props) {
  const t = words().inspector;
  const { id } = picture.proxies[message.proxy];
  const times = [
    [t.message.sent, message.sentNs],
    ...(message.lostNs === undefined
      ? ([
          [t.message.received, message.receivedNs],
          [t.message.started, message.startedNs],
          [t.message.applied, message.appliedNs],
        ] as const)
      : ([[t.message.lost, message.lostNs]] as const)),
  ] as const;
  return (
    <>
      <h3>
        {message.type} {message.push === undefined ? t.message.answer : t.message.ofPush(message.push)},{' '}
        <button type="button" class="link" onClick={() => select({ kind: 'proxy', id }, branch.name)}>
          {id}
        </button>
      </h3>
      <p>{t.message.content(message.resources, message.removed)}</p>
      <dl class="facts">
        {times.map(([name, ns]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {ns === undefined ? (
                t.message.never
              ) : (
                <button type="button" class="link" onClick={() => seek(ns)}>
                  {moment(ns)}
                </button>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {message.receivedNs !== undefined && (
        <>
          <p class="acts">
            <b>{t.act.title}</b>{' '}
            <button type="button" onClick={() => forkWith(lost(id, message.sentNs, message.receivedNs as number))}>
              {t.message.drop}
            </button>{' '}
            <button type="button" onClick={() => forkWith(rejected(id, message))}>
              {t.message.reject}
            </button>
          </p>
          <p class="soft">{t.message.dropMeaning}</p>
        </>
      )}
    </>
  );
}

/** Half way, its stream breaks. */
function lost(id: string, sentNs: number, receivedNs: number) {
  const atMs = Math.floor((sentNs + receivedNs) / 2) / 1e6;
  return { path: 'faults.streamResets', value: `[{proxies: [${id}], atMs: ${atMs}}]` };
}

/** It arrives and is refused, as is all of its type about that moment. */
function rejected(id: string, { type, receivedNs, sentNs, appliedNs }: Message) {
  const fromMs = Math.max(0, Math.floor((receivedNs ?? sentNs) / 1e6) - NACK_MS);
  const toMs = Math.ceil((appliedNs ?? sentNs) / 1e6) + NACK_MS;
  return {
    path: 'faults.nacks',
    value: `[{proxies: [${id}], types: [${type}], fromMs: ${fromMs}, toMs: ${toMs}}]`,
  };
}
