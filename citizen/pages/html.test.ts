import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html, theirWords } from './html.ts'

describe('html', () => {
  it('puts text in as text, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const page = html`<p title="${text}">${text}</p>`.text
        expect(page.match(/[<>]/g)).toEqual(['<', '>', '<', '>'])
        expect(page.match(/"/g)).toHaveLength(2)
      }),
    )
  })

  it('keeps templates, and leaves out what is not there', () => {
    expect(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}${undefined}${false}</ul>`.text).toBe(
      '<ul><li>1</li><li>2</li></ul>',
    )
  })

  it('lets nobody turn what follows her name', () => {
    expect(html`${'a\u202eb'}`.text).toBe('ab')
    expect(theirWords('one\n<two>').text).toBe('<span class="words" dir="auto">one<br>&lt;two&gt;</span>')
  })
})
