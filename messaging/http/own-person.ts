import { refuse } from '#platform/api.ts'
import type { Caller } from './acts.ts'

/** Endpoints whose path names a person serve that person alone. */
export function requireOwn(caller: Caller, userId: string): void {
  if (userId !== caller.matrixId) {
    throw refuse('M_FORBIDDEN', 'This belongs to somebody else. You can use it for your own account only.')
  }
}
