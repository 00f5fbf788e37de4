/** Advice beside Kubernetes' own words when a manifest cannot be read: what the reader can do. */
import type { Catalogue } from './catalogue.ts';

export const manifest = {
  'manifest.tab': {
    en: 'YAML is indented with spaces; replace the tab at the start of this line with spaces',
    zh: 'YAML 只能用空格缩进；请把这一行开头的制表符换成空格',
  },
  'manifest.didYouMean': {
    en: 'did you mean "{field}"?',
    zh: '是不是想写“{field}”？',
  },
  'manifest.unknownField': {
    en: 'remove the field, or move it to where it belongs; known here: {fields}',
    zh: '请删除该字段，或把它移到正确的位置；此处可用的字段：{fields}',
  },
  'manifest.quote': {
    en: 'put it in quotes: "{value}" (without quotes YAML 1.1 does not read it as a string)',
    zh: '请加上引号："{value}"（不加引号时，YAML 1.1 不会把它当作字符串）',
  },
  'manifest.duplicateKey': {
    en: 'keep one of the two; the other stands in line {line}',
    zh: '两处只保留一处；另一处在第 {line} 行',
  },
  'manifest.addApiVersion': {
    en: 'add a line such as `apiVersion: {apiVersion}` at the top of the object',
    zh: '请在对象开头加上一行，例如 `apiVersion: {apiVersion}`',
  },
  'manifest.addKind': {
    en: 'add a line such as `kind: Pod` at the top of the object',
    zh: '请在对象开头加上一行，例如 `kind: Pod`',
  },
  'manifest.unknownKind': {
    en: 'check the spelling of kind and apiVersion; custom resources are not known here',
    zh: '请检查 kind 和 apiVersion 的拼写；这里不支持自定义资源',
  },
  'manifest.otherVersion': {
    en: '{kind} is served in {versions}',
    zh: '{kind} 所在的版本是 {versions}',
  },
  'manifest.configurationKind': {
    en: 'a configuration file of the kubelet begins with `apiVersion: {apiVersion}` and `kind: {kind}`',
    zh: 'kubelet 的配置文件以 `apiVersion: {apiVersion}` 和 `kind: {kind}` 开头',
  },
  'manifest.tooLarge': {
    en: 'Kubernetes stores no object over {limit} bytes; split the file',
    zh: 'Kubernetes 不会存储超过 {limit} 字节的对象；请拆分该文件',
  },
  'manifest.tooDeep': {
    en: 'no manifest needs more than {limit} levels; look for unclosed brackets',
    zh: '清单不需要超过 {limit} 层嵌套；请检查是否有未闭合的括号',
  },
  'manifest.aliases': {
    en: 'write the values out instead of repeating aliases',
    zh: '请直接写出这些值，不要重复使用别名',
  },
} as const satisfies Catalogue;
