import type { JsonObject } from '../../json/json.ts'
import { type AuthCase, ada, baseUsers, ben, cleo, dora, type EventOfCase, emil, finn, hugo } from './room-of-cases.ts'

/**
 * Opening a room, sending to it, and its power levels. Source: the authorisation rules of each room version, and
 * "Deprecated event content schemas" for levels that are no integers.
 * https://spec.matrix.org/v1.19/rooms/
 */
const message = (sender: string): EventOfCase => ({ type: 'm.room.message', sender, content: { body: 'Hello' } })
const setting = (type: string, sender: string, stateKey = ''): EventOfCase => ({ type, sender, stateKey })

function opening(content: JsonObject, more: EventOfCase['with'] = {}): EventOfCase {
  return { type: 'm.room.create', sender: ada, stateKey: '', content: { creator: ada, ...content }, with: more }
}

const creates: AuthCase[] = [
  { what: 'opening a room', event: opening({}) },
  { what: 'opening a room of a known version', event: opening({ room_version: '9' }) },
  {
    what: 'opening after something else',
    refusedBy: 'create.prev_events',
    event: opening({}, { prev_events: ['$x'] }),
  },
  {
    what: 'opening under another server’s name',
    refusedBy: 'create.room_id',
    versions: [1, 11],
    event: opening({}, { room_id: '!r:two' }),
  },
  {
    what: 'opening with a room id',
    refusedBy: 'create.room_id',
    versions: [12, 12],
    event: opening({}, { room_id: '!r:one' }),
  },
  {
    what: 'opening a room of an unknown version',
    refusedBy: 'create.room_version',
    event: opening({ room_version: '99' }),
  },
  { what: 'a version that is no text', refusedBy: 'create.room_version', event: opening({ room_version: 9 }) },
  {
    what: 'opening without a creator',
    refusedBy: 'create.creator',
    versions: [1, 10],
    event: { type: 'm.room.create', sender: ada, stateKey: '' },
  },
  {
    what: 'opening without naming a creator',
    versions: [11, 12],
    event: { type: 'm.room.create', sender: ada, stateKey: '' },
  },
  { what: 'opening with more creators', versions: [12, 12], event: opening({ additional_creators: [ben, cleo] }) },
  {
    what: 'creators that are no list',
    refusedBy: 'create.additional_creators',
    versions: [12, 12],
    event: opening({ additional_creators: ben }),
  },
  {
    what: 'creators that are no people',
    refusedBy: 'create.additional_creators',
    versions: [12, 12],
    event: opening({ additional_creators: ['ben'] }),
  },
  { what: 'creators that mean nothing yet', versions: [1, 11], event: opening({ additional_creators: 'x' }) },
]

const rooms: AuthCase[] = [
  {
    what: 'sending before there is a room',
    refusedBy: 'create.missing',
    room: { withoutCreate: true },
    event: message(ada),
  },
  {
    what: 'another room’s id',
    refusedBy: 'room.id',
    versions: [12, 12],
    event: { ...message(cleo), with: { room_id: '!other' } },
  },
  {
    what: 'other servers in a room of one server',
    refusedBy: 'room.federate',
    room: { create: { 'm.federate': false } },
    event: message(cleo),
  },
  { what: 'the own server in a room of one server', room: { create: { 'm.federate': false } }, event: message(ben) },
  {
    what: 'other servers where nothing speaks against it',
    room: { create: { 'm.federate': true } },
    event: message(cleo),
  },
]

const aliases: AuthCase[] = [
  { what: 'a server sets its aliases', versions: [1, 5], event: setting('m.room.aliases', finn, 'three') },
  {
    what: 'aliases of another server',
    refusedBy: 'aliases.state_key',
    versions: [1, 5],
    event: setting('m.room.aliases', cleo, 'one'),
  },
  {
    what: 'aliases without a server',
    refusedBy: 'aliases.state_key',
    versions: [1, 5],
    event: { type: 'm.room.aliases', sender: cleo },
  },
  {
    what: 'aliases as any other state, from outside',
    refusedBy: 'sender.not_joined',
    versions: [6, 12],
    event: setting('m.room.aliases', finn, 'three'),
  },
  { what: 'aliases as any other state', versions: [6, 12], event: setting('m.room.aliases', ben, 'two') },
]

