import type { Postgres } from '#platform/api.ts'
import type { Chancery } from '../../composition/platform.ts'
import type { Calendar } from '../calendar.ts'
import { organisation } from '../people.ts'
import type { Stage } from '../stage.ts'
import type { StoryClock } from '../story-clock.ts'
import { cannedReplies, contacts, purposes, queues, staff } from './agency.ts'
import { citizens, type DemoCitizen } from './citizens.ts'
import { Counter } from './counter.ts'

export type FoundDeps = {
  readonly chancery: Chancery
  readonly db: Postgres
  readonly stage: Stage
  readonly clock: StoryClock
  readonly calendar: Calendar
}

/** Working days ago. */
const foundedDay = 40
/** When citizens came to the counter or called, the first of them; one more each day. */
const firstCitizenDay = 30

/** The agency with its staff, queues and purposes, and the citizens that it knows, whose public ids it answers. Nothing has been said. */
export async function foundAgency({ chancery, db, stage, clock, calendar }: FoundDeps): Promise<Map<string, string>> {
  const counter = new Counter(chancery)
  const owner = stage.actor('ruth').subject
  const ask = (operation: string, wish: object) => counter.ask(owner, operation, wish)
  clock.beginAt(calendar.at(foundedDay, '09:00'))
  const records = new Map<string, string>()
  const key = 'main'
  for (const who of staff) {
    await ask('addAgencyStaff', { params: { key, userId: stage.actor(who).matrixId } })
  }
  await ask('changeAgency', { params: { key }, body: { name: organisation, country: 'US', language: 'en' } })
  for (const { contacts: own, ...queue } of queues) {
    await ask('createQueue', { body: { ...queue, channels: own.map((one) => contacts[one].channelId) } })
  }
  for (const purpose of purposes) await ask('createPurpose', { body: purpose })
  for (const reply of cannedReplies) await ask('createCannedReply', { body: reply })
  for (const [index, citizen] of citizens.entries()) {
    clock.moveTo(calendar.at(firstCitizenDay - index, '11:00'))
    const { id } = await ask('createPerson', { body: recordOf(citizen) })
    await agree(chancery, db, stage, id, citizen)
    records.set(citizen.key, id)
  }
  return records
}

function recordOf({ name, language, number, mail, isReadByOthers }: DemoCitizen): object {
  const sms = { kind: 'sms', value: number, verified: true, ...(isReadByOthers && { readByOthers: true }) }
  const addresses = [...(number ? [sms] : []), ...(mail ? [{ kind: 'mail', value: mail, verified: true }] : [])]
  return { name, language, addresses }
}

/** What she signed at the counter, and what she said that she prefers. */
async function agree(chancery: Chancery, db: Postgres, stage: Stage, id: string, citizen: DemoCitizen): Promise<void> {
  const { people, purposes: book, consent, preferences } = chancery.engagement
  const person = await people.byPublicId(id)
  if (person === undefined) throw new Error(`There is no record of ${citizen.name}.`)
  const { agencyId } = person
  const actor = { kind: 'staff', userId: stage.actor('josefa').subject.userId } as const
  for (const key of citizen.agreesTo) {
    const purpose = await book.byKey(agencyId, key)
    if (purpose === undefined) throw new Error(`There is no purpose ${key}.`)
    const holder = { personId: person.id }
    const event = { agencyId, holder, purposeId: purpose.id, act: 'grant', source: 'desk', actor } as const
    await db.transaction((tx) => consent.record(tx, { ...event, proof: { form: 'signed at the counter' } }))
  }
  const { prefers } = citizen
  if (prefers !== undefined) await db.transaction((tx) => preferences.set(tx, person.id, prefers))
}
