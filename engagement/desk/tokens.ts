import type { Random } from '#platform/api.ts'

/** Signs that nobody mixes up when reading them to somebody. */
const signs = '23456789abcdefghjkmnpqrstvwxyz'
const bits = 8
const length = 20

/** An id for the outside: a letter that says of what, and 98 random bits that can be read out. */
export function publicToken(letter: string, random: Random): string {
  let token = letter
  while (token.length <= length) {
    for (const byte of random.bytes(length)) {
      // What would make some signs more frequent than others is thrown away.
      if (byte < 2 ** bits - (2 ** bits % signs.length) && token.length <= length) token += signs[byte % signs.length]
    }
  }
  return token
}

/** What people call a conversation by: the beginning of its id, which tells nothing of the citizen. */
export function referenceOf(publicId: string): string {
  return publicId.slice(1, 7).toUpperCase()
}
