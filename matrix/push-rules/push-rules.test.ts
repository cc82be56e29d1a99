import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../json/json.ts'
import { compilePushRules, evaluate, type PushContext, type PushEvent, splitPath } from './evaluate.ts'
import { compileGlob, containsWords, globLengthMax } from './glob.ts'
import { defaultPushRules, type PushCondition, type PushRule, type PushRuleset } from './rules.ts'

const me = '@me:a.example'
const room: PushContext = { memberCount: 5, displayName: 'Ann', senderPowerLevel: 0, notificationLevels: {} }

const message = (content: JsonObject, more: Partial<PushEvent> = {}): PushEvent => ({
  type: 'm.room.message',
  sender: '@you:a.example',
  room_id: '!r:a.example',
  content: { msgtype: 'm.text', body: 'Hello', ...content },
  ...more,
})

describe('the rules that every account begins with', () => {
  const rules = compilePushRules(defaultPushRules(me))
  const state = (type: string, stateKey: string, content: JsonObject = {}): PushEvent => ({
    type,
    sender: '@you:a.example',
    state_key: stateKey,
    content,
  })

  it('are those of https://spec.matrix.org/v1.19/client-server-api/#predefined-rules, in that order', () => {
    const set = defaultPushRules(me)
    expect(set.override.map((rule) => rule.rule_id)).toStrictEqual([
      '.m.rule.master',
      '.m.rule.suppress_notices',
      '.m.rule.invite_for_me',
      '.m.rule.member_event',
      '.m.rule.is_user_mention',
      '.m.rule.is_room_mention',
      '.m.rule.tombstone',
      '.m.rule.reaction',
      '.m.rule.room.server_acl',
      '.m.rule.suppress_edits',
    ])
    expect(set.underride.map((rule) => rule.rule_id)).toStrictEqual([
      '.m.rule.call',
      '.m.rule.encrypted_room_one_to_one',
      '.m.rule.room_one_to_one',
      '.m.rule.message',
      '.m.rule.encrypted',
    ])
    expect([set.content, set.room, set.sender]).toStrictEqual([[], [], []])
    const all = [...set.override, ...set.underride]
    expect(all.filter((rule) => !rule.enabled).map((rule) => rule.rule_id)).toStrictEqual(['.m.rule.master'])
    expect(all.every((rule) => rule.default)).toBe(true)
  })

  it('are a fresh set each time', () => {
    const set = defaultPushRules(me)
    set.override[0]!.enabled = true
    set.underride[0]!.actions.length = 0
    expect(defaultPushRules(me).override[0]!.enabled).toBe(false)
    expect(defaultPushRules(me).underride[0]!.actions).toHaveLength(2)
  })

  const mention = { 'm.mentions': { user_ids: [me] } }
  const everyone = { 'm.mentions': { room: true } }
  const edit = { 'm.relates_to': { rel_type: 'm.replace', event_id: '$x' } }
  it.each<[string, PushEvent, Partial<PushContext>, string | undefined, [boolean, boolean, string?]]>([
    ['a message', message({}), {}, '.m.rule.message', [true, false]],
    ['a direct message', message({}), { memberCount: 2 }, '.m.rule.room_one_to_one', [true, false, 'default']],
    ['a notice', message({ msgtype: 'm.notice' }), {}, '.m.rule.suppress_notices', [false, false]],
    ['a mention', message(mention), {}, '.m.rule.is_user_mention', [true, true, 'default']],
    ['everyone, without power', message(everyone), {}, '.m.rule.message', [true, false]],
    ['everyone, with power', message(everyone), { senderPowerLevel: 50 }, '.m.rule.is_room_mention', [true, true]],
    ['an edit', message(edit), {}, '.m.rule.suppress_edits', [false, false]],
    [
      'a mention that an edit adds',
      message({ ...edit, ...mention }),
      {},
      '.m.rule.is_user_mention',
      [true, true, 'default'],
    ],
    ['a reaction', message({}, { type: 'm.reaction' }), {}, '.m.rule.reaction', [false, false]],
    [
      'my invitation',
      state('m.room.member', me, { membership: 'invite' }),
      {},
      '.m.rule.invite_for_me',
      [true, false, 'default'],
    ],
    ['another’s', state('m.room.member', '@x:y', { membership: 'invite' }), {}, '.m.rule.member_event', [false, false]],
    ['a tombstone', state('m.room.tombstone', ''), {}, '.m.rule.tombstone', [true, true]],
    ['a tombstone with a key', state('m.room.tombstone', 'x'), {}, undefined, [false, false]],
    ['a server list', state('m.room.server_acl', ''), {}, '.m.rule.room.server_acl', [false, false]],
    ['a call', message({}, { type: 'm.call.invite' }), {}, '.m.rule.call', [true, false, 'ring']],
    ['something encrypted', message({}, { type: 'm.room.encrypted' }), {}, '.m.rule.encrypted', [true, false]],
    ['a topic', state('m.room.topic', ''), {}, undefined, [false, false]],
  ])('decide on %s', (_, event, more, ruleId, [notify, highlight, sound]) => {
    const decision = evaluate(rules, event, { ...room, ...more })
    expect([decision.ruleId, decision.notify, decision.highlight, decision.sound]).toStrictEqual([
      ruleId,
      notify,
      highlight,
      sound,
    ])
  })

  it('give way to the master rule, even where a user’s rule stands before it', () => {
    const set = defaultPushRules(me)
    set.override[0]!.enabled = true
    set.override.unshift(override([], ['notify']))
    expect(evaluate(set, message(mention), room)).toMatchObject({ notify: false, ruleId: '.m.rule.master' })
  })
})

