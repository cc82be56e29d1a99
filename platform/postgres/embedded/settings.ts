/**
 * How the embedded PostgreSQL is set, on its command line, where nothing in the cluster can override it. For a machine
 * of two cores and little memory that must keep every acknowledged commit.
 */
const settings: Record<string, string> = {
  // Reachable through the private socket only.
  listen_addresses: '',
  unix_socket_permissions: '0700',
  ssl: 'off',
  max_connections: '100',
  superuser_reserved_connections: '2',

  // What was acknowledged is on the disk.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  data_sync_retry: 'off',

  // Bounds the log that a start after a crash has to replay.
  max_wal_size: '512MB',
  min_wal_size: '96MB',
  checkpoint_timeout: '5min',
  checkpoint_completion_target: '0.9',

  // Small memory, few helper processes.
  shared_buffers: '128MB',
  huge_pages: 'off',
  work_mem: '4MB',
  maintenance_work_mem: '64MB',
  effective_cache_size: '512MB',
  io_method: 'sync',
  max_worker_processes: '4',
  max_parallel_workers: '2',
  max_parallel_workers_per_gather: '0',
  max_wal_senders: '2',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '2',
  autovacuum_worker_slots: '4',

  // Short queries on a fast disk: compiling them costs more than it saves.
  jit: 'off',
  random_page_cost: '1.1',
  // The title of a backend would show every statement in `ps`, at the cost of a system call each.
  update_process_title: 'off',

  // The same everywhere, whatever the machine.
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  default_text_search_config: 'pg_catalog.simple',

  // Words that people write must not reach a log. Statements and parameters are not logged, and neither are errors:
  // their texts can quote values, and whoever ran the statement gets them anyway. What stays is the life of the server.
  log_destination: 'stderr',
  logging_collector: 'off',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  log_line_prefix: '',
}

/** Settings that a test changes on purpose, to see what happens without them. */
export type SettingOverrides = Readonly<Record<string, string>>

/** The arguments of `postgres` for one cluster. */
export function serverArguments(
  cluster: string,
  socketFolder: string,
  port: number,
  overrides: SettingOverrides = {},
): string[] {
  const all = { ...settings, ...overrides, unix_socket_directories: socketFolder, port: String(port) }
  return ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** The only way in, in every cluster: the private socket, whose folder only its owner may enter. */
export const hostBasedAccess = 'local all all trust\n'
