/** The lessons in English: a story, a question, what happens, what to look at in a cluster. */

export interface LessonWords {
  readonly title: string;
  readonly story: readonly string[];
  readonly question: string;
  /** In the order of the lesson's edges, from small to large. */
  readonly options: readonly string[];
  readonly explanation: readonly string[];
  /** One for each variant of the lesson. */
  readonly variants: readonly string[];
  /** Commands, and what they tell. */
  readonly checks: readonly (readonly [command: string, tells: string])[];
}

const first: LessonWords = {
  title: 'The first 503',
  story: [
    'One gateway stands in front of the service web. Version 2 is deployed and ready. To send users to it you change two objects: the VirtualService now names subset v2, and the DestinationRule defines what v2 is.',
    'Somebody applies the VirtualService first and the DestinationRule two seconds later. Both are correct, and soon both are there.',
    'Between the API server and the gateway stands istiod. It waits for 100 ms of quiet (the ring), then sends the gateway what has changed: clusters (CDS) come from DestinationRules, routes (RDS) from VirtualServices.',
  ],
  question: 'The gateway gets 20 requests a second. For how long will it answer with errors?',
  options: [
    'Not at all: Istio applies both together',
    'For the 100 ms of the debounce',
    'For about the two seconds between the writes',
    'Until somebody restarts it',
  ],
  explanation: [
    'As soon as the new routes are in force, every request is sent to the cluster of subset v2. The gateway has no such cluster: 503, flag NC (no cluster). That lasts as long as the second write is away, and a moment more.',
    'The moment more is in the timeline after the second push: CDS brings the cluster, but Envoy serves from it only when its endpoints (EDS) have come. Until then it is warming.',
    'So the error is not in either object. It is in their order.',
  ],
  variants: ['Wait five seconds instead of two', 'Turn the order round: DestinationRule first'],
  checks: [
    [
      'istioctl proxy-config routes deploy/istio-ingressgateway -n istio-system -o json',
      'which cluster the routes name',
    ],
    [
      'istioctl proxy-config clusters deploy/istio-ingressgateway -n istio-system --fqdn web.shop.svc.cluster.local',
      'whether the gateway has it',
    ],
    [
      'kubectl logs deploy/istio-ingressgateway -n istio-system | grep " NC "',
      'the requests that met no cluster; the access log has to be on',
    ],
  ],
};

const ownTime: LessonWords = {
  title: 'Many proxies, each in its own time',
  story: [
    'Now the same mistake in a mesh of 50 sidecars. Each of them has its own copy of routes and clusters, and acts on its own copy alone.',
    'istiod puts every proxy into a queue, in random order, and makes each one’s configuration in turn, a few at a time. There is no moment at which the mesh switches.',
  ],
  question: 'For how long do two proxies of this mesh act on different versions of the routes or clusters?',
  options: ['Never: a push reaches all at once', 'For some ten milliseconds', 'For seconds'],
  explanation: [
    'This time is the skew. It is seen in the timeline as the slope of the check marks, and it comes from istiod’s queue and CPU: the last proxy waits until all the others have been served.',
    'Skew is not an error as such. It is why “apply both at once” cannot help: even one push arrives 50 times.',
    'The failing window (red) is two seconds long for every proxy, but it opens and closes at its own moment at each. A dashboard that averages over pods shows a ramp, not an edge.',
  ],
  variants: ['500 sidecars', 'istiod with a single core'],
  checks: [
    ['istioctl proxy-status', 'who has acknowledged what; SYNCED says nothing of a push that still waits in the queue'],
    [
      'kubectl exec deploy/istiod -n istio-system -- curl -s localhost:15014/metrics | grep pilot_proxy_convergence_time',
      'how long proxies wait, measured by istiod',
    ],
  ],
};

