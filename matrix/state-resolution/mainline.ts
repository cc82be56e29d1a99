import { authEventIds, type Pdu } from '../events/pdu.ts'
import { byCodePoint } from '../json/canonical.ts'
import type { EventSource } from './state-map.ts'

/**
 * The mainline ordering: events that lean on older power levels of the resolved line come first.
 * https://spec.matrix.org/v1.19/rooms/v2/#state-resolution
 */
export function byMainline(ids: readonly string[], powerLevelsId: string | undefined, events: EventSource): string[] {
  // Places on the mainline, newest 0; events off it get theirs on the way, so each is walked once.
  const positions = new Map<string, number>()
  for (let id = powerLevelsId; id !== undefined && !positions.has(id); id = powerLevelsOf(id, events)) {
    positions.set(id, positions.size)
  }
  const ranked: { id: string; pdu: Pdu; position: number }[] = []
  for (const id of ids) {
    const pdu = events.get(id)
    if (pdu !== undefined) ranked.push({ id, pdu, position: positionOf(id, positions, events) })
  }
  ranked.sort((left, right) => {
    if (left.position !== right.position) return left.position > right.position ? -1 : 1
    if (left.pdu.origin_server_ts !== right.pdu.origin_server_ts) {
      return left.pdu.origin_server_ts - right.pdu.origin_server_ts
    }
    return byCodePoint(left.id, right.id)
  })
  return ranked.map(({ id }) => id)
}

/** The first power levels in the event's line that are on the mainline; the event itself does not count. */
function positionOf(eventId: string, positions: Map<string, number>, events: EventSource): number {
  const passed: string[] = []
  const seen = new Set<string>()
  let position = Number.POSITIVE_INFINITY
  for (let id = powerLevelsOf(eventId, events); id !== undefined && !seen.has(id); id = powerLevelsOf(id, events)) {
    const known = positions.get(id)
    if (known !== undefined) {
      position = known
      break
    }
    seen.add(id)
    passed.push(id)
  }
  for (const id of passed) positions.set(id, position)
  return position
}

function powerLevelsOf(eventId: string, events: EventSource): string | undefined {
  const pdu = events.get(eventId)
  if (pdu === undefined) return undefined
  return authEventIds(pdu).find((id) => {
    const event = events.get(id)
    return event?.type === 'm.room.power_levels' && event.state_key === ''
  })
}
