/** The lessons in Korean. */
import type { LessonWords } from './en-lessons.js';

const first: LessonWords = {
  title: '첫 번째 503',
  story: [
    '게이트웨이 하나가 web 서비스 앞에 서 있습니다. 버전 2는 이미 배포되어 준비가 끝났습니다. 사용자를 버전 2로 보내려면 두 객체를 바꿔야 합니다. VirtualService는 이제 서브셋 v2를 가리키고, DestinationRule은 v2가 무엇인지 정의합니다.',
    '누군가 VirtualService를 먼저 적용하고, 2초 뒤에 DestinationRule을 적용합니다. 둘 다 올바르고, 곧 둘 다 있게 됩니다.',
    'API 서버와 게이트웨이 사이에는 istiod가 있습니다. istiod는 100 ms 동안 조용해질 때까지 기다렸다가(고리) 바뀐 것을 게이트웨이에 보냅니다. 클러스터(CDS)는 DestinationRule에서, 라우트(RDS)는 VirtualService에서 나옵니다.',
  ],
  question: '게이트웨이는 초당 20개의 요청을 받습니다. 얼마나 오래 오류를 낼까요?',
  options: [
    '전혀 없다: Istio가 둘을 함께 적용한다',
    '디바운스 100 ms 동안',
    '두 쓰기 사이의 2초쯤',
    '누군가 다시 시작할 때까지',
  ],
  explanation: [
    '새 라우트가 적용되는 순간부터 모든 요청은 서브셋 v2의 클러스터로 갑니다. 그런데 게이트웨이에는 그 클러스터가 없습니다. 503, 플래그 NC(클러스터 없음)입니다. 두 번째 쓰기가 올 때까지, 그리고 조금 더 이어집니다.',
    '그 “조금 더”는 타임라인의 두 번째 푸시 뒤에 보입니다. CDS가 클러스터를 가져오지만, Envoy는 엔드포인트(EDS)가 와야 그 클러스터로 응답합니다. 그때까지 클러스터는 예열(warming) 중입니다.',
    '오류는 어느 객체에도 들어 있지 않습니다. 순서에 들어 있습니다.',
  ],
  variants: ['2초 대신 5초 기다리기', '순서 뒤집기: DestinationRule 먼저'],
  checks: [
    [
      'istioctl proxy-config routes deploy/istio-ingressgateway -n istio-system -o json',
      '라우트가 어느 클러스터를 가리키는지',
    ],
    [
      'istioctl proxy-config clusters deploy/istio-ingressgateway -n istio-system --fqdn web.shop.svc.cluster.local',
      '게이트웨이에 그 클러스터가 있는지',
    ],
    [
      'kubectl logs deploy/istio-ingressgateway -n istio-system | grep " NC "',
      '클러스터를 찾지 못한 요청들. 액세스 로그가 켜져 있어야 합니다',
    ],
  ],
};

const ownTime: LessonWords = {
  title: '프록시가 많으면, 저마다 제 시간에',
  story: [
    '이번에는 사이드카가 50개인 메시에서 같은 실수를 합니다. 사이드카마다 라우트와 클러스터의 사본을 따로 가지고 있고, 오직 자기 사본에 따라 움직입니다.',
    'istiod는 모든 프록시를 무작위 순서로 큐에 넣고, 한 번에 몇 개씩 차례로 설정을 만듭니다. 메시 전체가 한꺼번에 바뀌는 순간은 없습니다.',
  ],
  question: '이 메시에서 두 프록시가 서로 다른 버전의 라우트나 클러스터에 따라 움직이는 시간은 얼마나 될까요?',
  options: ['없다: 푸시는 모두에게 동시에 도착한다', '수십 밀리초', '몇 초'],
  explanation: [
    '이 시간을 스큐(skew)라고 합니다. 타임라인에서 체크 표시가 이루는 기울기로 보입니다. istiod의 큐와 CPU에서 생깁니다. 마지막 프록시는 다른 모두가 끝날 때까지 기다립니다.',
    '스큐 자체는 오류가 아닙니다. 그러나 “둘을 한꺼번에 적용하자”가 도움이 되지 않는 이유입니다. 푸시 하나도 50번에 걸쳐 도착합니다.',
    '실패 구간(빨강)은 어느 프록시에서나 2초쯤이지만, 열리고 닫히는 순간은 저마다 다릅니다. 파드 평균을 보여 주는 대시보드에는 절벽이 아니라 비탈이 보입니다.',
  ],
  variants: ['사이드카 500개', '코어가 하나뿐인 istiod'],
  checks: [
    [
      'istioctl proxy-status',
      '누가 무엇을 확인(ACK)했는지. SYNCED는 아직 큐에서 기다리는 푸시에 대해서는 아무 말도 하지 않습니다',
    ],
    [
      'kubectl exec deploy/istiod -n istio-system -- curl -s localhost:15014/metrics | grep pilot_proxy_convergence_time',
      'istiod가 잰, 프록시가 기다리는 시간',
    ],
  ],
};

