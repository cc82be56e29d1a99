import type { Pdu } from '../events/pdu.ts'

/** Which event holds each key of a room's state: `stateKeyOf(type, stateKey)` → event id. */
export type StateMap = Map<string, string>

/** The events of the room, by id; undefined for those that are not at hand. */
export interface EventSource {
  get(eventId: string): Pdu | undefined
  /** Events that were refused against their own auth events give no authority to others. Absent means none were. */
  isRejected?(eventId: string): boolean
}

/** The key of a state map. Types cannot hold U+0000, so the two parts never run into each other. */
export function stateKeyOf(type: string, stateKey: string): string {
  return `${type}\0${stateKey}`
}

/** Type and state key of a key of a state map. */
export function partsOfStateKey(key: string): [type: string, stateKey: string] {
  const end = key.indexOf('\0')
  return [key.slice(0, end), key.slice(end + 1)]
}

export const createKey = stateKeyOf('m.room.create', '')
export const powerLevelsKey = stateKeyOf('m.room.power_levels', '')
export const joinRulesKey = stateKeyOf('m.room.join_rules', '')
