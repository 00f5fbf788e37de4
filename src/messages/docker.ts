/** What podstep says of real containers on a Docker Engine: refusals, remarks, cleaning up. */
import type { Catalogue } from './catalogue.ts';

export const docker = {
  'docker.virtual': {
    en: '--clock virtual: real containers run in real time, nothing can make them jump; leave --clock out with --runtime docker',
    zh: '--clock virtual：真实容器按真实时间运行，无法让它们跳过时间；使用 --runtime docker 时请不要给出 --clock',
  },
  'docker.paced': {
    en: '--clock paced: real containers run in real time, nothing can hold them back or hurry them; leave --clock out with --runtime docker',
    zh: '--clock paced：真实容器按真实时间运行，无法让它们变慢或变快；使用 --runtime docker 时请不要给出 --clock',
  },
  'docker.egress': {
    en: '--egress is for --runtime wasm: real containers reach whatever their Engine lets them reach',
    zh: '--egress 只用于 --runtime wasm：真实容器能访问什么，由其 Engine 决定',
  },
  'docker.keepNeedsDocker': {
    en: '--keep is for --runtime docker: other containers end with podstep',
    zh: '--keep 只用于 --runtime docker：其他容器随 podstep 一起结束',
  },
  'docker.kept': {
    en: 'what runs goes on; the next run with --node-name {nodeName} takes it over, podstep down removes it',
    zh: '容器继续运行；下次以 --node-name {nodeName} 运行时会接管它们，podstep down 会移除它们',
  },
  'docker.unreachable.advice': {
    en: 'podstep doctor says where it was looked for; --runtime wasm needs no Docker',
    zh: 'podstep doctor 会说明在哪里查找过；--runtime wasm 不需要 Docker',
  },
  'docker.containersGoOn': {
    en: "real containers: the kubelet's decisions are steps, the containers go on in real time between them",
    zh: '真实容器：kubelet 的每个决定是一步；两步之间，容器仍按真实时间继续运行',
  },
  'docker.nodeInUse.advice': {
    en: 'give this one another name: --node-name NAME',
    zh: '请换一个节点名：--node-name 名称',
  },
} as const satisfies Catalogue;
