/**
 * Twilio's messaging as it is seen from outside: takes messages, carries them to citizens by their scripts, calls web hooks,
 * and is called by citizens. What it knows is folded from facts, and what was outstanding when it died is taken up again.
 */
import { refuse } from '#platform/api.ts'
import { twilioSignature } from '../../twilio/signature.ts'
import type { Caller } from '../caller.ts'
import { drawnHex, type Step } from '../script.ts'
import type { Fact, ProviderFact, World, WorldFact } from '../world.ts'
import { planOf } from './plan.ts'
import type { Media, MessageFact, NumberFact, PlannedState, TwilioFact } from './twilio-facts.ts'

export type Message = MessageFact & { readonly createdMs: number; isRedacted: boolean }

type SayOptions = {
  readonly media?: readonly Omit<Media, 'sid'>[]
  /** How often the provider calls about it. */
  readonly copies?: number
  /** The message to which a script lets her answer. */
  readonly answering?: string
}

const apiVersion = '2010-04-01'
/** Twilio's own lists: the words alone, in any case. */
const stopWords: ReadonlySet<string> = new Set([
  'stop',
  'stopall',
  'unsubscribe',
  'cancel',
  'end',
  'quit',
  'revoke',
  'optout',
  'stop all',
])
const startWords: ReadonlySet<string> = new Set(['start', 'yes', 'unstop'])
const helpWords: ReadonlySet<string> = new Set(['help', 'info'])
const providerWords = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
} as const

export class SimulatedTwilio {
  readonly #world: World
  readonly #caller: Caller
  readonly #baseUrl: () => string
  readonly #numbers = new Map<string, NumberFact>()
  readonly #messages = new Map<string, Message>()
  /** The newest last, as they were made. */
  readonly #order: Message[] = []
  readonly #optedOut = new Set<string>()
  /** Hooks that came to their end: `sid step`. */
  readonly #called = new Set<string>()
  readonly #arrived = new Set<string>()
  readonly #answered = new Set<string>()
  #made = 0

