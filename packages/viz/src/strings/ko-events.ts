/** What happens, event by event, in Korean. */
import type { EventWords } from './en-events.js';

export const events: EventWords = {
  'write-sent': ({ action, object }) => `도구가 API 서버에 ${object}의 ${action}를 보냅니다.`,
  'write-committed': ({ object }) => `API 서버가 ${object}를 저장했습니다.`,
  'watch-delivered': ({ istiod, object }) =>
    `${istiod}가 ${object}의 변경을 알게 되고, 이벤트가 디바운스에 들어갑니다.`,
  'gate-polled': ({ group, ready }) =>
    ready ? `문이 열립니다: ${group} 진행.` : `문이 닫혀 있습니다: ${group}는 기다려야 합니다.`,
  'gate-given-up': ({ group }) => `도구가 기다림을 그만둡니다. ${group}는 일어나지 않습니다.`,
  'endpoint-changed': ({ endpoint, ready }) =>
    ready ? `${endpoint}가 준비되어 EndpointSlice에 들어갑니다.` : `${endpoint}는 더 이상 준비 상태가 아닙니다.`,
  'debounce-started': ({ istiod }) => `${istiod}가 묶음의 첫 이벤트를 받고 조용해지기를 기다립니다.`,
  'push-started': ({ istiod, push, mergedEvents }) =>
    `${istiod}가 조용해졌습니다. 이벤트 ${mergedEvents}개로 푸시 ${push}을(를) 시작합니다.`,
  'push-queued': ({ push }) => `푸시 ${push}의 푸시 컨텍스트가 준비되었고, 모든 연결이 무작위 순서로 큐에 들어갑니다.`,
  'push-dequeued': ({ proxy, push }) => `자리가 났습니다. 푸시 ${push}이(가) 큐에서 ${proxy}를 꺼냅니다.`,
  'push-begun': ({ proxy, push }) => `istiod가 ${proxy}를 위한 코어를 얻어 푸시 ${push}을(를) 시작합니다.`,
  'push-done': ({ proxy, push }) => `푸시 ${push}의 모든 종류가 ${proxy}로 가는 중입니다.`,
  'response-sent': ({ proxy, type, push }) =>
    push === null
      ? `istiod가 ${proxy}의 구독에 답합니다(${type}).`
      : `istiod가 푸시 ${push}의 ${type}를 ${proxy}에 보냅니다.`,
  'response-received': ({ proxy, type }) => `${type}가 ${proxy}에 도착해 메인 스레드를 기다립니다.`,
  'response-started': ({ proxy, type }) => `${proxy}의 메인 스레드가 ${type}를 시작합니다.`,
  'response-applied': ({ proxy, type }) => `${proxy}가 ${type}를 적용했습니다.`,
  'request-sent': ({ proxy, type, subscribed }) =>
    subscribed > 0
      ? `${proxy}가 istiod에 리소스 ${subscribed}개를 더 요청합니다(${type}).`
      : `${proxy}가 구독을 거둡니다(${type}).`,
  'ack-sent': ({ proxy, type }) => `${proxy}가 ${type}를 확인(ACK)합니다.`,
  'cluster-warming': ({ proxy, cluster }) => `${proxy}: ${cluster}가 예열 중이며 엔드포인트를 기다립니다.`,
  'cluster-warm': ({ proxy, cluster }) => `${proxy}: ${cluster}의 예열이 끝났습니다.`,
  'cluster-removed': ({ proxy, cluster }) => `${proxy}: ${cluster}가 지워졌습니다.`,
  'routes-loaded': ({ proxy }) => `${proxy}의 메인 스레드에 새 라우트가 있습니다.`,
  'worker-cluster': ({ proxy, worker, cluster, content }) =>
    content === null
      ? `${proxy}의 워커 ${worker}에 ${cluster}가 더 이상 없습니다.`
      : `${proxy}의 워커 ${worker}에 ${cluster}가 있습니다.`,
  'worker-endpoints': ({ proxy, worker, cluster, ready }) =>
    `${proxy}의 워커 ${worker}에 ${cluster}의 엔드포인트 ${ready}개가 있습니다.`,
  'worker-routes': ({ proxy, worker }) => `${proxy}의 워커 ${worker}가 새 라우트를 따릅니다.`,
  'unrelated-event': ({ istiod }) => `${istiod}가 클러스터의 다른 일을 알게 됩니다. 디바운스가 길어집니다.`,
  'stream-closed': ({ proxy }) => `${proxy}가 스트림을 잃고, 가진 것을 그대로 씁니다.`,
  'stream-opened': ({ proxy, istiod }) => `${proxy}가 ${istiod}에 연결되어 모든 것을 요청합니다.`,
  'istiod-down': ({ istiod }) => `${istiod}가 죽고, 그 스트림도 모두 끊깁니다.`,
  'istiod-up': ({ istiod }) => `${istiod}가 동기화를 마치고 연결을 받습니다.`,
  'endpoint-condition': ({ endpoint, takes }) =>
    takes.length === 0
      ? `${endpoint}가 이제부터 새 연결을 거부합니다.`
      : `${endpoint}가 이제부터 ${takes.join(', ')} 연결을 받습니다. 열려 있는 연결은 그대로 갑니다.`,
  'listeners-loaded': ({ proxy }) => `${proxy}의 메인 스레드에 바뀐 리스너가 있습니다.`,
  'worker-listeners': ({ proxy, worker }) => `${proxy}의 워커 ${worker}로 오는 새 연결은 바뀐 리스너를 거칩니다.`,
  'listener-draining': ({ proxy, listeners }) =>
    `${proxy}: ${listeners.join(', ')}의 필터 체인이 바뀌었고, 그 연결은 드레인 시간 동안 이어집니다.`,
  'listener-drained': ({ proxy, listeners }) =>
    `${proxy}: ${listeners.join(', ')}의 드레인 시간이 끝나, 옛 필터 체인에 남은 연결을 끊습니다.`,
  'pod-gone': ({ endpoint }) => `${endpoint}가 사라지고, 그 연결도 함께 끊깁니다.`,
  'nack-sent': ({ proxy, type }) => `${proxy}가 ${type}를 거부하고, 가진 것을 그대로 씁니다.`,
};
