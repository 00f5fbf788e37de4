/** What a pod is called: its host name, its domain, and what its `/etc/hosts` says of it. */
import type { Pod } from '../../api/types.ts';

/** As many letters as a kernel's node name has room for. */
const NODE_NAME_LIMIT = 64;
/** A host name is a DNS label. */
const LABEL_LIMIT = 63;

export interface PodHostname {
  /** What `hostname` prints. */
  readonly hostname: string;
  /** The names beside the pod's address in `/etc/hosts`, the full one first. */
  readonly hostNames: readonly string[];
}

/**
 * kubelet_pods.go GeneratePodHostNameAndDomain, then util.GetNodenameForKernel; an error keeps the pod from
 * its sandbox.
 */
export function podHostname(
  { metadata, spec }: Pod,
  clusterDomain: string,
): PodHostname | { readonly error: string } {
  const override = (spec as { hostnameOverride?: string }).hostnameOverride;
  if (override !== undefined) return { hostname: override, hostNames: [override] };
  // What is longer is cut (util.TruncatePodHostnameIfNeeded).
  const hostname = (spec.hostname || metadata.name).slice(0, LABEL_LIMIT).replace(/[-.]+$/, '');
  if (!spec.subdomain) return { hostname, hostNames: [hostname] };
  const fqdn = `${hostname}.${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}`;
  const hostNames = [fqdn, hostname];
  if (spec.setHostnameAsFQDN !== true) return { hostname, hostNames };
  if (fqdn.length <= NODE_NAME_LIMIT) return { hostname: fqdn, hostNames };
  return {
    error: `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (${NODE_NAME_LIMIT} characters is the max, ${fqdn.length} characters requested)`,
  };
}
