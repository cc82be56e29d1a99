import { createPrivateKey } from 'node:crypto'
import type { SmtpPlace } from '#platform/api.ts'
import type { Settings } from '../settings.ts'
import type { DkimKey } from './compose-mail.ts'
import { type Mailbox, mailbox } from './mail-address.ts'
import { mailboxLocalMax } from './tags.ts'

export type MailSettings = {
  readonly box: Mailbox
  readonly smtp: SmtpPlace
  readonly listen?: {
    readonly host: string
    readonly port: number
    readonly tls?: { readonly key: string; readonly certificate: string }
  }
  readonly dkim?: DkimKey
  readonly perSecond?: number
  /** Whether the records of senders' domains are asked for. */
  readonly checksSenders: boolean
}

const hostShape = /^[a-zA-Z0-9._:-]{1,253}$/
const hostRight = 'the name or address of a machine'
const nobody: Mailbox = { name: '', address: '', local: '', domain: '' }

/** What is wrong is told to `settings`; the result is then not used. */
export function readMailSettings(settings: Settings): MailSettings {
  const from = settings.text('from', /^[^\r\n]{3,320}$/, 'a mailbox, such as "City of Example <desk@city.example>"')
  const box = mailbox(from)
  if (box === undefined && from !== '') settings.wrong('from', 'It is no mailbox. Give "Name <local@domain>".')
  if (box?.local.includes('+')) settings.wrong('from', 'Its name must not hold a plus: Chancery adds its own.')
  if ((box?.local.length ?? 0) > mailboxLocalMax) {
    settings.wrong(
      'from',
      `The part before the @ is longer than ${mailboxLocalMax} characters, which leaves no room for tags.`,
    )
  }
  const perSecond = settings.number('perSecond', 0.1, 1_000)
  const checksSenders = settings.flag('checkSenders') ?? true
  const dkim = readDkim(settings.group('dkim'))
  const listen = readListen(settings.group('listen'))
  return {
    box: box ?? nobody,
    smtp: readSmtp(settings, box?.domain ?? ''),
    checksSenders,
    ...(listen !== undefined && { listen }),
    ...(dkim !== undefined && { dkim }),
    ...(perSecond !== undefined && { perSecond }),
  }
}

function readSmtp(settings: Settings, domain: string): SmtpPlace {
  const smtp = settings.group('smtp')
  if (smtp === undefined) {
    settings.wrong('smtp', 'It is missing. Give host and port of the relay that takes mail from this server.')
    return { host: '', port: 0, tls: 'starttls', helo: domain }
  }
  const host = smtp.text('host', hostShape, hostRight)
  const port = smtp.number('port', 1, 65_535)
  const usual = port === 465 ? 'implicit' : isLocal(host) ? 'none' : 'starttls'
  const tls = smtp.optional('tls', /^(implicit|starttls|none)$/, 'implicit, starttls or none') as
    | SmtpPlace['tls']
    | undefined
  if (tls === 'none' && !isLocal(host)) {
    smtp.wrong('tls', 'Mail would cross the network in clear. Give implicit or starttls, or a relay on this machine.')
  }
  const user = smtp.optional('user', /^.{1,255}$/, 'the name that the relay knows this server by')
  const password = smtp.optional('password', /^.{1,1024}$/, 'the password that goes with it')
  const helo = smtp.optional('helo', hostShape, hostRight) ?? domain
  smtp.refuseOthers()
  return { host, port: port ?? 587, tls: tls ?? usual, user, password, helo }
}

const isLocal = (host: string) => host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

function readListen(listen: Settings | undefined): MailSettings['listen'] {
  if (listen === undefined) return undefined
  const host = listen.optional('host', hostShape, hostRight) ?? '127.0.0.1'
  const port = listen.number('port', 0, 65_535)
  if (port === undefined)
    listen.wrong('port', 'It is missing. Give the port at which other servers bring mail, 25 say.')
  const key = listen.optional('tlsKey', /PRIVATE KEY/, 'a private key in PEM; best as tlsKeyFile')
  const certificate = listen.optional(
    'tlsCertificate',
    /BEGIN CERTIFICATE/,
    'certificates in PEM; best as tlsCertificateFile',
  )
  if ((key === undefined) !== (certificate === undefined)) {
    listen.wrong('tlsKey', 'Give tlsKey and tlsCertificate together, or none of them.')
  }
  listen.refuseOthers()
  const tls = key === undefined || certificate === undefined ? undefined : { key, certificate }
  return { host, port: port ?? 0, ...(tls !== undefined && { tls }) }
}

function readDkim(dkim: Settings | undefined): DkimKey | undefined {
  if (dkim === undefined) return undefined
  const domain = dkim.text('domain', hostShape, 'the domain that signs')
  const selector = dkim.text(
    'selector',
    /^[a-zA-Z0-9._-]{1,63}$/,
    'the selector below which the public key is published',
  )
  const privateKey = dkim.text('privateKey', /PRIVATE KEY/, 'a private key in PEM; best as privateKeyFile')
  if (privateKey !== '' && !isPrivateKey(privateKey)) {
    dkim.wrong('privateKey', 'It cannot be read. Give a private key in PEM that needs no passphrase.')
  }
  dkim.refuseOthers()
  return { domain, selector, privateKey }
}

function isPrivateKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private'
  } catch {
    return false
  }
}
