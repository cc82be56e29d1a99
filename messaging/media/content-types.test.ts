import { describe, expect, it } from 'vitest'
import { contentTypeFrom, isInlineSafe, isThumbnailType } from './content-types.ts'

describe('content types', () => {
  it('are taken from the uploader only when they are well formed', () => {
    expect(contentTypeFrom('image/png')).toBe('image/png')
    expect(contentTypeFrom('text/plain; charset=utf-8')).toBe('text/plain; charset=utf-8')
    for (const wrong of [undefined, '', 'png', 'image/png\r\nx: y', 'a/b/c', 'image/ png']) {
      expect(contentTypeFrom(wrong)).toBe('application/octet-stream')
    }
  })

  it('are shown in place only when they can run nothing', () => {
    expect(isInlineSafe('IMAGE/PNG')).toBe(true)
    expect(isInlineSafe('text/plain; charset=utf-8')).toBe(true)
    for (const dangerous of ['text/html', 'image/svg+xml', 'application/pdf', 'text/xml', 'application/javascript']) {
      expect(isInlineSafe(dangerous)).toBe(false)
    }
    expect(isThumbnailType('image/jpeg')).toBe(true)
    expect(isThumbnailType('image/svg+xml')).toBe(false)
  })
})
