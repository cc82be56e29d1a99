import { isIP } from 'node:net'
import { isServerName } from '#matrix/api.ts'
import { type RateChanges, rates } from '../limits.ts'
import { type LimitChanges, type SettableLimit, settableLimits } from '../settable-limits.ts'

/** What an option may hold: how its text is read, and the sentence for a text that cannot be. */
export type Kind<T> = {
  /** Undefined when the text is wrong. */
  readonly read: (text: string) => T | undefined
  /** Follows "Give ": what would be right. */
  readonly right: string
  /** Written in the file as YAML of any depth, which `read` gets as JSON. */
  readonly isTree?: true
}

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

export const path: Kind<string> = {
  read: (text) => (text.trim() === '' || text.includes('\0') ? undefined : text),
  right: 'the path of a file or folder',
}

export const secret: Kind<string> = {
  read: (text) => (text === '' ? undefined : text),
  right: 'a text that is not empty',
}

export const port: Kind<number> = { read: (text) => wholeNumber(text, 1, 65_535), right: 'a number from 1 to 65535' }

export const portOrOff: Kind<number> = {
  read: (text) => (text === 'off' ? 0 : wholeNumber(text, 0, 65_535)),
  right: 'a number from 1 to 65535, or 0 for none',
}

export const host: Kind<string> = {
  read: (text) => (isIP(text) !== 0 || (hostName.test(text) && !/^[\d.]+$/.test(text)) ? text : undefined),
  right: 'an address such as 127.0.0.1, 0.0.0.0 or ::, or a host name, without a port',
}

export const serverName: Kind<string> = {
  read: (text) => (isServerName(text) ? text : undefined),
  right: 'a host name such as chat.agency.example, with or without a port; letters, digits, dots and hyphens',
}

/** An origin: what follows a host in a URL would be lost or doubled in the links that are made from it. */
export const publicUrl: Kind<string> = {
  read(text) {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
    const url = new URL(text)
    const isOrigin = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
    return isOrigin && url.pathname === '/' ? url.origin : undefined
  },
  right: 'a URL such as https://chat.agency.example, without a path, user name or query',
}

export const origins: Kind<readonly string[]> = {
  read(text) {
    const read = text.split(',').map((entry) => publicUrl.read(entry.trim()))
    return read.some((origin) => origin === undefined) ? undefined : Object.freeze(read as string[])
  },
  right: 'URLs without a path, separated by commas, such as https://push.agency.example, http://10.0.0.7:5000',
}

/** Bytes; what comes with no unit would be misread too easily. */
export const size: Kind<number> = {
  read: bytesOf,
  right: 'a size such as 100 MiB or 2 GiB (KiB, MiB, GiB, TiB)',
}

export const sizeOrOff: Kind<number> = {
  read: (text) => (text.toLowerCase() === 'off' ? 0 : bytesOf(text)),
  right: 'a size such as 500 MiB or 10 GiB (KiB, MiB, GiB, TiB), or off for no bound',
}

/** Host names, and all beneath one by a star before it. */
export const hosts: Kind<readonly string[]> = {
  read(text) {
    const entries = text.split(',').map((entry) => entry.trim().toLowerCase())
    return entries.every((entry) => hostName.test(entry.replace(/^\*\./, ''))) ? Object.freeze(entries) : undefined
  },
  right: 'host names, separated by commas, such as example.org, *.agency.example',
}

export const databaseUrl: Kind<string> = {
  read: (text) => (/^postgres(ql)?:\/\/./.test(text) && URL.canParse(text) ? text : undefined),
  right: 'a URL such as postgres://user:password@host:5432/database',
}

export const networks: Kind<readonly string[]> = {
  read(text) {
    const entries = text.split(',').map((entry) => entry.trim())
    return entries.every(isNetwork) ? Object.freeze(entries) : undefined
  },
  right: 'addresses or networks, separated by commas, such as 10.0.0.7, 192.168.0.0/16, fd00::/8',
}

