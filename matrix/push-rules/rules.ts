import type { JsonValue } from '../json/json.ts'

/**
 * Push rules in their wire form, and those that every account begins with.
 * https://spec.matrix.org/v1.19/client-server-api/#push-rules
 */
export type PushRuleset = { [kind in PushRuleKind]: PushRule[] }

/**
 * In the order in which they are asked. `postcontent` comes with thread subscriptions and has rules of the server alone:
 * https://github.com/matrix-org/matrix-spec-proposals/pull/4306
 */
export const pushRuleKinds = ['override', 'content', 'postcontent', 'room', 'sender', 'underride'] as const
export type PushRuleKind = (typeof pushRuleKinds)[number]

export type PushRule = {
  rule_id: string
  /** True for the server's own rules, whose ids begin with a dot. */
  default: boolean
  enabled: boolean
  actions: PushAction[]
  /** `override`, `postcontent` and `underride` only. */
  conditions?: PushCondition[]
  /** `content` only: a glob. */
  pattern?: string
}

/** Unknown actions, `dont_notify` and `coalesce` among them, are kept and mean nothing. */
export type PushAction = string | { set_tweak: string; value?: JsonValue }

export type PushCondition = {
  kind: string
  key?: string
  pattern?: string
  is?: string
  value?: JsonValue
  subscribed?: boolean
}

const ringSound: PushAction = { set_tweak: 'sound', value: 'ring' }
const defaultSound: PushAction = { set_tweak: 'sound', value: 'default' }
const highlight: PushAction = { set_tweak: 'highlight' }
/** Whether the event is of a thread that the person subscribed to, or of one that she did not. */
export const threadCondition = 'io.element.msc4306.thread_subscription'

/** A fresh set for this user; whoever stores it may change it. */
export function defaultPushRules(userId: string): PushRuleset {
  return structuredClone({
    override: overrides(userId),
    content: [],
    postcontent: ofThreads(),
    room: [],
    sender: [],
    underride: underrides(),
  })
}

function overrides(userId: string): PushRule[] {
  const mentionsUser: PushCondition = {
    kind: 'event_property_contains',
    key: 'content.m\\.mentions.user_ids',
    value: userId,
  }
  const mentionsRoom: PushCondition = { kind: 'event_property_is', key: 'content.m\\.mentions.room', value: true }
  const mayMentionRoom: PushCondition = { kind: 'sender_notification_permission', key: 'room' }
  const isEdit: PushCondition = {
    kind: 'event_property_is',
    key: 'content.m\\.relates_to.rel_type',
    value: 'm.replace',
  }
  const isInvite = [
    matches('type', 'm.room.member'),
    matches('content.membership', 'invite'),
    matches('state_key', userId),
  ]
  return [
    { ...rule('.m.rule.master', [], []), enabled: false },
    rule('.m.rule.suppress_notices', [matches('content.msgtype', 'm.notice')], []),
    rule('.m.rule.invite_for_me', isInvite, ['notify', defaultSound]),
    rule('.m.rule.member_event', [matches('type', 'm.room.member')], []),
    rule('.m.rule.is_user_mention', [mentionsUser], ['notify', defaultSound, highlight]),
    rule('.m.rule.is_room_mention', [mentionsRoom, mayMentionRoom], ['notify', highlight]),
    rule('.m.rule.tombstone', stateOf('m.room.tombstone'), ['notify', highlight]),
    rule('.m.rule.reaction', [matches('type', 'm.reaction')], []),
    rule('.m.rule.room.server_acl', stateOf('m.room.server_acl'), []),
    rule('.m.rule.suppress_edits', [isEdit], []),
  ]
}

/**
 * Off until somebody turns them on. Other than the proposal has it: with them on, whoever uses an app that knows nothing of
 * subscriptions would hear of no thread any more.
 */
function ofThreads(): PushRule[] {
  const prefix = '.io.element.msc4306.rule'
  const isOf = (subscribed: boolean): PushCondition => ({ kind: threadCondition, subscribed })
  return [
    { ...rule(`${prefix}.unsubscribed_thread`, [isOf(false)], []), enabled: false },
    { ...rule(`${prefix}.subscribed_thread`, [isOf(true)], ['notify', defaultSound]), enabled: false },
  ]
}

function underrides(): PushRule[] {
  const isDirect: PushCondition = { kind: 'room_member_count', is: '2' }
  const isMessage = matches('type', 'm.room.message')
  const isEncrypted = matches('type', 'm.room.encrypted')
  return [
    rule('.m.rule.call', [matches('type', 'm.call.invite')], ['notify', ringSound]),
    rule('.m.rule.encrypted_room_one_to_one', [isDirect, isEncrypted], ['notify', defaultSound]),
    rule('.m.rule.room_one_to_one', [isDirect, isMessage], ['notify', defaultSound]),
    rule('.m.rule.message', [isMessage], ['notify']),
    rule('.m.rule.encrypted', [isEncrypted], ['notify']),
  ]
}

function rule(id: string, conditions: PushCondition[], actions: PushAction[]): PushRule {
  return { rule_id: id, default: true, enabled: true, conditions, actions }
}

function matches(key: string, pattern: string): PushCondition {
  return { kind: 'event_match', key, pattern }
}

function stateOf(type: string): PushCondition[] {
  return [matches('type', type), matches('state_key', '')]
}
