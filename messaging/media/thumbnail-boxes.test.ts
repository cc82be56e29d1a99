import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { boxFor } from './thumbnail-boxes.ts'

const box = (text: string) => {
  const [size = '', method] = text.split(' ')
  const [width, height] = size.split('x').map(Number) as [number, number]
  return { width, height, method: method as 'crop' | 'scale' }
}

describe('the box for a wish', () => {
  test.each([
    ['32x32 crop', '32x32 crop'],
    ['1x1 crop', '32x32 crop'],
    ['33x20 crop', '320x240 crop'],
    ['36x36 crop', '96x96 crop'],
    ['100x100 crop', '320x320 crop'],
    ['400x300 crop', '640x480 crop'],
    ['9000x9000 crop', '3200x3200 crop'],
    ['1x1 scale', '320x240 scale'],
    ['320x240 scale', '320x240 scale'],
    ['240x320 scale', '640x480 scale'],
    ['700x500 scale', '800x600 scale'],
    ['1600x1200 scale', '1600x1200 scale'],
    ['9000x10 scale', '3200x2400 scale'],
  ])('%s is %s', (wish, found) => expect(boxFor(box(wish))).toEqual(box(found)))

  test('is never smaller than the wish, of the same method, and the same for itself', () => {
    const side = fc.integer({ min: 1, max: 2_400 })
    fc.assert(
      fc.property(side, side, fc.constantFrom('crop' as const, 'scale' as const), (width, height, method) => {
        const found = boxFor({ width, height, method })
        expect(found.method).toBe(method)
        expect(found.width).toBeGreaterThanOrEqual(width)
        expect(found.height).toBeGreaterThanOrEqual(height)
        expect(boxFor(found)).toEqual(found)
      }),
    )
  })
})
