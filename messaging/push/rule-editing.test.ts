import { describe, expect, it } from 'vitest'
import { defaultPushRules, type JsonObject, type PushRuleset } from '#matrix/api.ts'
import { Refusal } from '#platform/api.ts'
import type { OwnedDatum } from '../account-data/account-data.ts'
import { withPushRules } from './push-rules.ts'
import {
  changeRule,
  findRule,
  parseActions,
  parseRuleDraft,
  putRule,
  removeRule,
  rulesFromStored,
} from './rule-editing.ts'

const ada = '@ada:example.org'
const draft = { actions: ['notify'], conditions: [] }
const ids = (rules: PushRuleset, kind: keyof PushRuleset) => rules[kind].map((rule) => rule.rule_id)
const own = (rules: PushRuleset, kind: keyof PushRuleset) =>
  rules[kind].filter((one) => !one.default).map((r) => r.rule_id)

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.status}`
    throw error
  }
  return 'no refusal'
}

describe('own rules', () => {
  const rules = defaultPushRules(ada)

  it('stand before the rules of the server and behind the master rule, the newest first', () => {
    const two = putRule(putRule(rules, 'override', 'a', draft), 'override', 'b', draft)
    expect(ids(two, 'override').slice(0, 4)).toEqual(['.m.rule.master', 'b', 'a', '.m.rule.suppress_notices'])
    expect(ids(putRule(rules, 'underride', 'u', draft), 'underride')[0]).toBe('u')
  })

  it('go before or after a neighbour, before winning', () => {
    let three = rules
    for (const id of ['c', 'b', 'a']) three = putRule(three, 'override', id, draft)
    expect(own(putRule(three, 'override', 'x', draft, { before: 'b' }), 'override')).toEqual(['a', 'x', 'b', 'c'])
    expect(own(putRule(three, 'override', 'x', draft, { after: 'b' }), 'override')).toEqual(['a', 'b', 'x', 'c'])
    const both = putRule(three, 'override', 'x', draft, { before: 'a', after: 'c' })
    expect(own(both, 'override')).toEqual(['x', 'a', 'b', 'c'])
    expect(own(putRule(three, 'override', 'a', draft, { after: 'c' }), 'override')).toEqual(['b', 'c', 'a'])
  })

  it('keep their place and stay off when they get new contents', () => {
    let two = putRule(putRule(rules, 'override', 'a', draft), 'override', 'b', draft)
    two = changeRule(two, 'override', 'a', { enabled: false })
    const changed = putRule(two, 'override', 'a', { actions: [], conditions: [] })
    expect(own(changed, 'override')).toEqual(['b', 'a'])
    expect(findRule(changed, 'override', 'a')).toMatchObject({ enabled: false, actions: [] })
  })

  it('are refused under wrong names and beside wrong neighbours', () => {
    expect(codeOf(() => putRule(rules, 'override', '.mine', draft))).toBe('M_INVALID_PARAM 400')
    expect(codeOf(() => putRule(rules, 'override', 'a/b', draft))).toBe('M_INVALID_PARAM 400')
    expect(codeOf(() => putRule(rules, 'override', 'a\0', draft))).toBe('M_INVALID_PARAM 400')
    expect(codeOf(() => putRule(rules, 'room', 'no-room', draft))).toBe('M_INVALID_PARAM 400')
    expect(codeOf(() => putRule(rules, 'sender', ada.slice(1), draft))).toBe('M_INVALID_PARAM 400')
    expect(codeOf(() => putRule(rules, 'override', 'x', draft, { before: 'nowhere' }))).toBe('M_UNKNOWN 400')
    expect(codeOf(() => putRule(rules, 'override', 'x', draft, { after: '.m.rule.master' }))).toBe('M_UNKNOWN 400')
  })

  it('can be removed; those of the server cannot', () => {
    const one = putRule(rules, 'content', 'cake', { actions: ['notify'], pattern: 'cake' })
    expect(removeRule(one, 'content', 'cake')).toEqual(rules)
    expect(codeOf(() => removeRule(rules, 'content', 'cake'))).toBe('M_NOT_FOUND 404')
    expect(codeOf(() => removeRule(rules, 'override', '.m.rule.master'))).toBe('M_INVALID_PARAM 400')
    expect(codeOf(() => changeRule(rules, 'override', 'nothing', { enabled: true }))).toBe('M_NOT_FOUND 404')
  })

  it('never change the rules that they are made from', () => {
    const before = structuredClone(rules)
    changeRule(putRule(rules, 'override', 'a', draft), 'override', '.m.rule.master', { enabled: true })
    expect(rules).toEqual(before)
  })
})

describe('rule bodies', () => {
  it('are checked for their kind', () => {
    expect(parseRuleDraft('content', { actions: [], pattern: 'x', conditions: [] })).toEqual({
      actions: [],
      pattern: 'x',
    })
    expect(parseRuleDraft('override', { actions: ['notify'] })).toEqual({ actions: ['notify'], conditions: [] })
    expect(codeOf(() => parseRuleDraft('content', { actions: [] }))).toBe('M_MISSING_PARAM 400')
    expect(codeOf(() => parseRuleDraft('content', { actions: [], pattern: 3 }))).toBe('M_BAD_JSON 400')
    expect(codeOf(() => parseRuleDraft('override', { actions: [], conditions: [3] }))).toBe('M_BAD_JSON 400')
    expect(codeOf(() => parseActions([{ value: 1 }]))).toBe('M_BAD_JSON 400')
    expect(codeOf(() => parseActions(undefined))).toBe('M_MISSING_PARAM 400')
    expect(parseActions(['notify', { set_tweak: 'sound', value: 'default' }])).toHaveLength(2)
  })
})

describe('stored rules', () => {
  it('come back as they were left', () => {
    let rules = putRule(defaultPushRules(ada), 'override', 'a', draft)
    rules = changeRule(rules, 'underride', '.m.rule.message', { enabled: false, actions: [] })
    const stored = JSON.parse(JSON.stringify({ global: rules })) as JsonObject
    expect(rulesFromStored(stored, ada)).toEqual(rules)
  })

  it('take new rules of the server and drop those that it has no more', () => {
    const stored = { global: { override: [{ rule_id: '.m.rule.gone', default: true, enabled: true, actions: [] }] } }
    expect(rulesFromStored(stored as unknown as JsonObject, ada)).toEqual(defaultPushRules(ada))
  })

  it('are told in place of the raw account data, also to who changed none', () => {
    const tag: OwnedDatum = { roomId: 7, type: 'm.tag', content: {} }
    const told = withPushRules([tag], ada)
    expect(told).toHaveLength(2)
    expect(told[1]).toMatchObject({ roomId: null, type: 'm.push_rules' })
    expect(withPushRules(told, ada)).toEqual(told)
  })
})