const addWindow: LessonWords = {
  title: '한 번의 apply, 한 번의 푸시, 그래도 오류',
  story: [
    '뻔한 해결책: 두 객체를 한 파일에 담아 kubectl apply를 한 번만 합니다. 쓰기 사이는 몇 밀리초이고, istiod는 조용해지기를 기다렸다가 둘을 한 푸시로 보냅니다.',
    '푸시 하나는 한 스트림에서 차례로 가는 네 메시지입니다. CDS(클러스터), EDS(엔드포인트), LDS(리스너), RDS(라우트). 답을 기다리지 않고 보냅니다.',
  ],
  question: '초당 1,000개의 요청이 옵니다. 몇 개가 실패하리라고 예상됩니까?',
  options: ['없다: 푸시가 하나뿐이다', '몇 개', '수백 개'],
  explanation: [
    '프록시 하나를 보세요. CDS가 새 클러스터를 가져오고, 예열이 시작됩니다. 엔드포인트가 필요한데 이 푸시의 EDS에는 없습니다. 프록시가 그 클러스터를 아직 구독하지 않았기 때문입니다. 프록시가 물어봐야 합니다(속이 빈 동그라미가 그 답입니다).',
    'RDS는 EDS와 LDS 뒤를 따라 이미 오는 중입니다. 답이 돌아오기 전에 RDS가 적용되면, 라우트는 아직 응답하지 못하는 클러스터를 가리킵니다. 몇 ms 동안 503 NC입니다.',
    '메시가 커지면 이 구간은 길어지지 않고 짧아집니다. 다른 메시지가 더 오래 걸려서 답이 RDS를 앞지릅니다.',
  ],
  variants: ['메시의 서비스 10개', '메시의 서비스 1,000개'],
  checks: [
    [
      'istioctl proxy-config clusters deploy/checkout-client -n shop --fqdn checkout.shop.svc.cluster.local',
      '예열 중인 클러스터는 목록에 있지만 응답하지 않습니다',
    ],
    [
      'kubectl exec deploy/checkout-client -n shop -c istio-proxy -- pilot-agent request GET stats | grep warming_clusters',
      '지금 예열 중인 클러스터의 수',
    ],
  ],
};

