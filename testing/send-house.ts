/** The pipeline of sends on a real PostgreSQL, with people and gates that a test holds in its hands. */
import type { Consent, Purpose, StopScope, StopWish } from '#engagement/api.ts'
import type { KnownMessage } from '#engagement/sends/composing.ts'
import { Decider } from '#engagement/sends/decider.ts'
import { Dialogues } from '#engagement/sends/dialogues.ts'
import { FindWay } from '#engagement/sends/find-way.ts'
import { LookUps } from '#engagement/sends/look-ups.ts'
import { Outcomes } from '#engagement/sends/outcomes.ts'
import type { SendsNeighbours } from '#engagement/sends/parts.ts'
import { Pipeline } from '#engagement/sends/pipeline.ts'
import { QuietTimes } from '#engagement/sends/quiet-times.ts'
import { readWords } from '#engagement/sends/read-words.ts'
import { type NewSend, openedWords, SendBook } from '#engagement/sends/send-book.ts'
import { SendIntake } from '#engagement/sends/send-intake.ts'
import { Sending, type SendWanted } from '#engagement/sends/sending.ts'
import { StopScopes } from '#engagement/sends/stop-scopes.ts'
import { type AttemptRow, attemptsOfSends } from '#engagement/store/attempts.ts'
import { type SendRow, sendByPublicId } from '#engagement/store/sends.ts'
import { type Postgres, silentLogger } from '#platform/api.ts'
import { createVault } from '#platform/vault/vault.ts'
import type { TestDatabase } from './database.ts'
import { FakeChannel } from './fake-channel.ts'
import { FakeClock } from './fake-clock.ts'
import { seededRandom } from './seeded-random.ts'

type Address = Awaited<ReturnType<SendsNeighbours['people']['addressesOf']>>[number]
type Preferences = Awaited<ReturnType<SendsNeighbours['preferences']['of']>>

export const address = (id: number, kind: Address['kind'], more: Partial<Address> = {}): Address => ({
  id,
  publicId: `d${id}`,
  agencyId: 1,
  personId: 1,
  kind,
  value: `${kind} ${id}`,
  isVerified: true,
  isShared: false,
  isReadByOthers: false,
  ...more,
})

const purposeOf = (id: number, basis: Purpose['basis']): Purpose => ({
  id,
  publicId: `u${id}`,
  agencyId: 1,
  key: basis,
  title: titles[id] ?? '',
  basis,
  wordingVersion: 1,
  isClosed: false,
})

/** Purposes of the house, by what they rest on. */
export const purposeIds = { consent: 1, 'legal-duty': 2, 'public-task': 3, library: 4 } as const
const titles: Record<number, string> = { 1: 'floods', 2: 'tax', 3: 'questions', 4: 'library' }
const consented = [purposeIds.consent, purposeIds.library]

function basisOf(id: number): Purpose | undefined {
  if (consented.some((one) => one === id)) return purposeOf(id, 'consent')
  if (id === purposeIds['legal-duty']) return purposeOf(id, 'legal-duty')
  return id === purposeIds['public-task'] ? purposeOf(id, 'public-task') : undefined
}

/** Nobody names requests here. */
const unnamed = { ticket: () => undefined, answered: async () => new Map(), keep: async () => undefined }
let nodes = 0

export class SendHouse {
  readonly clock = new FakeClock()
  readonly random = seededRandom()
  readonly channels = new Map<string, FakeChannel>([
    ['sms', new FakeChannel('sms')],
    ['mail', new FakeChannel('mail')],
  ])
  /** Of the one person. */
  addresses: Address[] = [address(11, 'sms'), address(12, 'mail')]
  preferences: Preferences = {}
  /** Gates that are shut: `ADDRESS` or `ADDRESS PURPOSE`, with the reason. */
  readonly shut = new Map<string, 'bounced' | 'held' | 'no-consent' | 'provider-stopped' | 'stopped'>()
  readonly stops: StopWish[] = []
  readonly closed: string[] = []
  readonly suppressed: string[] = []
  /** Called while the gate is passed, inside its transaction. */
  whileAtGate: () => void | Promise<void> = () => undefined
  country = 'DE'
  readonly database: TestDatabase

  constructor(database: TestDatabase) {
    this.database = database
    for (const channel of this.channels.values()) channel.nowMs = () => this.clock.nowMs()
  }

  get agency() {
    return { id: 1, key: 'main', name: 'Agency', country: this.country, language: 'en' }
  }

  channel(id: string): FakeChannel {
    const channel = this.channels.get(id)
    if (channel === undefined) throw new Error(`no channel ${id}`)
    return channel
  }

