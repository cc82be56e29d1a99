import { isProgram, type Principal } from '#access/api.ts'
import { type Clock, type Db, limits, type Postgres, refuse, type Vault } from '#platform/api.ts'
import { groupOfPerson, personById, rootOfPerson } from '../store/people.ts'
import { insertOpening, type OpeningRow, openingsOf, ownOpening } from '../store/record-openings.ts'
import type { OwnConversations, RecordOpening, RecordOpenings } from './types.ts'

const purpose = 'person.opening'
/** What a program says: it asks for many. */
const programReason = 'A program asked for it.'

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'key'>
  readonly clock: Clock
  readonly own: OwnConversations
}

/** Who looks at a citizen's record says why, and she can see it. */
export function createOpenings({ db, vault, clock, own }: Deps): RecordOpenings {
  const whoOf = (principal: Principal) =>
    isProgram(principal)
      ? { userId: null, serviceId: principal.programId }
      : { userId: principal.userId, serviceId: null }

  async function group(personId: number, on: Db): Promise<number[]> {
    return groupOfPerson(on, await rootOfPerson(on, personId))
  }

  async function record(principal: Principal, personId: number, reason: string, on: Db = db): Promise<void> {
    const row = await personById(on, personId)
    if (row?.dataKeyId == null) return
    const key = await vault.key(row.dataKeyId, on === db ? undefined : on)
    const sealedReason = key.seal(purpose, row.publicId, Buffer.from(reason))
    const { agencyId } = row
    await insertOpening(on, { agencyId, personId, ...whoOf(principal), sealedReason, openedTs: clock.nowMs() })
  }

  async function opened(row: OpeningRow): Promise<RecordOpening | undefined> {
    const person = await personById(db, row.personId)
    if (person?.dataKeyId == null) return undefined
    const key = await vault.key(person.dataKeyId)
    const reason = key.open(purpose, person.publicId, row.sealedReason).toString()
    const { id, userId, serviceId, openedTs: atMs } = row
    return { id, userId: userId ?? undefined, program: serviceId ?? undefined, reason, atMs }
  }

  return {
    record,
    async require(principal, personId) {
      if (!isProgram(principal) && (await own.isHers(principal.userId, personId))) return undefined
      const since = clock.nowMs() - limits.recordOpeningMs
      const row = await ownOpening(db, await group(personId, db), whoOf(principal), since)
      if (row !== undefined) return opened(row)
      // A program cannot be asked; that it looked is told all the same.
      if (isProgram(principal)) {
        await record(principal, personId, programReason)
        return undefined
      }
      throw refuse(
        'M_FORBIDDEN',
        'You have no open conversation with this citizen. Open her record with a reason first: she can see it.',
        { reason: 'reason-needed' },
      )
    },
    async of(personId, { limit, before = Number.MAX_SAFE_INTEGER }) {
      const rows = await openingsOf(db, await group(personId, db), before, limit)
      return (await Promise.all(rows.map(opened))).filter((one) => one !== undefined)
    },
  }
}
