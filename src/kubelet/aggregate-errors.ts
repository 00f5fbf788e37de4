/** Several errors in one text, as Go's callers read them. */

/** The messages once each, in brackets when they differ (apimachinery pkg/util/errors NewAggregate). */
export function aggregateErrors(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}

/** A failed call as a gRPC client of Go's prints it. */
export function rpcError({ code, message }: { readonly code: string; readonly message: string }): string {
  return `rpc error: code = ${code} desc = ${message}`;
}
