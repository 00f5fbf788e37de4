/** What `podstep doctor` says. */
import type { Catalogue } from './catalogue.ts';

export const cliDoctor = {
  'doctor.usage': {
    en: `Usage: podstep doctor [-o table|json]
       podstep doctor --clean [--yes]

Looks at what works on this machine. Exit code 1: pods cannot run here.

  --clean   finds what crashed podsteps have left on the Docker Engine, says
            what it is and removes it, once it was agreed to or with --yes`,
    zh: `用法：podstep doctor [-o table|json]
      podstep doctor --clean [--yes]

检查本机上哪些功能可用。退出码 1：本机无法运行 Pod。

  --clean   查找崩溃的 podstep 在 Docker Engine 上留下的东西，先列出，
            经同意后（或给出 --yes）移除`,
  },
  'doctor.ok': { en: 'ok', zh: '正常' },
  'doctor.note': { en: 'note', zh: '注意' },
  'doctor.failed': { en: 'FAILED', zh: '失败' },

  'doctor.node': { en: 'Node', zh: 'Node' },
  'doctor.platform': { en: 'Platform', zh: '平台' },
  'doctor.standIns': { en: 'Stand-in images', zh: '替身镜像' },
  'doctor.store': { en: 'Image store', zh: '镜像存储' },
  'doctor.guest': { en: 'WebAssembly guests', zh: 'WebAssembly 程序' },
  'doctor.loopback': { en: 'Pod addresses', zh: 'Pod 地址' },
  'doctor.terminal': { en: 'Terminal', zh: '终端' },
  'doctor.language': { en: 'Language', zh: '语言' },

  'doctor.node.jspi': { en: '{version} with JSPI', zh: '{version}，支持 JSPI' },
  'doctor.node.noJspi': {
    en: '{version} has no JSPI (WebAssembly.Suspending); Node 26 has it',
    zh: '{version} 不支持 JSPI（WebAssembly.Suspending）；请使用 Node 26',
  },
  'doctor.standIns.whole': {
    en: '{count} images, every component has its digest',
    zh: '{count} 个镜像，所有组件摘要一致',
  },
  'doctor.store.ready': { en: '{directory}, {free} free', zh: '{directory}，剩余 {free}' },
  'doctor.store.little': { en: '{directory}: only {free} free', zh: '{directory}：仅剩 {free}' },
  'doctor.store.closed': {
    en: '{directory} cannot be written: {problem}',
    zh: '{directory} 无法写入：{problem}',
  },
  'doctor.guest.ready': {
    en: 'one was pulled, verified, translated and run to its end in {milliseconds} ms',
    zh: '已拉取、校验、编译并运行一个程序直至结束，用时 {milliseconds} 毫秒',
  },
  'doctor.guest.failed': {
    en: 'a component could not be prepared: {problem}',
    zh: '组件准备失败：{problem}',
  },
  'doctor.loopback.all': {
    en: 'pods get addresses of their own ({address}), any port',
    zh: 'Pod 有自己的地址（{address}），可用任意端口',
  },
  'doctor.loopback.highPorts': {
    en: 'pods get addresses of their own ({address}); ports under {port} need privileges on the wall clock',
    zh: 'Pod 有自己的地址（{address}）；使用真实时钟时，{port} 以下的端口需要特权',
  },
  'doctor.loopback.one': {
    en: 'this system has one loopback address only; on the wall clock pods cannot be reached from other programs at their own addresses',
    zh: '本系统只有一个环回地址；使用真实时钟时，其他程序无法通过 Pod 自己的地址访问它',
  },
  'doctor.terminal.fits': { en: '{columns}x{rows}, {colours} colours', zh: '{columns}x{rows}，{colours} 色' },
  'doctor.terminal.small': {
    en: '{columns}x{rows} is smaller than the 80x24 that the screen needs',
    zh: '{columns}x{rows} 小于界面所需的 80x24',
  },
  'doctor.terminal.none': {
    en: 'the output is no terminal: podstep prints the plain walk',
    zh: '输出不是终端：podstep 将逐行打印过程',
  },
  'doctor.language.utf8': { en: 'English, UTF-8 ({locale})', zh: '中文，UTF-8（{locale}）' },
  'doctor.language.ascii': {
    en: 'English; the locale "{locale}" does not say UTF-8, so lines and Chinese may look wrong (LANG=C.UTF-8, or --ascii)',
    zh: '中文；区域设置 “{locale}” 未声明 UTF-8，线条和中文可能显示异常（可设 LANG=C.UTF-8，或用 --ascii）',
  },
} as const satisfies Catalogue;
