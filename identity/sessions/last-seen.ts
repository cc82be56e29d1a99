import type { Subject } from '#access/api.ts'
import type { Clock, Db } from '#platform/api.ts'
import type { IdentityEvents, Users } from '../api.ts'
import { deviceSubject, writeLastSeen } from '../store/device.ts'

/** A device that is in use is written down at most this often. */
const writeEveryMs = 5 * 60_000
const flushEveryMs = 30_000
const batchMax = 500

/** When and from where each device was last heard of; noted in memory on each request, written in batches aside. */
export interface LastSeen {
  note(subject: Subject, ip: string, nowMs: number): void
  /** Writes what was noted. */
  flush(): Promise<void>
  /** Flushes every half a minute until the signal is aborted, and once more then. A failed write is tried again. */
  run(signal: AbortSignal): Promise<void>
}

type Sighting = { readonly userId: number; readonly deviceId: string; readonly ip: string; readonly seenTs: number }

export type LastSeenDeps = {
  readonly db: Db
  readonly users: Pick<Users, 'keysOf'>
  readonly clock: Clock
  readonly events: Pick<IdentityEvents, 'onSessionEnded'>
}

export function createLastSeen({ db, users, clock, events }: LastSeenDeps): LastSeen {
  const latest = new Map<number, Sighting>()
  let pending = new Map<number, Sighting>()

  events.onSessionEnded((sessionId) => {
    latest.delete(sessionId)
    pending.delete(sessionId)
  })

  async function flush(): Promise<void> {
    const taken = pending
    pending = new Map()
    const sightings = [...taken]
    try {
      while (sightings.length > 0) {
        await write(sightings.slice(0, batchMax).map(([, sighting]) => sighting))
        sightings.splice(0, batchMax)
      }
    } catch (error) {
      for (const [sessionId, sighting] of sightings) if (!pending.has(sessionId)) pending.set(sessionId, sighting)
      throw error
    }
  }

  async function write(sightings: readonly Sighting[]): Promise<void> {
    const keys = await users.keysOf(sightings.map((sighting) => sighting.userId))
    const sealed = sightings.flatMap((sighting) => {
      const key = keys.get(sighting.userId)
      if (key === undefined) return []
      const subject = deviceSubject(sighting.userId, sighting.deviceId)
      return [{ ...sighting, sealedIp: key.seal('device.address', subject, Buffer.from(sighting.ip)) }]
    })
    if (sealed.length > 0) await writeLastSeen(db, sealed)
  }

  return {
    note(subject, ip, nowMs) {
      const before = latest.get(subject.sessionId)
      if (before !== undefined && before.ip === ip && nowMs - before.seenTs < writeEveryMs) return
      const sighting = { userId: subject.userId, deviceId: subject.deviceId, ip, seenTs: nowMs }
      latest.set(subject.sessionId, sighting)
      pending.set(subject.sessionId, sighting)
    },
    flush,
    async run(signal) {
      do {
        await clock.sleep(flushEveryMs, signal).catch(() => undefined)
        // Being seen is no promise to anybody: while the database is away it waits for the next turn.
        await flush().catch(() => undefined)
      } while (!signal.aborted)
    },
  }
}
