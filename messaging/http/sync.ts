/**
 * GET /_matrix/client/v3/sync
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
 */

import Type from 'typebox'
import { clientPaths, type JsonValue } from '#matrix/api.ts'
import { type Clock, type Route, refuse, route } from '#platform/api.ts'
import type { EventSigner } from '../events/event-signer.ts'
import { type PresenceState, presenceStates } from '../presence/presence-record.ts'
import { eventForm } from '../sync/event-form.ts'
import { parseSyncFilter } from '../sync/filter.ts'
import type { StateAfter } from '../sync/render.ts'
import type { SessionSignals } from '../sync/session-signals.ts'
import type { Sync } from '../sync/sync.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'

export interface FilterLookup {
  /** A filter by its id, or given as JSON. */
  resolve(userId: number, text: string): Promise<JsonValue>
}

type Deps = { sync: Sync; filters: FilterLookup; sessions: SessionSignals; signer: EventSigner; clock: Clock }

export function sync(deps: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/sync'),
    operation: 'sync',
    needs: 'session',
    rate: 'sync',
    query: Type.Object({
      filter: Type.Optional(Type.String()),
      since: Type.Optional(Type.String()),
      full_state: Type.Optional(Type.Boolean()),
      set_presence: Type.Optional(Type.String()),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
      use_state_after: Type.Optional(Type.Boolean()),
      'org.matrix.msc4222.use_state_after': Type.Optional(Type.Boolean()),
    }),
    async handle({ query, caller, signal }) {
      const subject = caller as Caller
      const filter = query.filter === undefined ? undefined : await deps.filters.resolve(subject.userId, query.filter)
      const parsed = parseSyncFilter(filter)
      const text = await deps.sessions.during(subject.sessionId, signal, (until) =>
        deps.sync.answer({
          subject,
          since: query.since === '' ? undefined : query.since,
          filter: parsed,
          form: eventForm(parsed.form, subject, deps),
          presence: presenceIn(query.set_presence),
          fullState: query.full_state ?? false,
          stateAfter: stateAfterOf(query.use_state_after, query['org.matrix.msc4222.use_state_after']),
          timeoutMs: query.timeout ?? 0,
          signal: until,
        }),
      )
      return jsonText(text)
    },
  })
}

function presenceIn(text: string | undefined): PresenceState {
  if (text === undefined) return 'online'
  const state = presenceStates.find((one) => one === text)
  if (state === undefined) throw refuse('M_INVALID_PARAM', 'set_presence is online, unavailable or offline.')
  return state
}

/** Who asks by the name of the proposal is answered by its name: such clients look for no other. */
function stateAfterOf(isStable: boolean | undefined, isUnstable: boolean | undefined): StateAfter {
  if (isStable === true) return 'state_after'
  return isUnstable === true && 'org.matrix.msc4222.state_after'
}
