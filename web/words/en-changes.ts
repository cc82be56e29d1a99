import type { Change } from '../matrix/change.ts'
import { count, lists } from './en-format.ts'

const because = (reason: string | undefined): string => (reason ? `: “${reason}”` : '')

export const changes: Record<Change['kind'], (change: Change) => string> = {
  created: ({ who }) => `${who} opened this room.`,
  joined: ({ who }) => `${who} joined.`,
  left: ({ who }) => `${who} left.`,
  invited: ({ who, whom }) => `${who} invited ${whom}.`,
  declined: ({ who }) => `${who} declined the invitation.`,
  withdrew: ({ who, whom }) => `${who} withdrew the invitation of ${whom}.`,
  removed: ({ who, whom, reason }) => `${who} removed ${whom}${because(reason)}.`,
  banned: ({ who, whom, reason }) => `${who} removed ${whom} for good${because(reason)}.`,
  unbanned: ({ who, whom }) => `${who} let ${whom} be invited again.`,
  renamed: ({ who, value }) => `${who} is now called ${value}.`,
  pictured: ({ who }) => `${who} has a new picture.`,
  named: ({ who, value }) => `${who} named the room “${value}”.`,
  unnamed: ({ who }) => `${who} took the room’s name away.`,
  topic: ({ who, value }) => `${who} set the topic: “${value}”.`,
  'no-topic': ({ who }) => `${who} took the topic away.`,
  'room-picture': ({ who }) => `${who} changed the room’s picture.`,
  'access-open': ({ who }) => `${who} opened the room to everyone in the house.`,
  'access-invited': ({ who }) => `${who} closed the room: from now on people are invited.`,
  history: ({ who }) => `${who} changed who may read earlier words.`,
  powers: ({ who }) => `${who} changed who may do what here.`,
  sealed: ({ who }) => `${who} sealed this room end to end.`,
  pinned: ({ who }) => `${who} changed what is pinned.`,
  leads: ({ who, whom }) =>
    whom ? `${who} leads this conversation, after ${whom}.` : `${who} leads this conversation.`,
  waits: () => 'This waits for an answer.',
  closed: () => 'This conversation is done.',
  reopened: () => 'This conversation is open again.',
  moved: ({ who }) => `${who} moved this room to a new one.`,
}

export const together = (kind: Change['kind'], names: string[], who: string): string => {
  const some = names.length > 4 ? [...names.slice(0, 3), count(names.length - 3, 'other', 'others')] : names
  const all = lists.format(some)
  return kind === 'joined' ? `${all} joined.` : kind === 'left' ? `${all} left.` : `${who} invited ${all}.`
}
