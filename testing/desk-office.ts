/** An agency at its desk, for tests: staff, queues, and citizens who write to it. */
import type { Address, Conversation, TheDesk } from '#engagement/api.ts'
import type { Postgres } from '#platform/api.ts'
import type { Chancery } from '#server/composition/platform.ts'
import type { Town } from './town.ts'
import type { TownPerson } from './town-person.ts'

export type Words = { readonly channelId?: string; readonly key?: string; readonly answers?: number }

const nobody = { baseUrl: 'http://127.0.0.1:9', accountSid: `AC${'0'.repeat(32)}`, authToken: 'an-invented-secret' }

/** Channels whose providers are away: what the staff says to a citizen is queued, and what is queued waits. */
export const deskChannels = [
  { id: 'sms', kind: 'twilio-sms', ...nobody, from: '+15550001000' },
  { id: 'mail', kind: 'mail', smtp: { host: '127.0.0.1', port: 9, tls: 'none' }, from: 'desk@town.example' },
]

export class DeskOffice {
  readonly agencyId: number
  readonly #chancery: Chancery
  readonly #db: Postgres
  readonly #boss: TownPerson
  readonly #key: string
  #count = 0

  constructor(house: { chancery: Chancery; db: Postgres }, boss: TownPerson, agency: { id: number; key: string }) {
    this.#chancery = house.chancery
    this.#db = house.db
    this.#boss = boss
    this.agencyId = agency.id
    this.#key = agency.key
  }

  /** `boss` is an owner or administrator. */
  static async open(town: Town, boss: TownPerson, key: string, staff: readonly TownPerson[]): Promise<DeskOffice> {
    const { agencies } = town.chancery.engagement
    const agency = (await agencies.byKey(key)) ?? (await agencies.create({ key, name: `Office ${key}`, country: 'HU' }))
    const office = new DeskOffice({ chancery: town.chancery, db: town.postgres }, boss, agency)
    for (const person of staff) await office.hire(person)
    return office
  }

  get desk(): TheDesk {
    return this.#chancery.engagement.desk
  }

  /** The same office on another node. */
  on(chancery: Chancery): DeskOffice {
    return new DeskOffice({ chancery, db: this.#db }, this.#boss, { id: this.agencyId, key: this.#key })
  }

  async hire(person: TownPerson): Promise<void> {
    await this.#boss.ok('PUT', `/api/v1/agencies/${this.#key}/staff/${encodeURIComponent(person.id)}`, {})
  }

  async dismiss(person: TownPerson): Promise<void> {
    await this.#boss.ok('DELETE', `/api/v1/agencies/${this.#key}/staff/${encodeURIComponent(person.id)}`)
  }

  queue(key: string, name: string, channels: readonly string[] = []) {
    return this.desk.queues.create({ agencyId: this.agencyId, key, name, channels })
  }

  address(value: string, kind: Address['kind'] = 'sms'): Promise<Address> {
    const { people } = this.#chancery.engagement
    return this.#db.transaction((tx) => people.ensureAddress(tx, this.agencyId, kind, value))
  }

  /** Somebody with a telephone and a mail address. */
  knows(number: string, mail: string) {
    const { people } = this.#chancery.engagement
    const addresses = [
      { kind: 'sms', value: number },
      { kind: 'mail', value: mail },
    ] as const
    return this.#db.transaction((tx) => people.create(tx, { agencyId: this.agencyId, name: number, addresses }))
  }

  /** A citizen writes. */
  async hears(from: string, text: string, words: Words = {}): Promise<Conversation> {
    const { conversations } = this.desk
    const { channelId = 'sms', key = `in${this.#count++}`, answers: answersConversation } = words
    const address = await this.address(from, channelId === 'mail' ? 'mail' : 'sms')
    const receivedMs = Date.now()
    const conversation = await conversations.route({
      agencyId: this.agencyId,
      address,
      channelId,
      receivedMs,
      answersConversation,
    })
    await conversations.say(conversation, { key, text, files: [], channelId, kind: address.kind, receivedMs })
    return (await conversations.byId(conversation.id)) ?? conversation
  }
}