const removeWindow: LessonWords = {
  title: '옛 서브셋 치우기',
  story: [
    '깔끔한 변경의 나머지 절반: 트래픽은 v1에서 v2로 옮겨 가고, DestinationRule은 이제 아무도 쓰지 않는 v1을 지웁니다. 이번에도 apply 한 번, 푸시 한 번입니다.',
    '지우는 것은 더하는 것보다 빠릅니다. CDS에서 사라지는 순간 Envoy는 클러스터를 버립니다. 그 클러스터를 가리키는 라우트는 RDS를 기다리는데, CDS와 RDS 사이에는 모든 서비스의 엔드포인트가 있습니다.',
  ],
  question: '이 메시에는 서비스가 1,000개 있습니다. 적어도 한 프록시가 실패하는 시간은 얼마나 될까요?',
  options: ['30 ms 미만', '30–120 ms', '120 ms 이상'],
  explanation: [
    '타임라인에서 프록시 하나를 따라가 보세요. CDS(네모), 이어서 메인 스레드가 1,000개 서비스의 엔드포인트를 처리하는 긴 EDS(동그라미), 그다음이 LDS와 RDS입니다. 그동안 내내 라우트는 사라진 클러스터를 가리킵니다.',
    '이 구간은 메시와 함께 커집니다. 스테이징에서 오류 몇 개였던 것이, 같은 파일로 운영에서는 장애가 됩니다.',
    '프록시 하나를 오래 들여다보는 사람은 없습니다. 저마다 제 순간에 몇십 밀리초씩 실패할 뿐입니다.',
  ],
  variants: ['서비스 200개', '서비스 10개'],
  checks: [
    [
      'istioctl proxy-config clusters deploy/reviews-client -n bookinfo --fqdn reviews.bookinfo.svc.cluster.local',
      'v1은 바로 사라집니다',
    ],
    [
      'istioctl proxy-config routes deploy/reviews-client -n bookinfo -o json | grep outbound',
      '라우트가 아직 v1을 가리키는지',
    ],
  ],
};

const debounce: LessonWords = {
  title: '“DestinationRule, 50 ms 쉬고, VirtualService”가 순서가 아닌 까닭',
  story: [
    '올바른 순서는 이제 압니다. 먼저 정의하고, 그다음 쓰고, 그다음 치웁니다. 스크립트가 단계 사이에 50 ms씩 쉬며 그렇게 합니다.',
    'istiod의 고리를 보세요. 이벤트가 올 때마다 100 ms의 조용함을 처음부터 다시 셉니다. 그 안에 온 것은 모두 한 푸시가 됩니다.',
  ],
  question: '초당 1,000개에서, 몇 개의 요청이 실패하리라고 예상됩니까?',
  options: ['없다: 순서가 맞다', 'apply 한 번일 때처럼 수십 개', '한동안 전부'],
  explanation: [
    '세 번의 쓰기가 한 푸시가 됩니다. 쓰기의 순서는 사라지고, 앞의 두 수업에서 본 구간이 모두 돌아옵니다.',
    '바쁜 클러스터에서는 더 나쁩니다. 파드가 오고 갈 때마다 조용함이 최대 10초까지 미뤄져, 몇 초 떨어진 쓰기도 한 푸시를 나눌 수 있습니다.',
    '쉬는 시간은 디바운스에, 가장 느린 프록시가 앞선 푸시를 끝내는 데 걸리는 시간을 더한 것보다 길어야 의미가 있습니다.',
  ],
  variants: ['90 ms 기다리기', '150 ms 기다리기', '300 ms 기다리기'],
  checks: [
    [
      'kubectl logs deploy/istiod -n istio-system | grep "Push debounce stable"',
      '푸시가 이벤트를 몇 개 합쳤고 얼마나 기다렸는지',
    ],
    [
      'kubectl exec deploy/istiod -n istio-system -- curl -s localhost:15014/metrics | grep pilot_debounce_time',
      '같은 것을 히스토그램으로',
    ],
  ],
};

