import type { JsonObject } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#presence */
export const presenceStates = ['offline', 'unavailable', 'online'] as const
export type PresenceState = (typeof presenceStates)[number]

/** What one device, or all devices on another node, last said; it counts until then, in milliseconds since 1970. */
type Source = { readonly state: PresenceState; readonly untilMs: number }

export type PresenceFacts = {
  readonly state: PresenceState
  readonly isActive: boolean
  readonly statusMsg: string | undefined
}

/** What one node says of a person to the others. */
export type PresenceNews = {
  readonly userId: number
  readonly matrixId: string
  readonly state: PresenceState
  readonly lastActiveMs: number
  readonly statusSetMs: number
  readonly statusMsg?: string
}

/** What is known of one person: what her devices say, and when she last did something. */
export class PresenceRecord {
  readonly userId: number
  readonly matrixId: string
  readonly #sources = new Map<string, Source>()
  statusMsg: string | undefined
  /** When the status message was set: of what several nodes say, the newest counts. */
  statusSetMs = 0
  lastActiveMs = 0
  /** What others were last told. */
  told: PresenceFacts = { state: 'offline', isActive: false, statusMsg: undefined }

  readonly #idleMs: number

  /** `idleMs` without having done anything makes her away. */
  constructor(person: { userId: number; matrixId: string }, idleMs: number) {
    this.#idleMs = idleMs
    this.userId = person.userId
    this.matrixId = person.matrixId
  }

  say(source: string, state: PresenceState, untilMs: number): void {
    if (state === 'offline') this.#sources.delete(source)
    else this.#sources.set(source, { state, untilMs })
  }

  /** The most present of her devices; who does nothing for long is away, whatever they say. */
  now(nowMs: number, only: (source: string) => boolean = () => true): PresenceFacts {
    let state: PresenceState = 'offline'
    for (const [name, source] of this.#sources) {
      if (source.untilMs <= nowMs) this.#sources.delete(name)
      else if (only(name) && presenceStates.indexOf(source.state) > presenceStates.indexOf(state)) state = source.state
    }
    const idleMs = nowMs - this.lastActiveMs
    if (state === 'online' && idleMs > this.#idleMs) state = 'unavailable'
    const isActive = state === 'online' && idleMs <= limits.presenceActiveMs
    return { state, isActive, statusMsg: this.statusMsg }
  }

  content(nowMs: number): JsonObject {
    const { state, isActive, statusMsg } = this.now(nowMs)
    return {
      presence: state,
      ...(this.lastActiveMs === 0 ? {} : { last_active_ago: Math.max(0, nowMs - this.lastActiveMs) }),
      ...(state === 'online' ? { currently_active: isActive } : {}),
      ...(statusMsg === undefined ? {} : { status_msg: statusMsg }),
    }
  }
}

export function isSameFacts(a: PresenceFacts, b: PresenceFacts): boolean {
  return a.state === b.state && a.isActive === b.isActive && a.statusMsg === b.statusMsg
}
