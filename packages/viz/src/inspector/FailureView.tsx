/** One request: what the caller gets, what Envoy logs, and where it fails which message was late. */
import type { RolloutPicture } from '../rollout/picture.js';
import type { Branch } from '../state/branches.js';
import { seek } from '../state/playback.js';
import { select } from '../state/select.js';
import { words } from '../strings/index.js';
import { duration, moment } from '../timeline/frame.js';
import { accessLogLine, detailsOf } from './access-log.js';
import { lateMessage } from './late-message.js';

interface Props {
  readonly branch: Branch;
  readonly picture: RolloutPicture;
  readonly index: number;
}

export function FailureView({ branch, picture, index }: Props) {
  const t = words().inspector;
  const { causes } = words();
  const { requests, proxies } = picture;
  const bucket = requests.outcomes[requests.outcome[index]];
  const ns = requests.atNs[index];
  const proxy = requests.proxy[index];
  const { id } = proxies[proxy];
  const isFailed = bucket.code >= 400;
  const late = isFailed ? lateMessage(picture, proxy, bucket.cause, ns) : undefined;
  return (
    <>
      <h3>
        <span class={isFailed ? 'badge' : 'badge served'}>
          {bucket.code}
          {bucket.flag !== '-' && ` ${bucket.flag}`}
        </span>{' '}
        {isFailed ? t.failure.title : t.failure.served},{' '}
        <button type="button" class="link" onClick={() => seek(ns)}>
          {moment(ns)}
        </button>
        ,{' '}
        <button type="button" class="link" onClick={() => select({ kind: 'proxy', id }, branch.name)}>
          {id}
        </button>
      </h3>
      <dl class="facts wide">
        <div>
          <dt>{t.failure.to}</dt>
          <dd>
            {bucket.host === bucket.destination ? bucket.destination : `${bucket.host} → ${bucket.destination}`}{' '}
            {bucket.subset}
          </dd>
        </div>
        <div>
          <dt>{t.failure.details}</dt>
          <dd>
            <code>{detailsOf(bucket)}</code>
          </dd>
        </div>
        {isFailed && (
          <>
            <div>
              <dt>{t.failure.why}</dt>
              <dd>{causes[bucket.cause]}</dd>
            </div>
            <div>
              <dt>{t.failure.late}</dt>
              <dd>
                {late === undefined ? (
                  t.failure.nothingLate
                ) : late.message === undefined ? (
                  t.failure.never(late.type)
                ) : (
                  <button
                    type="button"
                    class="link"
                    onClick={() =>
                      select({ kind: 'message', index: picture.messages.indexOf(late.message!) }, branch.name)
                    }
                  >
                    {t.failure.lateMessage(
                      late.type,
                      moment(late.message.sentNs),
                      moment(late.message.appliedNs ?? 0),
                      duration((late.message.appliedNs ?? ns) - ns),
                    )}
                  </button>
                )}
              </dd>
            </div>
          </>
        )}
        <div>
          <dt>{t.failure.log}</dt>
          <dd>
            <pre class="log" tabIndex={0}>
              {accessLogLine(bucket, ns)}
            </pre>
          </dd>
        </div>
      </dl>
      <p class="soft">{t.failure.intro}</p>
    </>
  );
}
