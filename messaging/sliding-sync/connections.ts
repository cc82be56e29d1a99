import type { Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { type Clock, type Db, type Limits, limits, type Random, Recent, SealBroken, type Vault } from '#platform/api.ts'
import {
  type ConnectionName,
  connectionState,
  pruneConnections,
  putConnectionState,
  touchConnection,
} from '../store/sliding-connections.ts'
import { type ConnectionState, decodeState, emptyState, encodeState } from './connection-state.ts'

type Deps = {
  db: Db
  clock: Clock
  random: Random
  users: Pick<Users, 'keyOf'>
  vault: Pick<Vault, 'lookupHash'>
  limits: Pick<Limits, 'slidingConnectionsPerDeviceMax'>
}

/** A connection at the state that a request came with; `serial` is undefined before the first answer. */
export type Connection = {
  readonly at: ConnectionName
  readonly serial: number | undefined
  readonly state: ConnectionState
}

const purpose = 'sliding_connection'
const touchEveryMs = 60 * 60_000

/**
 * The states of connections for sliding sync, found by any node: each state that clients were given lies in the database before
 * they are; lately used ones are kept in memory, where a serial always means the same state.
 */
export class Connections {
  readonly #deps: Deps
  readonly #recent = new Recent<string, ConnectionState>(limits.slidingRoomsInMemoryMax, {
    weigh: (state) => 10 + state.rooms.size,
  })
  readonly #touched = new Recent<string, number>(limits.slidingConnectionsTouchedMax)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  name(subject: Subject, connId: string): ConnectionName {
    const { userId, deviceId } = subject
    const name = this.#deps.vault.lookupHash(purpose, JSON.stringify([userId, deviceId, connId]))
    return { userId, deviceId, name }
  }

  begin(at: ConnectionName): Connection {
    return { at, serial: undefined, state: emptyState }
  }

  /** Undefined when the state is not known any more. */
  async find(at: ConnectionName, serial: number): Promise<Connection | undefined> {
    const known = this.#recent.get(keyOf(at, serial))
    if (known !== undefined) {
      await this.#touch(at)
      return { at, serial, state: known }
    }
    const sealed = await connectionState(this.#deps.db, at, serial)
    if (sealed === undefined) return undefined
    const key = await this.#deps.users.keyOf(at.userId)
    try {
      const state = decodeState(key.open(purpose, subjectOf(at, serial), sealed))
      this.#recent.set(keyOf(at, serial), state)
      return { at, serial, state }
    } catch (error) {
      // What was altered is not believed; the client begins anew.
      if (error instanceof SealBroken) return undefined
      throw error
    }
  }

  /** The serial under which the client finds this state again. */
  async keep({ at, serial: after, state: before }: Connection, state: ConnectionState): Promise<number> {
    if (after !== undefined && state === before) return after
    const serial = this.#deps.random.bytes(6).readUIntBE(0, 6)
    const key = await this.#deps.users.keyOf(at.userId)
    const sealed = key.seal(purpose, subjectOf(at, serial), encodeState(state))
    const { db, clock } = this.#deps
    await putConnectionState(db, at, { serial, sealed, after, nowTs: clock.nowMs() })
    if (after === undefined) await pruneConnections(db, at, this.#deps.limits.slidingConnectionsPerDeviceMax)
    this.#recent.set(keyOf(at, serial), state)
    return serial
  }

  /** A connection whose state does not change is used all the same. */
  async #touch(at: ConnectionName): Promise<void> {
    const nowMs = this.#deps.clock.nowMs()
    const key = keyOf(at, 0)
    const touchedMs = this.#touched.get(key)
    if (touchedMs !== undefined && nowMs - touchedMs < touchEveryMs) return
    this.#touched.set(key, nowMs)
    if (touchedMs !== undefined) await touchConnection(this.#deps.db, at, nowMs)
  }
}

function keyOf(at: ConnectionName, serial: number): string {
  return `${at.userId} ${at.deviceId} ${at.name.toString('base64')} ${serial}`
}

function subjectOf(at: ConnectionName, serial: number): string {
  return `${at.userId} ${at.deviceId} ${serial}`
}
