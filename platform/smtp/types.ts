/** Mail over SMTP (RFC 5321), both ways. What a mail says is made and read elsewhere: here it is bytes. */

export type SmtpPlace = {
  readonly host: string
  readonly port: number
  /**
   * - `implicit`: encrypted from the first byte (RFC 8314)
   * - `starttls`: encrypted before anything is said, or not sent at all
   * - `none`: in clear; for a relay on this machine alone
   */
  readonly tls: 'implicit' | 'starttls' | 'none'
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** How this server names itself. */
  readonly helo: string
}

export type OutgoingMail = {
  /** Where the bounce goes. */
  readonly from: string
  readonly to: string
  /** Headers and body, lines ended by CR LF. */
  readonly raw: Buffer
  readonly signal: AbortSignal
}

export type SmtpOutcome =
  /** The other server answers for it from now on. */
  | { readonly state: 'accepted' }
  | {
      readonly state: 'refused'
      /** Of the SMTP reply: 4xx may be tried again, 5xx not. */
      readonly code: number
      /** RFC 3463, where the reply held one: '5.1.1'. */
      readonly status: string | undefined
      readonly step: 'connection' | 'sender' | 'recipient' | 'content'
    }
  /** Nothing of the mail was handed over whole: it may be sent again. */
  | { readonly state: 'unreached'; readonly code: string }
  /** Everything was handed over, and no reply came. */
  | { readonly state: 'unknown' }

export interface SmtpSender {
  /** Never throws, and tries once. */
  send(mail: OutgoingMail): Promise<SmtpOutcome>
  close(): void
}

export type ReceivedMail = {
  readonly raw: Buffer
  /** Of the envelope; empty for bounces. */
  readonly from: string
  readonly to: readonly string[]
  /** Whose server it was, for SPF. */
  readonly ip: string
  readonly helo: string
}

export type ListenerWish = {
  readonly host: string
  readonly port: number
  /** PEM; without them connections stay in clear unless something before this server encrypts. */
  readonly tls?: { readonly key: string; readonly certificate: string } | undefined
  readonly helo: string
  /** Whether somebody here gets mail at this address. Others are refused at RCPT: this is no relay. */
  readonly knows: (address: string) => boolean
  /**
   * Resolves when the mail is stored for good; then the other server is told that it may forget it. `later` makes it try
   * again, `refused` makes it tell its sender.
   */
  readonly take: (mail: ReceivedMail) => Promise<'taken' | 'later' | 'refused'>
}

export interface SmtpListener {
  readonly port: number
  close(): Promise<void>
}

/** What is told of a domain: `('example.org', 'TXT')`. Throws errors with a `code` as node:dns does. */
export type DnsResolver = (domain: string, type: string) => Promise<string[][] | string[]>

export interface Smtp {
  sender(place: SmtpPlace): SmtpSender
  listen(wish: ListenerWish): Promise<SmtpListener>
  readonly resolve: DnsResolver
}
