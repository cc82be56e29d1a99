import { refuse } from '#platform/api.ts'

/** Account data that has an endpoint of its own and is read, but not written, as account data. */
const serverControlled: ReadonlyMap<string, string> = new Map([
  ['m.fully_read', 'Use the read markers of the room for it.'],
  ['m.push_rules', 'Use the push rules endpoints for it.'],
])

export function refuseServerControlled(type: string): void {
  const instead = serverControlled.get(type)
  if (instead !== undefined) {
    throw refuse('M_BAD_JSON', `${type} cannot be set as account data. ${instead}`, { status: 405 })
  }
}
