import type { Subject } from '#access/api.ts'
import type { Chancery } from '../../composition/platform.ts'
import type { Calendar } from '../calendar.ts'
import type { DemoSimulator } from '../demo-simulator.ts'
import type { Stage } from '../stage.ts'
import type { StoryClock } from '../story-clock.ts'
import { type ContactKey, contacts, programmes } from './agency.ts'
import { citizens, stranger } from './citizens.ts'
import { Counter } from './counter.ts'
import { type MatterEntry, readMatter } from './matter-script.ts'
import { matters } from './matters.ts'

export type TellDeps = {
  /** Composed with channels that lead to the outside, and reached by its web hooks. */
  readonly chancery: Chancery
  readonly outside: DemoSimulator
  readonly stage: Stage
  /** Public ids of records, by citizen. */
  readonly records: ReadonlyMap<string, string>
  readonly clock: StoryClock
  readonly calendar: Calendar
}

type Somebody = { readonly name: string; readonly addresses: readonly string[] }
type Talk = { readonly id: string; readonly roomId: string; readonly notesRoomId: string }

/** One script while it is told. */
type Matter = { readonly citizen: Somebody; contact: ContactKey; talk: Talk | undefined }

const lookAgainMs = 10
/** So long may words be under way. They take a tenth of a second; on a machine that is very busy, longer. */
const underWayMsMax = 60_000

const everybody: ReadonlyMap<string, Somebody> = new Map([
  ...citizens.map(({ key, name, number, mail }) => {
    const addresses = [number, mail].flatMap((address) => address ?? [])
    return [key, { name, addresses }] as const
  }),
  [stranger.key, { name: stranger.number, addresses: [stranger.number] }] as const,
])

/** Tells what citizens and staff wrote to each other. Every word really goes by a provider, and arrives there. */
export async function tellMatters(deps: TellDeps): Promise<number> {
  const { clock, calendar, outside } = deps
  const { world } = outside.simulator
  const teller = new Teller(deps)
  const moments = [
    ...matters.flatMap((script) => teller.momentsOf(readMatter(script))),
    ...programmes.map((one) => ({ ms: calendar.at(one.day, one.time), tell: () => teller.send(one) })),
  ].sort((a, b) => a.ms - b.ms)
  clock.beginAt(moments[0]?.ms ?? clock.nowMs())
  for (const { name, addresses } of everybody.values()) {
    if (name !== stranger.number) await world.add({ what: 'citizen', name, addresses })
  }
  // Words arrive as soon as they can: whoever starts the demo waits for them.
  await world.add({ what: 'weather', weather: { afterMsMax: 0 } })
  for (const { ms, tell } of moments) {
    clock.moveTo(ms)
    await tell()
  }
  await teller.settled()
  await world.add({ what: 'weather', weather: {} })
  return matters.length
}

class Teller {
  readonly #deps: TellDeps
  readonly #counter: Counter
  readonly #owner: Subject

  constructor(deps: TellDeps) {
    this.#deps = deps
    this.#counter = new Counter(deps.chancery)
    this.#owner = deps.stage.actor('ruth').subject
  }

  momentsOf(entries: readonly MatterEntry[]): { ms: number; tell: () => Promise<void> }[] {
    const [first] = entries
    const citizen = everybody.get(first?.who ?? '')
    const contact = first?.to as ContactKey | undefined
    if (first === undefined || citizen === undefined || contact === undefined || !(contact in contacts)) {
      throw new Error('A matter begins with a citizen who writes to a contact.')
    }
    const matter: Matter = { citizen, contact, talk: undefined }
    return entries.map((entry) => ({
      ms: this.#deps.calendar.at(entry.day, entry.time),
      tell: () => (everybody.has(entry.who) ? this.#write(matter, entry) : this.#act(matter, entry)),
    }))
  }

  /** To everybody who agreed or, where that is not asked for, to everybody. */
  async send({ purpose: key, text }: (typeof programmes)[number]): Promise<void> {
    const { purposes } = await this.#counter.ask(this.#owner, 'listPurposes')
    const purpose = purposes.find((one: { key: string }) => one.key === key)
    const told = citizens.filter(({ agreesTo }) => purpose.basis !== 'consent' || agreesTo.includes(key))
    const arrivals = told.map((citizen) => this.#arrivalAt(everybody.get(citizen.key)))
    for (const citizen of told) {
      const personId = this.#deps.records.get(citizen.key)
      const body = { personId, purposeId: purpose.id, body: text, sensitivity: 'public' }
      await this.#counter.ask(this.#owner, 'createSend', { body })
    }
    await Promise.all(arrivals.map((arrival) => arrival()))
  }

  async #write(matter: Matter, { to, subject = '', text }: MatterEntry): Promise<void> {
    matter.contact = (to as ContactKey | undefined) ?? matter.contact
    const wish = { to: contacts[matter.contact].address, subject, text }
    await this.#deps.outside.simulator.citizens.say(matter.citizen, wish)
    await this.settled()
  }

  async #act(matter: Matter, { who, act, to, text }: MatterEntry): Promise<void> {
    const { stage } = this.#deps
    matter.talk ??= await this.#talkWith(matter.citizen)
    const { id, roomId, notesRoomId } = matter.talk
    const ask = (operation: string, body?: object) =>
      this.#counter.ask(stage.actor(who).subject, operation, { params: { id }, body })
    if (act === 'takes') await ask('takeConversation')
    else if (act === 'waits') await ask('waitForCitizen')
    else if (act === 'closes') await ask('closeConversation')
    else if (act === 'hands') await ask('handOverConversation', { to: stage.actor(to ?? '').matrixId })
    else if (act === 'notes') await this.#say(notesRoomId, who, text)
    else {
      const arrival = this.#arrivalAt(matter.citizen)
      await this.#say(roomId, who, text)
      await arrival()
    }
  }

  async #say(roomId: string, who: string, text: string): Promise<void> {
    const { stage, clock } = this.#deps
    await stage.write({ roomId }, who, text, clock.nowMs())
  }

  async #talkWith({ name }: Somebody): Promise<Talk> {
    const query = { state: 'open,waiting,closed' }
    const { conversations } = await this.#counter.ask(this.#owner, 'listConversations', { query })
    const found = conversations.find((one: { name: string }) => one.name === name)
    if (found === undefined) throw new Error(`There is no conversation with ${name}.`)
    return found
  }

  /** To be called before something is sent; what it gives resolves when that is in her hands. */
  #arrivalAt(citizen: Somebody | undefined): () => Promise<void> {
    const { simulator } = this.#deps.outside
    const received = () =>
      (citizen?.addresses ?? []).reduce((sum, address) => sum + simulator.world.receivedBy(address).length, 0)
    const before = received()
    return () => this.#until(async () => received() > before)
  }

  /** Nothing is on its way any more, neither outside nor between the web hooks and the desk. */
  async settled(): Promise<void> {
    await this.#until(async () => {
      if (this.#deps.outside.simulator.underWay() > 0) return false
      const { channels } = await this.#counter.ask(this.#owner, 'listChannels')
      return channels.every(({ waiting }: { waiting: number }) => waiting === 0)
    })
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    const { clock } = this.#deps
    for (let waitedMs = 0; !(await isSo()); waitedMs += lookAgainMs) {
      if (waitedMs > underWayMsMax) throw new Error('Words of the demo do not arrive. Try again with another --data.')
      await clock.sleep(lookAgainMs)
    }
  }
}