describe('conditions', () => {
  const holds = (condition: PushCondition | JsonObject, event: PushEvent, context = room) =>
    evaluate(only(override([condition as PushCondition], ['notify'])), event, context).notify

  it('match the whole of a property, and words of the body', () => {
    const topic = (text: JsonValue) => message({ topic: text })
    const lunch = { kind: 'event_match', key: 'content.topic', pattern: 'lunc?*' }
    expect(['Lunch plans', 'LUNCH'].map((text) => holds(lunch, topic(text)))).toStrictEqual([true, true])
    expect([' lunch', 'lunc', null, 7].map((text) => holds(lunch, topic(text)))).toStrictEqual(Array(4).fill(false))
    const example = { kind: 'event_match', key: 'content.body', pattern: 'ex*ple' }
    const bodies = ['An example event.', 'exple', 'An exciting triple-whammy', 'An examples event', 'hexample']
    expect(bodies.map((body) => holds(example, message({ body })))).toStrictEqual([true, true, true, false, false])
    expect(holds({ kind: 'event_match', key: 'content.none', pattern: '*' }, message({}))).toBe(false)
  })

  it('compare properties exactly and without casts', () => {
    const federate = { kind: 'event_property_is', key: 'content.m\\.federate', value: true }
    const values = [true, 'true', 1, [true]].map((value) => holds(federate, message({ 'm.federate': value })))
    expect(values).toStrictEqual([true, false, false, false])
    const alias = { kind: 'event_property_contains', key: 'content.alt', value: '#m:e' }
    const lists = [['#a:e', '#m:e'], [':e'], '#m:e', [['#m:e']]].map((alt) => holds(alias, message({ alt })))
    expect(lists).toStrictEqual([true, false, false, false])
    expect(holds({ kind: 'event_property_is', key: 'content.x', value: {} }, message({ x: {} }))).toBe(false)
  })

  it.each([
    ['5', true],
    ['==5', true],
    ['<5', false],
    ['<=5', true],
    ['>4', true],
    ['>=6', false],
    ['=5', false],
    ['five', false],
    ['', false],
  ])('count members: %s', (is, expected) => {
    expect(holds({ kind: 'room_member_count', is }, message({}))).toBe(expected)
  })

  it('weigh the sender’s power', () => {
    const condition = { kind: 'sender_notification_permission', key: 'room' }
    const at = (senderPowerLevel: number, notificationLevels = {}) =>
      holds(condition, message({}), { ...room, senderPowerLevel, notificationLevels })
    expect([at(49), at(50), at(20, { room: 20 }), at(19, { room: 20 }), at(Infinity)]).toStrictEqual([
      false,
      true,
      true,
      false,
      true,
    ])
  })

  it('find the display name as words, with no wildcards in it', () => {
    const condition = { kind: 'contains_display_name' }
    const named = (body: string, displayName: string | undefined) =>
      holds(condition, message({ body }), { ...room, displayName })
    expect(named('hi ANN!', 'Ann')).toBe(true)
    expect(named('hi annA', 'Ann')).toBe(false)
    expect(named('hi A', '*')).toBe(false)
    expect(named('hi', '')).toBe(false)
    expect(named('hi', undefined)).toBe(false)
  })

  it('that nobody knows, or that lack something, match nothing', () => {
    for (const condition of [
      { kind: 'org.new' },
      { kind: 'event_match', key: 'type' },
      { kind: 'event_property_is' },
    ]) {
      expect(holds(condition, message({}))).toBe(false)
    }
    expect(holds({ kind: 'event_property_is', key: '__proto__.x', value: null }, message({}))).toBe(false)
  })

  it('of the other kinds come from their rule', () => {
    const set = { ...only(), room: [rule('!r:a.example', ['notify'])], sender: [rule('@you:a.example', [])] }
    expect(evaluate(set, message({}), room)).toMatchObject({ notify: true, ruleId: '!r:a.example' })
    expect(evaluate({ ...set, room: [] }, message({}), room)).toMatchObject({ notify: false, ruleId: '@you:a.example' })
    const keyword = { ...rule('k', ['notify', { set_tweak: 'highlight' }]), pattern: 'cake*' }
    const spoken = evaluate({ ...set, content: [keyword] }, message({ body: 'Cakes are here' }), room)
    expect(spoken).toMatchObject({ notify: true, highlight: true, ruleId: 'k' })
  })

  it('ignore disabled rules and historical actions', () => {
    const off = { ...override([], ['notify']), enabled: false }
    expect(evaluate(only(off), message({}), room)).toStrictEqual({ notify: false, highlight: false, actions: [] })
    expect(evaluate(only(override([], ['dont_notify', 'coalesce'])), message({}), room).notify).toBe(false)
    const quiet = override([], ['notify', { set_tweak: 'highlight', value: false }])
    expect(evaluate(only(quiet), message({}), room)).toMatchObject({ notify: true, highlight: false })
  })

  it('split paths at plain dots', () => {
    expect(splitPath('content.m\\.mentions.user_ids')).toStrictEqual(['content', 'm.mentions', 'user_ids'])
    expect(splitPath('a\\\\b.c\\x')).toStrictEqual(['a\\b', 'c\\x'])
  })
})