const addWindow: LessonWords = {
  title: 'One apply, one push, and still errors',
  story: [
    'The obvious repair: both objects in one file, one kubectl apply. The writes are milliseconds apart, istiod waits for quiet, and both go out in one push.',
    'A push has four messages, one after another on one stream: CDS (clusters), EDS (endpoints), LDS (listeners), RDS (routes). They are sent without waiting for an answer.',
  ],
  question: '1,000 requests arrive each second. How many are expected to fail?',
  options: ['None: it is a single push', 'A few', 'Hundreds'],
  explanation: [
    'Look at one proxy. CDS brings the new cluster, and it starts to warm: it needs endpoints. The EDS of this push does not have them, since the proxy had not subscribed to the cluster yet. It has to ask (the hollow circle is the answer).',
    'RDS is already on its way behind EDS and LDS. If it is applied before the answer has come back, routes name a cluster that does not serve: 503 NC for some milliseconds.',
    'A larger mesh makes this window shorter, not longer: the other messages take longer, and the answer overtakes RDS.',
  ],
  variants: ['10 services in the mesh', '1,000 services in the mesh'],
  checks: [
    [
      'istioctl proxy-config clusters deploy/checkout-client -n shop --fqdn checkout.shop.svc.cluster.local',
      'a warming cluster is listed, and does not serve',
    ],
    [
      'kubectl exec deploy/checkout-client -n shop -c istio-proxy -- pilot-agent request GET stats | grep warming_clusters',
      'how many clusters warm at this moment',
    ],
  ],
};

const removeWindow: LessonWords = {
  title: 'Taking the old subset away',
  story: [
    'The other half of a clean change: traffic moves from v1 to v2, and the DestinationRule drops v1, which nobody needs any more. Again one apply, one push.',
    'Removing is faster than adding: Envoy drops a cluster at once when CDS no longer has it. The routes that still name it wait for RDS, and between CDS and RDS stand the endpoints of all services.',
  ],
  question: 'This mesh has 1,000 services. For how long does at least one proxy fail?',
  options: ['Less than 30 ms', '30 to 120 ms', 'More than 120 ms'],
  explanation: [
    'Follow one proxy in the timeline: CDS (square), then a long stretch of EDS (circle) while the main thread works through the endpoints of 1,000 services, then LDS and RDS. In all that time its routes name a cluster that is gone.',
    'This window grows with the mesh. What was a handful of errors in the staging cluster becomes an incident in production, from the same file.',
    'Nobody looks at one proxy for long enough to see it: each fails for a few dozen milliseconds, at its own moment.',
  ],
  variants: ['200 services', '10 services'],
  checks: [
    [
      'istioctl proxy-config clusters deploy/reviews-client -n bookinfo --fqdn reviews.bookinfo.svc.cluster.local',
      'v1 is gone at once',
    ],
    [
      'istioctl proxy-config routes deploy/reviews-client -n bookinfo -o json | grep outbound',
      'whether routes still name it',
    ],
  ],
};

const debounce: LessonWords = {
  title: 'Why “DestinationRule, wait 50 ms, VirtualService” is no order',
  story: [
    'The right order is known by now: first define, then use, then take away. A script does so, with a pause of 50 ms between the steps.',
    'Watch istiod’s ring. Every event starts the 100 ms of quiet anew, and all that comes within it becomes one push.',
  ],
  question: 'How many requests are expected to fail, at 1,000 a second?',
  options: ['None: the order is right', 'Some tens, as with one apply', 'All for some time'],
  explanation: [
    'Three writes become one push. The order of the writes is lost, and both windows of the last two lessons are back.',
    'It gets worse in a busy cluster: every pod that comes or goes extends the quiet, up to 10 seconds, and writes that are seconds apart may still share a push.',
    'A pause counts only when it is longer than the debounce, plus the time that the slowest proxy needs for the push before.',
  ],
  variants: ['Wait 90 ms', 'Wait 150 ms', 'Wait 300 ms'],
  checks: [
    [
      'kubectl logs deploy/istiod -n istio-system | grep "Push debounce stable"',
      'how many events a push has merged, and how long it waited',
    ],
    [
      'kubectl exec deploy/istiod -n istio-system -- curl -s localhost:15014/metrics | grep pilot_debounce_time',
      'the same as a histogram',
    ],
  ],
};