  /** One server of several on the same database; `postgres` may be one that dies. */
  async node(options: { postgres?: Postgres; leaseMs?: number } = {}) {
    const postgres = options.postgres ?? this.database.postgres
    const { clock, random } = this
    const vault = await createVault({ db: this.database.postgres, masterKey: Buffer.alloc(32, 7), random, clock })
    const key = await vault.serverKey('test')
    const neighbours = this.#neighbours(key)
    const machine = { postgres, clock, random, logger: silentLogger, nodes: { id: ++nodes }, vault }
    const channels = { byId: (id: string) => this.channels.get(id), ofAgency: () => [...this.channels.values()] }
    const parts = { ...machine, ...neighbours, channels }
    const composing = {
      prepare: async (attempts: readonly AttemptRow[], sends: ReadonlyMap<number, SendRow>) =>
        new Map(attempts.map((one) => [one.id, preparedFor(one, sends.get(one.sendId), key)])),
    }
    const scopes = new StopScopes({ ...parts, stopLaws: [{ country: 'US', fromMs: 0 }] })
    const outcomes = new Outcomes({ ...parts, scopes }, { undecided: () => undefined, told: () => undefined })
    const working = { ...parts, composing, outcomes, leaseMs: options.leaseMs ?? 60_000 }
    const pipeline = new Pipeline(working)
    const book = new SendBook(parts)
    const ways = new FindWay(parts)
    const quiet = new QuietTimes(parts)
    const decider = new Decider({ ...parts, ways, book, quiet, onQueued: () => undefined, onTold: () => undefined })
    const dialogues = new Dialogues({
      ...parts,
      book,
      read: readWords,
      scopes,
      onQueued: () => undefined,
    })
    const atOnce = (_: unknown, { to, words: { text } }: KnownMessage) => ({ isReady: true as const, to, text })
    const sending = new Sending({ ...parts, ways, book, quiet, composing: { atOnce }, pipeline })
    return {
      dialogues,
      book,
      ways,
      quiet,
      outcomes,
      decider,
      pipeline,
      intake: new SendIntake({ ...parts, idempotency: unnamed, sending, pipeline, onQueued: () => undefined }),
      lookUps: new LookUps(working),
    }
  }

  async add(node: { book: SendBook; ways: FindWay }, wish: Partial<NewSend> = {}): Promise<string> {
    const purposeId = wish.purposeId ?? purposeIds.consent
    const made = await this.database.postgres.transaction(async (tx) => {
      const ask = { agencyId: 1, personId: 1, purposeId, sensitivity: 'personal' as const }
      const way = wish.way ?? (await node.ways.choose(ask, tx))
      if ('isOpen' in way && !way.isOpen) throw new Error(way.message)
      return node.book.add(tx, {
        kind: 'message',
        agencyId: 1,
        personId: 1,
        purposeId,
        sensitivity: 'personal',
        words: { text: 'Good morning' },
        deadlineTs: this.clock.nowMs() + 3 * 24 * 3_600_000,
        dueTs: this.clock.nowMs(),
        ...wish,
        way: way as NewSend['way'],
      })
    })
    return made?.publicId ?? ''
  }

  /** As a program asks for it; its id. */
  async take(node: { intake: SendIntake }, wish: Partial<SendWanted> = {}): Promise<string> {
    const { intake } = node
    const person = { id: 1, publicId: 'p1', agencyId: 1, state: 'active' as const } as SendWanted['person']
    const purpose = purposeOf(purposeIds.consent, 'consent')
    const request = { caller: undefined, headers: {}, params: {}, body: {} } as never
    const asked = { agency: this.agency, person, purpose, body: 'Good morning', ...wish }
    return (await intake.take(request, asked)).id
  }

  async send(publicId: string): Promise<SendRow & { attempts: AttemptRow[]; tasks: string[] }> {
    const { postgres } = this.database
    const send = await sendByPublicId(postgres, publicId)
    if (send === undefined) throw new Error(`no send ${publicId}`)
    const tasks = await postgres.rows<{ kind: string; open: boolean }>(
      'select kind, done_ts is null as open from task where send_id = $1',
      [send.id],
    )
    const attempts = await attemptsOfSends(postgres, [send.id])
    return { ...send, attempts, tasks: tasks.map(({ kind, open }) => (open ? kind : `${kind}, done`)) }
  }

