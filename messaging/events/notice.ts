/**
 * What an event means to people whose push rules are the default ones, asked of those rules themselves: once for
 * everybody in the room, whatever its size. https://spec.matrix.org/v1.19/client-server-api/#predefined-rules
 */
import {
  type CompiledPushRules,
  compilePushRules,
  defaultPushRules,
  evaluate,
  isJsonObject,
  type JsonObject,
  type Pdu,
  type PushContext,
  type PushRule,
  powerLevelOf,
} from '#matrix/api.ts'
import type { Room } from '../rooms/room.ts'

export type Notice = {
  /** It notifies everybody but its sender, and is in the room's running count. */
  readonly counts: boolean
  /** It highlights for everybody. */
  readonly calls: boolean
  /** Matrix ids of those for whom it highlights; empty where it does so for everybody. */
  readonly mentions: readonly string[]
}

type Member = (rule: PushRule) => PushRule[]

const userMention = '.m.rule.is_user_mention'
const roomMention = '.m.rule.is_room_mention'

/** The default rules of somebody whom no event names: mentions are what the rules below say of whom they name. */
function rulesWhere(change: Member): CompiledPushRules {
  const rules = defaultPushRules('')
  return compilePushRules({ ...rules, override: rules.override.flatMap(change) })
}
const isPersonal = ({ rule_id }: PushRule) => rule_id === userMention || rule_id === '.m.rule.invite_for_me'
const forAnybody = rulesWhere((rule) => (isPersonal(rule) || rule.rule_id === roomMention ? [] : [rule]))
const forAllWhenCalled = rulesWhere((rule) => (isPersonal(rule) ? [] : [rule]))
const forWhomItNames = rulesWhere((rule) => (rule.rule_id === userMention ? [{ ...rule, conditions: [] }] : [rule]))

type EventFacts = Pick<Pdu, 'type' | 'sender' | 'content' | 'state_key'>

export function noticeOf(room: Room, event: EventFacts): Notice {
  const context = pushContext(room, event.sender)
  const { notify, highlight } = evaluate(forAnybody, event as Pdu, context)
  const mentions = event.content['m.mentions']
  if (!isJsonObject(mentions)) return { counts: notify, calls: highlight, mentions: [] }
  const calls = highlight || (mentions.room === true && evaluate(forAllWhenCalled, event as Pdu, context).highlight)
  if (calls || !Array.isArray(mentions.user_ids) || !evaluate(forWhomItNames, event as Pdu, context).highlight) {
    return { counts: notify, calls, mentions: [] }
  }
  return { counts: notify, calls, mentions: [...new Set(mentions.user_ids)].filter((id) => typeof id === 'string') }
}

/** What push rules ask about the room. Levels are found only when a rule asks for them: most events need none. */
export function pushContext(room: Room, sender: string, displayName?: string): PushContext {
  return {
    memberCount: room.memberCount('join'),
    displayName,
    get senderPowerLevel() {
      return powerLevelOf(sender, room, room.version)
    },
    get notificationLevels() {
      return notificationLevels(room.content('m.room.power_levels'))
    },
  }
}

function notificationLevels(content: JsonObject | undefined): Record<string, number> {
  const set = isJsonObject(content?.notifications) ? content.notifications : {}
  return Object.fromEntries(
    Object.entries(set).filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
  )
}

const readingTypes = new Set(['m.room.message', 'm.room.encrypted', 'm.call.invite', 'm.room.tombstone'])

/**
 * Whether the sender has read up to here: whoever speaks has read. What notifies nobody says nothing about that: a new
 * name, a reaction, an edit of what was said long ago.
 * https://spec.matrix.org/v1.19/client-server-api/#marking-notifications-as-read
 */
export function saysReadUpTo(type: string, relation: string | undefined): boolean {
  return readingTypes.has(type) && relation !== 'm.replace'
}
export const readingTypesList = [...readingTypes]
