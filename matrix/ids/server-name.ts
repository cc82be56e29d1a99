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

/** Four numbers from 0 to 255, without leading zeros, which some readers take for octal. */
function isIPv4(text: string): boolean {
  return text.split('.').every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
}

/** Eight groups of four hexadecimal digits; `::` stands once for a run of zeros; the last two may be an IPv4 address. */
function isIPv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const all = groups.flat()
  let count = all.length
  const last = all.at(-1)
  // An address in dots ends the text, so it cannot stand before a final `::`.
  if (last?.includes('.')) {
    if (!dottedQuad.test(last) || !isIPv4(last) || text.endsWith('::')) return false
    all.pop()
    count += 1
  }
  if (!all.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  return halves.length === 2 ? count <= 7 : count === 8
}