  #neighbours(key: Key): SendsNeighbours {
    const messages = { stopped: 'She has said STOP.', held: 'She was asked.' } as Record<string, string>
    const never = () => {
      throw new Error('nobody asks this here')
    }
    const pass: SendsNeighbours['gates']['pass'] = async (_tx, { addressId, purposeId }) => {
      await this.whileAtGate()
      const reason = this.shut.get(`${addressId}`) ?? this.shut.get(`${addressId} ${purposeId}`)
      return reason === undefined ? { isOpen: true } : { isOpen: false, reason, message: messages[reason] ?? reason }
    }
    return {
      agencies: {
        brief: async () => this.agency,
        byId: async () => this.agency,
      },
      people: {
        addAddress: never,
        addressOf: never,
        addressesByIds: async (ids) =>
          new Map(this.addresses.flatMap((one) => (ids.includes(one.id) ? [[one.id, one]] : []))),
        addressById: async (id) => this.addresses.find((one) => one.id === id),
        addressesOf: async () => this.addresses,
        byId: async () => undefined,
        ensureAddress: never,
        keyOf: async () => key,
        markGood: async () => undefined,
        rootOf: async (id) => id,
      },
      preferences: { of: async () => this.preferences },
      purposes: {
        byId: async (id) => basisOf(id),
        conversationPurpose: async () => purposeOf(3, 'public-task'),
      },
      gates: {
        pass,
        passAll: (tx, asks) => Promise.all(asks.map((ask) => pass(tx, ask))),
        shut: async () => undefined,
      },
      consent: this.#consent(),
      channels: {
        all: () => [...this.channels.values()],
        byId: (id) => this.channels.get(id),
        choose: (kind) => [...this.channels.values()].find((one) => one.kind === kind),
      },
    }
  }

  /** What people's own consent does to the gates, in small. */
  #consent(): Consent {
    const each = (scope: StopScope) => (typeof scope === 'object' ? [scope.purposeId] : consented)
    const set = ({ addressId, scope }: StopWish, reason: 'held' | 'stopped' | undefined) => {
      for (const id of each(scope)) {
        if (reason === undefined) this.shut.delete(`${addressId} ${id}`)
        else this.shut.set(`${addressId} ${id}`, reason)
      }
    }
    return {
      stop: async (_tx: unknown, wish: StopWish) => {
        this.stops.push(wish)
        set(wish, 'stopped')
        return { isNew: true, purposeIds: [] }
      },
      hold: async (_tx: unknown, wish: StopWish) => set(wish, 'held'),
      release: async (_tx: unknown, wish: StopWish) => set(wish, undefined),
      start: async (_tx: unknown, wish: StopWish & { ofProof?: string }) => {
        set(wish, undefined)
        // Of one STOP: whatever the others ended stays ended.
        if (wish.ofProof === undefined) return
        for (const one of this.stops) if (one.proofKey !== wish.ofProof) set(one, 'stopped')
      },
      closeSender: async (_tx: unknown, wish: { addressId: number; channelId: string }) => {
        this.closed.push(`${wish.addressId} ${wish.channelId}`)
      },
      suppress: async (_tx: unknown, wish: { addressId: number; reason: string }) => {
        this.suppressed.push(`${wish.addressId} ${wish.reason}`)
      },
      markWritten: async () => undefined,
    } as unknown as Consent
  }
}

type Key = Awaited<ReturnType<SendsNeighbours['people']['keyOf']>>

/** A question says what it says; of everything else the number of its send is enough. */
function preparedFor(attempt: AttemptRow, send: SendRow | undefined, key: Key) {
  const question = send?.kind === 'question' ? openedWords(key, send)?.text : undefined
  const text = question ?? (attempt.form === 'notice' ? 'notice' : `words ${attempt.sendId}`)
  return { isReady: true as const, to: String(attempt.addressId), text }
}

/** A PostgreSQL that dies with the server that uses it: after so many steps nothing works any more. */
export function dying(postgres: Postgres, fuse: { step(): void }): Postgres {
  const stepping =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      fuse.step()
      return call(...args)
    }
  return {
    ...postgres,
    rows: stepping(postgres.rows.bind(postgres)) as Postgres['rows'],
    row: stepping(postgres.row.bind(postgres)) as Postgres['row'],
    run: stepping(postgres.run.bind(postgres)),
    async transaction(work) {
      fuse.step()
      const result = await postgres.transaction(async (tx) => {
        const done = await work(tx)
        // Dies before the COMMIT …
        fuse.step()
        return done
      })
      // … or right after it, before anybody here hears of it.
      fuse.step()
      return result
    },
  }
}

/** Lets so many steps pass; from then on whoever held it is dead. */
export function fuse(steps: number): { step(): void; readonly isBlown: boolean } {
  let left = steps
  return {
    step() {
      if (left-- <= 0) throw new Error('killed')
    },
    get isBlown() {
      return left < 0
    },
  }
}
