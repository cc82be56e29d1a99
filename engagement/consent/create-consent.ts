import type { SigningKey } from '#matrix/api.ts'
import { type Clock, type Db, KeyUnavailable, type Postgres, type Random, type Vault } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Gates } from '../gate/types.ts'
import { addressesOfPeople, isWrittenSince, markAddressWritten } from '../store/addresses.ts'
import {
  type ConsentEventRow,
  chainedEvents,
  consentEventByPublicId,
  consentEventsOf,
  lockChains,
} from '../store/consent-events.ts'
import { clearConsentStates, putConsentState } from '../store/consent-states.ts'
import { groupOfPerson, rootOfPerson } from '../store/people.ts'
import { Chain, openContents } from './chain.ts'
import { ConsentRecorder } from './consent.ts'
import { presentEvent } from './events.ts'
import { fold } from './fold.ts'
import { Holders } from './holders.ts'
import { signReceipt } from './receipts.ts'
import { Stops } from './stops.ts'
import type { ChainReport, Consent, ConsentEvent, Holder, Purposes } from './types.ts'
import { ChainWalk, verifyChain } from './verify.ts'

export type CreateConsentDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'key' | 'keys' | 'lookupHash'>
  readonly clock: Clock
  readonly random: Random
  readonly gates: Pick<Gates, 'shut'>
  readonly agencies: Pick<Agencies, 'brief' | 'byId'>
  readonly purposes: Pick<Purposes, 'byId' | 'ofAgency' | 'wordings'>
  readonly receiptKey: SigningKey
}

const newest = Number.MAX_SAFE_INTEGER
const historyDefault = 100
/** Every statement sees the same rows, whatever is appended or erased meanwhile. */
const oneSnapshot = 'set transaction isolation level repeatable read, read only'

export function createConsent(deps: CreateConsentDeps): Consent & { readonly chain: Chain } {
  const { db, vault } = deps
  const chain = new Chain(deps)
  const holders = new Holders(deps)
  const recorder = new ConsentRecorder({ ...deps, chain, holders })
  const stops = new Stops({ ...deps, chain, holders, recorder })
  return {
    chain,
    record: (tx, wish) => recorder.record(tx, wish),
    undo: (tx, wish) => recorder.undo(tx, wish),
    stop: (tx, wish) => stops.stop(tx, wish),
    hold: (tx, wish) => stops.hold(tx, wish),
    release: (tx, wish) => stops.release(tx, wish),
    start: (tx, wish) => stops.start(tx, wish),
    closeSender: (tx, wish) => stops.closeSender(tx, wish),
    suppress: (tx, wish) => stops.suppress(tx, wish),
    async markWritten(tx, addressId, atMs) {
      await markAddressWritten(tx, addressId, atMs)
    },
    hasWrittenSince: isWrittenSince,
    stopsOn: (addressId) => stops.on(db, addressId),
    standing: (holder, on) => holders.standing(holder, on),
    history: (holder, page) => history(deps, holder, page),
    event: async (eventId) => {
      const row = await consentEventByPublicId(db, eventId)
      return row && presentEvent(row, undefined)
    },
    receipt: (eventId) => receipt(deps, eventId),
    verify: async (agencyId, kept) => {
      const agency = (await deps.agencies.byId(agencyId))!
      return db.transaction(async (tx) => {
        await tx.run(oneSnapshot)
        return verifyChain(tx, vault, agency, kept)
      })
    },
    rebuild: (agencyId) => rebuild(deps, agencyId),
  }
}

/** A person's, with what her addresses said by themselves. */
async function history(
  { db, vault }: CreateConsentDeps,
  holder: Holder,
  { limit = historyDefault, beforeSeq = newest }: { limit?: number; beforeSeq?: number } = {},
): Promise<ConsentEvent[]> {
  const whose = await namesOf(db, holder)
  const rows = await consentEventsOf(db, whose, { beforeSeq, limit })
  const keys = await vault.keys(rows.flatMap(({ keyId }) => keyId ?? []))
  return rows.map((row) => {
    const key = row.sealed === null ? undefined : keys.get(row.keyId!)
    return presentEvent(row, key === undefined ? undefined : openContents(key, row).details)
  })
}

async function namesOf(db: Db, holder: Holder) {
  if ('addressId' in holder) return { personIds: [], addressIds: [holder.addressId] }
  const rootId = await rootOfPerson(db, holder.personId)
  const addresses = await addressesOfPeople(db, [rootId])
  return { personIds: await groupOfPerson(db, rootId), addressIds: addresses.map(({ id }) => id) }
}

async function receipt(deps: CreateConsentDeps, eventId: string) {
  const { db, vault, agencies, purposes, receiptKey } = deps
  const event = await consentEventByPublicId(db, eventId)
  if (event?.sealed == null || event.act === 'erase') return undefined
  const [row] = await chainedEvents(db, event.agencyId, event.seq - 1, 1)
  if (row?.sealed == null) return undefined
  const contents = await contentsOf(vault, row)
  const agency = await agencies.byId(row.agencyId)
  if (contents === undefined || agency === undefined) return undefined
  const purpose = row.purposeId === null ? undefined : await purposes.byId(row.purposeId)
  const { language, wording: shown } = contents.details
  const words = purpose && shown ? await purposes.wordings(purpose.id, shown.version) : {}
  const wording = language === undefined ? undefined : words[language]
  return signReceipt(receiptKey, { row, contents, agency, purposeTitle: purpose?.title, wording })
}

async function contentsOf(vault: CreateConsentDeps['vault'], row: ConsentEventRow) {
  try {
    return openContents(await vault.key(row.keyId!), row)
  } catch (error) {
    // She was erased while it was being read.
    if (error instanceof KeyUnavailable) return undefined
    throw error
  }
}

/** Behind the lock of the chain, so that nothing is appended meanwhile. A chain that is not whole derives nothing. */
async function rebuild({ db, vault, agencies }: CreateConsentDeps, agencyId: number): Promise<ChainReport> {
  const agency = (await agencies.byId(agencyId))!
  return db.transaction(async (tx) => {
    await lockChains(tx, [agencyId])
    const walk = new ChainWalk(tx, vault, agency)
    const fault = (await walk.run()) ?? walk.erasureFault()
    const report = { agencyId, events: walk.events, head: walk.last.toString('hex') }
    if (fault !== undefined) return { ...report, fault }
    await clearConsentStates(tx, agencyId)
    for (const [name, events] of walk.histories) {
      const now = fold(events)
      const [personId, addressId, purposeId] = name.split(' ')
      if (now === undefined) continue
      await putConsentState(tx, {
        agencyId,
        personId: numberOf(personId),
        addressId: numberOf(addressId),
        purposeId: Number(purposeId),
        state: now.state,
        sinceTs: now.sinceMs,
        seq: now.seq,
      })
    }
    return report
  })
}

const numberOf = (text: string | undefined) => (text === '' || text === undefined ? null : Number(text))
