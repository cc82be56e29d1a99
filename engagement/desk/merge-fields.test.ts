import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { checkTemplate, fill, type MergeFields } from './merge-fields.ts'

const fields = (name: string): MergeFields => ({
  person: { name, language: 'hu' },
  staff: { name: 'Ada' },
  agency: { name: 'Housing office' },
  conversation: { reference: 'ABC234', channel: 'SMS' },
  today: '1 May 2030',
})

describe('a canned reply', () => {
  it('is filled in with what is known', () => {
    const text =
      'Dear {{ person.name | default: "citizen" }}, your matter {{ conversation.reference }}.{% if staff.name %} {{ staff.name }}{% endif %}'
    expect(fill(text, fields('Maria'))).toBe('Dear Maria, your matter ABC234. Ada')
    expect(fill(text, fields(''))).toBe('Dear citizen, your matter ABC234. Ada')
  })

  it('never reads as a template what a field holds', () => {
    const signs = fc.constantFrom('{{', '}}', '{%', '%}', '|', 'staff.name', 'if', 'a', ' ', '"', '\n', '<b>')
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 20 }), (parts) => {
        const name = parts.join('')
        expect(fill('[{{ person.name }}]', fields(name))).toBe(`[${name}]`)
      }),
    )
    expect(fill('{{ person.name }}', fields('{{ staff.name }}'))).toBe('{{ staff.name }}')
  })

  it('reaches nothing that is not given', () => {
    const refused = [
      '{{ person.constructor }}',
      '{{ person.__proto__ }}',
      '{{ constructor.constructor }}',
      '{{ secrets }}',
      '{{ person.name.constructor }}',
      '{% include "x" %}',
      '{% render "x" %}',
      '{% layout "x" %}',
      '{% assign a = 1 %}',
      '{% for i in (1..100000000) %}x{% endfor %}',
      '{% tablerow i in (1..1000) %}x{% endtablerow %}',
      '{{ person.name | where: "a", "b" }}',
      '{{ person.name | json }}',
      '{{ person.name',
      '{% if person.name %}',
    ]
    for (const text of refused) {
      expect(() => checkTemplate(text), text).toThrow('cannot be filled in')
    }
  })

  it('does not grow beyond what a message holds', () => {
    const name = 'x'.repeat(10_000)
    const text = '{{ person.name }}'.repeat(200)
    expect(text.length).toBeLessThan(limits.cannedReplyCharsMax)
    expect(() => fill(text, fields(name))).toThrow('cannot be filled in')
  })
})
