import { hash } from 'node:crypto'
import type { Subject } from '#access/api.ts'
import type { Devices, Users } from '#identity/api.ts'
import { isUserId, type JsonObject } from '#matrix/api.ts'
import {
  type Clock,
  type Limits,
  type Log,
  type LogRow,
  limits,
  logKinds,
  type Postgres,
  Recent,
  refuse,
  SealBroken,
  type SealingKey,
} from '#platform/api.ts'
import {
  forgetToDevice,
  forgetToDeviceTransactionsBefore,
  sendToDevices,
  type ToDeviceInsert,
  type ToDeviceRow,
  toDeviceRows,
  trimToDevice,
  wasSentToDevices,
} from '../store/to-device.ts'
import type { Tail } from '../sync/tail.ts'

export type DeviceId = { readonly userId: number; readonly deviceId: string }

/** By Matrix id of the person, then by device; `*` stands for every device that is not named. */
export type ToDeviceMessages = ReadonlyMap<string, ReadonlyMap<string, JsonObject>>

type Deps = {
  postgres: Postgres
  log: Pick<Log, 'announce'>
  clock: Clock
  users: Pick<Users, 'byMatrixIds' | 'keyOf' | 'keysOf'>
  devices: Pick<Devices, 'names'>
  tail: Pick<Tail, 'reaches' | 'after'>
  limits: Pick<Limits, 'toDeviceWaitingMax'>
}

const purpose = 'to_device'
const every = '*'

/**
 * Messages from device to device. One that was accepted is told to its device in the order sent, again for as long as the
 * device comes back with the same token, and never after it came back with the token that followed.
 * https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging
 */
export class ToDevice {
  readonly #deps: Deps
  /** Up to which position nothing of a device is kept any more, as far as this process has seen to it. */
  readonly #forgotten = new Recent<string, number>(limits.devicesInMemoryMax)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Devices and people that there are not are passed over. A transaction id that was used before changes nothing. */
  async send(sender: Subject, type: string, transactionId: string, messages: ToDeviceMessages): Promise<void> {
    const { postgres, clock, log } = this.#deps
    const source = JSON.stringify([sender.userId, sender.deviceId, 'sendToDevice', type, transactionId])
    const key = hash('sha256', source, 'buffer')
    if (await wasSentToDevices(postgres, key)) return
    const inserts = await this.#sealed({ type, sender: sender.matrixId }, messages)
    const rows = await sendToDevices(postgres, key, clock.nowMs(), inserts)
    log.announce(
      rows.map(
        ({ position, userId }): LogRow => ({
          position,
          userId,
          kind: logKinds.toDevice,
          roomId: null,
          reference: null,
        }),
      ),
    )
  }

  async #sealed(about: { type: string; sender: string }, messages: ToDeviceMessages): Promise<ToDeviceInsert[]> {
    const users = await this.#deps.users.byMatrixIds([...messages.keys()].filter(isUserId))
    const local = [...users.values()].filter((user) => user.isLocal).map((user) => user.id)
    const [devices, keys] = await Promise.all([this.#deps.devices.names(local), this.#deps.users.keysOf(local)])
    const inserts: ToDeviceInsert[] = []
    for (const [matrixId, byDevice] of messages) {
      const userId = users.get(matrixId)?.id ?? 0
      const key = keys.get(userId)
      if (key === undefined) continue
      for (const deviceId of devices.get(userId)?.keys() ?? []) {
        const content = byDevice.get(deviceId) ?? byDevice.get(every)
        if (content === undefined) continue
        const plain = Buffer.from(JSON.stringify({ ...about, content }))
        if (plain.length > limits.toDeviceBytesMax) {
          throw refuse('M_TOO_LARGE', `A message to a device may have ${limits.toDeviceBytesMax} bytes. Send less.`)
        }
        inserts.push({ userId, deviceId, sealed: key.seal(purpose, subjectOf({ userId, deviceId }), plain) })
      }
      if (inserts.length > limits.toDeviceMessagesMax) {
        throw refuse('M_TOO_LARGE', `One request may send ${limits.toDeviceMessagesMax} messages. Send it in parts.`)
      }
    }
    return inserts
  }

  /**
   * What waits for the device after `after`, up to `until`, at most `limit` of them. `end` is the place up to which
   * nothing else waits.
   */
  async waiting(
    device: DeviceId,
    after: number,
    until: number,
    limit: number,
  ): Promise<{ events: JsonObject[]; end: number }> {
    if (!this.#mayWait(device, after, until)) return { events: [], end: until }
    const rows = await toDeviceRows(this.#deps.postgres, device, { after, until, limit: limit + 1 })
    const told = withinBytes(rows.slice(0, limit))
    const end = told.length < rows.length ? (told.at(-1)?.position ?? after) : until
    if (told.length === 0) return { events: [], end }
    const key = await this.#deps.users.keyOf(device.userId)
    return { events: told.flatMap((row) => opened(key, device, row)), end }
  }

  /** The device has got everything up to here. Told twice, or of nothing, it costs no query. */
  async forget(device: DeviceId, upTo: number): Promise<void> {
    const name = subjectOf(device)
    const known = this.#forgotten.get(name)
    if (known !== undefined && known >= upTo) return
    if (known === undefined || this.#mayWait(device, known, upTo)) {
      await forgetToDevice(this.#deps.postgres, device, upTo)
    }
    this.#forgotten.set(name, upTo)
  }

  /** False where the tail in memory knows that nothing came for the person in (after, until]. */
  #mayWait({ userId }: DeviceId, after: number, until: number): boolean {
    if (after >= until) return false
    const { tail } = this.#deps
    if (!tail.reaches(after)) return true
    for (const entry of tail.after(after)) {
      if (entry.position > until) return false
      if (entry.kind === 'toDevice' && entry.userId === userId) return true
    }
    return false
  }

  forgetTransactionsBefore(ts: number): Promise<number> {
    return forgetToDeviceTransactionsBefore(this.#deps.postgres, ts)
  }

  /** A device that never comes back must not gather messages without end: the oldest go. */
  trim(): Promise<number> {
    return trimToDevice(this.#deps.postgres, this.#deps.limits.toDeviceWaitingMax)
  }
}

/** At least one, so that it goes on however large they are. */
function withinBytes(rows: readonly ToDeviceRow[]): ToDeviceRow[] {
  let bytes = 0
  const cut = rows.findIndex((row, n) => {
    bytes += row.sealed.length
    return n > 0 && bytes > limits.toDeviceAnswerBytesMax
  })
  return cut < 0 ? [...rows] : rows.slice(0, cut)
}

/** What was altered is told to nobody, and holds nothing else up. */
function opened(key: SealingKey, device: DeviceId, row: ToDeviceRow): JsonObject[] {
  try {
    return [JSON.parse(key.open(purpose, subjectOf(device), row.sealed).toString()) as JsonObject]
  } catch (error) {
    if (error instanceof SealBroken) return []
    throw error
  }
}

function subjectOf({ userId, deviceId }: DeviceId): string {
  return `${userId}/${deviceId}`
}
