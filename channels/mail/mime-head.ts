/** As much of MIME (RFC 2045) as is needed before a mail is stored, and to read reports: heads and direct parts. */

export type Head = ReadonlyMap<string, readonly string[]>

export type Part = { readonly head: Head; readonly body: string }

const headBytesMax = 128 * 1024
const headersMax = 500
const partsMax = 20

/** Names in small letters. Folded lines are joined. Bytes are read as Latin-1, which loses none. */
export function readHead(raw: Buffer | string): { head: Head; bodyAt: number } {
  const text = typeof raw === 'string' ? raw.slice(0, headBytesMax) : raw.subarray(0, headBytesMax).toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const lines = text
    .slice(0, end?.index ?? text.length)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/, headersMax)
  const head = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    head.set(name, [...(head.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return { head, bodyAt: end === null ? text.length : end.index + end[0].length }
}

export const headerOf = (head: Head, name: string) => head.get(name)?.[0]

/** The type in small letters, and a parameter's value. */
export function contentType(head: Head): { type: string; parameter(name: string): string | undefined } {
  const value = headerOf(head, 'content-type') ?? 'text/plain'
  return {
    type: (value.split(';', 1)[0] ?? '').trim().toLowerCase(),
    parameter(name) {
      const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value)
      return found?.[1] ?? found?.[2]
    },
  }
}

/** The direct parts of a multipart body. */
export function partsOf(raw: Buffer): Part[] {
  const { head, bodyAt } = readHead(raw)
  const boundary = contentType(head).parameter('boundary')
  if (boundary === undefined || boundary === '') return []
  const body = raw.subarray(bodyAt).toString('latin1')
  const pieces = `\n${body}`.split(`\n--${boundary}`, partsMax + 1).slice(1)
  return pieces.flatMap((piece) => {
    if (piece.startsWith('--')) return []
    const text = piece.replace(/^[ \t]*\r?\n/, '')
    const part = readHead(text)
    return [
      { head: part.head, body: decoded(text.slice(part.bodyAt), headerOf(part.head, 'content-transfer-encoding')) },
    ]
  })
}

function decoded(body: string, encoding = ''): string {
  switch (encoding.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('latin1')
    case 'quoted-printable':
      return body
        .replace(/=\r?\n/g, '')
        .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    default:
      return body
  }
}
