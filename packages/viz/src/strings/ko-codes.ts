/** What the codes of the engine's errors and warnings mean, and what helps, in Korean. */
import type { CodeWords } from './en.js';

export const codes: Readonly<Record<string, CodeWords>> = {
  'XDS-PAGE-CASE': ['이 페이지에는 그런 사례가 없습니다.', '목록에서 고르거나 당신의 파일을 떨어뜨리세요.'],
  'XDS-PAGE-TIME': ['엔진이 너무 오래 걸려 멈췄습니다.', '프록시나 서비스를 줄이거나 명령줄을 쓰세요.'],
  'XDS-PAGE-ENGINE': ['엔진이 멈췄습니다.', '페이지를 다시 여세요. 또 그러면 명령줄이 더 자세히 말해 줍니다.'],
  'XDS-PAGE-STOPPED': ['엔진을 멈췄습니다.', '무엇이든 바꾸면 다시 시작합니다.'],
  'XDS-STRATEGY-UNKNOWN': ['그런 전략이 없습니다.', '목록에서 고르세요.'],
  'XDS-STRATEGY-NOT-OFFERED': ['정책을 바꾸지 않는 변경에 정책용 전략을 골랐습니다.', '그 전략을 빼세요.'],
  'XDS-CHANGE-NONE': [
    'before와 after가 같은 객체를 담고 있습니다.',
    '새 상태를 after 폴더에 넣으세요. 주석과 순서는 변경이 아닙니다.',
  ],
  'XDS-YAML-SYNTAX': [
    'YAML이 아닙니다. 닫히지 않은 괄호, 틀린 들여쓰기, 두 번 나온 키, 없는 것을 가리키는 별칭 등입니다.',
    '표시된 줄을 고치세요.',
  ],
  'XDS-YAML-TAB': ['탭으로 들여 썼습니다.', '빈칸을 쓰세요.'],
  'XDS-MANIFEST-EMPTY': ['파일은 있지만 객체가 없습니다.', '템플릿이 렌더링되었는지 보세요.'],
  'XDS-MANIFEST-TYPE': [
    '목록이 올 자리에 글자가 있는 것처럼 필드의 형이 틀렸거나, 문서가 객체가 아닙니다.',
    '어떤 형이어야 하는지는 아래 원문에 있습니다.',
  ],
  'XDS-MANIFEST-MISSING': [
    '꼭 필요한 필드가 없거나, 라우트가 요청을 아무 데도 보내지 않거나, TLS 라우트에 서버 이름이 없습니다.',
    '채워 넣으세요.',
  ],
  'XDS-MANIFEST-UNKNOWN-FIELD': [
    'Istio에는 이 자리에 그런 필드가 없습니다.',
    '대개 오타입니다. 아래 원문에 가장 가까운 필드가 있습니다.',
  ],
  'XDS-MANIFEST-VALUE': ['그 필드가 가질 수 없는 값입니다.', '가질 수 있는 값은 아래 원문에 있습니다.'],
  'XDS-MANIFEST-API-VERSION': ['그 종류에 없는 API 버전입니다.', '아래 원문에 있는 것 가운데 하나를 쓰세요.'],
  'XDS-MANIFEST-MATCH': [
    '알 수 없는 종류의 문자열 일치이거나 여러 종류를 한꺼번에 썼습니다.',
    '`exact`, `prefix`, `regex` 가운데 하나만 쓰세요.',
  ],
  'XDS-MANIFEST-REGEX': ['Envoy가 쓰는 RE2의 정규식이 아닙니다.', 'RE2에는 전방·후방 탐색과 역참조가 없습니다.'],
  'XDS-MANIFEST-WEIGHT': ['가중치가 음수이거나, 목적지가 여럿인데 합이 0입니다.', '가중치를 고치세요.'],
  'XDS-MANIFEST-DUPLICATE': [
    '한 상태에 같은 객체가 두 번 있습니다.',
    '하나를 지우세요. before와 after는 두 폴더입니다.',
  ],
  'XDS-MANIFEST-DUPLICATE-SUBSET': ['DestinationRule에 같은 이름의 서브셋이 둘 있습니다.', '하나의 이름을 바꾸세요.'],
  'XDS-SCENARIO-DOCUMENTS': ['시나리오 파일에 YAML 문서가 여럿 있습니다.', '시나리오 하나에 문서 하나입니다.'],
  'XDS-SCENARIO-MISSING': ['꼭 필요한 필드가 없습니다. `before`와 `after`에는 기본값이 없습니다.', '채워 넣으세요.'],
  'XDS-SCENARIO-UNKNOWN-FIELD': ['그런 필드가 없습니다.', '아래 원문에 가장 가까운 필드가 있습니다.'],
  'XDS-SCENARIO-VALUE': ['형이 틀렸거나 범위를 벗어난 값입니다.', '가질 수 있는 값은 아래 원문에 있습니다.'],
  'XDS-SCENARIO-ISTIO-VERSION': ['모형에 없는 Istio 버전입니다.', '1.22부터 1.32까지입니다.'],
  'XDS-CALIBRATION-FORMAT': [
    '시나리오의 `calibration`이 가리키는 파일은 `xdsim calibrate`가 쓴 것이 아닙니다.',
    '`xdsim calibrate --metrics FILE --out calibration.yaml`로 만드세요.',
  ],
  'XDS-SET-PATH': ['아무 데로도 이어지지 않는 경로입니다.', '경로는 `mesh.services`처럼 시나리오 파일의 것입니다.'],
  'XDS-SET-VALUE': ['YAML이 아닌 값입니다.', '`{uniform: [1, 5]}`처럼 쓰세요.'],
  'XDS-SUBSET-UNDEFINED': [
    '라우트가 가리키는 서브셋을 새 상태의 어느 DestinationRule도 정의하지 않습니다. 그 요청은 계속 503 NC를 받습니다.',
    '서브셋을 정의하거나 이름을 고치세요.',
  ],
  'XDS-SUBSET-EMPTY': [
    '서브셋이 폴더 안의 어느 워크로드도 고르지 않습니다: 503 UH.',
    '레이블을 파드의 것과 견주어 보세요.',
  ],
  'XDS-SUBSET-RELABELLED': [
    '서브셋의 이름은 그대로인데 다른 파드를 고릅니다. 트래픽이 흐르는 동안 엔드포인트가 바뀝니다.',
    '새 이름을 쓰면 변경을 안전하게 나눌 수 있습니다.',
  ],
  'XDS-NO-UNION': [
    '먼저 넓히는 전략이 두 상태를 함께 담을 수 없습니다. 한 이름 아래에서 레이블이 바뀌거나 규칙이 다른 호스트로 옮겨 갑니다.',
    '새 서브셋 이름을 쓰세요.',
  ],
  'XDS-GATE-SUBSET-UNDEFINED': [
    '`readiness-gated`는 아무것도 정의하지 않는 서브셋을 기다릴 수 없습니다.',
    '서브셋을 정의하세요.',
  ],
  'XDS-ENDPOINTS-ASSUMED': [
    '폴더에 그 호스트의 워크로드가 없어 서브셋마다 준비된 엔드포인트 둘이 있다고 봅니다.',
    '준비 상태가 중요하면 Deployment나 Pod를 넣으세요.',
  ],
  'XDS-ENDPOINT-LABELS-UNKNOWN': [
    'EndpointSlice에는 파드의 레이블이 없어 서브셋을 가릴 수 없습니다.',
    'Pod나 Deployment를 넣으세요.',
  ],
  'XDS-TRAFFIC-NAME': [
    '`traffic` 아래의 이름 하나가 여기서 요청을 받지 않습니다.',
    '이름을 고치세요. 있는 이름은 아래 원문에 있습니다.',
  ],
  'XDS-MANIFEST-NOT-INTERPRETED': ['해석하지 않는 종류의 객체가 있습니다.', '할 일은 없습니다.'],
  'XDS-UNMODELLED-CHANGE': [
    '시뮬레이션하지 않는 종류의 변경과 그 푸시는 빠집니다.',
    '그 변경은 따로, 앞이나 뒤에 적용하세요.',
  ],
  'XDS-UNMODELLED-SEVERAL-VS': [
    '한 호스트에 VirtualService가 여럿입니다. 사이드카는 가장 오래된 것을 쓰고 게이트웨이는 오래된 것부터 합칩니다. 매니페스트만으로는 어느 것인지 알 수 없습니다.',
    '`creationTimestamp`가 있는 매니페스트를 클러스터에서 가져오세요.',
  ],
  'XDS-UNMODELLED-DELEGATE': [
    '호스트도 없고 위임받지도 않는 VirtualService입니다. 아무것도 라우팅하지 않습니다.',
    '위임하는 VirtualService를 넣으세요.',
  ],
  'XDS-UNMODELLED-LOCALITY': ['지역 사이의 가중치, 지역으로 쓰는 레이블, 존을 아는 라우팅은 모형에 없습니다.', ''],
  'XDS-UNMODELLED-EXPORT-TO': [
    '모든 프록시를 위한 객체가 아닙니다. 그것을 보는 네임스페이스의 프록시만 받습니다. `mesh.namespaces`가 달리 말하지 않으면 모든 사이드카는 한 네임스페이스에 있습니다.',
    '`mesh.namespaces`를 정하세요.',
  ],
  'XDS-UNMODELLED-SIDECAR': [
    '`workloadSelector`가 있는 Sidecar는 여기서 범위를 좁히지 않습니다. 다른 Sidecar는 좁힙니다.',
    '사이드카가 보는 만큼으로 `mesh.services`를 낮추세요.',
  ],
  'XDS-UNMODELLED-ENVOY-FILTER': ['EnvoyFilter의 패치는 적용하지 않습니다.', ''],
  'XDS-UNMODELLED-HTTP-ROUTE': ['Gateway API의 라우트는 모형에 없습니다.', ''],
  'XDS-UNMODELLED-WAYPOINT': ['웨이포인트는 모형에 없습니다. 여기서 요청은 프록시에서 파드로 갑니다.', ''],
  'XDS-UNMODELLED-SOURCE-LABELS': [
    '어떤 레이블을 가진 사이드카만을 위한 TCP나 TLS 라우트입니다. 여기서는 그런 사이드카가 없다고 봅니다.',
    '레이블을 빼고, 그 레이블을 가진 사이드카의 수를 `mesh.sidecars`로 정하세요.',
  ],
  'XDS-UNMODELLED-FAULT': ['주입한 장애는 오류로 세지 않습니다.', ''],
  'XDS-UNMODELLED-MIRROR': ['복제한 요청은 모형에 없습니다.', ''],
  'XDS-UNMODELLED-DNS': ['프록시가 DNS로 엔드포인트를 찾는 호스트입니다. 여기서는 EDS로 받습니다.', ''],
  'XDS-UNMODELLED-SERVICE': [
    '바뀌는 Service는 포트와 엔드포인트까지 처음부터 after의 것으로 봅니다.',
    'Service는 라우트나 규칙과 함께가 아니라 앞이나 뒤에 적용하세요.',
  ],
  'XDS-UNMODELLED-HEADLESS': ['헤드리스 서비스입니다. 여기서는 EDS로 엔드포인트를 받습니다.', ''],
};
