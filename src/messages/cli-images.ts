/** What `podstep images` says. */
import type { Catalogue } from './catalogue.ts';

export const cliImages = {
  'images.usage': {
    en: `Usage: podstep images [ls] [-q] [--digests] [-o table|json]
       podstep images pull NAME... [--creds USER:PASSWORD] [-o table|json]
       podstep images push NAME [AS] [--creds USER:PASSWORD] [-o table|json]
       podstep images build DIR [-t NAME] [-o table|json]
       podstep images rm NAME... [--force]
       podstep images inspect NAME...

The images of the WebAssembly runtime: stand-ins, which are programs written for
podstep that take the place of the ones in well-known images; images from
registries; and images that were built here from a folder with an image.yaml
(workloads/BRING-YOUR-OWN.md). Without --creds, passwords for registries are
taken from Docker's config.json ($DOCKER_CONFIG, ~/.docker).`,
    zh: `用法：podstep images [ls] [-q] [--digests] [-o table|json]
      podstep images pull 名称... [--creds 用户:密码] [-o table|json]
      podstep images push 名称 [目标名称] [--creds 用户:密码] [-o table|json]
      podstep images build 目录 [-t 名称] [-o table|json]
      podstep images rm 名称... [--force]
      podstep images inspect 名称...

WebAssembly 运行时的镜像：替身镜像（为 podstep 编写的程序，用来代替常见镜像里的
程序）、来自镜像仓库的镜像，以及用含有 image.yaml 的目录在本机构建的镜像
（见 workloads/BRING-YOUR-OWN.zh.md）。未给出 --creds 时，仓库密码取自 Docker 的
config.json（$DOCKER_CONFIG、~/.docker）。`,
  },
  'images.standIns': {
    en: 'Stand-ins are programs written for podstep, not the originals.',
    zh: '替身镜像中的程序是为 podstep 编写的，并非原版。',
  },
  'images.pullable': { en: 'Can be pulled (any tag): {names}', zh: '可以拉取（任意标签）：{names}' },
  'images.none': { en: 'No image has been pulled yet.', zh: '还没有拉取过镜像。' },
  'images.isStandIn': { en: 'stand-in', zh: '替身' },
  'images.isOriginal': { en: 'as pulled', zh: '原样' },
  'images.isBuilt': { en: 'built here', zh: '本机构建' },
  'images.resolving': { en: '{image}: looking it up', zh: '{image}：正在查找' },
  'images.copying': { en: '{image}: copying', zh: '{image}：正在复制' },
  'images.downloading': {
    en: '{image}: downloading, {done} of {total},',
    zh: '{image}：正在下载，{done} / {total}，',
  },
  'images.uploading': {
    en: '{image}: uploading, {done} of {total},',
    zh: '{image}：正在上传，{done} / {total}，',
  },
  'images.verifying': { en: '{image}: verifying', zh: '{image}：正在校验' },
  'images.transpiling': { en: '{image}: translating for this machine', zh: '{image}：正在为本机编译' },
  'images.offline': {
    en: '{image}: its registry cannot be reached; as pulled earlier',
    zh: '{image}：无法连接其镜像仓库，使用以前拉取的镜像',
  },
  'pull.waiting': {
    en: '{image}: waiting for its registry (at most {connectSeconds} s for a connection, {idleSeconds} s for an answer)',
    zh: '{image}：正在等待镜像仓库应答（建立连接最多 {connectSeconds} 秒，应答最多 {idleSeconds} 秒）',
  },
  'pull.downloading': { en: '{image}: downloading {total}', zh: '{image}：正在下载 {total}' },
  'pull.uploading': { en: '{image}: uploading {total}', zh: '{image}：正在上传 {total}' },
  'pull.transpiling': {
    en: '{image}: translating its programs for this machine, this once',
    zh: '{image}：正在为本机编译其中的程序，仅此一次',
  },
  'store.unwritable': {
    en: 'set PODSTEP_HOME to a directory that you may write to',
    zh: '请把 PODSTEP_HOME 设为有写入权限的目录',
  },
  'store.full': {
    en: 'the disk is full: free some space, or set PODSTEP_HOME to a directory on another disk',
    zh: '磁盘已满：请清理空间，或把 PODSTEP_HOME 设为其他磁盘上的目录',
  },
  'transfer.noSuchHost': {
    en: 'this machine knows no {host}: check how it is spelled, and that there is a network',
    zh: '本机无法解析 {host}：请检查拼写以及网络连接',
  },
  'transfer.refused': {
    en: 'nobody listens at {host}: is the registry started, and is that its port?',
    zh: '{host} 没有程序在监听：镜像仓库是否已启动，端口是否正确？',
  },
  'transfer.silent': {
    en: '{host} did not answer: check the network, or the proxy (HTTPS_PROXY); trying again goes on where this ended',
    zh: '{host} 没有应答：请检查网络或代理（HTTPS_PROXY）；再次执行会从中断处继续',
  },
  'transfer.plainHttp': {
    en: '{host} speaks http: if you trust the way there, write server = "http://{host}" into {folder}/hosts.toml',
    zh: '{host} 使用 http：如果信任到它的网络，请在 {folder}/hosts.toml 中写入 server = "http://{host}"',
  },
  'transfer.certificate': {
    en: 'if you trust {host}, put the certificate of its authority (PEM) into {folder}/ca.crt',
    zh: '如果信任 {host}，请把其 CA 证书（PEM）放到 {folder}/ca.crt',
  },
  'transfer.denied': {
    en: 'check the name; if {host} wants a password, give --creds USER:PASSWORD',
    zh: '请检查名称；如果 {host} 需要密码，请使用 --creds 用户:密码',
  },
  'transfer.notThere': {
    en: 'check the name and its tag with whoever runs {host}',
    zh: '请在 {host} 上核对镜像的名称和标签',
  },
  'transfer.noStandIn': {
    en: 'podstep images lists what can be pulled; workloads/BRING-YOUR-OWN.md shows how to make an image of your own',
    zh: 'podstep images 会列出可拉取的镜像；自己制作镜像的方法见 workloads/BRING-YOUR-OWN.zh.md',
  },
  'images.pulled': { en: '{image} is here: {id}, {size}', zh: '{image} 已就绪：{id}，{size}' },
  'images.pushed': { en: '{image} is pushed: {id}, {size}', zh: '{image} 已推送：{id}，{size}' },
  'images.pushNames': {
    en: 'podstep images push takes a name and at most one other to push it as',
    zh: 'podstep images push 接受一个镜像名称，以及至多一个推送目标名称',
  },
  'images.badCredentials': {
    en: '--creds needs USER:PASSWORD',
    zh: '--creds 需要 用户:密码',
  },
  'images.badDockerConfig': {
    en: '{file} is no JSON: correct it, or give --creds USER:PASSWORD',
    zh: '{file} 不是有效的 JSON：请修正，或使用 --creds 用户:密码',
  },
  'images.otherDockerConfig': {
    en: 'give --creds USER:PASSWORD, or set DOCKER_CONFIG to a folder that you may read',
    zh: '请使用 --creds 用户:密码，或把 DOCKER_CONFIG 设为有权读取的目录',
  },
  'images.credentialHelper': {
    en: '{file} leaves the password for {image} to docker-credential-{helper}, which podstep does not run: give --creds USER:PASSWORD',
    zh: '{file} 把 {image} 的密码交给 docker-credential-{helper} 保管，podstep 不会运行它：请使用 --creds 用户:密码',
  },
  'images.inUse': {
    en: '{image} is in use by another podstep (process {processes})',
    zh: '另一个 podstep（进程 {processes}）正在使用 {image}',
  },
  'images.endOrForce': {
    en: 'end that one first, or give --force: what its containers have not loaded yet is then missing',
    zh: '请先结束那个进程，或使用 --force：其容器尚未加载的程序将会缺失',
  },
  'images.removed': { en: 'removed {image}', zh: '已删除 {image}' },
  'images.notHere': {
    en: 'no image {image} in {directory} (podstep images pull brings one from its registry)',
    zh: '{directory} 中没有镜像 {image}（可用 podstep images pull 从镜像仓库拉取）',
  },
  'images.unusedOption': {
    en: 'podstep images {verb} does not take --{option}',
    zh: 'podstep images {verb} 不支持 --{option}',
  },
  'images.needsName': {
    en: 'podstep images {verb} needs the name of an image',
    zh: 'podstep images {verb} 需要镜像名称',
  },
  'images.unknownVerb': {
    en: 'unknown command "{verb}" for podstep images (ls, pull, push, build, rm, inspect)',
    zh: 'podstep images 没有命令 “{verb}”（可用：ls、pull、push、build、rm、inspect）',
  },
  'images.unknownOutput': {
    en: 'unknown output format "{format}" (table, json)',
    zh: '未知的输出格式 “{format}”（可用：table、json）',
  },
} as const satisfies Catalogue;
