/** POST /c/:agency/messages/:message: her answer goes into the conversation. */
import { limits, type Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import { pathOf } from '../pages/layout.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'
import { isShown, messagesPage } from './show-messages.ts'

const keyShape = /^[\w-]{8,64}$/

export const answerMessage = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'messages/:message', twin: 'messages', operation: 'answerCitizenMessage' },
    async (visit) => {
      const { session, words, agency, form, params } = visit
      const reader = await readerOf(parts, session)
      if (reader?.person === undefined) return problem(visit, words.problem.ended, 410)
      const { id: personId } = reader.person
      const letter = await parts.correspondence.one(personId, params.message ?? '')
      if (letter === undefined || !isShown(letter, session.isStrong)) return problem(visit, words.problem.gone, 404)
      const text = (form.get('text') ?? '').trim().slice(0, limits.citizenAnswerLengthMax)
      const key = form.get('key') ?? ''
      if (text === '' || !keyShape.test(key))
        return messagesPage(parts, visit, { id: letter.id, says: words.messages.empty })
      await parts.correspondence.answer(personId, { letter, key, text })
      return { to: `${pathOf(agency, 'messages')}?sent=1` }
    },
  )
