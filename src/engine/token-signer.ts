/** Signs the cluster's tokens with a key that is made of the run's seed: the same run gives the same tokens. */
import { createHash, createPrivateKey, sign } from 'node:crypto';

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Makes JSON Web Tokens. A real API server signs with RS256 or ES256; Ed25519 is used here because its keys
 * can be made of a seed and its signatures hold no chance.
 */
export function tokenSigner(seed: number): (claims: Readonly<Record<string, unknown>>) => string {
  const secret = createHash('sha256').update(`podstep service account key ${seed}`).digest();
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const kid = createHash('sha256').update(secret).digest('base64url');
  return (claims) => {
    const signed = `${part({ alg: 'EdDSA', kid })}.${part(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
  };
}
