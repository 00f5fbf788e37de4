/** Probes and lifecycle hooks: one handler each, with sane numbers (validation.go validateHandler, validateProbe). */
import type { Container, LifecycleHook, PodSpec, Probe } from '../types.ts';
import { type FieldError, forbidden, invalid, invalids, notSupported, required } from './field-error.ts';
import { isHttpHeaderName, isPortName, isPortNumber } from './names.ts';

type Handler = Probe & LifecycleHook;

const REAL_TIME = (base: string, sign: string, most: number) =>
  Array.from({ length: most + 1 }, (_, i) => (i === 0 ? base : `${base}${sign}${i}`));

/** core.Signal; sorted as the message has them. */
const LINUX_SIGNALS = [
  ...'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP'.split(
    ' ',
  ),
  ...'SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(' '),
  ...REAL_TIME('RTMIN', '+', 15),
  ...REAL_TIME('RTMAX', '-', 14),
]
  .map((name) => `SIG${name}`)
  .sort();

/** The three probes and the hooks of a container that may have them. */
export function validateProbesAndHooks(
  container: Container,
  graceSeconds: number,
  field: string,
  os?: PodSpec['os'],
): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const errors: FieldError[] = [];
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = lifecycle?.[hook];
    if (handler) errors.push(...validateHandler(handler, graceSeconds, `${field}.lifecycle.${hook}`));
  }
  errors.push(...validateStopSignal(lifecycle?.stopSignal, os, `${field}.lifecycle.stopSignal`));
  if (livenessProbe) {
    errors.push(...validateProbe(livenessProbe, graceSeconds, `${field}.livenessProbe`));
    errors.push(...successIsOne(livenessProbe, `${field}.livenessProbe`));
  }
  if (readinessProbe) {
    errors.push(...validateProbe(readinessProbe, graceSeconds, `${field}.readinessProbe`));
    const { terminationGracePeriodSeconds } = readinessProbe;
    if (terminationGracePeriodSeconds !== undefined) {
      const at = `${field}.readinessProbe.terminationGracePeriodSeconds`;
      errors.push(invalid(at, terminationGracePeriodSeconds, 'must not be set for readinessProbes'));
    }
  }
  if (startupProbe) {
    errors.push(...validateProbe(startupProbe, graceSeconds, `${field}.startupProbe`));
    errors.push(...successIsOne(startupProbe, `${field}.startupProbe`));
  }
  return errors;
}

/** Windows' only ones (supportedStopSignalsForWindows). */
const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM'];

/** Which signals there are depends on the system, so the pod has to name it (validateStopSignal). */
function validateStopSignal(signal: string | undefined, os: PodSpec['os'], field: string): FieldError[] {
  if (!signal) return [];
  if (!os?.name) return [forbidden(field, 'may not be set for containers with empty `spec.os.name`')];
  const supported = os.name === 'windows' ? WINDOWS_SIGNALS : LINUX_SIGNALS;
  return supported.includes(signal) ? [] : [notSupported(field, signal, supported)];
}

function validateProbe(probe: Probe, graceSeconds: number, field: string): FieldError[] {
  const errors = validateHandler(probe, graceSeconds, field);
  const numbers = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const;
  for (const name of numbers) {
    const value = probe[name] ?? 0;
    if (value < 0) errors.push(invalid(`${field}.${name}`, value, 'must be greater than or equal to 0'));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  return errors;
}

function successIsOne({ successThreshold }: Probe, field: string): FieldError[] {
  return successThreshold === 1
    ? []
    : [invalid(`${field}.successThreshold`, successThreshold ?? 0, 'must be 1')];
}

/** Exactly one handler; of two, the later one in Kubernetes' order is the one too many. */
function validateHandler(given: Probe | LifecycleHook, graceSeconds: number, field: string): FieldError[] {
  const handler = given as Handler;
  const checks: readonly (readonly [name: keyof Handler, check: (at: string) => FieldError[]])[] = [
    ['exec', (at) => (handler.exec?.command?.length ? [] : [required(`${at}.command`)])],
    ['httpGet', (at) => validateHttpGet(handler.httpGet, at)],
    ['tcpSocket', (at) => validatePort(handler.tcpSocket?.port ?? 0, `${at}.port`)],
    ['grpc', (at) => invalids(`${at}.port`, handler.grpc?.port ?? 0, isPortNumber(handler.grpc?.port ?? 0))],
    ['sleep', (at) => validateSleep(handler.sleep?.seconds ?? 0, graceSeconds, at)],
  ];
  const present = checks.filter(([name]) => handler[name] !== undefined);
  if (present.length === 0) return [required(field, 'must specify a handler type')];
  return present.flatMap(([name, check], index) =>
    index === 0
      ? check(`${field}.${name}`)
      : [forbidden(`${field}.${name}`, 'may not specify more than 1 handler type')],
  );
}

function validateHttpGet(httpGet: Probe['httpGet'], field: string): FieldError[] {
  if (!httpGet) return [];
  const errors: FieldError[] = [];
  if (!httpGet.path) errors.push(required(`${field}.path`));
  errors.push(...validatePort(httpGet.port, `${field}.port`));
  if (!['HTTP', 'HTTPS'].includes(httpGet.scheme ?? '')) {
    errors.push(notSupported(`${field}.scheme`, httpGet.scheme ?? '', ['HTTP', 'HTTPS']));
  }
  for (const header of httpGet.httpHeaders ?? []) {
    errors.push(...invalids(`${field}.httpHeaders`, header.name, isHttpHeaderName(header.name)));
  }
  return errors;
}

function validatePort(port: string | number, field: string): FieldError[] {
  return invalids(field, port, typeof port === 'number' ? isPortNumber(port) : isPortName(port));
}

function validateSleep(seconds: number, graceSeconds: number, field: string): FieldError[] {
  if (seconds >= 0 && seconds <= graceSeconds) return [];
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [invalid(field, seconds, detail)];
}
