import type { Account, BlackBox } from '../black-box.ts'
import type { Seeded } from '../seeded.ts'
import { Ledger } from './ledger.ts'

/** The people, the rooms and the ledger of one proof. */
export type World = {
  readonly box: BlackBox
  readonly random: Seeded
  readonly senders: readonly Account[]
  /** Sets topics, uploads, marks as read, keeps account data. */
  readonly keeper: Account
  readonly readers: readonly Account[]
  readonly rooms: readonly string[]
  readonly ledger: Ledger
  isOver: boolean
}

const senderCount = 6
const readerCount = 3
const roomCount = 7

export async function makeWorld(box: BlackBox, random: Seeded): Promise<World> {
  const accounts: Account[] = []
  for (let n = 0; n < senderCount + readerCount + 1; n++) accounts.push(await box.account())
  const [keeper, ...others] = accounts as [Account, ...Account[]]
  const rooms: string[] = []
  for (let n = 0; n < roomCount; n++) {
    const room = await box.room(keeper)
    rooms.push(room)
    for (const account of others) await box.join(account, room)
  }
  const senders = others.slice(0, senderCount)
  const readers = others.slice(senderCount)
  return { box, random, senders, keeper, readers, rooms, ledger: new Ledger(), isOver: false }
}
