/**
 * Simplified sliding sync as OpenAPI, from the text of the merged proposal, which no released version of the specification
 * has yet: https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md, with the
 * extensions of MSC3884, 3885, 3959, 3960 and 3961 as clients read them.
 */
import type { Documents } from './documents.ts'

const string = { type: 'string' }
const integer = { type: 'integer' }
const count = { type: 'integer', minimum: 0 }
const boolean = { type: 'boolean' }
const strings = { type: 'array', items: string }
const object = (properties: object, required: readonly string[] = []) => ({ type: 'object', properties, required })
const map = (value: object) => ({ type: 'object', additionalProperties: value })
const list = (items: object) => ({ type: 'array', items })
const pair = (items: object) => ({ type: 'array', items, minItems: 2, maxItems: 2 })

const content = { type: 'object' }
const event = object(
  { type: string, sender: string, event_id: string, origin_server_ts: integer, content, state_key: string },
  ['type', 'sender', 'event_id', 'origin_server_ts', 'content'],
)
const stripped = object({ type: string, sender: string, state_key: string, content }, [
  ...['type', 'sender', 'state_key', 'content'],
])
const stateStub = {
  ...object({ type: string, state_key: string }, ['type', 'state_key']),
  not: { required: ['content'] },
}
const hero = object({ user_id: string, displayname: string, avatar_url: string }, ['user_id'])
const typed = object({ type: string, content }, ['type', 'content'])

/** What has another name, or another form, where clients speak it today and in the merged proposal. */
type Dialect = {
  strippedState: string
  timeline: string
  expandedTimeline: string
  requiredState: object
  required: readonly string[]
  window: object
}

const unstable: Dialect = {
  strippedState: 'invite_state',
  timeline: 'timeline',
  expandedTimeline: 'unstable_expanded_timeline',
  requiredState: list(pair(string)),
  required: ['timeline_limit'],
  window: { ranges: list(pair(count)) },
}
const element = object({ type: string, state_key: string })
const stable: Dialect = {
  strippedState: 'stripped_state',
  timeline: 'timeline_events',
  expandedTimeline: 'expanded_timeline',
  requiredState: object({ include: list(element), exclude: list(element), lazy_members: boolean }),
  required: ['timeline_limit', 'required_state'],
  window: { range: pair(count) },
}

function roomResult({ strippedState, timeline, expandedTimeline }: Dialect): object {
  const properties = {
    ...{ bump_stamp: integer, membership: string, lists: strings, initial: boolean, is_dm: boolean },
    ...{ name: { type: ['string', 'null'] }, avatar: { type: ['string', 'null'] }, heroes: list(hero) },
    ...{ required_state: list({ anyOf: [event, stateStub] }), [timeline]: list(event) },
    ...{ prev_batch: string, limited: boolean, num_live: count, joined_count: count, invited_count: count },
    ...{ notification_count: count, highlight_count: count },
    ...{ [expandedTimeline]: boolean, [strippedState]: list(stripped) },
  }
  return { type: 'object', properties, additionalProperties: false }
}

const extensionResults = object({
  to_device: object({ next_batch: string, events: list(typed) }, ['next_batch']),
  e2ee: object({
    device_lists: object({ changed: strings, left: strings }),
    device_one_time_keys_count: map(count),
    device_unused_fallback_key_types: strings,
  }),
  account_data: object({ global: list(typed), rooms: map(list(typed)) }),
  receipts: object({ rooms: map(typed) }),
  typing: object({ rooms: map(typed) }),
})

function response(dialect: Dialect): object {
  const results = {
    pos: string,
    lists: map(object({ count }, ['count'])),
    rooms: map(roomResult(dialect)),
    extensions: extensionResults,
  }
  return object(results, ['pos'])
}

function request({ requiredState, required, window }: Dialect): object {
  const config = { timeline_limit: count, required_state: requiredState }
  const roomTypes = list({ type: ['string', 'null'] })
  const filters = object({
    ...{
      is_dm: boolean,
      is_encrypted: boolean,
      is_invited: boolean,
      spaces: strings,
      tags: strings,
      not_tags: strings,
    },
    ...{ room_types: roomTypes, not_room_types: roomTypes },
  })
  const ofRooms = object({ enabled: boolean, lists: strings, rooms: strings })
  const extensions = object({
    to_device: object({ enabled: boolean, limit: integer, since: string }),
    e2ee: object({ enabled: boolean }),
    ...{ account_data: ofRooms, receipts: ofRooms, typing: ofRooms },
  })
  return object({
    ...{ conn_id: string, pos: string, timeout: count },
    set_presence: { enum: ['online', 'offline', 'unavailable'] },
    lists: map(object({ ...config, ...window, filters }, required)),
    room_subscriptions: map(object(config, required)),
    extensions,
  })
}

function operation(operationId: string, dialect: Dialect): object {
  const error = object({ errcode: string, error: string }, ['errcode'])
  const json = (schema: object) => ({ content: { 'application/json': { schema } } })
  return {
    post: {
      operationId,
      parameters: ['pos', 'timeout'].map((name) => ({ in: 'query', name })),
      requestBody: json(request(dialect)),
      responses: { 200: json(response(dialect)), 400: json(error) },
    },
  }
}

export const slidingSyncFile = 'api/client-server/sliding-sync (MSC4186)'

export const slidingSyncDocument = {
  [slidingSyncFile]: {
    servers: [{ variables: { basePath: { default: '/_matrix/client' } } }],
    paths: {
      '/v4/sync': operation('slidingSync', stable),
      '/unstable/org.matrix.simplified_msc3575/sync': operation('slidingSyncUnstable', unstable),
    },
  },
} as unknown as Documents
