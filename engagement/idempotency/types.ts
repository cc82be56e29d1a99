import type { RouteRequest, Tx } from '#platform/api.ts'

export type IdempotentRequest = Pick<RouteRequest, 'caller' | 'headers' | 'params' | 'body'>

/** Names a request, and what it asked. */
export type Ticket = { readonly id: Buffer; readonly bodyHash: Buffer }

/** Somebody else answered the same request in the meantime: begin again, and find the answer. */
export class AnsweredMeanwhile extends Error {}

export interface Idempotency {
  /**
   * Does the work in a transaction, once for each `Idempotency-Key` of the caller, operation and path: a repeat within 30 days
   * gets the first answer, and one that comes meanwhile waits for it. Without the header the work is simply done. What is
   * refused is not remembered. Throws CHANCERY_CONFLICT when the key came with another body before.
   *
   * @param work answers what the route answers, as JSON
   */
  once<T extends object>(request: IdempotentRequest, operation: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** For those who do the work of many requests in one transaction. Undefined for a request without the header. */
  ticket(request: IdempotentRequest, operation: string): Ticket | undefined
  /**
   * What was answered before, the answer, or the refusal of another body under the same key. The
   * tickets are of different requests.
   */
  answered(tx: Tx, tickets: readonly Ticket[]): Promise<ReadonlyMap<Ticket, object>>
  /** Throws AnsweredMeanwhile; the transaction must not be committed then. */
  keep(tx: Tx, answers: readonly { readonly ticket: Ticket; readonly answer: object }[]): Promise<void>
  /** @returns how many answers were forgotten. */
  forgetOld(): Promise<number>
}
