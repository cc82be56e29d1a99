const charsMax = 100

/** Control signs, and those that turn the direction of what stands beside them. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}]+/gu

/** A name or an address that strangers gave, fit to stand in a line of a list; undefined when nothing is left of it. */
export function shownName(text: string): string | undefined {
  const plain = text.normalize('NFC').replace(unseen, ' ').replace(/\s+/gu, ' ').trim()
  const short = [...plain].slice(0, charsMax).join('')
  return short === '' ? undefined : short
}