const sending: AuthCase[] = [
  { what: 'a member’s message', event: message(cleo) },
  { what: 'a message from outside', refusedBy: 'sender.not_joined', event: message(finn) },
  { what: 'a message of someone invited', refusedBy: 'sender.not_joined', event: message(dora) },
  { what: 'a message of someone banned', refusedBy: 'sender.not_joined', event: message(emil) },
  { what: 'a message of someone who left', refusedBy: 'sender.not_joined', event: message(hugo) },
  {
    what: 'a message below the default',
    refusedBy: 'event.power',
    room: { levels: { events_default: 10 } },
    event: message(cleo),
  },
  {
    what: 'a message at its own level',
    room: { levels: { events_default: 100, events: { 'm.room.message': 0 } } },
    event: message(cleo),
  },
  { what: 'a name below the default of 50', refusedBy: 'event.power', event: setting('m.room.name', cleo) },
  { what: 'a name at the default of 50', event: setting('m.room.name', ben) },
  { what: 'a name where anybody may', room: { levels: { state_default: 0 } }, event: setting('m.room.name', cleo) },
  {
    what: 'a name below its own level',
    refusedBy: 'event.power',
    room: { levels: { events: { 'm.room.name': 60 } } },
    event: setting('m.room.name', ben),
  },
  {
    what: 'everybody’s default level counts',
    room: { levels: { users_default: 50 } },
    event: setting('m.room.name', cleo),
  },
  {
    what: 'without levels whoever opened the room may do all',
    room: { levels: null },
    event: setting('m.room.name', ada),
  },
  {
    what: 'without levels nobody else may',
    refusedBy: 'event.power',
    room: { levels: null },
    event: setting('m.room.name', ben),
  },
  {
    what: 'a level like a name of what all objects have',
    room: { levels: { state_default: 0 } },
    event: setting('constructor', cleo),
  },
  {
    what: 'one’s own name as a state key',
    room: { levels: { state_default: 0 } },
    event: setting('org.example.pin', cleo, cleo),
  },
  {
    what: 'another’s name as a state key',
    refusedBy: 'state_key.user',
    room: { levels: { state_default: 0 } },
    event: setting('org.example.pin', cleo, ben),
  },
  {
    what: 'even whoever opened the room keeps to it',
    refusedBy: 'state_key.user',
    event: setting('org.example.pin', ada, ben),
  },
  { what: 'making a third-party invitation', event: setting('m.room.third_party_invite', cleo, 'token') },
  {
    what: 'making one below the level',
    refusedBy: 'third_party_invite.power',
    room: { levels: { invite: 50 } },
    event: setting('m.room.third_party_invite', cleo, 't'),
  },
  {
    what: 'making one from outside',
    refusedBy: 'sender.not_joined',
    event: setting('m.room.third_party_invite', hugo, 't'),
  },
]

function redaction(sender: string, redacts: string, id: string): EventOfCase {
  return { type: 'm.room.redaction', sender, content: {}, with: { redacts, event_id: id } }
}
const redactions: AuthCase[] = [
  { what: 'redacting with power', event: redaction(ben, '$m:two', '$r:one') },
  { what: 'redacting what one’s own server sent', event: redaction(cleo, '$m:two', '$r:two') },
  {
    what: 'redacting another server’s without power',
    refusedBy: 'redaction.power',
    versions: [1, 2],
    event: redaction(cleo, '$m:one', '$r:two'),
  },
  { what: 'redacting anything is settled later', versions: [3, 12], event: redaction(cleo, '$m:one', '$r:two') },
  {
    what: 'redacting below its own level',
    refusedBy: 'event.power',
    room: { levels: { events: { 'm.room.redaction': 10 } } },
    event: redaction(cleo, '$m:two', '$r:two'),
  },
]

/** Ben, at 50, may send power levels here. */
const open = { events: { 'm.room.power_levels': 50 } }
function levels(content: JsonObject, sender = ben): EventOfCase {
  return { type: 'm.room.power_levels', sender, stateKey: '', content }
}
/** What the room has now, changed; in version 12 without Ada’s entry. */
function changed(change: JsonObject, userChange: JsonObject = {}): EventOfCase {
  return levels({ ...open, users: { [ben]: 50, ...userChange }, ...change })
}
const plain = { levels: { ...open, users: { [ben]: 50 } } }
const crowded = { levels: { ...open, users: { [ben]: 50, [cleo]: 50, [dora]: 49, [emil]: 51 } } }

