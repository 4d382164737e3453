/** What the timeline says, in Korean. */
import type { Strings } from './en.js';
import { grouped } from './grouped.js';

export const timeline: Strings['timeline'] = {
  title: '타임라인',
  whole: '롤아웃 전체',
  push: (push) => `푸시 ${push}`,
  zoomIn: '확대',
  zoomOut: '축소',
  earlier: '앞으로',
  later: '뒤로',
  log: '로그 시간축',
  keys: '타임라인에서: ← → 이동, + − 확대와 축소, 0 전체. 끌면 그 구간을 보고, 누르면 그 순간으로 갑니다.',
  saveSvg: 'SVG로 저장',
  savePng: 'PNG로 저장',
  words: {
    time: '시간',
    apiServer: 'API 서버',
    responses: '응답',
    inconsistent: '불일치',
    failing: '실패',
    never: '없음',
    windows: (count) => `구간 ${count}개`,
    debounce: (wait, count) => [`디바운스 ${wait}, 이벤트 ${grouped(count)}개`, `디바운스 ${wait}`, '디바운스'],
    push: (push, proxies) => [
      `푸시 ${push}: 프록시 ${grouped(proxies)}개, 무작위 순서`,
      `푸시 ${push}: 프록시 ${grouped(proxies)}개`,
      `푸시 ${push}`,
    ],
    context: (push, time) => `푸시 ${push}: 푸시 컨텍스트를 ${time} 만에 만듦`,
    write: ({ action, object, revision, sent, stored }) =>
      `${action} ${object}(${revision}): ${sent}에 보내고 ${stored}에 저장`,
    fails: (proxy, flag, from, to) => `${proxy}: ${from}부터 ${to}까지 요청 실패(${flag})`,
    sampled: (proxy, flag, share) =>
      `${proxy}: 이런 프록시들의 요청 가운데 최대 ${share}가 실패합니다(${flag}). 4분의 1초 단위입니다`,
    offline: '연결 없음',
    others: (count) => `전체 ${grouped(count)}`,
    message: ({ proxy, type, resources, removed, isAnswer, sent, lost, started, applied }) =>
      `${proxy}: ${type}, 리소스 ${resources}개${removed > 0 ? `, ${removed}개 삭제` : ''}${isAnswer ? ', 구독에 대한 답' : ''}; ` +
      (lost === undefined
        ? `보냄 ${sent}, 메인 스레드 시작 ${started ?? '없음'}, 적용 ${applied ?? '없음'}`
        : `보냄 ${sent}, ${lost}에 스트림과 함께 사라짐`),
    converged: (at) => `${at}부터 변경을 모두 따름`,
    rate: ['초당', '예상 5xx'],
    noFailure: '실패하는 요청 없음',
    peak: (perSecond, at) => `최고 ${perSecond} 5xx/s, ${at}`,
    ready: '준비된 엔드포인트',
    connections: ['오래 가는', '연결'],
    requestsCut: (count, at) => `${at}에 파드가 멈춰 요청 ${count}개가 끊길 것으로 예상됩니다`,
    open: (count) => `${count}개 열림`,
    cut: (count) => `${count}개 끊김`,
    cutAt: (count, at) => `${at}에 오래 가는 연결 ${count}개가 끊깁니다`,
    drains: (proxy, count, from, to, cut) =>
      `${proxy}: 바뀐 리스너 위의 오래 가는 연결 ${count}개가 ${from}부터 ${to}까지 드레인됩니다. 그때 ${cut}개가 남습니다`,
    legend: {
      CDS: 'CDS 클러스터',
      EDS: 'EDS 엔드포인트',
      LDS: 'LDS 리스너',
      RDS: 'RDS 라우트, 적용됨',
      answer: '구독에 대한 답',
      waits: '보냄, 기다림',
      applies: 'Envoy가 적용 중',
      done: '변경을 모두 따름',
      lost: '스트림과 함께 사라짐',
      sampled: '실패하는 요청의 비율',
      drains: '오래 가는 연결 드레인',
      cut: '그리고 끊김',
      old: '변경 전',
      new: '변경 후',
    },
    causes: {
      'rds-late': '실패: RDS 늦음',
      'cds-late': '실패: CDS 늦음',
      'eds-late': '실패: EDS 늦음',
      other: '실패',
    },
  },
};
