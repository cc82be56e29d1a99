import type { RouteRequest, Tx } from '#platform/api.ts'

export interface Idempotency {
  /**
   * Does the work in a transaction, once for each `Idempotency-Key` of the caller on this path: a repeat within 30 days gets
   * the first answer, and one that comes meanwhile waits for it. Without the header the work is simply done. What is refused
   * is not remembered. Throws CHANCERY_CONFLICT when the key came with another body before.
   */
  once<T extends object>(request: IdempotentRequest, work: (tx: Tx) => Promise<T>): Promise<T>
}

export type IdempotentRequest = Pick<RouteRequest, 'caller' | 'headers' | 'body'> & {
  /** The path with its parameters filled in. */
  readonly path: string
}