const malformed: AuthCase[] = [
  { what: 'levels as they are', room: plain, event: changed({}) },
  { what: 'the first levels of a room', room: { levels: null }, event: levels({ users: { [ben]: 100 } }, ada) },
  { what: 'users that are no object', refusedBy: 'power_levels.malformed', room: plain, event: changed({ users: [] }) },
  {
    what: 'users under names that are no user ids',
    refusedBy: 'power_levels.malformed',
    room: plain,
    event: changed({}, { cleo: 0 }),
  },
  {
    what: 'a user’s level that is no number',
    refusedBy: 'power_levels.malformed',
    room: plain,
    event: changed({}, { [cleo]: 'high' }),
  },
  {
    what: 'a user’s level that is true',
    refusedBy: 'power_levels.malformed',
    room: plain,
    event: changed({}, { [cleo]: true }),
  },
  { what: 'a level of nothing', refusedBy: 'power_levels.malformed', room: plain, event: changed({ ban: null }) },
  {
    what: 'events that are no object',
    refusedBy: 'power_levels.malformed',
    room: plain,
    event: changed({ events: 5 }),
  },
  {
    what: 'malformed even when they are the first',
    refusedBy: 'power_levels.malformed',
    room: { levels: null },
    event: levels({ users: 1 }, ada),
  },
  { what: 'a level in words', refusedBy: 'power_levels.malformed', room: plain, event: changed({ kick: 'fifty' }) },
  { what: 'a user’s level as a string', versions: [1, 9], room: plain, event: changed({}, { [cleo]: ' +00010 ' }) },
  {
    what: 'a user’s level as a string, no more',
    refusedBy: 'power_levels.malformed',
    versions: [10, 12],
    room: plain,
    event: changed({}, { [cleo]: '10' }),
  },
  { what: 'a standing level as a string', versions: [1, 9], room: plain, event: changed({ kick: '50' }) },
  {
    what: 'a standing level as a string, no more',
    refusedBy: 'power_levels.malformed',
    versions: [10, 12],
    room: plain,
    event: changed({ kick: '50' }),
  },
  {
    what: 'an event’s level as a string, no more',
    refusedBy: 'power_levels.malformed',
    versions: [10, 12],
    room: plain,
    event: changed({ events: { ...open.events, x: '1' } }),
  },
  {
    what: 'the same level in a string is no change',
    versions: [1, 9],
    room: crowded,
    event: changed({}, { [cleo]: '50', [dora]: 49, [emil]: '51' }),
  },
  { what: 'a fraction is cut off', versions: [1, 5], room: plain, event: changed({}, { [cleo]: 50.9 }) },
  {
    what: 'a fraction, no more',
    refusedBy: 'power_levels.malformed',
    versions: [6, 12],
    room: plain,
    event: changed({}, { [cleo]: 50.9 }),
  },
  {
    what: 'notifications in words are looked at',
    refusedBy: 'power_levels.malformed',
    versions: [6, 12],
    room: plain,
    event: changed({ notifications: { room: 'x' } }),
  },
  {
    what: 'notifications in words pass unseen',
    versions: [1, 5],
    room: plain,
    event: changed({ notifications: { room: 'x' } }),
  },
  {
    what: 'an entry for whoever opened the room',
    refusedBy: 'power_levels.creators',
    versions: [12, 12],
    room: plain,
    event: changed({}, { [ada]: 0 }),
  },
  {
    what: 'an entry for a further creator',
    refusedBy: 'power_levels.creators',
    versions: [12, 12],
    room: { ...plain, create: { additional_creators: [cleo] } },
    event: changed({}, { [cleo]: 0 }),
  },
]