/** Instead of the table's, for the kinds of acts that are named. */
export const rateChanges: Kind<RateChanges> = {
  read(text) {
    const changes: Record<string, { burst: number; perSecond: number }> = {}
    for (const entry of text.split(',')) {
      const match = /^\s*([A-Za-z]+)\s*=\s*(\d{1,6})\s*\/\s*(\d{1,6}(?:\.\d{1,6})?)\s*$/.exec(entry)
      const [burst, perSecond] = [Number(match?.[2]), Number(match?.[3])]
      if (match === null || !Object.hasOwn(rates, match[1]!) || burst < 1 || perSecond <= 0) return undefined
      changes[match[1]!] = Object.freeze({ burst, perSecond })
    }
    return Object.freeze(changes)
  },
  right:
    'kinds of acts, each with how many at once and how many a second, such as login=100/5, message=600/100. ' +
    `The kinds are ${Object.keys(rates).join(', ')}`,
}

/** Instead of the table's, for the limits that are named. */
export const limitChanges: Kind<LimitChanges> = {
  read(text) {
    const changes: Record<string, number> = {}
    for (const entry of text.split(',')) {
      const [, name = '', digits = ''] = /^\s*([A-Za-z]+)\s*=\s*(\d{1,15})\s*$/.exec(entry) ?? []
      if (!Object.hasOwn(settableLimits, name)) return undefined
      const { from, to } = settableLimits[name as SettableLimit]
      const value = Number(digits)
      if (value < from || value > to) return undefined
      changes[name] = value
    }
    return Object.freeze(changes)
  },
  right:
    'limits, each with a number within its bounds, such as passwordCharactersMin=20, devicesOfPersonMax=50. ' +
    'The limits and their bounds stand in docs/reference/options.md',
}

/** One entry of the list of channels. What the keys mean is known in channels/. */
export type ChannelEntry = Readonly<Record<string, unknown>>

export const channelList: Kind<readonly ChannelEntry[]> = {
  isTree: true,
  read(text) {
    try {
      const list: unknown = JSON.parse(text)
      const isList = Array.isArray(list) && list.every((one) => typeof one === 'object' && !Array.isArray(one) && one)
      return isList ? Object.freeze(list as ChannelEntry[]) : undefined
    } catch {
      return undefined
    }
  },
  right: 'a list of channels, each with id, kind and what its kind needs; as JSON outside of the file',
}

/** From when on something holds in a country; never at Infinity. */
export type CountryDate = { readonly country: string; readonly fromMs: number }

export const countryDates: Kind<readonly CountryDate[]> = {
  read(text) {
    const dates = text.split(',').map((entry) => {
      const [, country = '', day = ''] = /^\s*([A-Z]{2})\s*=\s*(\d{4}-\d{2}-\d{2}|never)\s*$/.exec(entry) ?? []
      return { country, fromMs: day === 'never' ? Number.POSITIVE_INFINITY : Date.parse(`${day}T00:00:00Z`) }
    })
    const isRight = dates.every(({ fromMs }) => !Number.isNaN(fromMs))
    return isRight ? Object.freeze(dates) : undefined
  },
  right: 'countries, each with the day from which it holds or the word never, such as US=2027-01-31, HU=never',
}

export const webPage: Kind<string> = {
  read: (text) => (/^https?:\/\/./i.test(text) && URL.canParse(text) ? text : undefined),
  right: 'the address of a page, such as https://agency.example/rules',
}

export const mailAddress: Kind<string> = {
  read: (text) => (/^[^\s@]+@[^\s@]+$/.test(text) ? text : undefined),
  right: 'a mail address',
}

export const minutes: Kind<number> = { read: (text) => wholeNumber(text, 1, 525_600), right: 'a number of minutes' }

export const onOrOff: Kind<boolean> = {
  read: (text) => switchTexts.get(text.toLowerCase()),
  right: 'on or off',
}

const switchTexts = new Map([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
])

export function oneOf<const T extends string>(...texts: readonly T[]): Kind<T> {
  return {
    read: (text) => texts.find((known) => known === text),
    right: `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`,
  }
}

const units: Readonly<Record<string, number>> = { kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }

function bytesOf(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,6}) ?([KMGT]iB)$/i.exec(text.trim()) ?? []
  const bytes = Number(count) * (units[unit.toLowerCase()] ?? 0)
  return bytes > 0 ? bytes : undefined
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined
  const number = Number(text)
  return number >= min && number <= max ? number : undefined
}

/** A prefix of 0 would believe everybody, which is what trusting only some is there to prevent. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || wholeNumber(prefix, 1, family === 4 ? 32 : 128) !== undefined
}
