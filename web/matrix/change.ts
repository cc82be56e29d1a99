import { EventType, type MatrixEvent } from 'matrix-js-sdk'

/** What changed about a room or its people, without words: those are the language's matter. */
export type ChangeKind =
  | 'created'
  | 'joined'
  | 'left'
  | 'invited'
  | 'declined'
  | 'withdrew'
  | 'removed'
  | 'banned'
  | 'unbanned'
  | 'renamed'
  | 'pictured'
  | 'named'
  | 'unnamed'
  | 'topic'
  | 'no-topic'
  | 'room-picture'
  | 'access-open'
  | 'access-invited'
  | 'history'
  | 'powers'
  | 'sealed'
  | 'pinned'
  | 'moved'
  | 'leads'
  | 'waits'
  | 'closed'
  | 'reopened'
export type Change = { kind: ChangeKind; who: string; whom?: string; value?: string; reason?: string; isMine?: true }

type NameOf = (userId: string) => string

function membershipChange(event: MatrixEvent, nameOf: NameOf): Change | undefined {
  const now = event.getContent()
  const before = event.getPrevContent()
  const target = event.getStateKey() ?? ''
  const sender = event.getSender() ?? ''
  const self = target === sender
  const who = nameOf(sender)
  // The member event carries the name that held then; a room that was left has no other.
  const whom = String(now.displayname ?? before.displayname ?? nameOf(target))
  const reason = typeof now.reason === 'string' && now.reason ? { reason: now.reason } : {}
  const was = before.membership
  switch (now.membership) {
    case 'invite':
      return { kind: 'invited', who, whom }
    case 'join':
      if (was !== 'join') return { kind: 'joined', who: whom }
      if (now.displayname !== before.displayname) {
        return { kind: 'renamed', who: String(before.displayname ?? nameOf(target)), value: whom }
      }
      return now.avatar_url === before.avatar_url ? undefined : { kind: 'pictured', who: whom }
    case 'ban':
      return { kind: 'banned', who, whom, ...reason }
    case 'leave':
      if (was === 'ban') return { kind: 'unbanned', who, whom }
      if (was === 'invite') return self ? { kind: 'declined', who: whom } : { kind: 'withdrew', who, whom }
      return self ? { kind: 'left', who: whom } : { kind: 'removed', who, whom, ...reason }
    default:
      return undefined
  }
}

const stateChanges: Record<string, ChangeKind> = { waiting: 'waits', closed: 'closed', open: 'reopened' }

/** What became of a conversation with a citizen. */
function talkChange(event: MatrixEvent, nameOf: NameOf, ownId: string): Change | undefined {
  const now = event.getContent()
  const before = event.getPrevContent()
  if (event.getType() === 'chancery.assignment') {
    if (typeof now.user_id !== 'string' || now.user_id === before.user_id) return undefined
    const after = typeof before.user_id === 'string' ? { whom: nameOf(before.user_id) } : {}
    return { kind: 'leads', who: nameOf(now.user_id), ...after, ...(now.user_id === ownId ? { isMine: true } : {}) }
  }
  if (before.state === undefined || before.state === now.state) return undefined
  const kind = stateChanges[String(now.state)]
  return kind && { kind, who: '' }
}

/** Reads a state event as a change worth a quiet line, or nothing. */
export function readChange(event: MatrixEvent, nameOf: NameOf, ownId = ''): Change | undefined {
  if (!event.isState()) return undefined
  const who = nameOf(event.getSender() ?? '')
  const content = event.getContent()
  switch (event.getType()) {
    case EventType.RoomMember:
      return membershipChange(event, nameOf)
    case EventType.RoomCreate:
      return { kind: 'created', who }
    case EventType.RoomName:
      return content.name ? { kind: 'named', who, value: String(content.name) } : { kind: 'unnamed', who }
    case EventType.RoomTopic:
      return content.topic ? { kind: 'topic', who, value: String(content.topic) } : { kind: 'no-topic', who }
    case EventType.RoomAvatar:
      return { kind: 'room-picture', who }
    case EventType.RoomJoinRules:
      return { kind: content.join_rule === 'public' ? 'access-open' : 'access-invited', who }
    case EventType.RoomHistoryVisibility:
      return Object.keys(event.getPrevContent()).length > 0 ? { kind: 'history', who } : undefined
    case EventType.RoomPowerLevels:
      return Object.keys(event.getPrevContent()).length > 0 ? { kind: 'powers', who } : undefined
    case EventType.RoomEncryption:
      return { kind: 'sealed', who }
    case EventType.RoomTombstone:
      return { kind: 'moved', who }
    case 'chancery.assignment':
    case 'chancery.conversation':
      return talkChange(event, nameOf, ownId)
    case EventType.RoomPinnedEvents:
      return { kind: 'pinned', who }
    default:
      return undefined
  }
}
