import { ConfigRefused } from '#platform/api.ts'
import { providerKinds } from './kinds.ts'
import type { ChannelPlace, Provider, ProviderDeps, ProviderKind } from './provider.ts'
import { type ChannelSettings, Settings } from './settings.ts'

type Entry = { readonly place: ChannelPlace; readonly kind: ProviderKind; readonly settings: Settings }

/** Origins that the configured channels ask. Entries that are wrong give none: they are refused by `readChannels`. */
export function channelOrigins(list: readonly ChannelSettings[]): readonly string[] {
  const origins = list.flatMap((entry) => {
    const kind = kindOf(entry)
    return kind === undefined ? [] : kind.origins(new Settings(entry))
  })
  return [...new Set(origins)]
}

/** Throws ConfigRefused, which names everything that is wrong. What it returns makes the channels, in order. */
export function readChannels(list: readonly ChannelSettings[]): ((deps: ProviderDeps) => Provider)[] {
  const problems: { key: string; from: string; text: string }[] = []
  const seen = new Set<string>()
  const providers: ((deps: ProviderDeps) => Provider)[] = []
  for (const [at, entry] of list.entries()) {
    const settings = new Settings(entry)
    const read = readEntry(entry, settings)
    const provider = read?.kind.read(settings, read.place)
    if (read !== undefined) settings.refuseOthers()
    if (read !== undefined && seen.has(read.place.id)) settings.wrong('id', 'Two channels have it. Give each its own.')
    seen.add(read?.place.id ?? '')
    const from = `entry ${at + 1}${typeof entry.id === 'string' ? `, ${entry.id.slice(0, 32)}` : ''}`
    problems.push(...settings.problems.map((text) => ({ key: 'channels', from, text })))
    if (provider !== undefined) providers.push(provider)
  }
  if (problems.length > 0) throw new ConfigRefused(problems)
  return providers
}

function readEntry(entry: ChannelSettings, settings: Settings): Entry | undefined {
  const id = settings.text('id', /^[a-z0-9][a-z0-9-]{0,31}$/, 'a short name of small letters, digits and hyphens')
  const kinds = Object.keys(providerKinds).join(', ')
  settings.text('kind', new RegExp(`^(${Object.keys(providerKinds).join('|')})$`), `one of ${kinds}`)
  const country = settings.optional('country', /^[A-Z]{2}$/, 'two capital letters, such as DE') ?? countryUsual
  const agency = settings.optional('agency', /^[a-z0-9][a-z0-9-]{0,63}$/, 'the key of an agency')
  const queue = settings.optional('queue', /^[a-z0-9][a-z0-9-]{0,63}$/, 'the key of a queue')
  const kind = kindOf(entry)
  return kind === undefined ? undefined : { place: { id, country, agency, queue }, kind, settings }
}

const countryUsual = 'US'

function kindOf(entry: ChannelSettings): ProviderKind | undefined {
  const { kind } = entry
  return typeof kind === 'string' && Object.hasOwn(providerKinds, kind) ? providerKinds[kind] : undefined
}