const gap: LessonWords = {
  title: 'DestinationRule first, with enough of a gap',
  story: [
    'Three steps with two seconds between them: define v2 beside v1; move the routes; take v1 away. This is “make before break”, and it is what Istio’s documentation advises.',
    'Beside it runs the same change with the VirtualService first, on the same luck: the same delays, the same order of proxies.',
  ],
  question: 'How many requests are expected to fail with DestinationRule first?',
  options: ['None', 'Some tens', 'Hundreds or more'],
  explanation: [
    'At every moment each proxy has the clusters and the endpoints that its routes name. Proxies still disagree for a while (the blue bracket): that is harmless, because old and new are both complete.',
    'The price is time: a few seconds more. How long the gap must be depends on the slowest proxy of your mesh, and on churn; the playground lets you find where it breaks.',
  ],
  variants: ['In a mesh of 1,000 services', 'In a mesh of 1,000 sidecars'],
  checks: [
    ['kubectl apply -f destination-rule-both.yaml', 'v1 and v2 are defined'],
    [
      'istioctl proxy-config clusters deploy/reviews-client -n bookinfo --fqdn reviews.bookinfo.svc.cluster.local',
      'ask the slowest proxy whether v2 is there, not the fastest',
    ],
    ['kubectl apply -f virtual-service-v2.yaml', 'only now'],
  ],
};

const policy: LessonWords = {
  title: 'A policy change is no switch',
  story: [
    'Case B: a DestinationRule also says how a cluster is talked to: connection pools, outlier detection, load balancing, TLS. Here the service payments goes from plaintext to mutual TLS: the DestinationRule tells the clients, a PeerAuthentication tells the servers. No subset changes, no route moves.',
    'A cluster whose policy changes is made anew. The new one warms beside the old, then they are swapped: idle connections are closed, requests under way may finish, and what comes next needs new handshakes. That costs time, and what outlier detection had learnt is forgotten; it fails nobody.',
    'TLS is different, because it has two ends. Each end is a proxy, and each takes the push in its own time.',
  ],
  question: 'Both objects go out in one apply. How many of 1,000 requests a second fail?',
  options: ['None: nothing is switched', 'A few', 'Hundreds'],
  explanation: [
    'For some milliseconds servers are strict already while clients still send plaintext: the server closes the connection, and the client’s proxy answers 503 with flag UC. Default retries do not cover that.',
    'No order of the two objects helps: clients first meets servers that expect plaintext, servers first meets clients that send it. What helps is a state in between that takes both: servers PERMISSIVE, then the clients, then STRICT. That is the rollout beside it.',
    'So: a policy change on its own, settled, and only then the release. Mixed into a release its errors are blamed on the wrong thing.',
  ],
  variants: ['DestinationRule first', 'Policy and switch in one plan', 'In a mesh of 500 sidecars'],
  checks: [
    [
      'istioctl x describe pod payments-v1 -n bank',
      'which TLS mode client and server have in the end, though not in between',
    ],
    [
      'kubectl exec deploy/payments-client -n bank -c istio-proxy -- pilot-agent request GET stats | grep upstream_cx_destroy',
      'connections that were closed by the swap; counted only where proxyStatsMatcher includes them',
    ],
    [
      'kubectl logs deploy/payments-client -n bank -c istio-proxy | grep " UC "',
      'requests whose connection was closed on them; the access log has to be on',
    ],
  ],
};

const retries: LessonWords = {
  title: 'What retries hide, and what they never do',
  story: [
    'Envoy tries again when a connection cannot be made. It does not when there is no cluster (NC) or no endpoint (UH): for both there is nobody left to ask.',
    'The callers here have retries of their own: twice more after a 5xx, with a wait of 50 to 150 ms, but never for POST, which is a tenth of the traffic.',
  ],
  question: 'Some 30 requests fail at the proxies. How many failures do callers still see?',
  options: ['None', 'A few', 'All of them'],
  explanation: [
    'A retry helps when it comes after the window. The window of one apply is shorter than the wait, so nearly every GET succeeds in the end, and the POST remain: a tenth.',
    'Beside it the VirtualService comes first: two seconds without a cluster. Every retry falls into the same window, and most callers fail. Retries hide a short mistake and do nothing about a long one.',
    'They hide it from dashboards, too. The proxies have failed the same number of requests; look at what they answer, not only at what callers see.',
  ],
  variants: ['Callers without retries', 'Half of the traffic is POST'],
  checks: [
    [
      'kubectl logs deploy/web -n shop -c istio-proxy | grep " NC "',
      'what the proxy has answered; the access log has to be on',
    ],
    [
      'kubectl exec deploy/web -n shop -c istio-proxy -- pilot-agent request GET stats | grep upstream_rq_retry',
      'what Envoy itself has tried again; counted only where proxyStatsMatcher includes it',
    ],
  ],
};

