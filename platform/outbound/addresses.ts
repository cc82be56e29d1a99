import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { OutboundFailed } from './types.ts'

export type Address = { readonly address: string; readonly family: number }

/** Every address of a name, in the order in which they should be tried. */
export type Lookup = (name: string) => Promise<readonly Address[]>

/** Whether an address may be spoken to that is known from a stranger only. */
export type IsPublic = (address: string) => boolean

export const systemLookup: Lookup = (name) => lookup(name, { all: true })

/**
 * Global unicast, and nothing that carries another address in itself (IPv4 in IPv6, 6to4, Teredo, NAT64): a translator
 * would lead that to an address inside.
 */
export const isPublic: IsPublic = (address) => ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'

/** A host that is written as an address. `URL` has turned every notation of IPv4 into the usual one. */
export function literalIn(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? undefined : host
}

/** The addresses of a name, if all of them may be spoken to: one that may not spoils the rest. */
export async function checkedAddresses(
  name: string,
  deps: { lookup: Lookup; isPublic: IsPublic },
): Promise<readonly Address[]> {
  const found = await deps.lookup(name).catch((error: unknown) => {
    throw new OutboundFailed('unknown-name', error)
  })
  if (found.length === 0) throw new OutboundFailed('unknown-name')
  if (!found.every(({ address }) => deps.isPublic(address))) throw new OutboundFailed('forbidden')
  return found
}
