/**
 * What a guest may import, by WIT interface: the whole of WASI 0.2 but its unstable parts, and what podstep adds.
 * A test holds it against the host's functions and against WASI's own WIT; the image side refuses what is not here.
 */

/** The newest version whose functions are all here; components of every earlier 0.2 import a part of them. */
export const NEWEST_WASI = '0.2.12';

/** What core modules of wasm32-wasip1 import. */
export const PREVIEW1 = 'wasi_snapshot_preview1';

/** A method is `resource.method`, a constructor is the resource's name. */
const OFFERED: Readonly<Record<string, string>> = {
  'wasi:cli/environment': 'get-environment get-arguments initial-cwd',
  'wasi:cli/exit': 'exit exit-with-code',
  'wasi:cli/stdin': 'get-stdin',
  'wasi:cli/stdout': 'get-stdout',
  'wasi:cli/stderr': 'get-stderr',
  'wasi:cli/terminal-input': '',
  'wasi:cli/terminal-output': '',
  'wasi:cli/terminal-stdin': 'get-terminal-stdin',
  'wasi:cli/terminal-stdout': 'get-terminal-stdout',
  'wasi:cli/terminal-stderr': 'get-terminal-stderr',
  'wasi:clocks/monotonic-clock': 'now resolution subscribe-instant subscribe-duration',
  'wasi:clocks/wall-clock': 'now resolution',
  'wasi:random/random': 'get-random-bytes get-random-u64',
  'wasi:random/insecure': 'get-insecure-random-bytes get-insecure-random-u64',
  'wasi:random/insecure-seed': 'insecure-seed',
  'wasi:io/error': 'error.to-debug-string',
  'wasi:io/poll': 'pollable.ready pollable.block poll',
  'wasi:io/streams': `
    input-stream.read input-stream.blocking-read input-stream.skip input-stream.blocking-skip
    input-stream.subscribe output-stream.check-write output-stream.write
    output-stream.blocking-write-and-flush output-stream.flush output-stream.blocking-flush
    output-stream.subscribe output-stream.write-zeroes output-stream.blocking-write-zeroes-and-flush
    output-stream.splice output-stream.blocking-splice`,
  'wasi:filesystem/preopens': 'get-directories',
  'wasi:filesystem/types': `
    descriptor.read-via-stream descriptor.write-via-stream descriptor.append-via-stream descriptor.advise
    descriptor.sync-data descriptor.get-flags descriptor.get-type descriptor.set-size descriptor.set-times
    descriptor.read descriptor.write descriptor.read-directory descriptor.sync descriptor.create-directory-at
    descriptor.stat descriptor.stat-at descriptor.set-times-at descriptor.link-at descriptor.open-at
    descriptor.readlink-at descriptor.remove-directory-at descriptor.rename-at descriptor.symlink-at
    descriptor.unlink-file-at descriptor.is-same-object descriptor.metadata-hash descriptor.metadata-hash-at
    directory-entry-stream.read-directory-entry filesystem-error-code`,
  'wasi:sockets/network': '',
  'wasi:sockets/instance-network': 'instance-network',
  'wasi:sockets/ip-name-lookup': `
    resolve-addresses resolve-address-stream.resolve-next-address resolve-address-stream.subscribe`,
  'wasi:sockets/tcp-create-socket': 'create-tcp-socket',
  'wasi:sockets/tcp': `
    tcp-socket.start-bind tcp-socket.finish-bind tcp-socket.start-connect tcp-socket.finish-connect
    tcp-socket.start-listen tcp-socket.finish-listen tcp-socket.accept tcp-socket.local-address
    tcp-socket.remote-address tcp-socket.is-listening tcp-socket.address-family
    tcp-socket.set-listen-backlog-size tcp-socket.keep-alive-enabled tcp-socket.set-keep-alive-enabled
    tcp-socket.keep-alive-idle-time tcp-socket.set-keep-alive-idle-time tcp-socket.keep-alive-interval
    tcp-socket.set-keep-alive-interval tcp-socket.keep-alive-count tcp-socket.set-keep-alive-count
    tcp-socket.hop-limit tcp-socket.set-hop-limit tcp-socket.receive-buffer-size
    tcp-socket.set-receive-buffer-size tcp-socket.send-buffer-size tcp-socket.set-send-buffer-size
    tcp-socket.subscribe tcp-socket.shutdown`,
  'wasi:sockets/udp-create-socket': 'create-udp-socket',
  'wasi:sockets/udp': `
    udp-socket.start-bind udp-socket.finish-bind udp-socket.stream udp-socket.local-address
    udp-socket.remote-address udp-socket.address-family udp-socket.unicast-hop-limit
    udp-socket.set-unicast-hop-limit udp-socket.receive-buffer-size udp-socket.set-receive-buffer-size
    udp-socket.send-buffer-size udp-socket.set-send-buffer-size udp-socket.subscribe
    incoming-datagram-stream.receive incoming-datagram-stream.subscribe
    outgoing-datagram-stream.check-send outgoing-datagram-stream.send outgoing-datagram-stream.subscribe`,
  'wasi:http/types': `
    http-error-code fields fields.from-list fields.get fields.has fields.set fields.delete fields.append
    fields.entries fields.clone incoming-request.method incoming-request.path-with-query
    incoming-request.scheme incoming-request.authority incoming-request.headers incoming-request.consume
    outgoing-request outgoing-request.body outgoing-request.method outgoing-request.set-method
    outgoing-request.path-with-query outgoing-request.set-path-with-query outgoing-request.scheme
    outgoing-request.set-scheme outgoing-request.authority outgoing-request.set-authority
    outgoing-request.headers request-options request-options.connect-timeout
    request-options.set-connect-timeout request-options.first-byte-timeout
    request-options.set-first-byte-timeout request-options.between-bytes-timeout
    request-options.set-between-bytes-timeout response-outparam.set incoming-response.status
    incoming-response.headers incoming-response.consume incoming-body.stream incoming-body.finish
    future-trailers.subscribe future-trailers.get outgoing-response outgoing-response.status-code
    outgoing-response.set-status-code outgoing-response.headers outgoing-response.body outgoing-body.write
    outgoing-body.finish future-incoming-response.subscribe future-incoming-response.get`,
  'wasi:http/outgoing-handler': 'handle',
  'podstep:process/signals': 'subscribe take',
  'podstep:process/processes': `
    child.pid child.subscribe child.exit-code current list signal pipe duplicate spawn`,
  'podstep:process/terminal': 'get-size get-mode set-mode set-foreground',
  [PREVIEW1]: `
    args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get fd_advise fd_allocate
    fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights fd_filestat_get
    fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name fd_pwrite fd_read
    fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write path_create_directory path_filestat_get
    path_filestat_set_times path_link path_open path_readlink path_remove_directory path_rename path_symlink
    path_unlink_file poll_oneoff proc_exit proc_raise sched_yield random_get sock_accept sock_recv sock_send
    sock_shutdown`,
};

const MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(OFFERED).map(([name, members]) => [name, new Set(members.split(/\s+/).filter(Boolean))]),
);

/** The members of an interface (its name without a version); undefined when there is no such interface. */
export function offeredMembers(interfaceName: string): ReadonlySet<string> | undefined {
  return MEMBERS.get(interfaceName);
}

/** What a component must export, one of them, to be run. */
export const RUN_INTERFACES: readonly string[] = ['wasi:cli/run', 'wasi:http/incoming-handler'];

/** Their names, without versions. */
export function offeredInterfaces(): readonly string[] {
  return Object.keys(OFFERED);
}
