/** Bytes from `start` up to, not including, `end`. */
export type ByteRange = { readonly start: number; readonly end: number }

/**
 * What a Range header asks of a file: one range of bytes, 'all' where there is none or it is of a kind that may be
 * ignored (several ranges, other units), 'unsatisfiable' where nothing of it lies in the file.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function parseRange(header: string | undefined, sizeBytes: number): ByteRange | 'all' | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '')
  if (match === null) return 'all'
  const [, first, last] = match
  if (first === '' && last === '') return 'all'
  if (first === '') {
    const count = Math.min(Number(last), sizeBytes)
    return count === 0 ? 'unsatisfiable' : { start: sizeBytes - count, end: sizeBytes }
  }
  const start = Number(first)
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  if (last !== '' && Number(last) < start) return 'all'
  return start >= sizeBytes ? 'unsatisfiable' : { start, end }
}