describe('globs', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', ' ', '😀'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('A', 'b', ' ', '_', '😀', '*'), maxLength: 10 })

  it('fit whole texts as the obvious matcher says', () => {
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        expect(compileGlob(glob).matchesWhole(subject)).toBe(slowMatch(points(glob), points(subject)))
      }),
      { numRuns: 2000 },
    )
  })

  it('fit words as the obvious matcher says', () => {
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        expect(compileGlob(glob).matchesWords(subject)).toBe(slowWords(points(glob), points(subject)))
      }),
      { numRuns: 2000 },
    )
  })

  it('know that one letter grows in lower case', () => {
    expect(compileGlob('İx').matchesWhole('İX')).toBe(true)
    expect(compileGlob('İx').matchesWhole('i\u0307x')).toBe(true)
    const grows = Array.from({ length: 0x110000 }, (_, point) => point)
      .filter((point) => point < 0xd800 || point > 0xdfff)
      .map((point) => String.fromCodePoint(point))
      .filter((letter) => letter.toLowerCase().length !== letter.length)
    expect(grows).toStrictEqual(['İ'])
  })

  it('treat what is special in regular expressions as plain', () => {
    expect(compileGlob('a.c').matchesWhole('abc')).toBe(false)
    expect(compileGlob('[a](b)+$^|\\').matchesWhole('[A](B)+$^|\\')).toBe(true)
  })

  it('find words beside signs that are no letters', () => {
    expect(compileGlob('@room').matchesWords('hi @room!')).toBe(true)
    expect(compileGlob('c++').matchesWords('I write C++')).toBe(true)
    expect(compileGlob('ann').matchesWords('joann')).toBe(false)
    expect(containsWords('a ann', 'ann')).toBe(true)
  })

  it('answer hostile pairs at once', () => {
    const body = 'a'.repeat(65_000)
    const hostile = ['a*'.repeat(120).concat('b'), '?*'.repeat(120).concat('b'), 'a'.repeat(250).concat('?b')]
    const startedMs = performance.now()
    for (const glob of hostile) {
      expect(compileGlob(glob).matchesWhole(body)).toBe(false)
      expect(compileGlob(glob).matchesWords(body)).toBe(false)
    }
    expect(containsWords(body, 'a'.repeat(255))).toBe(false)
    // Tens of milliseconds; a matcher that goes back would take longer than the universe has been there.
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(compileGlob('*'.repeat(globLengthMax + 1)).matchesWhole('a')).toBe(false)
  })
})

function slowMatch(pattern: readonly string[], text: readonly string[]): boolean {
  if (pattern.length === 0) return text.length === 0
  const [first, ...rest] = pattern
  if (first === '*') return slowMatch(rest, text) || (text.length > 0 && slowMatch(pattern, text.slice(1)))
  return text.length > 0 && (first === '?' || first === text[0]) && slowMatch(rest, text.slice(1))
}

function slowWords(pattern: readonly string[], text: readonly string[]): boolean {
  const isWord = (at: number) => at >= 0 && at < text.length && /^[a-z0-9_]$/.test(text[at] as string)
  const edges = [...text.keys(), text.length].filter((at) => !(isWord(at - 1) && isWord(at)))
  return edges.some((start) => edges.some((end) => end >= start && slowMatch(pattern, text.slice(start, end))))
}

function points(text: string): string[] {
  return Array.from(text.toLowerCase())
}

function rule(id: string, actions: PushRule['actions']): PushRule {
  return { rule_id: id, default: false, enabled: true, actions }
}

function override(conditions: PushCondition[], actions: PushRule['actions']): PushRule {
  return { ...rule('mine', actions), conditions }
}

function only(...rules: PushRule[]): PushRuleset {
  return { override: rules, content: [], postcontent: [], room: [], sender: [], underride: [] }
}
