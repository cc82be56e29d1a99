/**
 * The mail of the world outside: a relay that takes what agencies send and carries it to citizens by their scripts, and
 * citizens who write to agencies' mailboxes. Bounces come back as real reports (RFC 3464). What was outstanding when it died
 * is taken up again.
 */
import type { ReceivedMail, SmtpSender } from '#platform/api.ts'
import { refuse, type Smtp, type SmtpListener } from '#platform/api.ts'
import { drawnHex } from '../script.ts'
import type { Fact, ProviderFact, World, WorldFact } from '../world.ts'
import { bounceOf, letterOf } from './letters.ts'

export type Mailbox = {
  readonly address: string
  /** As citizens have it among their contacts. */
  readonly name?: string | undefined
  readonly host: string
  readonly port: number
}

/** A mail that the relay took. */
type Taken = {
  readonly what: 'mail.taken'
  readonly id: string
  readonly from: string
  /** Of the envelope: where bounces go. */
  readonly returnPath: string
  readonly replyTo: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly unsubscribe?: string | undefined
  readonly references: readonly string[]
  readonly arrivesMs?: number | undefined
  readonly bouncesMs?: number | undefined
  readonly reply?: { readonly text: string; readonly afterMs: number } | undefined
}

/** A mail on its way to an agency. */
type Letter = {
  readonly what: 'mail.letter'
  readonly id: string
  readonly mailbox: string
  readonly from: string
  readonly to: string
  readonly raw: string
  readonly copies: number
}

type MailFact =
  | ({ readonly what: 'mail.mailbox' } & Mailbox)
  | Taken
  | Letter
  /** The agency's server answers for it, or refused it for good. */
  | { readonly what: 'mail.handed'; readonly id: string; readonly isTaken: boolean }
  | { readonly what: 'mail.refused'; readonly to: string; readonly answer: string }

export type MailWords = {
  readonly from: string
  readonly to: string
  readonly text: string
  readonly subject?: string | undefined
  /** The Message-ID that it answers. */
  readonly inReplyTo?: string | undefined
  readonly copies?: number | undefined
}

const afterUsualMs = 250
const againFirstMs = 500
const triesMax = 12
const domain = 'simulated.example'

export class SimulatedMail {
  readonly #world: World
  readonly #smtp: Smtp
  readonly #mailboxes = new Map<string, Mailbox>()
  readonly #taken: Taken[] = []
  readonly #letters: Letter[] = []
  readonly #done = new Set<string>()
  readonly #underWay = new Set<string>()
  readonly #senders = new Map<string, SmtpSender>()
  readonly #running = new AbortController()
  #made = 0
  #listener: SmtpListener | undefined

