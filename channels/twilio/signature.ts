/** X-Twilio-Signature: https://www.twilio.com/docs/usage/security#validating-requests */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Of a POST with form parameters: the URL, then each name and value, in the order of the names' code units. */
export function twilioSignature(authToken: string, url: string, parameters: URLSearchParams): string {
  return signed(authToken, url + signedText(parameters))
}

function signedText(parameters: URLSearchParams): string {
  const values = Map.groupBy(parameters, ([name]) => name)
  let text = ''
  for (const name of [...values.keys()].sort()) {
    const all = values.get(name) ?? []
    const distinct = all.length === 1 ? all : [...new Map(all.map((one) => [one[1], one])).values()]
    for (const value of distinct.map(([, value]) => value).sort()) text += name + value
  }
  return text
}

const signed = (authToken: string, text: string) => createHmac('sha1', authToken).update(text, 'utf8').digest('base64')

/** Whoever signs and whoever checks may disagree about the port, so both spellings are right. */
export function isSignedByTwilio(
  authToken: string,
  signature: string | undefined,
  url: string,
  parameters: URLSearchParams,
): boolean {
  if (signature === undefined) return false
  const given = Buffer.from(signature)
  const text = signedText(parameters)
  return [...new Set([url, withoutPort(url), withPort(url)])].some((spelling) => {
    const expected = Buffer.from(signed(authToken, spelling + text))
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}

// By hand: URL would write the path and the query anew, and they count byte for byte.
const urlParts = /^(https?:\/\/)([^/?#]*?)(:\d+)?([/?][^#]*)?$/i

function withoutPort(url: string): string {
  const [, scheme = '', host = '', , rest = ''] = urlParts.exec(url) ?? []
  return scheme + host + rest
}

function withPort(url: string): string {
  const [, scheme = '', host = '', port, rest = ''] = urlParts.exec(url) ?? []
  return scheme + host + (port ?? (scheme.toLowerCase() === 'https://' ? ':443' : ':80')) + rest
}
