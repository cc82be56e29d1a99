import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailAddress, mailbox } from './mail-address.ts'
import { attemptOfIds, messageIdOf, ownAddress, taggedAddress } from './tags.ts'

describe('a mail address', () => {
  it('has one spelling', () => {
    expect(mailAddress(' Maryam.Ostadi@Mail.EXAMPLE ')).toBe('maryam.ostadi@mail.example')
    expect(mailAddress('jörg@münchen.example')).toBe('jörg@xn--mnchen-3ya.example')
    expect(mailAddress('jo\u0308rg@münchen.example')).toBe('jörg@xn--mnchen-3ya.example')
  })

  it('that looks like another is another', () => {
    expect(mailAddress('m\u0430ryam@mail.example')).not.toBe(mailAddress('maryam@mail.example'))
    expect(mailAddress('maryam@m\u0430il.example')).toMatch(/^maryam@xn--/)
  })

  it.each([
    ...['', 'maryam', '@mail.example', 'maryam@', 'maryam@localhost', 'a@b@mail.example', '.a@mail.example'],
    ...[
      'a..b@mail.example',
      'a b@mail.example',
      'a\u200b@mail.example',
      'a\u202e@mail.example',
      'a@mail.example\r\nBcc: b@c.example',
    ],
    ...['<a@mail.example>', 'a@mail.example,b@mail.example', `${'a'.repeat(65)}@mail.example`, 'a@[127.0.0.1]'],
  ])('is not %j', (text) => expect(mailAddress(text)).toBeUndefined())

  it('is never more than one line, whatever is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.domain(), (local, domain) => {
        const address = mailAddress(`${local}@${domain}`)
        if (address !== undefined) expect(address).toMatch(/^[^\s<>,;:"\p{Cc}\p{Cf}]+@[a-z0-9.-]+$/u)
      }),
    )
  })
})

describe('a tag', () => {
  const box = mailbox('City of Example <Desk@City.example>')
  if (box === undefined) throw new Error('no mailbox')

  it('leads back to its attempt, also through servers that change the case', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 18, maxLength: 18 }).map((bytes) => `a${Buffer.from(bytes).toString('base64url')}`),
        fc.constantFrom('bounce' as const, 'reply' as const),
        (attempt, use) => {
          const address = taggedAddress(box, { use, attempt })
          expect(address.indexOf('@')).toBeLessThanOrEqual(64)
          expect(ownAddress(box, address.toUpperCase())).toEqual({ tag: { use, attempt } })
          expect(attemptOfIds(box, ['<other@else.example>', messageIdOf(box, attempt)])).toBe(attempt)
        },
      ),
    )
  })

  it('of others is none of ours', () => {
    expect(ownAddress(box, 'desk@other.example')).toBeUndefined()
    expect(ownAddress(box, 'deskx@city.example')).toBeUndefined()
    expect(ownAddress(box, 'desk+newsletter@city.example')).toEqual({})
    expect(ownAddress(box, 'desk+bzz@city.example')).toEqual({})
    expect(attemptOfIds(box, ['<a1@city.example.evil.example>'])).toBeUndefined()
  })
})