const changes: AuthCase[] = [
  ...(['users_default', 'events_default', 'state_default', 'ban', 'redact', 'kick', 'invite'] as const).flatMap(
    (field): AuthCase[] => [
      { what: `${field} up to one’s own level`, room: plain, event: changed({ [field]: 50 }) },
      {
        what: `${field} above one’s own level`,
        refusedBy: 'power_levels.new',
        room: plain,
        event: changed({ [field]: 51 }),
      },
      {
        what: `${field} down from above`,
        refusedBy: 'power_levels.current',
        room: { levels: { ...plain.levels, [field]: 51 } },
        event: changed({ [field]: 0 }),
      },
    ],
  ),
  {
    what: 'removing a level from above',
    refusedBy: 'power_levels.current',
    room: { levels: { ...plain.levels, ban: 60 } },
    event: changed({}),
  },
  {
    what: 'a level whose default is above, down',
    refusedBy: 'power_levels.current',
    room: { levels: { events: { 'm.room.power_levels': 40 }, users: { [ben]: 40 } } },
    event: levels({ events: { 'm.room.power_levels': 40 }, users: { [ben]: 40 }, ban: 30 }),
  },
  {
    what: 'what stands above and stays',
    room: { levels: { ...plain.levels, ban: 60, events: { ...open.events, x: 60 } } },
    event: changed({ ban: 60, events: { ...open.events, x: 60, y: 5 } }),
  },
  {
    what: 'removing a level whose default is above',
    refusedBy: 'power_levels.new',
    room: { levels: { events: { 'm.room.power_levels': 40 }, users: { [ben]: 40 }, ban: 30 } },
    event: levels({ events: { 'm.room.power_levels': 40 }, users: { [ben]: 40 } }),
  },
  { what: 'an event’s level added', room: plain, event: changed({ events: { ...open.events, x: 50 } }) },
  {
    what: 'an event’s level added above',
    refusedBy: 'power_levels.new',
    room: plain,
    event: changed({ events: { ...open.events, x: 51 } }),
  },
  {
    what: 'an event’s level removed',
    room: { levels: { ...plain.levels, events: { ...open.events, x: 50 } } },
    event: changed({}),
  },
  {
    what: 'an event’s level removed from above',
    refusedBy: 'power_levels.current',
    room: { levels: { ...plain.levels, events: { ...open.events, x: 51 } } },
    event: changed({}),
  },
  {
    what: 'notifications above one’s level',
    refusedBy: 'power_levels.new',
    versions: [6, 12],
    room: plain,
    event: changed({ notifications: { room: 51 } }),
  },
  {
    what: 'notifications above one’s level, unseen',
    versions: [1, 5],
    room: plain,
    event: changed({ notifications: { room: 51 } }),
  },
  {
    what: 'notifications down from above',
    refusedBy: 'power_levels.current',
    versions: [6, 12],
    room: { levels: { ...plain.levels, notifications: { room: 60 } } },
    event: changed({}),
  },
  { what: 'a user up to one’s own level', room: plain, event: changed({}, { [cleo]: 50 }) },
  {
    what: 'a user above one’s own level',
    refusedBy: 'power_levels.new',
    room: plain,
    event: changed({}, { [cleo]: 51 }),
  },
  {
    what: 'oneself above one’s own level',
    refusedBy: 'power_levels.new',
    room: plain,
    event: changed({}, { [ben]: 51 }),
  },
  { what: 'oneself down', room: plain, event: changed({}, { [ben]: 10 }) },
  { what: 'someone below, down', room: crowded, event: changed({}, { [cleo]: 50, [dora]: 0, [emil]: 51 }) },
  {
    what: 'someone as powerful, down',
    refusedBy: 'power_levels.equal',
    room: crowded,
    event: changed({}, { [cleo]: 0, [dora]: 49, [emil]: 51 }),
  },
  {
    what: 'someone above, removed',
    refusedBy: 'power_levels.equal',
    room: crowded,
    event: changed({}, { [cleo]: 50, [dora]: 49 }),
  },
  {
    what: 'everything by whoever stands above all',
    versions: [12, 12],
    room: crowded,
    event: levels({ ban: 10_000, users: { [cleo]: 9_000 } }, ada),
  },
  {
    what: 'above one’s level by whoever opened an older room',
    refusedBy: 'power_levels.new',
    versions: [1, 11],
    room: { levels: { users: baseUsers } },
    event: levels({ users: { ...baseUsers, [cleo]: 101 } }, ada),
  },
]

export const sendingCases: readonly AuthCase[] = [
  ...creates,
  ...rooms,
  ...aliases,
  ...sending,
  ...redactions,
  ...malformed,
  ...changes,
]
