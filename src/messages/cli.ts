/** What the command line says: help, refusals, endings. */
import type { Catalogue } from './catalogue.ts';

export const cli = {
  'cli.help': {
    en: `podstep: a kubelet that one can step through

Usage: podstep [COMMAND] [OPTIONS]

Without a command: the screen, or, without a terminal, the walk of a first pod.

Commands:
{commands}
Options:
  --lang en|zh    the language of what is podstep's own (default: from LANG)
  --ascii         draw the screen with ASCII alone
  --runtime NAME, --node-name NAME, --config FILE, --node SIZE,...
                  a node of your own making, as with podstep run
  -h, --help      this help; after a command: its help
  --version       the version
`,
    zh: `podstep：一个可以单步执行的 kubelet

用法：podstep [命令] [选项]

不带命令：打开界面；没有终端时，演示第一个 Pod 的完整过程。

命令：
{commands}
选项：
  --lang en|zh    podstep 自身文字的语言（默认取自 LANG）
  --ascii         界面只用 ASCII 字符绘制
  --runtime 名称、--node-name 名称、--config 文件、--node 大小,...
                  自定义节点，用法与 podstep run 相同
  -h, --help      显示本帮助；跟在命令之后则显示该命令的帮助
  --version       显示版本
`,
  },
  'cli.command.run': {
    en: 'run the pods of manifests and print every step',
    zh: '运行清单中的 Pod，逐步打印过程',
  },
  'cli.command.replay': {
    en: 'feed a recording to the kubelet again and compare',
    zh: '把录制的事件重新交给 kubelet 并比对结果',
  },
  'cli.command.images': {
    en: 'what the WebAssembly runtime has pulled, and can pull',
    zh: 'WebAssembly 运行时已拉取和可拉取的镜像',
  },
  'cli.command.doctor': {
    en: 'what works on this machine, and what does not',
    zh: '检查本机上哪些功能可用',
  },
  'cli.help.run': {
    en: `Usage: podstep run FILE... [OPTIONS]   (no FILE is needed with --manifest-dir)

Applies the manifests (- reads standard input) to one node and prints what its
kubelet does.

  --runtime wasm|docker|fake
                        where containers run (default wasm); docker runs real
                        ones, in real time; fake runs nothing: every image can
                        be pulled, every program runs until it is stopped
  --clock virtual|paced|wall
                        virtual jumps to whatever happens next (default), paced
                        keeps to --speed, wall is this machine's clock, the only
                        one with docker
  --speed N             paced: N virtual seconds a second (default 1)
  --seed N              the same seed gives the same run, byte for byte, in
                        virtual time (default 1)
  --node-name NAME      the node's name (default node-1)
  --node SIZE,...       how large it is: memory=384Mi,disk=2Gi,image-disk=1Gi,
                        inodes=100k,pids=200 (what is left out is large enough)
  --egress PLACE,...    with --clock wall: where containers may go beyond the
                        pods' network (example.com:443, *.example.com,
                        10.1.0.0/16, *); by default nowhere
  --validate strict|warn|ignore
                        unknown fields are an error (default), a warning, or
                        left out without a word
  --for DURATION        ends after this much of the run's time (90s, 2m, 1h30m)
  --until CONDITION     ends when it holds; exit code 1 if it does not within
                        --for (default 10m):
                          Ready, Running, Succeeded, Failed: every pod is
                          deleted: every pod is gone
                          event=REASON: such an event was recorded
                          pod/NAME=...: one pod is Ready, Running, Succeeded,
                          Failed or deleted
  --delete-after DURATION
                        deletes the pods then, as kubectl delete does
  --shutdown-after DURATION
                        the machine says then that it goes down; what becomes
                        of the pods is the configuration's (shutdownGracePeriod)
  --config FILE         the kubelet's configuration, a KubeletConfiguration
                        (kubelet.config.k8s.io/v1beta1) in YAML or JSON
  --manifest-dir DIR    manifests of static pods: the node's
                        /etc/kubernetes/manifests, watched
  --kubelet-log FILE    the kubelet's own log, in klog's form (-: stderr)
  --v N                 how much of it; default: logging.verbosity of the
                        configuration, without --config 2 (the kubelet's own
                        default is 0)
  --keep                docker: when the run ends its containers go on
  --record FILE         writes every event to FILE, for podstep replay
  -o text|json|jsonl    text: steps, events and logs (default); json: one List
                        of all objects at the end; jsonl: one trace entry a line
  --verbose             also the steps that changed nothing, and what each one
                        asked for
  --lang en|zh

Without --for and --until it ends once every pod has finished, or is Ready and
nothing has happened for 10s, at the latest after 5m. With --clock wall it goes
on until every pod has finished, or Ctrl-C.
Exit codes: 0 done, 1 --until was not met, 2 bad usage, bad manifest or bad
configuration (then nothing was started).
`,
    zh: `用法：podstep run 文件... [选项]（有 --manifest-dir 时可以不给文件）

把清单（- 表示标准输入）应用到一个节点上，并打印其 kubelet 的每一步。

  --runtime wasm|docker|fake
                        容器在哪里运行（默认 wasm）；docker 以真实时间运行
                        真实容器；fake 不真正运行：任何镜像都能拉取，任何程序
                        都一直运行到被停止
  --clock virtual|paced|wall
                        virtual 直接跳到下一件事（默认），paced 按 --speed 的
                        速度走，wall 使用本机时钟（docker 只能用它）
  --speed N             paced：每秒走 N 个虚拟秒（默认 1）
  --seed N              在虚拟时间里，相同的种子得到逐字节相同的过程（默认 1）
  --node-name 名称      节点名（默认 node-1）
  --node 大小,...       节点的大小：memory=384Mi,disk=2Gi,image-disk=1Gi,
                        inodes=100k,pids=200（未指定的部分足够大）
  --egress 地址,...     配合 --clock wall：容器可以访问 Pod 网络之外的哪些地方
                        （example.com:443、*.example.com、10.1.0.0/16、*）；
                        默认一概不可
  --validate strict|warn|ignore
                        未知字段：报错（默认）、警告，或静默忽略
  --for 时长            运行这么久之后结束（90s、2m、1h30m）
  --until 条件          条件成立时结束；若在 --for（默认 10m）之内未成立，
                        退出码为 1：
                          Ready、Running、Succeeded、Failed：每个 Pod 都如此
                          deleted：每个 Pod 都已消失
                          event=REASON：记录了这样的事件
                          pod/NAME=...：某个 Pod 为 Ready、Running、Succeeded、
                          Failed 或 deleted
  --delete-after 时长   届时删除 Pod，如同 kubectl delete
  --shutdown-after 时长 届时机器通知即将关机；Pod 如何终止取决于配置
                        （shutdownGracePeriod）
  --config 文件         kubelet 的配置：YAML 或 JSON 形式的 KubeletConfiguration
                        （kubelet.config.k8s.io/v1beta1）
  --manifest-dir 目录   静态 Pod 的清单：即节点的 /etc/kubernetes/manifests，
                        会被监视
  --kubelet-log 文件    kubelet 自身的日志，klog 格式（- 表示标准错误）
  --v N                 日志的详细程度；默认取配置中的 logging.verbosity，
                        没有 --config 时为 2（kubelet 自身的默认值是 0）
  --keep                docker：运行结束后容器继续运行
  --record 文件         把每个事件写入文件，供 podstep replay 使用
  -o text|json|jsonl    text：步骤、事件和日志（默认）；json：结束时输出包含所有
                        对象的一个 List；jsonl：每行一条轨迹
  --verbose             同时显示无变化的步骤，以及每一步请求了什么
  --lang en|zh

不带 --for 和 --until 时：每个 Pod 都已结束，或都已 Ready 且 10 秒内没有新动静，
就结束，最迟 5 分钟。使用 --clock wall 时一直运行到每个 Pod 都已结束，
或按 Ctrl-C。
退出码：0 完成，1 --until 未成立，2 用法、清单或配置有误（此时什么都没有启动）。
`,
  },
  'cli.help.replay': {
    en: `Usage: podstep replay FILE [-o text|jsonl] [--verbose] [--lang en|zh]

Feeds the events of a recording (podstep run --record FILE) to the kubelet again
and prints its steps.
Exit codes: 0 every step came out as recorded, 1 one did not, 2 the file is no
recording.
`,
    zh: `用法：podstep replay 文件 [-o text|jsonl] [--verbose] [--lang en|zh]

把录制文件（podstep run --record 文件）中的事件重新交给 kubelet，并打印其步骤。
退出码：0 每一步都与录制一致，1 有一步不一致，2 文件不是录制。
`,
  },
  'cli.unknownCommand': {
    en: 'there is no command {command}',
    zh: '没有 {command} 这个命令',
  },
  'cli.seeHelp': { en: 'see {command} --help', zh: '参见 {command} --help' },
  'cli.unknownOption': { en: 'there is no option {option}', zh: '没有 {option} 这个选项' },
  'cli.optionValue': { en: '{option} needs a value', zh: '{option} 需要一个值' },
  'cli.extraArgument': { en: 'there is nothing to do with {argument}', zh: '不需要参数 {argument}' },
  'cli.noFile': { en: 'no manifest was given', zh: '没有给出清单文件' },
  'cli.oneFile': { en: 'exactly one file is needed', zh: '需要且仅需要一个文件' },
  'cli.badChoice': {
    en: '{option} {value}: it is one of {choices}',
    zh: '{option} {value}：只能是 {choices} 之一',
  },
  'cli.badEgress': {
    en: '--egress {value}: a place is a name, *.name, an IPv4 address or network, or *, with or without :PORT',
    zh: '--egress {value}：地址应为域名、*.域名、IPv4 地址或网段、或 *，可加 :端口',
  },
  'cli.egressNeedsWall': {
    en: '--egress needs --clock wall: in virtual time an answer from outside would come at no instant of the run',
    zh: '--egress 需要 --clock wall：在虚拟时间里，外部的应答不属于任何一个时刻',
  },
  'cli.badNodeSize': {
    en: '--node {value}: sizes are written as memory=384Mi,disk=2Gi; there are {names}',
    zh: '--node {value}：大小写作 memory=384Mi,disk=2Gi；可用的有 {names}',
  },
  'cli.badDuration': {
    en: '{option} {value}: a duration is written as 90s, 2m or 1h30m',
    zh: '{option} {value}：时长写作 90s、2m 或 1h30m',
  },
  'cli.badNumber': {
    en: '{option} {value}: {wanted}',
    zh: '{option} {value}：{wanted}',
  },
  'cli.wholeNumber': { en: 'a whole number is needed', zh: '需要一个整数' },
  'cli.positiveNumber': { en: 'a number above 0 is needed', zh: '需要一个大于 0 的数' },
  'cli.speedNeedsPaced': {
    en: '--speed is for --clock paced',
    zh: '--speed 只用于 --clock paced',
  },
  'cli.badCondition': {
    en: '--until {value}: conditions are Ready, Running, Succeeded, Failed, deleted, event=REASON, pod/NAME=...',
    zh: '--until {value}：条件有 Ready、Running、Succeeded、Failed、deleted、event=REASON、pod/NAME=...',
  },
  'cli.noSuchPod': {
    en: '--until {value}: no manifest has a pod {name}',
    zh: '--until {value}：清单里没有名为 {name} 的 Pod',
  },
  'cli.unreadable': { en: 'cannot read {file}: {reason}', zh: '无法读取 {file}：{reason}' },
  'cli.unwritable': { en: 'cannot write {file}: {reason}', zh: '无法写入 {file}：{reason}' },
  'cli.file.noSuchFile': {
    en: 'check the name (a relative one is looked for in {here})',
    zh: '请检查名称（相对路径以 {here} 为起点）',
  },
  'cli.file.notDirectory': {
    en: 'a part of this path is a file, where a folder is needed',
    zh: '路径中应为目录的部分是一个文件',
  },
  'cli.file.isDirectory': {
    en: 'name the files in it ({file}/*.yaml); static pods are taken from a folder with --manifest-dir {file}',
    zh: '这是目录，请指定其中的文件（{file}/*.yaml）；静态 Pod 的目录用 --manifest-dir {file} 指定',
  },
  'cli.file.notReadable': {
    en: 'you may not read it: ls -l {file} shows who may',
    zh: '没有读取权限：ls -l {file} 可查看谁有权限',
  },
  'cli.file.noSuchDirectory': {
    en: 'make its folder first: mkdir -p {directory}',
    zh: '请先创建目录：mkdir -p {directory}',
  },
  'cli.file.writesDirectory': { en: 'name a file in it', zh: '这是目录，请指定其中的一个文件' },
  'cli.file.notWritable': {
    en: 'you may not write there: choose another place, such as /tmp',
    zh: '没有写入权限：请换一个位置，例如 /tmp',
  },
  'cli.file.diskFull': { en: 'the disk is full: free some space', zh: '磁盘已满：请清理出一些空间' },
  'cli.nothingStarted': { en: 'nothing was started', zh: '什么都没有启动' },
  'cli.advice': { en: '  -> {advice}', zh: '  -> {advice}' },
  'cli.note': { en: 'note: {text}', zh: '注意：{text}' },
  'cli.notMet': {
    en: '--until {condition} did not hold within {time}: {pods}',
    zh: '--until {condition} 在 {time} 内未成立：{pods}',
  },
  'cli.noPods': {
    en: 'no pod for this node was applied',
    zh: '没有属于本节点的 Pod',
  },
  'cli.end.until': { en: 'ended after {time}: {condition} holds', zh: '{time} 后结束：{condition} 已成立' },
  'cli.end.time': { en: 'ended after {time}', zh: '运行 {time} 后结束' },
  'cli.end.finished': {
    en: 'ended after {time}: every pod has finished',
    zh: '{time} 后结束：每个 Pod 都已结束',
  },
  'cli.end.settled': {
    en: 'ended after {time}: every pod is Ready and nothing more happens (--for or --until goes on)',
    zh: '{time} 后结束：每个 Pod 都已 Ready，不再有新动静（可用 --for 或 --until 继续）',
  },
  'cli.end.deleted': { en: 'ended after {time}: every pod is gone', zh: '{time} 后结束：每个 Pod 都已消失' },
  'cli.end.longest': {
    en: 'ended after {time}, as no --for or --until was given',
    zh: '运行 {time} 后结束（没有给出 --for 或 --until）',
  },
  'cli.end.aborted': { en: 'stopped by a signal after {time}', zh: '{time} 后因信号停止' },
  'cli.end.idle': {
    en: 'ended after {time}: nothing can happen any more',
    zh: '{time} 后结束：不会再发生任何事',
  },
  'cli.replay.howRecorded': {
    en: 'recordings are written by podstep run MANIFEST --record FILE; a manifest is run by podstep run {file}',
    zh: '录制文件由 podstep run 清单 --record 文件 写出；清单请用 podstep run {file} 运行',
  },
  'cli.replay.damaged': {
    en: 'the line was changed, or cut off while it was written: record the run again',
    zh: '该行被改动过，或写入时被截断：请重新录制',
  },
  'cli.replay.otherVersion': {
    en: 'replay it with the podstep that wrote it, or record the run again',
    zh: '请用写出它的那个版本的 podstep 重放，或重新录制',
  },
  'cli.replay.same': {
    en: '{steps} steps replayed, every one as recorded',
    zh: '重放了 {steps} 步，每一步都与录制一致',
  },
  'cli.replay.differs': {
    en: 'step {seq} came out otherwise than recorded',
    zh: '第 {seq} 步与录制不一致',
  },
  'cli.replay.recorded': { en: 'recorded:', zh: '录制：' },
  'cli.replay.replayed': { en: 'replayed:', zh: '重放：' },
  'cli.walk.intro': {
    en: `The walk of a first pod: {file}, {where}.
Each line: when, stage, object, machine and its move, why, and where the real kubelet does it.
`,
    zh: `第一个 Pod 的完整过程：{file}，{where}。
每行依次是：时刻、阶段、对象、状态机及其变化、原因，以及真实 kubelet 中对应的位置。
`,
  },
  'cli.walk.inWasm': {
    en: 'in WebAssembly sandboxes, in virtual time (seed {seed})',
    zh: '运行在 WebAssembly 沙箱中，使用虚拟时间（种子 {seed}）',
  },
  'cli.walk.inDocker': {
    en: 'in real containers of Docker, on the wall clock (seed {seed})',
    zh: '运行在 Docker 的真实容器中，使用真实时钟（种子 {seed}）',
  },
  'cli.walk.delete': {
    en: '\nThe pod is Ready. Now it is deleted, as kubectl delete pod {name} would.\n',
    zh: '\nPod 已 Ready。现在删除它，如同 kubectl delete pod {name}。\n',
  },
  'cli.walk.outro': {
    en: `
The pod is gone. In a terminal, npm start opens the screen, where each of these is one key press.
Your own manifests: npm run -s podstep -- run pod.yaml --until Ready
`,
    zh: `
Pod 已消失。在终端里执行 npm start 会打开界面，其中每一步只需按一个键。
运行自己的清单：npm run -s podstep -- run pod.yaml --until Ready
`,
  },
} as const satisfies Catalogue;