const readiness: LessonWords = {
  title: 'A subset with no endpoints',
  story: [
    'The order is right, the gap is long enough. But the pods of v2 start with this very release, and become ready 8 to 20 seconds after the first write.',
    'A cluster without endpoints counts as warm: it is there, complete, and empty.',
  ],
  question: 'The routes move after two seconds. For how long do requests fail?',
  options: ['Not at all: the order is right', 'For a second or two', 'Until the first pod is ready'],
  explanation: [
    'Now the flag is UH (no healthy upstream), not NC: the cluster is there. No order of VirtualService and DestinationRule helps, since what is missing is neither.',
    'Beside it runs a rollout that looks at the EndpointSlices first and moves the routes only when all pods of the subset are ready. It takes longer and fails nobody.',
    'Endpoints take their own way: kubelet, EndpointSlice, istiod’s debounce, EDS. Ready in kubectl is not yet ready in every proxy.',
  ],
  variants: ['Pods are ready after one second', 'A gap of 25 seconds'],
  checks: [
    ['kubectl get endpointslices -n shop -l kubernetes.io/service-name=catalog', 'what istiod reads'],
    [
      'istioctl proxy-config endpoints deploy/catalog-client -n shop --cluster "outbound|80|v2|catalog.shop.svc.cluster.local"',
      'what a proxy has',
    ],
  ],
};

const weights: LessonWords = {
  title: 'Weights: smaller errors, for longer',
  story: [
    'The same late pods, but the routes move by weight: a tenth first, and more after half a minute.',
    'Weights change no order and no window. They change how many requests are in the window.',
  ],
  question: 'With everything moved at once some 6,700 requests fail. How many with a tenth first?',
  options: ['Almost none', 'About a tenth', 'About as many'],
  explanation: [
    'The window is as long as before; only a tenth of the requests looks into it. A canary does not prevent the mistake, it makes it small enough to be noticed and turned back.',
    'Each step of weight is a change of its own, with its own push to every proxy and its own skew. More steps mean smaller errors and a longer time in which two versions serve.',
  ],
  variants: ['Start with one percent'],
  checks: [
    [
      'kubectl get virtualservice catalog -n shop -o jsonpath="{.spec.http[0].route[*].weight}"',
      'the weights that are written',
    ],
    [
      'istioctl proxy-config routes deploy/catalog-client -n shop -o json | grep -A3 weightedClusters',
      'the weights that a proxy has',
    ],
  ],
};

const recipe: LessonWords = {
  title: 'A recipe',
  story: [
    'Make before break: (1) deploy the new pods, wait until they are ready in the EndpointSlices. (2) Define the new subset beside the old one, change nothing else. (3) Wait until every proxy has it: longer than the debounce and the slowest proxy. (4) Move the routes, by weight if you like. (5) Wait again. (6) Only then take the old subset away.',
    'Do not mix a change of policy (connection pools, TLS) into a release: it replaces clusters that are in use.',
    'And measure: how long is “long enough” in your mesh? That depends on its size, on istiod’s CPU and on churn. Here the recipe runs beside the same with weights.',
  ],
  question: 'How long does the recipe take from the first write to the last proxy, with gaps of two seconds?',
  options: ['Less than a second', 'Some seconds', 'More than half a minute'],
  explanation: [
    'Most of it is waiting, and waiting is cheap: nobody fails meanwhile. With weights it takes a minute and a half, and a mistake would show at ten percent.',
    'Open the playground to change the size of the mesh, the gap, the churn; or drop the manifests of your own change.',
  ],
  variants: [],
  checks: [
    [
      'npm run -s xdsim -- compare --before my-change/before --after my-change/after',
      'every strategy on your own change',
    ],
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
