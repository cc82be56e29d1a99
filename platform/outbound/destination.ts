import { type IsPublic, literalIn } from './addresses.ts'
import { OutboundFailed } from './types.ts'

export type Rules = {
  /** As `URL.origin` writes them. */
  readonly allowedOrigins: { has(origin: string): boolean }
  readonly ports: ReadonlySet<number>
  readonly isPublic: IsPublic
}

export type Destination = {
  readonly url: URL
  /** Named by the configuration: neither address nor port are questioned. */
  readonly isAllowed: boolean
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** All that can be known of a URL before its name is looked up. A host that is an address is looked up by nobody. */
export function destinationOf(text: string, rules: Rules, base?: URL): Destination {
  const url = URL.parse(text, base?.href)
  const defaultPort = url === null ? undefined : defaultPorts[url.protocol]
  if (url === null || defaultPort === undefined) throw new OutboundFailed('forbidden')
  if (url.username !== '' || url.password !== '') throw new OutboundFailed('forbidden')
  if (rules.allowedOrigins.has(url.origin)) return { url, isAllowed: true }
  const port = url.port === '' ? defaultPort : Number(url.port)
  const literal = literalIn(url)
  if (!rules.ports.has(port) || (literal !== undefined && !rules.isPublic(literal))) {
    throw new OutboundFailed('forbidden')
  }
  return { url, isAllowed: false }
}
