import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { Canaries, findCanaries } from '../at-rest/canaries.ts'
import { type Office, until } from '../at-rest/office.ts'
import { boxAndOutside, officeNumber } from '../at-rest/outside.ts'
import { textsIn } from '../at-rest/tables.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { type Her, liveALife, openOffice } from './life.ts'
import { type Opened, openEverything } from './open-everything.ts'

/** Readers, receipts and lazy writers have done what they will. */
const settleMs = 1_500
/** In how many kinds of places something of her stands before, so that there is something to look for. */
const placesMin = 11

export const erasure: Proof = {
  law:
    'Of a citizen who was erased nothing can be opened any more, by nobody, with all keys there are; what she stopped stays ' +
    'stopped, and the chain of consent is whole.',
  run: (run) => proveErasure(run),
}

async function proveErasure({ seed, show }: ProofRun): Promise<Verdict> {
  const random = new Seeded(seed)
  const canaries = new Canaries(random)
  const { box, outside } = await boxAndOutside(random.child())
  try {
    await box.start()
    const clerk = await box.account('admin')
    const office: Office = {
      box,
      canaries,
      outside,
      clerk,
      purposeId: await openOffice({ box, canaries, outside, clerk }),
    }
    const her = await liveALife(office)
    await wait(settleMs)
    const before = await opened(office)
    const places = new Set(before.map(({ place }) => place))
    show(
      `${canaries.planted.size} canaries; before, with all keys, some can be read in: ${[...places].sort().join(', ')}`,
    )
    await box.ok('POST', `/api/v1/people/${her.id}/erase`, { token: clerk.token, body: {} })
    const faults = [...(await left(office, her, before)), ...(await stillHolds(office, her))]
    const isEnough = places.size >= placesMin
    if (!isEnough) faults.push(`Before, there were ${places.size} places to look at, and not ${placesMin}.`)
    const figure = `${before.length} values in ${places.size} places could be opened before, and ${faults.length} faults after`
    return { holds: faults.length === 0, count: before.length, figure, details: faults }
  } finally {
    await box.dispose()
    await outside.simulator.dispose()
  }
}

async function opened({ box, canaries }: Office): Promise<Opened[]> {
  const [tag, digits] = [Buffer.from(canaries.tag), Buffer.from(canaries.digits)]
  const masterKey = Buffer.from(readFileSync(`${box.dataFolder}.key`, 'utf8').trim().split(/\s+/)[1] ?? '', 'hex')
  const database = await box.database()
  try {
    const isHers = (plain: Buffer) => plain.includes(tag) || plain.includes(digits)
    return await openEverything({ database, masterKey, dataFolder: box.dataFolder }, isHers)
  } finally {
    await database.end()
  }
}

/** What can still be read, or still names her; and what providers still keep. */
async function left(office: Office, her: Her, before: readonly Opened[]): Promise<string[]> {
  const { box, canaries, outside } = office
  const faults: string[] = []
  await providersForgot(office, her).catch((error: Error) => faults.push(error.message))
  for (const address of [her.number, her.otherNumber, her.mail])
    await outside.simulator.ask('POST', '/simulator/forget', { address })
  const database = await box.database()
  await database.query('CHECKPOINT')
  for await (const { table, text } of textsIn(database)) {
    if (table !== 'person' && text.includes(her.id)) faults.push(`Table ${table} still names her record.`)
    if (table !== 'person' && text.includes(her.absorbed))
      faults.push(`Table ${table} names the record merged into hers.`)
  }
  const keyIds = [...new Set(before.map(({ keyId }) => keyId))]
  const ask = `select id, kind, label from data_key where id = any($1::bigint[]) and kind <> 'server'`
  const { rows } = await database.query<{ id: string; kind: string }>(ask, [keyIds])
  for (const { id, kind } of rows) faults.push(`Key ${id} (${kind}), which opened something of hers, still exists.`)
  await database.end()
  for (const { place, plain } of await opened(office)) faults.push(`${place} can still be opened: ${shown(plain)}`)
  const { finds } = findCanaries(canaries, [box.folder, outside.simulator.folder])
  for (const { file, form, around } of finds) faults.push(`${file}, ${form}: ${around}`)
  return faults
}

/** The telephone company has no message with her number any more. */
function providersForgot({ outside }: Office, { number }: Her): Promise<unknown> {
  return until('a telephone company that has deleted its copies', async () => {
    const { facts } = await outside.simulator.ask('GET', '/simulator/facts?what=twilio.message')
    const { facts: gone } = await outside.simulator.ask('GET', '/simulator/facts?what=twilio.redacted')
    const deleted = new Set(gone.filter(({ isDeleted }: any) => isDeleted).map(({ sid }: any) => sid))
    const hers = facts.filter(({ from, to }: any) => from === number || to === number)
    return hers.length > 0 && hers.every(({ sid }: any) => deleted.has(sid)) ? true : undefined
  })
}

/** Her number comes anew, with somebody's consent: what was stopped stays stopped. */
async function stillHolds({ box, clerk: { token }, purposeId }: Office, her: Her): Promise<string[]> {
  const faults: string[] = []
  const chain = await box.ok('GET', '/api/v1/agencies/main/consent_chain', { token })
  if (chain.whole !== true) faults.push(`The chain is not whole: ${JSON.stringify(chain.fault)}`)
  const body = { name: 'Somebody', addresses: [{ kind: 'sms', value: her.number, verified: true }] }
  const { id } = await box.ok('POST', '/api/v1/people', { token, body })
  const sent = await box.ask('POST', '/api/v1/sends', { token, body: { personId: id, purposeId, body: 'Hello' } })
  if (sent.status !== 409) faults.push(`After STOP and erasure a send to ${officeNumber} was answered ${sent.status}.`)
  return faults
}

const shown = (plain: Buffer) =>
  plain
    .subarray(0, 200)
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]+/g, '·')
