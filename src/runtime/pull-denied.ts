/** What a runtime says of a registry that gives an image only to those it knows, in containerd's words. */

/** No credentials, or none that the registry takes. */
export function pullDenied(image: string): string {
  return (
    `failed to resolve reference "${image}": pull access denied, repository does not exist or may require ` +
    'authorization: authorization failed: no basic auth credentials'
  );
}
