import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDisposition, withoutPath } from './content-disposition.ts'

describe('contentDisposition', () => {
  it('names plain files plainly', () => {
    expect(contentDisposition('inline', undefined)).toBe('inline')
    expect(contentDisposition('attachment', '')).toBe('attachment')
    expect(contentDisposition('inline', 'cat.png')).toBe('inline; filename=cat.png')
    expect(contentDisposition('inline', 'my cat.png')).toBe('inline; filename="my cat.png"')
  })

  it('gives other names in the extended form and a stand-in', () => {
    expect(contentDisposition('attachment', 'Erlaß (1).pdf')).toBe(
      `attachment; filename="Erla_ (1).pdf"; filename*=utf-8''Erla%C3%9F%20%281%29.pdf`,
    )
    expect(contentDisposition('inline', 'a"b.txt')).toBe(`inline; filename="a_b.txt"; filename*=utf-8''a%22b.txt`)
  })

  it('never lets a name leave the header or the folder', () => {
    expect(withoutPath('../../etc/passwd')).toBe('passwd')
    expect(withoutPath('C:\\temp\\x.txt')).toBe('x.txt')
    expect(withoutPath('..')).toBe('')
    expect(withoutPath('a\r\nset-cookie: x')).toBe('aset-cookie: x')
    expect(withoutPath('harmless\u202egnp.exe')).toBe('harmlessgnp.exe')
  })

  it('is a legal header and gives the name back, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        const header = contentDisposition('attachment', name)
        expect(header).toMatch(/^[\x20-\x7e]+$/)
        const extended = /filename\*=utf-8''(\S+)$/.exec(header)?.[1]
        if (extended !== undefined) expect(decodeURIComponent(extended)).toBe(withoutPath(name))
        else if (withoutPath(name) !== '') expect(header).toContain(withoutPath(name))
      }),
    )
  })
})
