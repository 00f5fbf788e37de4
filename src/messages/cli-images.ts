/** What `podstep images` says. */
import type { Catalogue } from './catalogue.ts';

export const cliImages = {
  'images.usage': {
    en: `Usage: podstep images [ls] [-o table|json]
       podstep images pull NAME...
       podstep images rm NAME...
       podstep images inspect NAME...

The images of the WebAssembly runtime. They are stand-ins: programs written for
podstep that take the place of the ones in well-known images.`,
    zh: `用法：podstep images [ls] [-o table|json]
      podstep images pull 名称...
      podstep images rm 名称...
      podstep images inspect 名称...

WebAssembly 运行时的镜像。它们都是替身：为 podstep 编写的程序，
用来代替常见镜像里的程序。`,
  },
  'images.standIns': {
    en: 'All of them are stand-ins: programs written for podstep, not the originals.',
    zh: '以上均为替身镜像：其中的程序是为 podstep 编写的，并非原版。',
  },
  'images.pullable': { en: 'Can be pulled (any tag): {names}', zh: '可以拉取（任意标签）：{names}' },
  'images.none': { en: 'No image has been pulled yet.', zh: '还没有拉取过镜像。' },
  'images.isStandIn': { en: 'stand-in', zh: '替身' },
  'images.isOriginal': { en: 'as pulled', zh: '原样' },
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
  'images.pulled': { en: '{image} is here: {id}, {size}', zh: '{image} 已就绪：{id}，{size}' },
  'images.removed': { en: 'removed {image}', zh: '已删除 {image}' },
  'images.notHere': { en: 'no image {image} in {directory}', zh: '{directory} 中没有镜像 {image}' },
  'images.needsName': {
    en: 'podstep images {verb} needs the name of an image',
    zh: 'podstep images {verb} 需要镜像名称',
  },
  'images.unknownVerb': {
    en: 'unknown command "{verb}" for podstep images (ls, pull, rm, inspect)',
    zh: 'podstep images 没有命令 “{verb}”（可用：ls、pull、rm、inspect）',
  },
  'images.unknownOutput': {
    en: 'unknown output format "{format}" (table, json)',
    zh: '未知的输出格式 “{format}”（可用：table、json）',
  },
} as const satisfies Catalogue;
