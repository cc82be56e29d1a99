/**
 * POST /_matrix/client/v4/sync and POST /_matrix/client/unstable/org.matrix.simplified_msc3575/sync
 * https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md
 *
 * - A newer form of https://spec.matrix.org/v1.19/client-server-api/#syncing, not in a released version yet.
 * - The merged proposal and what clients speak today differ in names and in the form of required_state; the second has pos and
 *   timeout in the address.
 * - A pos that is not known any more is answered with M_UNKNOWN_POS: the client begins a new connection.
 */
import Type from 'typebox'
import { limits, type Route, type RouteRequest, route } from '#platform/api.ts'
import {
  type Dialect,
  type SlidingBody,
  slidingQuery,
  stickyName,
  subscriptionsName,
  threadsName,
} from '../sliding-sync/request.ts'
import type { SlidingSync } from '../sliding-sync/sliding-sync.ts'
import type { SessionSignals } from '../sync/session-signals.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'

type Deps = { slidingSync: SlidingSync; sessions: SessionSignals }

const Count = Type.Integer({ minimum: 0 })
const Names = Type.Array(Type.String({ maxLength: 255 }), { maxItems: limits.slidingSubscriptionsMax })
const Element = Type.Object({ type: Type.Optional(Type.String()), state_key: Type.Optional(Type.String()) })
const FilterNames = Type.Array(Type.String({ maxLength: 255 }), { maxItems: limits.slidingFilterNamesMax })
const RoomTypes = Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: limits.slidingFilterNamesMax })
const Filters = Type.Object({
  is_dm: Type.Optional(Type.Boolean()),
  is_encrypted: Type.Optional(Type.Boolean()),
  is_invited: Type.Optional(Type.Boolean()),
  is_invite: Type.Optional(Type.Boolean()),
  spaces: Type.Optional(FilterNames),
  room_types: Type.Optional(RoomTypes),
  not_room_types: Type.Optional(RoomTypes),
  tags: Type.Optional(FilterNames),
  not_tags: Type.Optional(FilterNames),
  room_name_like: Type.Optional(Type.String({ maxLength: 255 })),
})
const RequiredState = Type.Union([
  Type.Array(Type.Array(Type.String(), { minItems: 2, maxItems: 2 })),
  Type.Object({
    include: Type.Optional(Type.Array(Element)),
    exclude: Type.Optional(Type.Array(Element)),
    lazy_members: Type.Optional(Type.Boolean()),
  }),
])
const config = { timeline_limit: Type.Optional(Count), required_state: Type.Optional(RequiredState) }
const Range = Type.Array(Count, { minItems: 2, maxItems: 2 })
const ofRooms = { enabled: Type.Optional(Type.Boolean()), lists: Type.Optional(Names), rooms: Type.Optional(Names) }
const Paged = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  since: Type.Optional(Type.String()),
})
const Extensions = Type.Object({
  to_device: Type.Optional(Paged),
  [stickyName]: Type.Optional(Paged),
  [subscriptionsName]: Type.Optional(Paged),
  [threadsName]: Type.Optional(
    Type.Object({
      enabled: Type.Optional(Type.Boolean()),
      include_roots: Type.Optional(Type.Boolean()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
  ),
  e2ee: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()) })),
  account_data: Type.Optional(Type.Object(ofRooms)),
  receipts: Type.Optional(Type.Object(ofRooms)),
  typing: Type.Optional(Type.Object(ofRooms)),
})
const Presence = Type.Optional(
  Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('unavailable')]),
)
const Timeout = Type.Optional(Type.Integer({ minimum: 0 }))
const Pos = Type.Optional(Type.String())
const Body = Type.Object({
  conn_id: Type.Optional(Type.String({ maxLength: 255 })),
  txn_id: Type.Optional(Type.String({ maxLength: 255 })),
  pos: Pos,
  timeout: Timeout,
  set_presence: Presence,
  lists: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        ...config,
        range: Type.Optional(Range),
        ranges: Type.Optional(Type.Array(Range, { maxItems: 100 })),
        filters: Type.Optional(Filters),
      }),
    ),
  ),
  room_subscriptions: Type.Optional(Type.Record(Type.String(), Type.Object(config))),
  extensions: Type.Optional(Extensions),
})

export function slidingSync(deps: Deps): Route {
  return route({
    method: 'POST',
    path: '/_matrix/client/v4/sync',
    operation: 'slidingSync',
    needs: 'session',
    rate: 'sync',
    body: Body,
    handle: (request) => answer(deps, 'stable', request, {}),
  })
}

export function slidingSyncUnstable(deps: Deps): Route {
  return route({
    method: 'POST',
    path: '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync',
    operation: 'slidingSyncUnstable',
    needs: 'session',
    rate: 'sync',
    query: Type.Object({ pos: Pos, timeout: Timeout, set_presence: Presence }),
    body: Body,
    handle: (request) => answer(deps, 'unstable', request, request.query),
  })
}

async function answer(
  deps: Deps,
  dialect: Dialect,
  { body, caller, signal }: RouteRequest,
  from: Parameters<typeof slidingQuery>[3],
) {
  const subject = caller as Caller
  const text = await deps.sessions.during(subject.sessionId, signal, (until) =>
    deps.slidingSync.answer(slidingQuery(dialect, subject, body as SlidingBody, from, until)),
  )
  return jsonText(text)
}