const gap: LessonWords = {
  title: 'DestinationRule 먼저, 간격은 넉넉히',
  story: [
    '2초 간격의 세 단계: v1 곁에 v2를 정의하고, 라우트를 옮기고, v1을 치웁니다. “끊기 전에 잇기(make before break)”이고, Istio 문서가 권하는 방법입니다.',
    '옆에서는 같은 변경이 VirtualService부터 적용됩니다. 운은 똑같습니다. 지연도, 프록시의 순서도 같습니다.',
  ],
  question: 'DestinationRule을 먼저 적용하면 몇 개의 요청이 실패하리라고 예상됩니까?',
  options: ['없다', '수십 개', '수백 개 이상'],
  explanation: [
    '모든 순간에, 모든 프록시가 자기 라우트가 가리키는 클러스터와 엔드포인트를 가지고 있습니다. 프록시들은 여전히 잠시 서로 다르지만(파란 괄호), 옛것도 새것도 온전하므로 해롭지 않습니다.',
    '값은 시간입니다. 몇 초가 더 듭니다. 간격이 얼마나 길어야 하는지는 메시에서 가장 느린 프록시와 이벤트의 잦음에 달렸습니다. 어디서 깨지는지는 실험실에서 찾아볼 수 있습니다.',
  ],
  variants: ['서비스 1,000개인 메시에서', '사이드카 1,000개인 메시에서'],
  checks: [
    ['kubectl apply -f destination-rule-both.yaml', 'v1과 v2가 정의되었습니다'],
    [
      'istioctl proxy-config clusters deploy/reviews-client -n bookinfo --fqdn reviews.bookinfo.svc.cluster.local',
      '가장 빠른 프록시가 아니라 가장 느린 프록시에게 v2가 있는지 물어보세요',
    ],
    ['kubectl apply -f virtual-service-v2.yaml', '그제야'],
  ],
};

const policy: LessonWords = {
  title: '정책 변경은 전환이 아니다',
  story: [
    '사례 B: DestinationRule은 클러스터와 어떻게 이야기할지도 말합니다. 커넥션 풀, 이상 감지, 부하 분산, TLS. 여기서는 payments 서비스가 평문에서 상호 TLS로 갑니다. DestinationRule은 클라이언트에게, PeerAuthentication은 서버에게 말합니다. 서브셋도 라우트도 바뀌지 않습니다.',
    '정책이 바뀐 클러스터는 새로 만들어집니다. 새것이 옛것 곁에서 예열되고, 그다음 서로 바뀝니다. 놀던 연결은 닫히고, 돌던 요청은 마칠 수 있고, 다음 요청은 새 핸드셰이크가 필요합니다. 시간이 들고 이상 감지가 배운 것은 잊히지만, 아무도 실패하지 않습니다.',
    'TLS는 다릅니다. 끝이 둘이기 때문입니다. 양 끝이 저마다 프록시이고, 저마다 제 시간에 푸시를 받습니다.',
  ],
  question: '두 객체를 apply 한 번으로 보냅니다. 초당 1,000개 요청 가운데 몇 개가 실패할까요?',
  options: ['없다: 아무것도 전환되지 않는다', '몇 개', '수백 개'],
  explanation: [
    '몇 밀리초 동안 서버는 이미 엄격(STRICT)한데 클라이언트는 아직 평문을 보냅니다. 서버는 연결을 닫고, 클라이언트의 프록시는 플래그 UC와 함께 503으로 답합니다. 기본 재시도는 이것을 덮지 않습니다.',
    '두 객체의 순서는 도움이 되지 않습니다. 클라이언트가 먼저면 평문을 기다리는 서버를 만나고, 서버가 먼저면 평문을 보내는 클라이언트를 만납니다. 도움이 되는 것은 둘 다 받는 중간 상태입니다. 서버를 PERMISSIVE로, 그다음 클라이언트, 그다음 STRICT. 옆에서 돌아가는 롤아웃이 그것입니다.',
    '그러니 정책 변경은 따로, 가라앉은 다음에 릴리스를 하세요. 릴리스에 섞으면 그 오류를 엉뚱한 것의 탓으로 돌리게 됩니다.',
  ],
  variants: ['DestinationRule 먼저', '정책과 전환을 한 계획에', '사이드카 500개인 메시에서'],
  checks: [
    [
      'istioctl x describe pod payments-v1 -n bank',
      '클라이언트와 서버의 최종 TLS 모드. 그 사이의 상태는 보여 주지 않습니다',
    ],
    [
      'kubectl exec deploy/payments-client -n bank -c istio-proxy -- pilot-agent request GET stats | grep upstream_cx_destroy',
      '갈아 끼울 때 닫힌 연결. proxyStatsMatcher에 들어 있어야 셉니다',
    ],
    [
      'kubectl logs deploy/payments-client -n bank -c istio-proxy | grep " UC "',
      '연결이 닫혀 버린 요청. 액세스 로그가 켜져 있어야 합니다',
    ],
  ],
};

