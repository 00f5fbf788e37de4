/** Every manifest of the documentation: what has to be there first, how long it runs, and what must be true then. */

/** What must be true in the end; `undefined` fields are not looked at. */
export interface Row {
  readonly file: string;
  /** Manifests applied before it: files, or objects of which the documentation only speaks. */
  readonly first?: readonly (string | object)[];
  readonly nodeName?: string;
  /** Default: 10s. */
  readonly runFor?: string;
  /** Deleted after that, and run for as long again. */
  readonly deleted?: boolean;
  /** A text that the container must have written, by container. */
  readonly wrote?: Readonly<Record<string, string>>;
  /** The outcome in words; the test run checks it word by word. */
  readonly outcome: string;
}

const secret = (name: string, data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: data,
});

const RUNS = 'Running, ready';
const STORED = 'stored';
const TEMPLATE = 'stored; its pods need a controller, which a lone node does not have';

export const ROWS: readonly Row[] = [
  { file: 'admin/resource/memory-defaults.yaml', outcome: STORED },
  { file: 'admin/resource/quota-mem-cpu.yaml', outcome: STORED },
  { file: 'admin/sched/pod1.yaml', outcome: RUNS },
  { file: 'application/deployment-sidecar.yaml', outcome: TEMPLATE },
  { file: 'configmap/configmap-multikeys.yaml', outcome: STORED },
  { file: 'configmap/configmaps.yaml', outcome: STORED },
  { file: 'controllers/daemonset.yaml', outcome: TEMPLATE },
  { file: 'controllers/frontend.yaml', outcome: TEMPLATE },
  { file: 'controllers/job.yaml', outcome: TEMPLATE },
  { file: 'controllers/nginx-deployment.yaml', outcome: TEMPLATE },
  { file: 'debug/counter-pod.yaml', wrote: { count: '5: ' }, outcome: RUNS },
  {
    file: 'pods/commands.yaml',
    wrote: { 'command-demo-container': 'command-demo\ntcp://10.96.0.1:443' },
    outcome: 'Succeeded',
  },
  { file: 'pods/config/example-redis-config.yaml', outcome: STORED },
  {
    file: 'pods/config/redis-pod.yaml',
    first: ['pods/config/example-redis-config.yaml'],
    outcome: RUNS,
  },
  { file: 'pods/emptydir-volume-mode.yaml', outcome: RUNS },
  { file: 'pods/inject/configmap-envFrom.yaml', outcome: STORED },
  {
    file: 'pods/inject/dapi-envars-container.yaml',
    wrote: { 'test-container': '\n1\n1\n33554432\n67108864' },
    outcome: RUNS,
  },
  {
    file: 'pods/inject/dapi-envars-pod.yaml',
    wrote: { 'test-container': '\nnode-1\ndapi-envars-fieldref\ndefault\n10.244.0.2\ndefault' },
    outcome: RUNS,
  },
  {
    file: 'pods/inject/dapi-volume-resources.yaml',
    wrote: { 'client-container': '250' },
    outcome: RUNS,
  },
  { file: 'pods/inject/envFrom.yaml', first: ['pods/inject/configmap-envFrom.yaml'], outcome: RUNS },
  {
    file: 'pods/inject/envars-file-container.yaml',
    wrote: { 'use-envfile': 'DB_ADDRESS=address' },
    outcome: 'Succeeded',
  },
  { file: 'pods/inject/envars.yaml', outcome: RUNS },
  { file: 'pods/inject/pod-multiple-secret-env-variable.yaml', outcome: 'refused: not YAML (a tab)' },
  { file: 'pods/inject/pod-secret-envFrom.yaml', first: ['pods/inject/secret.yaml'], outcome: RUNS },
  { file: 'pods/inject/pod-single-secret-env-variable.yaml', outcome: 'refused: apiVersion is required' },
  { file: 'pods/inject/secret-envars-pod.yaml', first: ['pods/inject/secret.yaml'], outcome: RUNS },
  { file: 'pods/inject/secret.yaml', outcome: STORED },
  { file: 'pods/lifecycle-events.yaml', deleted: true, outcome: 'gone after its deletion' },
  { file: 'pods/multi-container/ambassador.yaml', outcome: RUNS },
  { file: 'pods/multi-container/resources.yaml', outcome: RUNS },
  { file: 'pods/multi-container/shared-volume.yaml', outcome: RUNS },
  {
    file: 'pods/multi-container/startup-coordination.yaml',
    wrote: { 'main-app': 'greeting=hello' },
    outcome: RUNS,
  },
  {
    file: 'pods/pod-configmap-volume-specific-key.yaml',
    first: ['configmap/configmap-multikeys.yaml'],
    wrote: { 'test-container': 'very' },
    outcome: 'Succeeded',
  },
  { file: 'pods/pod-nginx-specific-node.yaml', nodeName: 'foo-node', outcome: RUNS },
  {
    file: 'pods/pod-single-configmap-env-variable.yaml',
    first: ['configmap/configmaps.yaml'],
    wrote: { 'test-container': 'SPECIAL_LEVEL_KEY=very' },
    outcome: 'Succeeded',
  },
  { file: 'pods/pod-with-toleration.yaml', outcome: RUNS },
  { file: 'pods/private-reg-pod.yaml', outcome: 'Pending, InvalidImageName' },
  {
    file: 'pods/probe/exec-liveness.yaml',
    runFor: '80s',
    outcome: 'Running, ready, restarted once after liveness',
  },
  { file: 'pods/probe/grpc-liveness.yaml', runFor: '30s', outcome: RUNS },
  { file: 'pods/probe/tcp-liveness-readiness.yaml', runFor: '30s', outcome: RUNS },
  { file: 'pods/qos/qos-pod-2.yaml', outcome: `${RUNS}, Burstable` },
  { file: 'pods/qos/qos-pod-3.yaml', outcome: `${RUNS}, BestEffort` },
  { file: 'pods/resource/cpu-request-limit-2.yaml', outcome: 'Failed, OutOfcpu' },
  {
    file: 'pods/resource/memory-request-limit-2.yaml',
    outcome: 'Running, CrashLoopBackOff after OOMKilled (exit code 137)',
  },
  { file: 'pods/resource/pod-level-memory-request-limit.yaml', outcome: RUNS },
  { file: 'pods/security/security-context.yaml', outcome: RUNS },
  { file: 'pods/share-process-namespace.yaml', outcome: RUNS },
  { file: 'pods/simple-pod.yaml', outcome: RUNS },
  {
    file: 'pods/storage/projected-secrets-nondefault-permission-mode.yaml',
    first: [secret('mysecret', { username: 'admin' }), secret('mysecret2', { password: 'open sesame' })],
    outcome: RUNS,
  },
  { file: 'pods/storage/projected-service-account-token.yaml', outcome: RUNS },
  {
    file: 'pods/storage/projected.yaml',
    first: [secret('user', { 'username.txt': 'admin' }), secret('pass', { 'password.txt': 'open sesame' })],
    outcome: RUNS,
  },
  { file: 'pods/storage/pv-claim.yaml', outcome: STORED },
  {
    file: 'pods/storage/pv-pod.yaml',
    first: ['pods/storage/pv-volume.yaml', 'pods/storage/pv-claim.yaml'],
    outcome: RUNS,
  },
  { file: 'pods/storage/pv-volume.yaml', outcome: STORED },
  { file: 'pods/user-namespaces-stateless.yaml', outcome: RUNS },
  {
    file: 'service/networking/hostaliases-pod.yaml',
    wrote: { 'cat-hosts': '127.0.0.1\tfoo.local\tbar.local' },
    outcome: 'Succeeded',
  },
  { file: 'service/simple-service.yaml', outcome: STORED },
];
