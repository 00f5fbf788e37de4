/** What a comparison of two runtimes says, and why they may differ. */
import type { Catalogue } from './catalogue.ts';

export const compare = {
  'cli.command.compare': {
    en: 'run manifests on two runtimes and say what differs, and why',
    zh: '在两种运行时上运行同样的清单，说明有何不同及其原因',
  },
  'cli.help.compare': {
    en: `Usage: podstep compare FILE... [OPTIONS]

Runs the manifests on two runtimes, each on its own clock, deletes the pods in the
end, and lays the two traces beside each other by what they mean: pulls, starts,
probe results, kills, exit codes, conditions, events.

  --runtimes A,B        two of wasm, docker, fake (default wasm,docker)
  --for DURATION        how long the pods are looked at before they are deleted
                        (default: until nothing new comes for 10s, at most 2m)
  --busybox FILE        a static busybox that stands in, on Docker, for busybox
                        images that cannot be pulled (default: from PATH)
  --seed N, --node-name NAME
                        as with podstep run
  -o text|json
  --verbose             also what is the same
  --lang en|zh

Each difference is marked: ~ has a known reason, which is told; ! has none.
Exit codes: 0 every difference is explained, 1 one is not, 2 bad usage or bad
manifest.
`,
    zh: `用法：podstep compare 文件... [选项]

在两种运行时上运行同样的清单（各用各的时钟），最后删除 Pod，并按含义把两条轨迹
并排对照：拉取、启动、探针结果、终止、退出码、状况、事件。

  --runtimes A,B        wasm、docker、fake 中的两个（默认 wasm,docker）
  --for 时长            删除 Pod 之前观察多久（默认：直到 10 秒内没有新动静，
                        最多 2 分钟）
  --busybox 文件        静态编译的 busybox；在 Docker 上拉取不到 busybox 镜像时
                        用它代替（默认从 PATH 中查找）
  --seed N、--node-name 名称
                        与 podstep run 相同
  -o text|json
  --verbose             同时显示相同之处
  --lang en|zh

每处不同都有标记：~ 表示原因已知并会说明；! 表示原因未知。
退出码：0 所有不同都有解释，1 有一处没有，2 用法或清单有误。
`,
  },
  'compare.badRuntimes': {
    en: '--runtimes {value}: two of {choices} are needed, as in wasm,docker',
    zh: '--runtimes {value}：需要 {choices} 中的两个，例如 wasm,docker',
  },
  'compare.running': { en: 'running on {runtime} ...', zh: '正在 {runtime} 上运行……' },
  'compare.busybox': {
    en: '{image} cannot be pulled: {file} of this machine stands in for it on Docker',
    zh: '无法拉取 {image}：在 Docker 上用本机的 {file} 代替',
  },
  'compare.counts': {
    en: '{same} the same, {explained} explained (~), {different} unexplained (!)',
    zh: '相同 {same}，有解释的不同（~）{explained}，没有解释的不同（!）{different}',
  },
  'compare.unexplained': { en: 'no known reason', zh: '原因未知' },
  'compare.at': { en: 'at {time}', zh: '于 {time}' },
  'compare.kind.pull': { en: 'pulls', zh: '拉取' },
  'compare.kind.start': { en: 'starts', zh: '启动' },
  'compare.kind.probe': { en: 'probes', zh: '探针' },
  'compare.kind.kill': { en: 'kills', zh: '终止' },
  'compare.kind.exit': { en: 'exits', zh: '退出' },
  'compare.kind.condition': { en: 'conditions', zh: '状况' },
  'compare.kind.event': { en: 'other events', zh: '其他事件' },
  'compare.reason.id': {
    en: 'ids and digests are given by each runtime',
    zh: 'ID 与摘要由各运行时自行给出',
  },
  'compare.reason.address': {
    en: "pods have addresses of their runtime's own network",
    zh: 'Pod 的地址来自各运行时自己的网络',
  },
  'compare.reason.size': {
    en: 'a stand-in is smaller than the image that it stands in for',
    zh: '替身镜像比它所代替的镜像小',
  },
  'compare.reason.duration': {
    en: 'calls take real time on Docker and none in virtual time',
    zh: 'Docker 上的调用花费真实时间，虚拟时间里则不花时间',
  },
  'compare.reason.imagePresent': {
    en: 'the Engine keeps images from one run to the next, a node in virtual time begins without any',
    zh: 'Engine 会保留以往运行的镜像，虚拟时间里的节点从没有镜像开始',
  },
  'compare.reason.registryWords': {
    en: 'a failed pull is told in the words of the Engine, and of containerd on WebAssembly',
    zh: '拉取失败时，Docker 上用 Engine 的说法，WebAssembly 上用 containerd 的说法',
  },
  'compare.reason.startFailure': {
    en: 'a program that cannot be started: the Engine says ContainerCannotRun with exit code 126 or 127, containerd StartError with 128',
    zh: '程序无法启动：Engine 报告 ContainerCannotRun，退出码 126 或 127；containerd 报告 StartError，退出码 128',
  },
  'compare.reason.outOfMemory': {
    en: 'out of memory: a Linux kernel kills one process of the container and the Engine may blame another; a sandbox ends as a whole',
    zh: '内存耗尽：Linux 内核只杀死容器中的一个进程，Engine 未必把它算作 OOM；WebAssembly 沙箱则整体结束',
  },
  'compare.reason.probeOutput': {
    en: 'what the probed program writes is its own',
    zh: '探针看到的输出由程序自己决定',
  },
  'compare.reason.startLatency': {
    en: 'a real program needs a moment until it answers; in virtual time it needs none',
    zh: '真实程序需要一点时间才能响应，虚拟时间里则不需要',
  },
  'compare.reason.furtherRounds': {
    en: 'one run got one round further before it ended',
    zh: '其中一次运行在结束前多走了一轮',
  },
} as const satisfies Catalogue;

export type CompareKey = keyof typeof compare;