  constructor(world: World, smtp: Smtp) {
    this.#world = world
    this.#smtp = smtp
    world.onFact((fact) => this.#fold(fact))
    world.onForget((address) => {
      const isOther = ({ from, to }: { from: string; to: string }) => from !== address && to !== address
      this.#taken.splice(0, this.#taken.length, ...this.#taken.filter(isOther))
      this.#letters.splice(0, this.#letters.length, ...this.#letters.filter(isOther))
    })
  }

  /** The relay's port on the loopback address; 0 before it is open. */
  get port(): number {
    return this.#listener?.port ?? 0
  }

  /** Mails on their way to agencies. */
  get underWay(): number {
    return this.#underWay.size
  }

  async open(port: number): Promise<void> {
    this.#listener = await this.#smtp.listen({
      host: '127.0.0.1',
      port,
      helo: domain,
      knows: () => true,
      take: (mail) => this.#take(mail),
    })
  }

  async close(): Promise<void> {
    this.#running.abort()
    for (const sender of this.#senders.values()) sender.close()
    await this.#listener?.close()
  }

  mailboxes(): Iterable<Mailbox> {
    return this.#mailboxes.values()
  }

  async register(mailbox: Mailbox): Promise<void> {
    await this.#add({ what: 'mail.mailbox', ...mailbox })
  }

  /** A citizen writes. @returns the Message-ID. */
  async say(words: MailWords, answering?: string): Promise<string> {
    const mailbox = this.#mailboxOf(words.to)
    if (mailbox === undefined) throw refuse('M_NOT_FOUND', 'The simulator has no such mailbox. Register it first.')
    const id = this.#newId()
    const { from, to, text, subject } = words
    const raw = letterOf({ ...words, id, atMs: this.#world.clock.nowMs() })
    const letter: Letter = {
      what: 'mail.letter',
      id,
      mailbox: mailbox.address,
      from,
      to,
      raw,
      copies: words.copies ?? 1,
    }
    await this.#world.add(
      {
        what: 'said',
        kind: 'mail',
        from,
        to,
        text,
        id,
        ...(subject !== undefined && { subject }),
        ...(answering !== undefined && { answering }),
      },
      letter as unknown as ProviderFact,
    )
    this.#carry(letter)
    return id
  }

  /** Once, after the facts of the past were folded. */
  resume(): void {
    this.#made = this.#world.facts.length
    for (const taken of this.#taken) this.#follow(taken)
    for (const letter of this.#letters) this.#carry(letter)
  }

  async #take({ raw, from, to }: ReceivedMail): Promise<'taken' | 'later' | 'refused'> {
    const address = to[0] ?? ''
    const step = await this.#world.step(address)
    const answer = step.answer ?? 'accept'
    if (answer === 'throttle' || answer === 'error' || answer === 'refuse') {
      await this.#add({ what: 'mail.refused', to: address, answer })
      return answer === 'refuse' ? 'refused' : 'later'
    }
    const nowMs = this.#world.clock.nowMs()
    const endMs = nowMs + (step.afterMs ?? afterUsualMs)
    const isLost = step.end === 'lost'
    const read = await wordsIn(raw)
    const taken: Taken = {
      what: 'mail.taken',
      returnPath: from,
      to: address,
      ...read,
      ...(step.end === 'undelivered' ? { bouncesMs: endMs } : isLost ? {} : { arrivesMs: endMs }),
      ...(step.reply && { reply: { text: step.reply.text, afterMs: step.reply.afterMs ?? 0 } }),
    }
    await this.#add(taken)
    this.#follow(taken)
    // It was taken, and the other server never hears of it.
    if (answer === 'timeout') await new Promise((resolve) => this.#running.signal.addEventListener('abort', resolve))
    return 'taken'
  }

  #follow(taken: Taken): void {
    const { schedule } = this.#world
    const { id, arrivesMs, bouncesMs, reply } = taken
    if (arrivesMs !== undefined && !this.#done.has(`received ${id}`)) {
      schedule.at(arrivesMs, () => void this.#world.add(this.#received(taken)))
    }
    if (bouncesMs !== undefined && !this.#done.has(`letter <bounce.${plain(id)}>`)) {
      schedule.at(bouncesMs, () => void this.#bounce(taken))
    }
    if (arrivesMs !== undefined && reply !== undefined && !this.#done.has(`answered ${id}`)) {
      const { from, replyTo, to, subject } = taken
      const answer = { from: to, to: replyTo || from, text: reply.text, subject: `Re: ${subject}`, inReplyTo: id }
      schedule.at(arrivesMs + reply.afterMs, () => void this.say(answer, id).catch(() => undefined))
    }
  }

  #received({ to, from, text, subject, id }: Taken): WorldFact {
    return { what: 'received', kind: 'mail', to, from, text, subject, id }
  }

  async #bounce(taken: Taken): Promise<void> {
    const mailbox = this.#mailboxOf(taken.returnPath)
    if (mailbox === undefined) return
    const id = `<bounce.${plain(taken.id)}>`
    const raw = bounceOf({ ...taken, id, atMs: this.#world.clock.nowMs() })
    const letter: Letter = {
      what: 'mail.letter',
      id,
      mailbox: mailbox.address,
      from: '',
      to: taken.returnPath,
      raw,
      copies: 1,
    }
    await this.#add(letter)
    this.#carry(letter)
  }

  #carry(letter: Letter, tries = 0): void {
    if (this.#done.has(`handed ${letter.id}`)) return
    void this.#hand(letter, tries).catch(() => undefined)
  }

  async #hand(letter: Letter, tries: number): Promise<void> {
    const { clock, schedule } = this.#world
    const mailbox = this.#mailboxes.get(letter.mailbox)
    if (mailbox === undefined || this.#running.signal.aborted) return
    const mail = { from: letter.from, to: letter.to, raw: Buffer.from(letter.raw), signal: this.#running.signal }
    const sender = this.#senderTo(mailbox)
    let outcome = await sender.send(mail)
    for (let copy = 1; copy < letter.copies; copy += 1) outcome = await sender.send(mail)
    const isRefused = outcome.state === 'refused' && outcome.code >= 500
    if (outcome.state === 'accepted' || isRefused || tries + 1 >= triesMax) {
      await this.#add({ what: 'mail.handed', id: letter.id, isTaken: outcome.state === 'accepted' })
    } else {
      schedule.at(clock.nowMs() + againFirstMs * 2 ** tries, () => this.#carry(letter, tries + 1))
    }
  }

  #senderTo({ host, port }: Mailbox): SmtpSender {
    const key = `${host} ${port}`
    const sender = this.#senders.get(key) ?? this.#smtp.sender({ host, port, tls: 'none', helo: domain })
    this.#senders.set(key, sender)
    return sender
  }

  /** Of an address with a tag too. */
  #mailboxOf(address: string): Mailbox | undefined {
    return this.#mailboxes.get(address.toLowerCase().replace(/\+[^@]*@/, '@'))
  }

  #newId(): string {
    this.#made += 1
    return `<${drawnHex(this.#world.seed, `mail ${this.#made}`, 24)}@${domain}>`
  }

  async #add(fact: MailFact): Promise<void> {
    await this.#world.add(fact as unknown as ProviderFact)
  }

  #fold(fact: Fact): void {
    const own = fact as unknown as
      | MailFact
      | { what: 'received'; kind: string; id: string }
      | { what: 'said'; answering?: string }
    switch (own.what) {
      case 'mail.mailbox':
        this.#mailboxes.set(own.address, own)
        return
      case 'mail.taken':
        this.#taken.push(own)
        return
      case 'mail.letter':
        this.#letters.push(own)
        this.#done.add(`letter ${own.id}`)
        this.#underWay.add(own.id)
        return
      case 'mail.handed':
        this.#done.add(`handed ${own.id}`)
        this.#underWay.delete(own.id)
        return
      case 'received':
        this.#done.add(`received ${own.id}`)
        return
      case 'said':
        if (own.answering !== undefined) this.#done.add(`answered ${own.answering}`)
    }
  }
}

const plain = (id: string) => id.replace(/[<>]/g, '')

async function wordsIn(raw: Buffer) {
  const { simpleParser } = await import('mailparser')
  const read = await simpleParser(raw, { skipTextToHtml: true, checksumAlgo: false })
  const { references = [] } = read
  const list = read.headers.get('list') as { unsubscribe?: { url?: string } } | undefined
  const unsubscribe = list?.unsubscribe?.url
  return {
    id: read.messageId ?? '',
    from: read.from?.value[0]?.address ?? '',
    replyTo: read.replyTo?.value[0]?.address ?? '',
    subject: read.subject ?? '',
    text: (read.text ?? '').trim(),
    references: Array.isArray(references) ? references : [references],
    ...(unsubscribe !== undefined && { unsubscribe }),
  }
}
