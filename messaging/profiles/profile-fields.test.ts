import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#matrix/api.ts'
import { Refusal } from '#platform/api.ts'
import { checkFieldName, fieldValue } from './profile-fields.ts'

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 'no refusal'
}

describe('profile fields', () => {
  it('have names of the common grammar', () => {
    for (const name of ['displayname', 'avatar_url', 'm.tz', 'org.example.job_title']) {
      expect(
        codeOf(() => checkFieldName(name)),
        name,
      ).toBe('no refusal')
    }
    for (const name of ['', 'name', '__proto__', 'constructor', 'Org.example', 'org..x', 'm.tz\0']) {
      expect(
        codeOf(() => checkFieldName(name)),
        name,
      ).toBe('M_INVALID_PARAM')
    }
    expect(codeOf(() => checkFieldName(`org.${'x'.repeat(300)}`))).toBe('M_KEY_TOO_LARGE')
  })

  it('are set to what the body says, and names and pictures are removed by nothing', () => {
    expect(fieldValue('displayname', { displayname: 'Ada' })).toBe('Ada')
    expect(fieldValue('displayname', { displayname: '' })).toBeUndefined()
    expect(fieldValue('avatar_url', { avatar_url: null })).toBeUndefined()
    expect(fieldValue('org.example.x', { 'org.example.x': null })).toBeNull()
    expect(fieldValue('avatar_url', { avatar_url: 'mxc://example.org:8448/abc' })).toBe('mxc://example.org:8448/abc')
  })

  it('are refused in words', () => {
    const refusals: [string, JsonObject, string][] = [
      ['displayname', {}, 'M_MISSING_PARAM'],
      ['displayname', { displayname: 7 }, 'M_BAD_JSON'],
      ['displayname', { displayname: '\ud800' }, 'M_BAD_JSON'],
      ['displayname', { displayname: 'x'.repeat(300) }, 'M_INVALID_PARAM'],
      ['avatar_url', { avatar_url: 'https://example.org/a.png' }, 'M_INVALID_PARAM'],
      ['m.tz', { 'm.tz': 1 }, 'M_BAD_JSON'],
    ]
    for (const [field, body, code] of refusals) expect(codeOf(() => fieldValue(field, body))).toBe(code)
  })
})
