/** POST /c/:agency/leave: closes the pages. */
import type { Route } from '#platform/api.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage } from '../visits/page-route.ts'

export const leave = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'leave', twin: 'choices', operation: 'leaveCitizenPages' },
    async ({ session, agency }) => {
      await parts.sessions.end(session)
      return { to: pathOf(agency), session: null }
    },
  )
