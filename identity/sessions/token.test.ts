import fc from 'fast-check'
import { expect, it } from 'vitest'
import { systemRandom as random } from '#platform/api.ts'
import { hashToken, isWellFormedToken, makeToken } from './token.ts'

it('tokens are recognised by their kind and checksum', () => {
  const token = makeToken(random, 'access')
  expect(token).toMatch(/^chy_[A-Za-z0-9_-]{49}$/)
  expect(isWellFormedToken(token, 'access')).toBe(true)
  expect(isWellFormedToken(token, 'setup')).toBe(false)
  expect(hashToken(token)).toHaveLength(32)
  expect(hashToken(token)).not.toEqual(hashToken(makeToken(random, 'access')))
})

it('a token with any character changed is not well-formed', () => {
  const token = makeToken(random, 'invitation')
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcdefXYZ0189-_'), (at, character) => {
      fc.pre(token[at] !== character)
      expect(isWellFormedToken(token.slice(0, at) + character + token.slice(at + 1), 'invitation')).toBe(false)
    }),
  )
  fc.assert(fc.property(fc.string(), (text) => !isWellFormedToken(text, 'access')))
})
