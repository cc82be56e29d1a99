import type { RouteRequest, Tx } from '#platform/api.ts'

export type IdempotentRequest = Pick<RouteRequest, 'caller' | 'headers' | 'params' | 'body'>

export interface Idempotency {
  /**
   * Does the work in a transaction, once for each `Idempotency-Key` of the caller, operation and path: a repeat within 30 days
   * gets the first answer, and one that comes meanwhile waits for it. Without the header the work is simply done. What is
   * refused is not remembered. Throws CHANCERY_CONFLICT when the key came with another body before.
   *
   * @param work answers what the route answers, as JSON
   */
  once<T extends object>(request: IdempotentRequest, operation: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** @returns how many answers were forgotten. */
  forgetOld(): Promise<number>
}
