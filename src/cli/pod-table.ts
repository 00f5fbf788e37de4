/** Pods as `kubectl get pods -o wide` prints them. */
import type { Pod } from '../api/types.ts';
import { parseTime } from '../lib/time.ts';
import { podWords } from '../tui/model/pod-status.ts';
import { table } from './table.ts';

const HEADER = ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP'];

/** One line a pod under a header; nothing for no pods. */
export function podTable(pods: readonly Pod[], nowMs: number): string {
  if (pods.length === 0) return '';
  return `${table([HEADER, ...pods.map((pod) => podRow(pod, nowMs))])}\n`;
}

function podRow(pod: Pod, nowMs: number): string[] {
  const { ready, total, status, restarts } = podWords(pod);
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    status,
    restarts === 0 ? '0' : `${restarts}${lastRestartText(pod, nowMs)}`,
    ageText(nowMs - (parseTime(pod.metadata.creationTimestamp) ?? nowMs)),
    pod.status?.podIP ?? '<none>',
  ];
}

/** ` (12s ago)`: since the newest end that a restart followed, or is to follow (printers.go printPod). */
function lastRestartText({ status }: Pod, nowMs: number): string {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const endsMs = all.flatMap(({ lastState }) => {
    const finishedMs = parseTime(String(lastState?.terminated?.finishedAt ?? ''));
    return finishedMs === undefined ? [] : [finishedMs];
  });
  return endsMs.length === 0 ? '' : ` (${ageText(nowMs - Math.max(...endsMs))} ago)`;
}

/** `12s`, `5m30s`, `3h`: k8s.io/apimachinery util/duration, HumanDuration, as far as runs last. */
export function ageText(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
