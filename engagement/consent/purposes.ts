import {
  type Clock,
  type Db,
  type Postgres,
  type Random,
  refuse,
  type Tx,
  together,
  type Vault,
} from '#platform/api.ts'
import { openJson, sealJson } from '../sealed-json.ts'
import {
  beginWording,
  closePurpose,
  insertPurpose,
  insertWording,
  type PurposeRow,
  purposeById,
  purposeByKey,
  purposesByIds,
  purposesByPublicIds,
  purposesOfAgency,
  wordingRows,
} from '../store/purposes.ts'
import type { Purpose, Purposes, Wordings } from './types.ts'

const textPurpose = 'purpose.text'
const wordingPurpose = 'purpose.wording'
const idBytes = 12

/** Words of an agency to whoever wrote to it. Born with every agency. */
export const conversationKey = 'conversation'

const conversation = {
  key: conversationKey,
  title: 'Answers to what you write to us',
  basis: 'public-task',
  wordings: { en: 'We answer what you write to us. For this we need no consent: it is our public task.' },
} as const

type PurposesDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey' | 'lookupHash'>
  readonly clock: Clock
  readonly random: Random
}

export function createPurposes({ db, vault, clock, random }: PurposesDeps): Purposes & {
  /** What an agency is born with. */
  bear(tx: Tx, agencyId: number): Promise<void>
} {
  const serverKey = () => vault.serverKey('purposes')
  const keyHash = (agencyId: number, key: string) => vault.lookupHash('purpose key', `${agencyId} ${key}`)

  async function present(row: PurposeRow): Promise<Purpose> {
    const { id, publicId, agencyId, basis, wordingVersion, closedTs } = row
    const text = openJson<{ key: string; title: string }>(await serverKey(), textPurpose, publicId, row.sealedText)
    return { id, publicId, agencyId, ...text, basis, wordingVersion, isClosed: closedTs !== null }
  }
  const presentOr = async (row: PurposeRow | undefined) => (row === undefined ? undefined : present(row))

  async function storeWordings(tx: Tx, row: PurposeRow, wordings: Wordings): Promise<void> {
    const key = await serverKey()
    for (const [language, text] of Object.entries(wordings)) {
      const { id: purposeId, wordingVersion: version } = row
      const sealedText = key.seal(wordingPurpose, `${row.publicId} / ${version} / ${language}`, Buffer.from(text))
      await insertWording(tx, { purposeId, version, language, sealedText, createdTs: clock.nowMs() })
    }
  }

  async function create(tx: Tx, wish: Parameters<Purposes['create']>[1]): Promise<Purpose> {
    const { agencyId, key, title, basis, wordings } = wish
    const publicId = `u${random.token(idBytes)}`
    const row = await insertPurpose(tx, {
      publicId,
      agencyId,
      keyHash: keyHash(agencyId, key),
      sealedText: sealJson(await serverKey(), textPurpose, publicId, { key, title }),
      basis,
      createdTs: clock.nowMs(),
    })
    if (row === undefined) {
      throw refuse('CHANCERY_CONFLICT', 'This agency has a purpose with this key. Choose another key.')
    }
    await storeWordings(tx, row, wordings)
    return present(row)
  }

  const rowOf = together(
    (ids: readonly number[]) => purposesByIds(db, ids),
    ({ id }) => id,
  )
  const rowByPublicId = together(
    (ids: readonly string[]) => purposesByPublicIds(db, ids),
    ({ publicId }) => publicId,
  )

  const absent = () => refuse('M_NOT_FOUND', 'There is no such purpose.')

  return {
    create,
    byId: async (id, on: Db = db) => presentOr(on === db ? await rowOf(id) : await purposeById(on, id)),
    byPublicId: async (publicId) => presentOr(await rowByPublicId(publicId)),
    byKey: async (agencyId, key) => presentOr(await purposeByKey(db, agencyId, keyHash(agencyId, key))),
    ofAgency: async (agencyId, on = db) => Promise.all((await purposesOfAgency(on, agencyId)).map(present)),
    async conversationPurpose(agencyId) {
      const row = await purposeByKey(db, agencyId, keyHash(agencyId, conversation.key))
      if (row === undefined) throw new Error(`Agency ${agencyId} has no purpose for conversations.`)
      return present(row)
    },
    async reword(tx, purposeId, wordings) {
      const row = await beginWording(tx, purposeId)
      if (row === undefined) throw absent()
      await storeWordings(tx, row, wordings)
      return present(row)
    },
    async close(tx, purposeId) {
      const row = await closePurpose(tx, purposeId, clock.nowMs())
      if (row === undefined) throw absent()
      return present(row)
    },
    async wordings(purposeId, version, on = db) {
      const [row, rows, key] = await Promise.all([
        purposeById(on, purposeId),
        wordingRows(on, purposeId, version),
        serverKey(),
      ])
      const subject = (language: string) => `${row?.publicId} / ${version} / ${language}`
      return Object.fromEntries(
        rows.map(({ language, sealedText }) => [
          language,
          key.open(wordingPurpose, subject(language), sealedText).toString(),
        ]),
      )
    },
    async bear(tx, agencyId) {
      await create(tx, { agencyId, ...conversation })
    },
  }
}