const retries: LessonWords = {
  title: '재시도가 감추는 것, 결코 못 하는 것',
  story: [
    'Envoy는 연결을 맺지 못하면 다시 시도합니다. 클러스터가 없거나(NC) 엔드포인트가 없으면(UH) 다시 시도하지 않습니다. 물어볼 상대가 남아 있지 않기 때문입니다.',
    '여기의 호출자는 스스로 재시도합니다. 5xx 뒤에 50–150 ms를 기다려 두 번 더, 그러나 트래픽의 10분의 1인 POST는 절대 다시 하지 않습니다.',
  ],
  question: '프록시에서 요청 30개쯤이 실패합니다. 호출자에게는 몇 개의 실패가 남을까요?',
  options: ['없다', '몇 개', '전부'],
  explanation: [
    '재시도는 구간이 지난 뒤에 와야 도움이 됩니다. apply 한 번의 구간은 기다림보다 짧아서 GET은 거의 모두 결국 성공하고, POST가 남습니다. 10분의 1입니다.',
    '옆에서는 VirtualService가 먼저입니다. 2초 동안 클러스터가 없습니다. 재시도는 모두 같은 구간 안에 떨어지고, 호출자 대부분이 실패합니다. 재시도는 짧은 실수를 감추고, 긴 실수에는 아무것도 못 합니다.',
    '대시보드에서도 감춥니다. 프록시에서 실패한 요청의 수는 그대로입니다. 호출자가 보는 것만이 아니라 프록시가 답하는 것을 보세요.',
  ],
  variants: ['재시도하지 않는 호출자', '트래픽의 절반이 POST'],
  checks: [
    [
      'kubectl logs deploy/web -n shop -c istio-proxy | grep " NC "',
      '프록시가 답한 것. 액세스 로그가 켜져 있어야 합니다',
    ],
    [
      'kubectl exec deploy/web -n shop -c istio-proxy -- pilot-agent request GET stats | grep upstream_rq_retry',
      'Envoy 자신이 다시 시도한 것. proxyStatsMatcher에 들어 있어야 셉니다',
    ],
  ],
};

const readiness: LessonWords = {
  title: '엔드포인트가 없는 서브셋',
  story: [
    '순서도 맞고 간격도 넉넉합니다. 그런데 v2의 파드는 바로 이 릴리스와 함께 뜨기 시작해서, 첫 쓰기로부터 8–20초 뒤에 준비됩니다.',
    '엔드포인트가 없는 클러스터도 예열이 끝난 것으로 칩니다. 있기는 하고, 온전하고, 비어 있습니다.',
  ],
  question: '라우트는 2초 뒤에 옮겨 갑니다. 요청은 얼마나 오래 실패할까요?',
  options: ['전혀 없다: 순서가 맞다', '1–2초', '첫 파드가 준비될 때까지'],
  explanation: [
    '이번 플래그는 NC가 아니라 UH(건강한 업스트림 없음)입니다. 클러스터는 있습니다. VirtualService와 DestinationRule의 순서를 어떻게 바꿔도 소용없습니다. 없는 것은 그 둘이 아니니까요.',
    '옆에서는 먼저 EndpointSlice를 보고, 서브셋의 파드가 모두 준비되었을 때만 라우트를 옮기는 롤아웃이 돌아갑니다. 더 오래 걸리고, 아무도 실패하지 않습니다.',
    '엔드포인트는 제 길로 옵니다. kubelet, EndpointSlice, istiod의 디바운스, EDS. kubectl에서 준비됨은 아직 모든 프록시에서 준비됨이 아닙니다.',
  ],
  variants: ['파드가 1초 뒤에 준비됨', '간격 25초'],
  checks: [
    ['kubectl get endpointslices -n shop -l kubernetes.io/service-name=catalog', 'istiod가 읽는 것'],
    [
      'istioctl proxy-config endpoints deploy/catalog-client -n shop --cluster "outbound|80|v2|catalog.shop.svc.cluster.local"',
      '프록시가 가진 것',
    ],
  ],
};

