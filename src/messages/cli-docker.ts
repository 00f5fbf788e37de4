/** What `podstep down` and the part of `podstep doctor` about the Docker Engine say. */
import type { Catalogue } from './catalogue.ts';

export const cliDocker = {
  'cli.command.down': {
    en: 'remove what podstep has on the Docker Engine',
    zh: '移除 podstep 在 Docker Engine 上留下的一切',
  },
  'cli.help.down': {
    en: `Usage: podstep down [--node-name NAME] [--lang en|zh]

Removes the containers, networks, volumes and images that podstep has made on the
Docker Engine, and the directories of their nodes, after saying what they are.
They are known by podstep's own label; nothing else is touched. A node that a
podstep still runs is left alone.

  --node-name NAME      what belongs to this node alone
Exit codes: 0 done, 1 something could not be removed, or no Engine answers.
`,
    zh: `用法：podstep down [--node-name 名称] [--lang en|zh]

移除 podstep 在 Docker Engine 上创建的容器、网络、卷和镜像，以及各节点的目录；
移除前会先列出。只认 podstep 自己的标签，不会触碰其他任何东西。仍有 podstep
在运行的节点不受影响。

  --node-name 名称      只移除这个节点的
退出码：0 完成，1 有东西无法移除，或 Engine 没有响应。
`,
  },
  'sweep.nothing': { en: 'podstep has left nothing behind', zh: 'podstep 没有留下任何东西' },
  'sweep.goes': { en: '{count} to be removed:', zh: '将移除 {count} 项：' },
  'sweep.left': { en: 'nothing was removed', zh: '没有移除任何东西' },
  'sweep.done': { en: '{count} removed', zh: '已移除 {count} 项' },
  'sweep.failed': { en: '{name} could not be removed: {problem}', zh: '无法移除 {name}：{problem}' },
  'sweep.alive': {
    en: '{count} left alone: the podstep of process {pid} still has them',
    zh: '保留 {count} 项：进程 {pid} 的 podstep 仍在使用',
  },
  'sweep.elsewhere': {
    en: '{count} left alone: made by no podstep of this machine ({owner})',
    zh: '保留 {count} 项：不是本机的 podstep 创建的（{owner}）',
  },
  'sweep.ask': { en: 'Remove them? [y/N] ', zh: '是否移除？[y/N] ' },
  'sweep.needsYes': {
    en: 'without a terminal nobody can be asked: give --yes to remove them',
    zh: '没有终端，无法询问：加上 --yes 才会移除',
  },
  'sweep.kind.container': { en: 'container', zh: '容器' },
  'sweep.kind.network': { en: 'network', zh: '网络' },
  'sweep.kind.volume': { en: 'volume', zh: '卷' },
  'sweep.kind.image': { en: 'image', zh: '镜像' },
  'sweep.kind.cgroup': { en: 'cgroup', zh: 'cgroup' },
  'sweep.kind.directory': { en: 'directory', zh: '目录' },

  'doctor.docker': { en: 'Docker', zh: 'Docker' },
  'doctor.dockerSandbox': { en: 'Docker sandbox', zh: 'Docker 沙箱' },
  'doctor.dockerFiles': { en: 'Docker files', zh: 'Docker 文件' },
  'doctor.dockerCgroups': { en: 'Docker cgroups', zh: 'Docker cgroup' },
  'doctor.dockerRights': { en: 'Docker rights', zh: 'Docker 权限' },
  'doctor.dockerRestart': { en: 'Docker restart', zh: 'Docker 重启' },
  'doctor.dockerRegistry': { en: 'Docker registry', zh: 'Docker 镜像仓库' },
  'doctor.dockerDisk': { en: 'Docker disk', zh: 'Docker 磁盘' },
  'doctor.docker.none': {
    en: 'nobody listens at {address} ({source}); pods run in WebAssembly and need no Docker',
    zh: '{address} 无人监听（{source}）；Pod 在 WebAssembly 中运行，不需要 Docker',
  },
  'doctor.docker.silent': {
    en: '{address} ({source}): {problem}; pods run in WebAssembly and need no Docker',
    zh: '{address}（{source}）：{problem}；Pod 在 WebAssembly 中运行，不需要 Docker',
  },
  'doctor.docker.found': {
    en: '{address} ({source}): Engine {version}, API {api}; --runtime docker runs pods there',
    zh: '{address}（{source}）：Engine {version}，API {api}；用 --runtime docker 可在那里运行 Pod',
  },
  'doctor.docker.source.DOCKER_HOST': { en: 'DOCKER_HOST says so', zh: '由 DOCKER_HOST 指定' },
  'doctor.docker.source.context': {
    en: 'of the Docker context {name}',
    zh: '来自 Docker 上下文 {name}',
  },
  'doctor.docker.source.usual': { en: 'the usual place', zh: '默认位置' },
  'doctor.docker.windows': {
    en: '{address} runs containers of {os}: podstep needs those of Linux',
    zh: '{address} 运行的是 {os} 容器：podstep 需要 Linux 容器',
  },
  'doctor.docker.sandbox': {
    en: "a pod's sandbox was made, started and removed in {milliseconds} ms",
    zh: '已创建、启动并移除一个 Pod 沙箱，用时 {milliseconds} 毫秒',
  },
  'doctor.docker.noSandbox': {
    en: "a pod's sandbox could not be made: {problem}",
    zh: '无法创建 Pod 沙箱：{problem}',
  },
  'doctor.docker.files': {
    en: 'the Engine ({name}) sees {directory}: volumes are mounted from there',
    zh: 'Engine（{name}）能看到 {directory}：卷从那里挂载',
  },
  'doctor.docker.noFiles': {
    en: 'the Engine ({name}) does not see {directory} of this machine: pods with volumes cannot start there',
    zh: 'Engine（{name}）看不到本机的 {directory}：带卷的 Pod 无法在那里启动',
  },
  'doctor.docker.cgroups': {
    en: 'version {version}, driver {driver}; memory, CPU and process limits hold',
    zh: '版本 {version}，驱动 {driver}；内存、CPU 与进程数限制均有效',
  },
  'doctor.docker.fewCgroups': {
    en: 'version {version}, driver {driver}; not enforced: {missing}',
    zh: '版本 {version}，驱动 {driver}；无法执行的限制：{missing}',
  },
  'doctor.docker.rights': {
    en: 'as root; oom_score_adj below 0 can be set, as for a Guaranteed pod',
    zh: '以 root 运行；可以设置负的 oom_score_adj（如 Guaranteed Pod）',
  },
  'doctor.docker.fewRights': {
    en: 'oom_score_adj below 0 is refused (no CAP_SYS_RESOURCE): it is set to 0, so a Guaranteed pod is no better off when memory is short',
    zh: '负的 oom_score_adj 会被拒绝（没有 CAP_SYS_RESOURCE）：改用 0，内存不足时 Guaranteed Pod 没有优势',
  },
  'doctor.docker.rootless': {
    en: 'rootless: ports below 1024, negative oom_score_adj and limits without cgroup v2 are refused',
    zh: 'rootless 模式：1024 以下的端口、负的 oom_score_adj、以及没有 cgroup v2 时的限制都会被拒绝',
  },
  'doctor.docker.liveRestore': {
    en: 'live-restore is on: containers outlive a restart of the Engine',
    zh: '已启用 live-restore：Engine 重启时容器继续运行',
  },
  'doctor.docker.noLiveRestore': {
    en: 'live-restore is off: containers end when the Engine restarts, and the kubelet starts them anew',
    zh: '未启用 live-restore：Engine 重启时容器会结束，由 kubelet 重新启动',
  },
  'doctor.docker.registry': { en: 'the Engine reaches docker.io', zh: 'Engine 能访问 docker.io' },
  'doctor.docker.noRegistry': {
    en: 'docker.io cannot be reached ({problem}): images must be on the Engine already, or come from a registry of your own',
    zh: '无法访问 docker.io（{problem}）：镜像须已在 Engine 上，或来自你自己的仓库',
  },
  'doctor.docker.disk': {
    en: '{driver} in {directory}, {free} free',
    zh: '{directory} 上的 {driver}，剩余 {free}',
  },
  'doctor.docker.littleDisk': {
    en: '{driver} in {directory}: only {free} free; the kubelet will evict pods',
    zh: '{directory} 上的 {driver}：仅剩 {free}；kubelet 将驱逐 Pod',
  },
  'doctor.docker.unseenDisk': {
    en: '{driver} in {directory} of the Engine’s own machine',
    zh: 'Engine 所在机器的 {directory}，{driver}',
  },
} as const satisfies Catalogue;
