/** What a case asks for: an adapter tells all it knows, and only that is compared which the case expects. */
export function asked(told: Readonly<Record<string, unknown>>, expected: object = {}) {
  return Object.fromEntries(Object.entries(told).filter(([key]) => key in expected));
}