const weights: LessonWords = {
  title: '가중치: 더 작게, 더 오래',
  story: [
    '늦게 뜨는 파드는 그대로지만, 라우트를 가중치로 옮깁니다. 먼저 10분의 1, 30초 뒤에 더.',
    '가중치는 순서도 구간도 바꾸지 않습니다. 구간 안에 있는 요청의 수를 바꿉니다.',
  ],
  question: '모두 한꺼번에 옮기면 요청 6,700개쯤이 실패합니다. 10분의 1부터 옮기면?',
  options: ['거의 없다', '10분의 1쯤', '거의 그대로'],
  explanation: [
    '구간의 길이는 그대로이고, 요청의 10분의 1만 그 안을 들여다봅니다. 카나리는 실수를 막지 않습니다. 알아채고 되돌릴 수 있을 만큼 작게 만듭니다.',
    '가중치 한 단계는 그 자체로 하나의 변경입니다. 모든 프록시로 푸시가 가고, 스큐가 생깁니다. 단계가 많을수록 오류는 작아지고, 두 버전이 함께 응답하는 시간은 길어집니다.',
  ],
  variants: ['1퍼센트부터 시작하기'],
  checks: [
    ['kubectl get virtualservice catalog -n shop -o jsonpath="{.spec.http[0].route[*].weight}"', '써 놓은 가중치'],
    [
      'istioctl proxy-config routes deploy/catalog-client -n shop -o json | grep -A3 weightedClusters',
      '프록시가 가진 가중치',
    ],
  ],
};

const recipe: LessonWords = {
  title: '조리법',
  story: [
    '끊기 전에 잇기: (1) 새 파드를 배포하고 EndpointSlice에서 준비될 때까지 기다립니다. (2) 옛 서브셋 곁에 새 서브셋을 정의하고, 다른 것은 바꾸지 않습니다. (3) 모든 프록시가 가질 때까지 기다립니다. 디바운스와 가장 느린 프록시보다 오래. (4) 라우트를 옮깁니다. 원하면 가중치로. (5) 다시 기다립니다. (6) 그제야 옛 서브셋을 치웁니다.',
    '정책 변경(커넥션 풀, TLS)을 릴리스에 섞지 마세요. 쓰이고 있는 클러스터를 갈아 끼웁니다.',
    '그리고 재세요. 당신의 메시에서 “넉넉히”는 얼마입니까? 메시의 크기, istiod의 CPU, 이벤트의 잦음에 달렸습니다. 여기서는 조리법이 가중치를 쓴 것과 나란히 돌아갑니다.',
  ],
  question: '간격이 2초라면, 첫 쓰기부터 마지막 프록시까지 조리법은 얼마나 걸릴까요?',
  options: ['1초 미만', '몇 초', '30초 이상'],
  explanation: [
    '대부분은 기다림이고, 기다림은 값이 쌉니다. 그동안 아무도 실패하지 않습니다. 가중치를 쓰면 1분 30초쯤 걸리고, 실수는 10퍼센트에서 드러납니다.',
    '실험실을 열어 메시의 크기, 간격, 이벤트의 잦음을 바꿔 보세요. 또는 당신의 매니페스트를 떨어뜨려 보세요.',
  ],
  variants: [],
  checks: [
    ['npm run -s xdsim -- compare --before my-change/before --after my-change/after', '당신의 변경에 대한 모든 전략'],
  ],
};

export const lessons = {
  first,
  ownTime,
  addWindow,
  removeWindow,
  debounce,
  gap,
  policy,
  readiness,
  weights,
  retries,
  recipe,
};
