/** Several errors told as one, as Kubernetes tells them (apimachinery util/errors, aggregate.Error). */

/** One error as it is; several in brackets, each of them once. Empty when there is none. */
export function aggregateErrors(errors: readonly string[]): string {
  const told = [...new Set(errors)];
  return told.length > 1 ? `[${told.join(', ')}]` : (told[0] ?? '');
}
