import { Readable } from 'node:stream'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import { limits } from '../limits.ts'
import type { OutgoingMail, SmtpOutcome, SmtpPlace, SmtpSender } from './types.ts'

type Failure = Error & { code?: string; command?: string; responseCode?: number; response?: string }

/** Sends over a few connections that are kept while there is something to send. */
export function createSmtpSender(place: SmtpPlace): SmtpSender {
  return new Sender(place)
}

class Sender implements SmtpSender {
  readonly #place: SmtpPlace
  readonly #idle: SMTPConnection[] = []
  readonly #waiting: (() => void)[] = []
  #open = 0
  #isClosed = false

  constructor(place: SmtpPlace) {
    this.#place = place
  }

  async send(mail: OutgoingMail): Promise<SmtpOutcome> {
    await this.#turn()
    try {
      if (mail.signal.aborted || this.#isClosed) return { state: 'unreached', code: 'aborted' }
      const connection = await this.#connection()
      if ('state' in connection) return connection
      return await this.#handOver(connection, mail)
    } finally {
      this.#open -= 1
      this.#waiting.shift()?.()
    }
  }

  close(): void {
    this.#isClosed = true
    for (const connection of this.#idle.splice(0)) connection.quit()
  }

  async #turn(): Promise<void> {
    while (this.#open >= limits.smtpConnectionsMax) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#open += 1
  }

  async #connection(): Promise<SMTPConnection | SmtpOutcome> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    const { host, port, tls, helo, user, password } = this.#place
    const { default: Connection } = await import('nodemailer/lib/smtp-connection')
    const connection = new Connection({
      host,
      port,
      name: helo,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      connectionTimeout: limits.smtpTimeoutMs,
      greetingTimeout: limits.smtpTimeoutMs,
      socketTimeout: limits.smtpTimeoutMs,
      allowInternalNetworkInterfaces: true,
    })
    const failure = await new Promise<Failure | undefined>((resolve) => {
      connection.once('error', resolve)
      connection.once('end', () => resolve(new Error('ended')))
      connection.connect((error) => {
        if (error || user === undefined) return resolve(error ?? undefined)
        connection.login({ user, pass: password ?? '' }, (refused) => resolve(refused ?? undefined))
      })
    })
    connection.removeAllListeners('error')
    // Whatever still breaks on it is told to whoever uses it.
    connection.on('error', () => this.#forget(connection))
    connection.on('end', () => this.#forget(connection))
    if (failure === undefined) return connection
    connection.close()
    return outcomeOf(failure, 'connection', false)
  }

  #forget(connection: SMTPConnection): void {
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  async #handOver(connection: SMTPConnection, mail: OutgoingMail): Promise<SmtpOutcome> {
    const message = new HandedOver(mail.raw)
    const envelope = { from: mail.from, to: [mail.to], size: mail.raw.length }
    const { promise, resolve } = Promise.withResolvers<Failure | undefined>()
    const broken = () => resolve(Object.assign(new Error('closed'), { code: 'ECONNECTION' }))
    connection.once('error', resolve)
    connection.once('end', broken)
    mail.signal.addEventListener('abort', broken, { once: true })
    connection.send(envelope, message, (error) => resolve((error as Failure | null) ?? undefined))
    const failure = await promise
    connection.removeListener('error', resolve)
    connection.removeListener('end', broken)
    mail.signal.removeEventListener('abort', broken)
    if (failure === undefined) {
      if (this.#isClosed || this.#idle.length >= limits.smtpConnectionsMax) connection.quit()
      else this.#keep(connection)
      return { state: 'accepted' }
    }
    connection.close()
    return outcomeOf(failure, stepOf(failure.command), message.isWhole)
  }

  #keep(connection: SMTPConnection): void {
    this.#idle.push(connection)
    const timer = setTimeout(() => {
      if (!this.#idle.includes(connection)) return
      this.#forget(connection)
      connection.quit()
    }, limits.smtpIdleMs)
    timer.unref()
  }
}

/** The mail's bytes, and whether all of them were given out: before that no server can have taken it. */
class HandedOver extends Readable {
  readonly #raw: Buffer
  #at = 0
  isWhole = false

  constructor(raw: Buffer) {
    super({ highWaterMark: 1 })
    this.#raw = raw
  }

  override _read(): void {
    const end = Math.min(this.#at + 65_536, this.#raw.length)
    if (this.#at >= this.#raw.length) {
      this.isWhole = true
      this.push(null)
      return
    }
    this.push(this.#raw.subarray(this.#at, end))
    this.#at = end
  }
}

function stepOf(command: string | undefined): 'connection' | 'sender' | 'recipient' | 'content' {
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  return command === 'DATA' ? 'content' : 'connection'
}

function outcomeOf(failure: Failure, step: ReturnType<typeof stepOf>, wasWhole: boolean): SmtpOutcome {
  const { responseCode: code, response = '' } = failure
  if (code !== undefined && code >= 400) {
    return { state: 'refused', code, status: /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0], step }
  }
  if (wasWhole) return { state: 'unknown' }
  return { state: 'unreached', code: failure.code ?? 'ECONNECTION' }
}
