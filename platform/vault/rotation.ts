import type { Clock } from '../clock.ts'
import { DatabaseError } from '../postgres/errors.ts'
import type { Db, Transactions } from '../postgres/types.ts'
import { unwrapDataKey, wrapDataKey } from './data-keys.ts'
import { SealBroken } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { lockDataKeysUnder, rewrapDataKeys } from './store/data-keys.ts'
import {
  listKeyEncryptionKeys,
  lockKeyEncryptionKeys,
  removeEmptyKeyEncryptionKeys,
  retireKeyEncryptionKeys,
} from './store/key-encryption-keys.ts'

const batchRows = 500
const retireWaitMs = 300
const retireTries = 50
const lockNotAvailable = '55P03'

type Deps = { readonly db: Db & Transactions; readonly ring: KeyRing; readonly clock: Clock }

/**
 * Three steps, each of which a crash may end: retire the old keys and make a new one (one transaction); move the data
 * keys over in batches; remove what is empty. Retired keys that are still there mean that an earlier rotation did not
 * come to its end, and this one goes on with it.
 */
export async function rotateKeyEncryptionKeys(deps: Deps): Promise<{ keyEncryptionKey: number; rewrapped: number }> {
  await retire(deps)
  await deps.ring.reload(deps.db)
  const retired = (await listKeyEncryptionKeys(deps.db)).filter((row) => row.is_retired).map((row) => row.id)
  const broken: number[] = []
  let rewrapped = 0
  let afterId = 0
  for (;;) {
    const batch = await rewrapBatch(deps, retired, afterId)
    rewrapped += batch.rewrapped
    broken.push(...batch.broken)
    if (batch.lastId === undefined) break
    afterId = batch.lastId
  }
  await removeEmptyKeyEncryptionKeys(deps.db)
  if (broken.length > 0) {
    throw new Error(
      `${rewrapped} data keys were re-wrapped, but these were altered and stay as they are: ${broken.join(', ')}.` +
        ' Restore them from a backup, or destroy them, and rotate again.',
    )
  }
  return { keyEncryptionKey: deps.ring.current().id, rewrapped }
}

async function retire({ db, ring, clock }: Deps): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await db.transaction(async (tx) => {
        await lockKeyEncryptionKeys(tx)
        if ((await listKeyEncryptionKeys(tx)).some((row) => row.is_retired)) return
        await retireKeyEncryptionKeys(tx, retireWaitMs)
        await ring.make(tx, clock.nowMs())
      })
      return
    } catch (error) {
      const isBusy = error instanceof DatabaseError && error.sqlState === lockNotAvailable
      if (!isBusy || tries === retireTries) throw error
      await clock.sleep(retireWaitMs)
    }
  }
}

async function rewrapBatch({ db, ring }: Deps, retired: readonly number[], afterId: number) {
  return db.transaction(async (tx) => {
    const rows = await lockDataKeysUnder(tx, retired, afterId, batchRows)
    const to = ring.current()
    const ids: number[] = []
    const wrapped: Buffer[] = []
    const broken: number[] = []
    for (const row of rows) {
      try {
        const bytes = await unwrapDataKey(tx, ring, row)
        ids.push(row.id)
        wrapped.push(wrapDataKey(to, row, bytes))
        bytes.fill(0)
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error
        broken.push(row.id)
      }
    }
    if (ids.length > 0) await rewrapDataKeys(tx, to.id, ids, wrapped)
    return { rewrapped: ids.length, broken, lastId: rows.at(-1)?.id }
  })
}
