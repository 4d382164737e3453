/** Sentences of the engine in Korean: what changes, what a strategy does, what is recommended, what is left out. */

type Phrase = readonly [pattern: RegExp, korean: string];

/** The first that fits the whole text; `$1` and so on are what it names. */
const SENTENCES: readonly Phrase[] = [
  [
    /^active health checks, and load that ejections pass on to the next locality$/,
    '능동 상태 검사, 그리고 내보낸 탓에 다음 지역으로 넘어가는 부하',
  ],
  [
    /^requests that take longer than the drain time of a listener which is replaced$/,
    '교체되는 리스너의 드레인 시간보다 오래 걸리는 요청',
  ],
  [/^proxies of more than one control plane revision$/, '컨트롤 플레인 리비전이 둘 이상인 프록시'],
  [
    /^Expand DestinationRules, a gap, switch VirtualServices, a gap, contract DestinationRules$/,
    'DestinationRule 넓히기, 간격, VirtualService 전환, 간격, DestinationRule 좁히기',
  ],
  [
    /^Servers PERMISSIVE, a gap, clients and routes as dr-first, then the servers as they shall be$/,
    '서버를 PERMISSIVE로, 간격, 클라이언트와 라우트는 dr-first처럼, 그다음 서버를 목표대로',
  ],
  [
    /^Expand with the old policy, switch policy and routes in one apply, contract$/,
    '옛 정책으로 넓히고, 정책과 라우트를 한 번에 전환하고, 좁히기',
  ],
  [/^The policy alone, a time to settle, then as dr-first$/, '정책만 먼저, 가라앉을 시간, 그다음 dr-first처럼'],
  [
    /^As dr-first, switching only when every new subset has ready endpoints$/,
    'dr-first처럼, 다만 새 서브셋마다 준비된 엔드포인트가 있을 때만 전환',
  ],
  [/^One apply of everything, writes in random order$/, '모두 한 번에 적용, 쓰는 순서는 무작위'],
  [
    /^VirtualServices, a gap, then DestinationRules and the rest$/,
    'VirtualService, 간격, 그다음 DestinationRule과 나머지',
  ],
  [
    /^Expand, move the weights in steps with a dwell after each, contract$/,
    '넓히고, 가중치를 단계마다 머물며 옮기고, 좁히기',
  ],
  [/^no trial was finished$/, '끝난 시행이 없습니다'],
  [
    /^only the least bad, nothing is safe: whatever completes the change fails for good \((.*)\): mend the manifests first$/,
    '가장 덜 나쁠 뿐 안전한 것은 없습니다. 변경을 끝내는 전략은 모두 계속 실패합니다($1). 매니페스트부터 고치세요',
  ],
  [
    /^it stops before the switch, which is the best that can happen; whatever completes the change fails for good \((.*)\): mend the manifests first$/,
    '전환 전에 멈추며, 그것이 최선입니다. 변경을 끝내는 전략은 모두 계속 실패합니다($1). 매니페스트부터 고치세요',
  ],
];

/** Parts of a sentence that `; ` separates. */
const PARTS: readonly Phrase[] = [
  [/^no 5xx in any trial(, against .*)?$/, '어느 시행에도 5xx 없음$1'],
  [/^([\d.,]+) expected 5xx per rollout(, against .*)?$/, '롤아웃당 예상 5xx $1$2'],
  [/^([\d.,]+) connections cut(, against .*)?$/, '끊기는 연결 $1개$2'],
  [/^complete within an unknown time \(p95\)$/, '언제 끝나는지 알 수 없음(p95)'],
  [/^complete within ([\d.,]+ s) \(p95\)$/, '$1 안에 완료(p95)'],
  [/^no worse but slower: (.*)$/, '못지않지만 더 느림: $1'],
  [/^labels (.*)$/, '레이블 $1'],
  [/^pod labels (.*)$/, '파드 레이블 $1'],
  [/^subset (\S+) labels (.*)$/, '서브셋 $1 레이블 $2'],
  [/^trafficPolicy changed: (.*)$/, 'trafficPolicy 바뀜: $1'],
  [/^subset (\S+) trafficPolicy changed: (.*)$/, '서브셋 $1 trafficPolicy 바뀜: $2'],
  [/^subset (\S+) added$/, '서브셋 $1 추가'],
  [/^subset (\S+) removed$/, '서브셋 $1 삭제'],
  [/^subsets reordered$/, '서브셋 순서 바뀜'],
  [/^(\w+) routes reordered$/, '$1 라우트 순서 바뀜'],
  [/^(\w+\[\d+\]) added$/, '$1 추가'],
  [/^(\w+\[\d+\]) removed$/, '$1 삭제'],
  [/^(\w+\[\d+\]) changed: (.*)$/, '$1 바뀜: $2'],
  [/^(\w+\[\d+\]) weights (.*)$/, '$1 가중치 $2'],
  [/^(\w+\[\d+\]) (.* → .*)$/, '$1 $2'],
  [/^(\d+) endpoints? added$/, '엔드포인트 $1개 추가'],
  [/^(\d+) endpoints? removed$/, '엔드포인트 $1개 삭제'],
  [/^replicas (.*)$/, '복제본 $1'],
  [/^ready endpoints (.*)$/, '준비된 엔드포인트 $1'],
  [/^host (\S+ → \S+)$/, '호스트 $1'],
  [/^hosts (.* → .*)$/, '호스트 $1'],
  [/^gateways (.* → .*)$/, '게이트웨이 $1'],
  [/^changed: (.*)$/, '바뀜: $1'],
];

/** Words inside of parts that no pattern has consumed. */
const WORDS: readonly Phrase[] = [
  [/([\d.,]*\d) with ([\w-]+)/g, '$2 $1'],
  [/, against (.*)$/, '(견주면 $1)'],
  [/ and (\d+) more$/, ' 외 $1개'],
  [/(^| )none(?= →|$)/g, '$1없음'],
  [/\bno subset\b/g, '서브셋 없음'],
];

const ONLY = /^(the only strategy compared: )(.*)$/;
const CHANGE = /^(create|update|delete) (\S+?)(?:: (.*))?$/;
const ACTIONS: Readonly<Record<string, string>> = { create: '추가', update: '변경', delete: '삭제' };

/** undefined: a sentence that is not known here. */
export function inKorean(text: string): string | undefined {
  const sentence = SENTENCES.find(([pattern]) => pattern.test(text));
  if (sentence !== undefined) return text.replace(...sentence);
  const change = CHANGE.exec(text);
  if (change === null) return partsInKorean(text);
  const [, action, object, details] = change;
  if (details === undefined) return `${ACTIONS[action]} ${object}`;
  const parts = partsInKorean(details);
  return parts === undefined ? undefined : `${ACTIONS[action]} ${object}: ${parts}`;
}

function partsInKorean(text: string): string | undefined {
  const parts = text.split('; ').map(partInKorean);
  return parts.some((part) => part === undefined) ? undefined : parts.join('; ');
}

function partInKorean(text: string): string | undefined {
  const [, , said] = ONLY.exec(text) ?? ['', '', text];
  const found = PARTS.find(([pattern]) => pattern.test(said));
  if (found === undefined) return undefined;
  const korean = WORDS.reduce((part, word) => part.replace(...word), said.replace(...found));
  return said === text ? korean : `견준 전략은 하나뿐: ${korean}`;
}
