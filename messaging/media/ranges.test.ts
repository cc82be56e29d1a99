import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRange } from './ranges.ts'

describe('parseRange', () => {
  it('reads one range of bytes', () => {
    expect(parseRange('bytes=0-0', 10)).toEqual({ start: 0, end: 1 })
    expect(parseRange('bytes=3-5', 10)).toEqual({ start: 3, end: 6 })
    expect(parseRange('bytes=7-', 10)).toEqual({ start: 7, end: 10 })
    expect(parseRange('bytes=7-999', 10)).toEqual({ start: 7, end: 10 })
    expect(parseRange('bytes=-3', 10)).toEqual({ start: 7, end: 10 })
    expect(parseRange('bytes=-30', 10)).toEqual({ start: 0, end: 10 })
  })

  it('answers the whole file where nothing sensible is asked', () => {
    for (const header of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-3', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=a-b']) {
      expect(parseRange(header, 10), String(header)).toBe('all')
    }
  })

  it('says when nothing of the range lies in the file', () => {
    expect(parseRange('bytes=10-', 10)).toBe('unsatisfiable')
    expect(parseRange('bytes=-0', 10)).toBe('unsatisfiable')
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable')
  })

  it('never leaves the file', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(1_000), (first, last, sizeBytes) => {
        const range = parseRange(`bytes=${first}-${last}`, sizeBytes)
        if (typeof range === 'string') return
        expect(range.start).toBeLessThan(range.end)
        expect(range.end).toBeLessThanOrEqual(sizeBytes)
      }),
    )
  })
})
