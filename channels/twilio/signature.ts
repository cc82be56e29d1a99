/** X-Twilio-Signature: https://www.twilio.com/docs/usage/security#validating-requests */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Of a POST with form parameters: the URL, then each name and value, in the order of the names' code units. */
export function twilioSignature(authToken: string, url: string, parameters: URLSearchParams): string {
  const names = [...new Set(parameters.keys())].sort()
  let text = url
  for (const name of names) {
    for (const value of [...new Set(parameters.getAll(name))].sort()) text += name + value
  }
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}

/** Whoever signs and whoever checks may disagree about the port, so both spellings are right. */
export function isSignedByTwilio(
  authToken: string,
  signature: string | undefined,
  url: string,
  parameters: URLSearchParams,
): boolean {
  if (signature === undefined) return false
  const given = Buffer.from(signature)
  let isRight = false
  for (const spelling of new Set([url, withoutPort(url), withPort(url)])) {
    const expected = Buffer.from(twilioSignature(authToken, spelling, parameters))
    if (given.length === expected.length && timingSafeEqual(given, expected)) isRight = true
  }
  return isRight
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
