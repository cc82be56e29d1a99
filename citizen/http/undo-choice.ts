/** POST /c/:agency/undo: takes back what was just saved, within 30 days. */
import { Refusal, type Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { proofOf } from '../choices/proof.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'

const eventsMax = 50

export const undoChoice = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'POST', page: 'undo', twin: 'choices', operation: 'undoCitizenChoice' }, async (visit) => {
    const { session, agency, words, form } = visit
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const asked = (form.get('events') ?? '').split('.', eventsMax)
    // Only what is hers: ids of others lead nowhere.
    const own = new Set((await parts.consent.history(reader.holder, { limit: 200 })).map(({ publicId }) => publicId))
    const by = { source: 'page', actor: { kind: 'citizen' }, proof: proofOf(visit) } as const
    try {
      await parts.db.transaction(async (tx) => {
        for (const eventId of asked.filter((id) => own.has(id))) await parts.consent.undo(tx, { eventId, ...by })
      })
    } catch (error) {
      if (error instanceof Refusal) return problem(visit, words.choices.notUndone, 409)
      throw error
    }
    return { to: `${pathOf(agency, 'choices')}?undone=1` }
  })
