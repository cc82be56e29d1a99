import { type Db, refuse } from '#platform/api.ts'
import { addUsage, subtractUsage, usageOf } from '../store/media-usage.ts'
import type { MediaSettings } from './settings.ts'

/** Who stands for the whole server in the sums. */
const server = 0

/** How much people, and all of them together, may store. Sums are kept with every change; nothing is counted up. */
export class Quotas {
  readonly #settings: Pick<MediaSettings, 'personBytesMax' | 'serverBytesMax'>

  constructor(settings: Pick<MediaSettings, 'personBytesMax' | 'serverBytesMax'>) {
    this.#settings = settings
  }

  /** Before the first byte is read: refuses what cannot fit. `sizeBytes` is what the sender announced, or 0. */
  async check(db: Db, ownerId: number, sizeBytes: number): Promise<void> {
    const { personBytesMax, serverBytesMax } = this.#settings
    const own = personBytesMax === undefined ? undefined : await usageOf(db, ownerId)
    if (own !== undefined && own.sizeBytes + Math.max(1, sizeBytes) > personBytesMax!)
      throw personIsFull(personBytesMax!)
    const all = serverBytesMax === undefined ? undefined : await usageOf(db, server)
    if (all !== undefined && all.sizeBytes + Math.max(1, sizeBytes) > serverBytesMax!) throw serverIsFull()
  }

  /** In the transaction that stores the file. `ownerId` is null for what belongs to the server. */
  async take(db: Db, ownerId: number | null, sizeBytes: number): Promise<void> {
    const { personBytesMax, serverBytesMax } = this.#settings
    const usage = { sizeBytes, files: 1 }
    if (ownerId !== null && !(await addUsage(db, ownerId, usage, personBytesMax))) throw personIsFull(personBytesMax!)
    if (!(await addUsage(db, server, usage, serverBytesMax))) throw serverIsFull()
  }

  /** Thumbnails count for the server and are refused to nobody. */
  async takeThumbnail(db: Db, sizeBytes: number): Promise<void> {
    await addUsage(db, server, { sizeBytes, files: 0 }, undefined)
  }

  /**
   * In the transaction that removes files with their thumbnails, last in it. All of the files that belong to people
   * belong to one: rows of several people would be locked in no fixed order.
   */
  async giveBack(
    db: Db,
    files: readonly { ownerId: number | null; sizeBytes: number }[],
    thumbnails: readonly { sizeBytes: number }[],
  ): Promise<void> {
    const owned = files.filter(({ ownerId }) => ownerId !== null)
    const ownerId = owned[0]?.ownerId ?? null
    if (ownerId !== null) await subtractUsage(db, ownerId, { sizeBytes: sumOf(owned), files: owned.length })
    await subtractUsage(db, server, { sizeBytes: sumOf(files) + sumOf(thumbnails), files: files.length })
  }
}

function sumOf(files: readonly { sizeBytes: number }[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** https://spec.matrix.org/v1.19/client-server-api/#security-considerations-5 asks for M_FORBIDDEN. */
function personIsFull(bytesMax: number): Error {
  return refuse(
    'M_FORBIDDEN',
    `This file and those that you have uploaded would take more than the ${inWords(bytesMax)} that each person has. ` +
      'Ask an administrator to remove some of them.',
  )
}

function serverIsFull(): Error {
  return refuse('M_FORBIDDEN', 'The server has no more room for files. Tell an administrator.')
}

export function inWords(bytes: number): string {
  const [unit, word] = bytes >= 2 ** 30 ? [2 ** 30, 'GiB'] : bytes >= 2 ** 20 ? [2 ** 20, 'MiB'] : [1_024, 'KiB']
  return `${Math.floor((bytes / unit) * 10) / 10} ${word}`
}
