/**
 * GET /api/v1/people/{id}/consents?limit&cursor
 *
 * - `standing`: what holds now, by purpose. `events`: everything that was agreed to and ended, the newest first.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute, readCursor } from '../citizen-route.ts'
import type { Consent, Purposes } from '../consent/types.ts'
import type { RecordOpenings } from '../people/types.ts'
import { EventShape, presentEventOf, presentStanding, StandingShape } from './consent-shapes.ts'
import { Cursor, Limit, NextCursor, PublicId } from './shapes.ts'

const limitDefault = 50

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  openings: Pick<RecordOpenings, 'require'>
  purposes: Pick<Purposes, 'ofAgency'>
  consent: Pick<Consent, 'standing' | 'history'>
}

export function listConsents({ agencyDoors, openings, purposes, consent }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people/:id/consents',
    operation: 'listConsents',
    needs: 'citizens.desk',
    rate: 'read',
    params: Type.Object({ id: PublicId }),
    query: Type.Object({ limit: Limit, cursor: Cursor }),
    answer: Type.Object({
      standing: Type.Array(StandingShape),
      events: Type.Array(EventShape),
      next_cursor: NextCursor,
    }),
    async handle({ caller, params, query }) {
      const { person, agency } = await agencyDoors.person(caller, 'citizens.desk', params.id)
      await openings.require(caller, person.id)
      const holder = { personId: person.id }
      const beforeSeq = readCursor(query.cursor)
      const limit = query.limit ?? limitDefault
      const page = { limit, ...(beforeSeq !== undefined && { beforeSeq }) }
      const [own, standing, events] = await Promise.all([
        purposes.ofAgency(agency.id),
        consent.standing(holder),
        consent.history(holder, page),
      ])
      const last = events.length < limit ? undefined : events.at(-1)
      return {
        standing: standing.map((one) => presentStanding(one, own)),
        events: events.map((event) => presentEventOf(event, own)),
        ...(last !== undefined && { next_cursor: String(last.seq) }),
      }
    },
  })
}
