/** Service account tokens: what the API server puts into one before it signs it (pkg/serviceaccount/claims.go). */
import { nextUuid } from '../lib/random.ts';
import type { TokenRequest } from '../machines/effects.ts';
import type { Refusal } from './requests.ts';
import { MOUNTED_TOKEN_SECONDS } from './service-accounts.ts';
import { find, type Store } from './store.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A mounted token is good for a year, so that programs that never read it again go on; the kubelet is told an hour (--service-account-extend-token-expiration). */
const EXTENDED_SECONDS = 365 * 24 * 3600;

/** The claims of a token, or why there is none. */
export type Grant =
  | {
      readonly ok: true;
      readonly store: Store;
      readonly claims: Readonly<Record<string, unknown>>;
      readonly expiresAtMs: number;
    }
  | { readonly ok: false; readonly refusal: Refusal };

const refused = (code: Refusal['code'], message: string): Grant => ({
  ok: false,
  refusal: { code, message },
});

/** pkg/registry/core/serviceaccount/storage/token.go Create; the pod has to be there, and be the same one. */
export function grantToken(store: Store, request: TokenRequest, atMs: number, nodeName: string): Grant {
  const { namespace, serviceAccount, audience, expirationSeconds, podName, podUid } = request;
  const account = find(store, 'ServiceAccount', namespace, serviceAccount);
  if (account === undefined) return refused('NotFound', `serviceaccounts "${serviceAccount}" not found`);
  const pod = find(store, 'Pod', namespace, podName);
  if (pod === undefined) return refused('NotFound', `pods "${podName}" not found`);
  if (pod.metadata.uid !== podUid) {
    return refused(
      'Conflict',
      `Operation cannot be fulfilled on pods "${podName}": the UID in the bound object reference (${podUid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  const [id, random] = nextUuid(store.random);
  const now = Math.floor(atMs / 1_000);
  const extended = expirationSeconds === MOUNTED_TOKEN_SECONDS && audience === '';
  const node = find(store, 'Node', '', nodeName);
  const claims = {
    aud: [audience || ISSUER],
    exp: now + (extended ? EXTENDED_SECONDS : expirationSeconds),
    iat: now,
    iss: ISSUER,
    jti: id,
    'kubernetes.io': {
      namespace,
      node: { name: nodeName, uid: node?.metadata.uid },
      pod: { name: podName, uid: podUid },
      serviceaccount: { name: serviceAccount, uid: account.metadata.uid },
      ...(extended ? { warnafter: now + expirationSeconds } : {}),
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
  };
  return { ok: true, store: { ...store, random }, claims, expiresAtMs: (now + expirationSeconds) * 1_000 };
}
