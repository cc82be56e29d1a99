import type { Organisation } from '#identity/api.ts'
import { type Clock, limits, type Postgres, Recent, refuse, type Tx, together, type Vault } from '#platform/api.ts'
import {
  type AgencyRow,
  agenciesByIds,
  agencyById,
  agencyByKey,
  agencyRows,
  changeAgency,
  hasAgency,
  insertAgency,
} from '../store/agencies.ts'
import type { Staff } from './staff.ts'
import type { Agencies, Agency } from './types.ts'

const purpose = 'agency.name'
/** The agency of a fresh installation. */
const firstKey = 'main'
const unnamed = 'Agency'
/** No country: telephone numbers must be written with theirs. */
const unknownCountry = 'ZZ'

export type AgenciesDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey'>
  readonly clock: Clock
  readonly organisation: Pick<Organisation, 'name'>
  readonly staff: Staff
  /** What every agency is born with, in the same transaction. */
  readonly onBirth: (tx: Tx, agency: Pick<Agency, 'id' | 'key'>) => Promise<void>
}

export function createAgencies({ db, vault, clock, organisation, staff, onBirth }: AgenciesDeps): Agencies & {
  /** Makes the first agency of an installation that has none. */
  ensureFirst(): Promise<void>
} {
  async function present(row: AgencyRow): Promise<Agency> {
    const { id, key, country, language, sealedName } = row
    const name =
      sealedName === null
        ? ((await organisation.name()) ?? unnamed)
        : (await vault.serverKey('agencies')).open(purpose, key, sealedName).toString()
    return { id, key, name, country, language }
  }
  const presentOr = async (row: AgencyRow | undefined) => (row === undefined ? undefined : present(row))

  async function sealName(key: string, name: string): Promise<Buffer> {
    return (await vault.serverKey('agencies')).seal(purpose, key, Buffer.from(name))
  }

  function bear(wish: { key: string; sealedName: Buffer | null; country: string; language: string }) {
    return db.transaction(async (tx) => {
      const row = await insertAgency(tx, { ...wish, createdTs: clock.nowMs() })
      if (row !== undefined) await onBirth(tx, row)
      return row
    })
  }

  const rowOf = together(
    (ids: readonly number[]) => agenciesByIds(db, ids),
    ({ id }) => id,
  )
  const remembered = new Recent<number, { readonly agency: Agency; readonly atMs: number }>(limits.agenciesInMemoryMax)

  let changes = 0

  /** Every request about a citizen asks for one, and they hardly ever change. */
  async function byId(id: number): Promise<Agency | undefined> {
    const known = remembered.get(id)
    const nowMs = clock.nowMs()
    if (known !== undefined && nowMs >= known.atMs && nowMs - known.atMs < limits.agencyMemoryGoodMs)
      return known.agency
    const changesBefore = changes
    const agency = await presentOr(await rowOf(id))
    // One that was changed while it was on its way must not be remembered as it was.
    if (agency !== undefined && changes === changesBefore) remembered.set(id, { agency, atMs: nowMs })
    return agency
  }

  return {
    async brief(id, on = db) {
      const row = on === db ? await byId(id) : await agencyById(on, id)
      return row && { id, key: row.key, country: row.country, language: row.language }
    },
    byId,
    byKey: async (key) => presentOr(await agencyByKey(db, key)),
    async named(key) {
      if (key !== undefined) {
        const row = await agencyByKey(db, key)
        if (row !== undefined) return present(row)
        throw refuse('M_NOT_FOUND', 'There is no such thing, or it belongs to an agency that you do not work for.')
      }
      const [only, other] = await agencyRows(db)
      if (only !== undefined && other === undefined) return present(only)
      throw refuse('M_MISSING_PARAM', 'There are several agencies here. Name one with its key, as "agency".')
    },
    all: async () => Promise.all((await agencyRows(db)).map(present)),
    async create({ key, name, country = unknownCountry, language = 'en' }) {
      const row = await bear({ key, sealedName: await sealName(key, name), country, language })
      if (row === undefined) throw refuse('CHANCERY_CONFLICT', 'There is an agency with this key. Choose another one.')
      return present(row)
    },
    async change(id, { name, country, language }) {
      const before = await agencyById(db, id)
      if (before === undefined) throw refuse('M_NOT_FOUND', 'There is no such agency.')
      const sealedName = name === undefined ? null : await sealName(before.key, name)
      const row = await changeAgency(db, id, { sealedName, country: country ?? null, language: language ?? null })
      changes += 1
      remembered.delete(id)
      return present(row ?? before)
    },
    isStaff: staff.isStaff,
    staffOf: staff.of,
    addStaff: staff.add,
    removeStaff: staff.remove,
    async ensureFirst() {
      if (await hasAgency(db)) return
      await bear({ key: firstKey, sealedName: null, country: unknownCountry, language: 'en' })
    },
  }
}
