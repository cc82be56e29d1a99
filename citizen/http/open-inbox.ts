/** GET /c/i/:letter: the link in a notice. It opens nothing by itself: it leads to the pages of the agency. */
import { FileAnswer, type Route, route } from '#platform/api.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'

export const openInbox = (parts: CitizenParts): Route =>
  route({
    method: 'GET',
    path: '/c/i/:letter',
    operation: 'openCitizenInbox',
    needs: 'nobody',
    rate: 'citizenPage',
    async handle({ params }) {
      const id = String(params.letter)
      const found = /^[\w-]{10,64}$/.test(id) ? await parts.correspondence.inboxLetter(id) : undefined
      const agency = found && (await parts.agencies.byId(found.agencyId))
      const location = agency === undefined ? '/c/-' : pathOf(agency, 'messages')
      return new FileAnswer(Buffer.alloc(0), { location, 'cache-control': 'no-store' }, 303)
    },
  })
