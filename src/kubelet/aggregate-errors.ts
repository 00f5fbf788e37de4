/** Several errors in one text, as Go's callers read them. */

/** One message as it is, several once each and in brackets, none as nothing (apimachinery util/errors aggregate.Error). */
export function aggregateErrors(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length > 1 ? `[${distinct.join(', ')}]` : (distinct[0] ?? '');
}

/** A failed call as a gRPC client of Go's prints it. */
export function rpcError({ code, message }: { readonly code: string; readonly message: string }): string {
  return `rpc error: code = ${code} desc = ${message}`;
}
