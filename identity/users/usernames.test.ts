import { expect, it } from 'vitest'
import { checkNewUsername, matrixIdForSignIn } from './usernames.ts'

it('new user names follow the grammar of Matrix ids', () => {
  expect(checkNewUsername('ada.lovelace', 'gov.example')).toBe('@ada.lovelace:gov.example')
  for (const bad of ['', 'Ada', 'ada lovelace', 'ada\0', 'ädä', 'ada:x', '@ada']) {
    expect(() => checkNewUsername(bad, 'gov.example')).toThrow('small letters')
  }
  expect(() => checkNewUsername('a'.repeat(250), 'gov.example')).toThrow('too long')
})

it('names that belong to the system are kept for it', () => {
  for (const reserved of ['_bridge', 'c-1234', 'desk']) {
    expect(() => checkNewUsername(reserved, 'gov.example')).toThrow('kept for the system')
  }
  expect(checkNewUsername('desklamp', 'gov.example')).toBe('@desklamp:gov.example')
})

it('people sign in by name or Matrix id, in any case', () => {
  for (const text of ['ada', 'Ada', ' @ada:gov.example', '@ADA:gov.example']) {
    expect(matrixIdForSignIn(text, 'gov.example')).toBe('@ada:gov.example')
  }
  for (const text of ['@ada:other.example', '@ada', '', 'ada lovelace', '@:gov.example']) {
    expect(matrixIdForSignIn(text, 'gov.example')).toBeUndefined()
  }
})
