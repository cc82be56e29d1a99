import { type Clock, type Postgres, type Random, refuse, type Tx } from '#platform/api.ts'
import type { Actor, Consent } from '../consent/types.ts'
import type { Gates } from '../gate/types.ts'
import { type AddressRow, addressesOfPeople, setPersonOfAddresses } from '../store/addresses.ts'
import { chainHead } from '../store/consent-events.ts'
import { lockPeople, personById, rootOfPerson, setPersonState } from '../store/people.ts'
import { insertMerge, mergeByPublicId, undoMerge } from '../store/person-merges.ts'
import { notActive } from './people.ts'
import type { Merging, People } from './types.ts'

const idBytes = 12

type Deps = {
  readonly db: Postgres
  readonly clock: Clock
  readonly random: Random
  readonly gates: Pick<Gates, 'shut'>
  readonly consent: Pick<Consent, 'record' | 'standing'>
  readonly people: Pick<People, 'create'>
}

/**
 * Records that are of one person become one, and one that is of two becomes two. Only addresses move. Conversations that run keep
 * the person and the address that they began with, and both ways are open to them: the gate asks for the record that counts.
 */
export function createMerging({ db, clock, random, gates, consent, people }: Deps): Merging {
  /** The addresses behind their gates, then the people; in the order that everybody keeps. */
  async function lockWith(tx: Tx, fromId: number, personIds: readonly number[]): Promise<AddressRow[]> {
    const before = await addressesOfPeople(tx, [fromId])
    await gates.shut(
      tx,
      before.map(({ id }) => id),
    )
    const rows = await lockPeople(tx, personIds)
    if (rows.length < personIds.length) throw notActive()
    const now = await addressesOfPeople(tx, [fromId])
    // What came to her while the gates were being shut is not behind them.
    if (now.some(({ id }) => !before.some((one) => one.id === id))) throw movedMeanwhile()
    return now
  }

  async function requireActive(tx: Tx, ids: readonly number[]): Promise<number> {
    const rows = await Promise.all(ids.map((id) => personById(tx, id)))
    if (rows.some((row) => row?.state !== 'active')) throw notActive()
    const agencies = new Set(rows.map((row) => row?.agencyId))
    if (agencies.size > 1) throw new Error('Records of two agencies were to be merged.')
    return rows[0]!.agencyId
  }

  return {
    async merge(tx, { survivorId, absorbedId }) {
      if (survivorId === absorbedId) {
        throw refuse('M_INVALID_PARAM', 'These are the same record. Name another one to merge into it.')
      }
      const moving = await lockWith(tx, absorbedId, [survivorId, absorbedId])
      const agencyId = await requireActive(tx, [survivorId, absorbedId])
      const addressIds = moving.map(({ id }) => id)
      await setPersonOfAddresses(tx, addressIds, survivorId)
      await setPersonState(tx, absorbedId, 'merged', survivorId, clock.nowMs())
      const publicId = `g${random.token(idBytes)}`
      const chainSeq = (await chainHead(tx, agencyId))!.seq
      const mergedTs = clock.nowMs()
      await insertMerge(tx, { publicId, agencyId, survivorId, absorbedId, addressIds, chainSeq, mergedTs })
      return publicId
    },

    async undo(tx, mergeId, actor) {
      const merge = await mergeByPublicId(tx, mergeId)
      if (merge === undefined) throw refuse('M_NOT_FOUND', 'There is no such merge.')
      const { survivorId, absorbedId } = merge
      const rootId = await rootOfPerson(tx, survivorId)
      const hers = await lockWith(tx, rootId, [...new Set([rootId, absorbedId])])
      if (!(await undoMerge(tx, merge.id, clock.nowMs()))) throw undone()
      const root = await personById(tx, rootId)
      if (root?.state !== 'active') throw notActive()
      const back = hers.filter(({ id }) => merge.addressIds.includes(id)).map(({ id }) => id)
      const ended = (await consent.standing({ personId: rootId }, tx)).filter(
        (one) => one.state === 'withdrawn' && one.seq > merge.chainSeq,
      )
      await setPersonState(tx, absorbedId, 'active', null, clock.nowMs())
      await setPersonOfAddresses(tx, back, absorbedId)
      await endedForBoth(tx, merge, ended, actor)
    },

    agencyOf: async (mergeId) => (await mergeByPublicId(db, mergeId))?.agencyId,

    async split(tx, { personId, addressIds, name, language }) {
      const hers = await lockWith(tx, personId, [personId])
      const agencyId = await requireActive(tx, [personId])
      const moving = hers.filter(({ id }) => addressIds.includes(id))
      if (moving.length < new Set(addressIds).size || moving.length === 0) {
        throw refuse('M_INVALID_PARAM', 'Name addresses of this record, those that are to go to the new one.')
      }
      const other = await people.create(tx, { agencyId, name, language })
      await setPersonOfAddresses(tx, addressIds, other.id)
      return other
    },
  }

  /** Nobody knows which of the two ended something while they were one: it is ended for both. What was given stays with one. */
  async function endedForBoth(
    tx: Tx,
    { agencyId, absorbedId }: { agencyId: number; absorbedId: number },
    ended: readonly { purposeId: number }[],
    actor: Actor,
  ): Promise<void> {
    for (const { purposeId } of ended) {
      const wish = { agencyId, holder: { personId: absorbedId }, purposeId, act: 'withdraw', source: 'system' } as const
      await consent.record(tx, { ...wish, actor, proof: { because: 'withdrawn while the records were merged' } })
    }
  }
}

function undone() {
  return refuse('CHANCERY_CONFLICT', 'This merge was undone before.', { reason: 'undone' })
}

function movedMeanwhile() {
  return refuse('CHANCERY_CONFLICT', 'An address came to this record at the same moment. Try again.', {
    reason: 'moved',
  })
}
