/** Credentials as the Engine wants them with a pull: the header `X-Registry-Auth` (docker api/types/registry AuthConfig). */
import type { AuthConfig } from '../../../api/cri.ts';

/** JSON in base64url. Without credentials the header is left out: the Engine then asks as nobody. */
export function registryAuth(auth: AuthConfig | undefined): Readonly<Record<string, string>> {
  if (auth === undefined) return {};
  const { username, password, identityToken, registryToken } = auth;
  const json = JSON.stringify({
    username,
    password,
    ...(identityToken === undefined ? {} : { identitytoken: identityToken }),
    ...(registryToken === undefined ? {} : { registrytoken: registryToken }),
  });
  // The padding stays: older Engines read the text with it alone.
  const padded = Buffer.from(json).toString('base64');
  return { 'X-Registry-Auth': padded.replaceAll('+', '-').replaceAll('/', '_') };
}
