import type { Subject } from '#access/api.ts'
import type { Devices, Users } from '#identity/api.ts'
import { isUserId, type JsonObject, serverOf } from '#matrix/api.ts'
import { type Db, limits, Recent, SealBroken, type SealingKey } from '#platform/api.ts'
import { type CrossSigningRow, crossSigningRows } from '../store/cross-signing-keys.ts'
import { type DeviceKeysRow, deviceKeysOfUsers } from '../store/device-keys.ts'
import { keySignaturesBy } from '../store/key-signatures.ts'
import { crossSigningText, openSignature } from './cross-signing.ts'
import { deviceKeysText } from './device-keys.ts'
import { failuresOf } from './failures.ts'
import { withSignatures } from './public-keys.ts'

type Deps = {
  db: Db
  users: Pick<Users, 'byMatrixIds' | 'keysOf'>
  devices: Pick<Devices, 'names'>
  serverName: string
}

type Names = ReadonlyMap<number, ReadonlyMap<string, string | undefined>>

/**
 * The public keys of people and their devices: a handful of queries for however many people, and texts that are put
 * together without being parsed. https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery
 */
export class KeyQuery {
  readonly #deps: Deps
  /** Opened keys with the sealed bytes that they came from: what the database gives tells whether they still hold. */
  readonly #opened = new Recent<string, { sealed: Buffer; text: string }>(limits.openedKeysBytesMax, {
    weigh: ({ sealed, text }) => sealed.length + text.length,
  })

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `wishes`: the devices that are wanted of each person; none means all. Answers JSON text. */
  async answer(subject: Subject, wishes: ReadonlyMap<string, readonly string[]>): Promise<string> {
    const { db, users, devices, serverName } = this.#deps
    const own = [...wishes.keys()].filter((matrixId) => isUserId(matrixId) && serverOf(matrixId) === serverName)
    const people = new Map([...(await users.byMatrixIds(own)).values()].map((user) => [user.id, user.matrixId]))
    const ids = [...people.keys()]
    const [deviceRows, names, crossRows, signatures, keys] = await Promise.all([
      deviceKeysOfUsers(db, ids),
      devices.names(ids),
      crossSigningRows(db, ids),
      this.#signatures(subject, ids),
      users.keysOf(ids),
    ])
    const ofUser = Map.groupBy(deviceRows, (row) => row.userId)
    const deviceTexts = [...people].map(([userId, matrixId]) => {
      const wanted = new Set(wishes.get(matrixId))
      const rows = (ofUser.get(userId) ?? []).filter((row) => wanted.size === 0 || wanted.has(row.deviceId))
      return `${JSON.stringify(matrixId)}:{${rows.flatMap((row) => this.#deviceText(keys.get(userId), row, names)).join(',')}}`
    })
    const crossTexts = (usage: string) =>
      crossRows.flatMap((row) => {
        const isTold = row.usage === usage && (usage !== 'user_signing' || row.userId === subject.userId)
        const text = isTold ? crossText(keys.get(row.userId), row) : undefined
        if (text === undefined) return []
        const mine = usage === 'master' ? signatures.get(`${row.userId} ${row.publicKey}`) : undefined
        return `${JSON.stringify(people.get(row.userId))}:${mine ? signed(text, subject.matrixId, mine) : text}`
      })
    const parts = [
      `"device_keys":{${deviceTexts.join(',')}}`,
      `"failures":${JSON.stringify(failuresOf(wishes.keys(), serverName))}`,
      `"master_keys":{${crossTexts('master').join(',')}}`,
      `"self_signing_keys":{${crossTexts('self_signing').join(',')}}`,
      `"user_signing_keys":{${crossTexts('user_signing').join(',')}}`,
    ]
    return `{${parts.join(',')}}`
  }

  /** The object as uploaded, with the name that the person gave the device spliced in as its last member. */
  #deviceText(key: SealingKey | undefined, row: DeviceKeysRow, names: Names): string[] {
    const text = key === undefined ? undefined : this.#open(key, row)
    if (text === undefined) return []
    const name = names.get(row.userId)?.get(row.deviceId)
    const unsigned = name === undefined ? '{}' : `{"device_display_name":${JSON.stringify(name)}}`
    return [`${JSON.stringify(row.deviceId)}:${text.slice(0, -1)},"unsigned":${unsigned}}`]
  }

  #open(key: SealingKey, row: DeviceKeysRow): string | undefined {
    const name = `${row.userId}/${row.deviceId}`
    const known = this.#opened.get(name)
    if (known?.sealed.equals(row.sealed)) return known.text
    const text = unlessBroken(() => deviceKeysText(key, row))
    if (text !== undefined) this.#opened.set(name, { sealed: row.sealed, text })
    return text
  }

  /** What the person herself signed of others: by target and its key, the signatures by the key that made them. */
  async #signatures(subject: Subject, targets: readonly number[]): Promise<Map<string, Map<string, string>>> {
    const rows = await keySignaturesBy(this.#deps.db, subject.userId, targets)
    const key = rows.length === 0 ? undefined : (await this.#deps.users.keysOf([subject.userId])).get(subject.userId)
    const found = new Map<string, Map<string, string>>()
    if (key === undefined) return found
    for (const row of rows) {
      const name = `${row.targetId} ${row.targetKey}`
      const ofTarget = found.get(name) ?? new Map<string, string>()
      const signature = unlessBroken(() => openSignature(key, subject.userId, row))
      if (signature !== undefined) ofTarget.set(row.keyId, signature)
      found.set(name, ofTarget)
    }
    return found
  }
}

function crossText(key: SealingKey | undefined, row: CrossSigningRow): string | undefined {
  return key === undefined ? undefined : unlessBroken(() => crossSigningText(key, row))
}

function signed(text: string, matrixId: string, signatures: ReadonlyMap<string, string>): string {
  return JSON.stringify(withSignatures(JSON.parse(text) as JsonObject, matrixId, signatures))
}

/** What was altered is told to nobody, and hides nothing else. */
function unlessBroken<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}
