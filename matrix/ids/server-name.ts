import { isIPv4, isIPv6 } from 'node:net'

/**
 * Names of servers: a host name or an address, and an optional port.
 * https://spec.matrix.org/v1.19/appendices/#server-name
 */
export type ServerName = { readonly host: string; readonly port: number | undefined }

const shape = /^(\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::([0-9]{1,5}))?$/
const dottedQuad = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/

/** Host and port, or undefined when the text is no server name. IPv6 hosts keep their brackets. */
export function parseServerName(text: string): ServerName | undefined {
  const match = shape.exec(text)
  if (match === null) return undefined
  const host = match[1] as string
  if (host.startsWith('[')) {
    if (!isIPv6(host.slice(1, -1))) return undefined
  } else if (dottedQuad.test(host) && !isIPv4(host)) {
    return undefined
  }
  if (match[2] === undefined) return { host, port: undefined }
  const port = Number(match[2])
  return port <= 65535 ? { host, port } : undefined
}

export function isServerName(text: string): boolean {
  return parseServerName(text) !== undefined
}
