/** `wasi:http`, as one process sees it. */
import type { Process } from '../../process/process.ts';
import type { IoError } from '../streams.ts';
import { FutureTrailers, IncomingBody, OutgoingBody } from './bodies.ts';
import { Fields } from './fields.ts';
import {
  IncomingRequest,
  IncomingResponse,
  OutgoingRequest,
  OutgoingResponse,
  RequestOptions,
  ResponseOutparam,
} from './messages.ts';
import { FutureIncomingResponse, handle } from './outgoing-handler.ts';

/**
 * A class as a guest makes instances of it: the process is not among its arguments. What the host itself has
 * made is an instance of it too.
 */
function guestClass<Rest extends readonly unknown[], Instance extends object>(
  process: Process,
  Class: new (process: Process, ...rest: Rest) => Instance,
): new (
  ...rest: Rest
) => Instance {
  function Made(...rest: Rest): Instance {
    process.hostCall();
    return new Class(process, ...rest);
  }
  Made.prototype = Class.prototype;
  return Made as unknown as new (
    ...rest: Rest
  ) => Instance;
}

export function httpImports(process: Process): Record<string, Record<string, unknown>> {
  return {
    'wasi:http/types': {
      Fields: Object.assign(guestClass(process, Fields), {
        fromList: (entries: readonly (readonly [string, Uint8Array])[]) => Fields.fromList(process, entries),
      }),
      IncomingRequest,
      OutgoingRequest: guestClass(process, OutgoingRequest),
      RequestOptions: guestClass(process, RequestOptions),
      ResponseOutparam,
      IncomingResponse,
      IncomingBody,
      FutureTrailers,
      OutgoingResponse: guestClass(process, OutgoingResponse),
      OutgoingBody,
      FutureIncomingResponse,
      httpErrorCode: ({ code }: IoError) => (typeof code === 'string' ? undefined : code),
    },
    'wasi:http/outgoing-handler': {
      handle: (request: OutgoingRequest, options: RequestOptions | undefined) =>
        handle(process, request, options),
    },
  };
}
