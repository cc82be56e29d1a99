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
  readonly stage: Stage
  readonly clock: StoryClock
  readonly calendar: Calendar
}

/** Working days ago. */
const foundedDay = 40
/** When citizens came to the counter or called, the first of them; one more each day. */
const firstCitizenDay = 30

/**
 * The agency with its staff, queues and purposes, and the citizens that it knows. Nothing has been said yet.
 *
 * @returns the public ids of the records, by citizen
 */
export async function foundAgency({ chancery, stage, clock, calendar }: FoundDeps): Promise<Map<string, string>> {
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
  const purposeIds = new Map<string, string>()
  for (const purpose of purposes) purposeIds.set(purpose.key, (await ask('createPurpose', { body: purpose })).id)
  for (const reply of cannedReplies) await ask('createCannedReply', { body: reply })
  for (const [index, citizen] of citizens.entries()) {
    clock.moveTo(calendar.at(firstCitizenDay - index, '11:00'))
    const { id } = await ask('createPerson', { body: recordOf(citizen) })
    records.set(citizen.key, id)
    for (const agreed of citizen.agreesTo) {
      const body = { purposeId: purposeIds.get(agreed), source: 'desk', proof: { form: 'signed at the counter' } }
      await ask('recordConsent', { params: { id }, body })
    }
    if (citizen.prefers !== undefined) await ask('setPreferences', { params: { id }, body: citizen.prefers })
  }
  return records
}

function recordOf({ name, language, number, mail, isReadByOthers }: DemoCitizen): object {
  const sms = { kind: 'sms', value: number, verified: true, ...(isReadByOthers && { readByOthers: true }) }
  const addresses = [...(number ? [sms] : []), ...(mail ? [{ kind: 'mail', value: mail, verified: true }] : [])]
  return { name, language, addresses }
}