  /** `baseUrl` is where its HTTP is reached: addresses of files begin with it. */
  constructor(world: World, caller: Caller, baseUrl: () => string) {
    this.#world = world
    this.#caller = caller
    this.#baseUrl = baseUrl
    world.onFact((fact) => this.#fold(fact))
    world.onForget((address) => this.#forget(address))
  }

  #forget(address: string): void {
    const isHers = ({ from, to }: Message) => from === address || to === address
    for (const message of this.#order) if (isHers(message)) this.#messages.delete(message.sid)
    this.#order.splice(0, this.#order.length, ...this.#order.filter((message) => !isHers(message)))
    for (const number of this.#numbers.keys()) this.#optedOut.delete(`${number} ${address}`)
  }

  number(number: string): NumberFact | undefined {
    return this.#numbers.get(number)
  }

  numbers(): Iterable<NumberFact> {
    return this.#numbers.values()
  }

  tokenOf(accountSid: string): string | undefined {
    return [...this.#numbers.values()].find((one) => one.accountSid === accountSid)?.authToken
  }

  /** A message that is there; redacted ones without their words. */
  message(accountSid: string, sid: string): Message | undefined {
    const message = this.#messages.get(sid)
    return message?.accountSid === accountSid ? message : undefined
  }

  /** The newest first. */
  *messages(accountSid: string): Generator<Message> {
    for (let at = this.#order.length - 1; at >= 0; at--) {
      const message = this.#order[at]!
      if (message.accountSid === accountSid && this.#messages.has(message.sid)) yield message
    }
  }

  stateOf(message: Message): PlannedState | undefined {
    const nowMs = this.#world.clock.nowMs()
    return message.plan?.findLast(({ atMs }) => atMs <= nowMs)
  }

  isOptedOut(number: string, address: string): boolean {
    return this.#optedOut.has(`${number} ${address}`)
  }

  async register(number: Omit<NumberFact, 'what'>): Promise<void> {
    await this.#add({ what: 'twilio.number', ...number })
  }

  async refused(to: string, status: number, code: number): Promise<void> {
    await this.#add({ what: 'twilio.refused', to, status, code })
  }

  async accept(
    wish: Pick<MessageFact, 'accountSid' | 'from' | 'to' | 'body' | 'messagingServiceSid' | 'statusCallback'>,
    step: Step,
  ): Promise<Message> {
    const { plan, arrivesMs } = planOf(step, this.#world.clock.nowMs())
    const reply = step.reply && { text: step.reply.text, afterMs: step.reply.afterMs ?? 0 }
    const sid = this.#newSid('SM')
    const fact: MessageFact = {
      what: 'twilio.message',
      sid,
      direction: 'outbound-api',
      ...wish,
      plan,
      arrivesMs,
      reply,
    }
    await this.#add(fact)
    const message = this.#messages.get(sid)!
    this.#takeUp(message)
    return message
  }

  /** A citizen writes. Twilio calls `copies` times. @returns the message's id. */
  async say(
    from: string,
    to: string,
    body: string,
    { media = [], copies = 1, answering }: SayOptions = {},
  ): Promise<string> {
    const number = this.#numbers.get(to)
    if (number === undefined) throw refuse('M_NOT_FOUND', 'The simulator has no such number. Register it first.')
    const sid = this.#newSid(media.length > 0 ? 'MM' : 'SM')
    const word = commandIn(body)
    const files = media.map((one, at) => ({ sid: `ME${drawnHex(this.#world.seed, `media ${sid} ${at}`, 32)}`, ...one }))
    const message: MessageFact = {
      what: 'twilio.message',
      sid,
      accountSid: number.accountSid,
      direction: 'inbound',
      from,
      to,
      body,
      copies,
      ...(files.length > 0 && { media: files }),
      ...(number.optOut === 'advanced' && word !== undefined && { optOutType: word }),
    }
    await this.#world.add(
      { what: 'said', kind: 'sms', from, to, text: body, id: sid, ...(answering !== undefined && { answering }) },
      message as unknown as ProviderFact,
      ...(number.optOut === 'off' || word === undefined ? [] : this.#obey(number.number, from, word)),
    )
    this.#takeUp(this.#messages.get(sid)!)
    return sid
  }

  async redact(message: Message, isDeleted: boolean): Promise<void> {
    await this.#add({ what: 'twilio.redacted', sid: message.sid, isDeleted })
  }

  /** Once, after the facts of the past were folded: goes on where it had stopped. */
  resume(): void {
    // Each id came with a fact at least, so that none is made twice.
    this.#made = this.#world.facts.length
    for (const message of this.#order) this.#takeUp(message)
  }

  #obey(number: string, address: string, word: 'STOP' | 'START' | 'HELP'): (WorldFact | ProviderFact)[] {
    const isOut = this.isOptedOut(number, address)
    const facts: (WorldFact | ProviderFact)[] = []
    if (word !== 'HELP') facts.push({ what: 'twilio.opt-out', number, address, isOut: word === 'STOP' })
    // A second STOP is not answered.
    if (word === 'STOP' && isOut) return facts
    const id = this.#newSid('SM')
    const text = providerWords[word]
    return [...facts, { what: 'received', kind: 'sms', to: address, from: number, text, id, byProvider: true }]
  }

  #takeUp(message: Message): void {
    if (message.direction === 'inbound') {
      this.#callInbound(message)
      return
    }
    const { schedule } = this.#world
    const { arrivesMs } = message
    if (arrivesMs !== undefined && !this.#arrived.has(message.sid)) {
      schedule.at(arrivesMs, () => void this.#arrive(message))
    } else if (arrivesMs !== undefined && message.reply !== undefined && !this.#answered.has(message.sid)) {
      this.#reply(message, arrivesMs)
    }
    if (message.statusCallback === undefined) return
    for (const [step, state] of (message.plan ?? []).entries()) {
      if (this.#called.has(`${message.sid} ${step}`)) continue
      for (const toldMs of state.toldMs) schedule.at(toldMs, () => this.#callStatus(message, step, state))
    }
  }

  async #arrive(message: Message): Promise<void> {
    const { from, to, body, sid } = message
    if (this.#arrived.has(sid)) return
    await this.#world.add({ what: 'received', kind: 'sms', to, from, text: body, id: sid })
    if (message.reply !== undefined) this.#reply(message, this.#world.clock.nowMs())
  }

  #reply({ sid, from, to, reply }: Message, fromMs: number): void {
    this.#world.schedule.at(fromMs + reply!.afterMs, () => {
      if (this.#numbers.has(from)) void this.say(to, from, reply!.text, { answering: sid })
    })
  }

  #callStatus(message: Message, step: number, state: PlannedState): void {
    const form = new URLSearchParams({
      ApiVersion: apiVersion,
      MessageSid: message.sid,
      SmsSid: message.sid,
      AccountSid: message.accountSid,
      From: message.from,
      To: message.to,
      MessageStatus: state.status,
      SmsStatus: state.status,
      ...(message.messagingServiceSid !== undefined && { MessagingServiceSid: message.messagingServiceSid }),
      ...(state.errorCode !== undefined && { ErrorCode: String(state.errorCode) }),
    })
    this.#call(message, step, message.statusCallback!, form)
  }

  #callInbound(message: Message): void {
    const url = this.#numbers.get(message.to)?.inboundUrl
    if (url === undefined || this.#called.has(`${message.sid} -1`)) return
    const form = new URLSearchParams({
      ToCountry: 'US',
      SmsMessageSid: message.sid,
      NumMedia: String(message.media?.length ?? 0),
      SmsSid: message.sid,
      SmsStatus: 'received',
      FromCountry: 'US',
      Body: message.body,
      To: message.to,
      NumSegments: '1',
      MessageSid: message.sid,
      AccountSid: message.accountSid,
      From: message.from,
      ApiVersion: apiVersion,
      ...(message.optOutType !== undefined && { OptOutType: message.optOutType }),
    })
    for (const [at, media] of (message.media ?? []).entries()) {
      form.set(`MediaContentType${at}`, media.type)
      form.set(`MediaUrl${at}`, mediaUrl(this.#baseUrl(), message, media))
    }
    for (let copy = 0; copy < (message.copies ?? 1); copy++) this.#call(message, -1, url, form)
  }

  #call({ sid, accountSid }: Message, step: number, url: string, form: URLSearchParams): void {
    const token = this.tokenOf(accountSid) ?? ''
    const end = (isTaken: boolean) => void this.#add({ what: 'twilio.called', sid, step, isTaken })
    this.#caller.call({
      url,
      headers: {
        'x-twilio-signature': twilioSignature(token, url.split('#', 1)[0]!, form),
        'i-twilio-idempotency-token': drawnHex(this.#world.seed, `call ${sid} ${step}`, 32),
        'user-agent': 'TwilioProxy/1.1',
      },
      body: form.toString(),
      onDone: () => end(true),
      onGivenUp: () => end(false),
    })
  }

  #newSid(prefix: string): string {
    this.#made += 1
    return prefix + drawnHex(this.#world.seed, `sid ${this.#made}`, 32)
  }

  async #add(fact: TwilioFact): Promise<void> {
    await this.#world.add(fact as unknown as ProviderFact)
  }

  #fold(fact: Fact): void {
    const own = fact as unknown as (
      | TwilioFact
      | { what: 'received'; id: string }
      | { what: 'said'; answering?: string }
    ) & { atMs: number }
    switch (own.what) {
      case 'twilio.number':
        this.#numbers.set(own.number, own)
        return
      case 'twilio.message': {
        const message = { ...own, createdMs: own.atMs, isRedacted: false }
        this.#messages.set(own.sid, message)
        this.#order.push(message)
        return
      }
      case 'twilio.called':
        this.#called.add(`${own.sid} ${own.step}`)
        return
      case 'twilio.opt-out':
        if (own.isOut) this.#optedOut.add(`${own.number} ${own.address}`)
        else this.#optedOut.delete(`${own.number} ${own.address}`)
        return
      case 'twilio.redacted': {
        const message = this.#messages.get(own.sid)
        if (message !== undefined) message.isRedacted = true
        if (own.isDeleted) this.#messages.delete(own.sid)
        return
      }
      case 'received':
        this.#arrived.add(own.id)
        return
      case 'said':
        if (own.answering !== undefined) this.#answered.add(own.answering)
    }
  }
}

export function mediaUrl(baseUrl: string, { accountSid, sid }: Message, media: Media): string {
  return `${baseUrl}/${apiVersion}/Accounts/${accountSid}/Messages/${sid}/Media/${media.sid}`
}

function commandIn(body: string): 'STOP' | 'START' | 'HELP' | undefined {
  const word = body.trim().toLowerCase()
  if (stopWords.has(word)) return 'STOP'
  if (startWords.has(word)) return 'START'
  return helpWords.has(word) ? 'HELP' : undefined
}
