/** How a pod looks names up, and the names that it is given itself (validation.go validatePodDNSConfig). */
import type { PodSpec } from '../types.ts';
import { type FieldError, invalid, invalids, notSupported, required } from './field-error.ts';
import { isDns1123Subdomain, isIpAddress, isSearchDomain } from './names.ts';

const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2_048;

/** The word of the pod. */
export function validateDnsPolicy(dnsPolicy: string | undefined, field: string): FieldError[] {
  if (!dnsPolicy) return [required(field)];
  return DNS_POLICIES.includes(dnsPolicy) ? [] : [notSupported(field, dnsPolicy, DNS_POLICIES)];
}

/** Its own servers, search domains and options. */
export function validateDnsConfig({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (!dnsConfig.nameservers?.length) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      return [required(`${field}.nameservers`, detail)];
    }
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  const errors: FieldError[] = [];
  if (nameservers.length > MAX_NAMESERVERS) {
    const detail = `must not have more than ${MAX_NAMESERVERS} nameservers`;
    errors.push(invalid(`${field}.nameservers`, nameservers, detail));
  }
  errors.push(...nameservers.flatMap((server, i) => validateIp(server, `${field}.nameservers[${i}]`)));
  if (searches.length > MAX_SEARCHES) {
    errors.push(
      invalid(`${field}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`),
    );
  }
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS) {
    const detail = `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`;
    errors.push(invalid(`${field}.searches`, searches, detail));
  }
  for (const [i, search] of searches.entries()) {
    const name = search.replace(/\.$/, '');
    if (search !== '.') errors.push(...invalids(`${field}.searches[${i}]`, name, isSearchDomain(name)));
  }
  const nameless = options.flatMap(({ name }, i) =>
    name ? [] : [required(`${field}.options[${i}]`, 'must not be empty')],
  );
  return [...errors, ...nameless];
}

/** Lines of its `/etc/hosts`. */
export function validateHostAliases({ hostAliases = [] }: PodSpec, field: string): FieldError[] {
  return hostAliases.flatMap(({ ip, hostnames = [] }, i) => [
    ...validateIp(ip ?? '', `${field}[${i}].ip`),
    ...hostnames.flatMap((hostname, j) =>
      invalids(`${field}[${i}].hostnames[${j}]`, hostname, isDns1123Subdomain(hostname)),
    ),
  ]);
}

const validateIp = (ip: string, field: string) => invalids(field, ip, isIpAddress(ip));
