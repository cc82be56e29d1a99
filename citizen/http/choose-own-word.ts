/**
 * POST /c/:agency/word: a word of her own. Whoever has nothing but one code can choose it as well, so her other addresses are
 * told at once, it counts a day later, and then it still needs a code to another address.
 */
import { limits, Refusal, type Route } from '#platform/api.ts'
import { secondAddresses } from '../choices/addresses.ts'
import { readerOf } from '../choices/holder.ts'
import { html } from '../pages/html.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'
import { moment } from '../words/moments.ts'
import { ownWordPage } from './show-own-word.ts'

export const chooseOwnWord = (parts: CitizenParts): Route =>
  ownPage(
    parts,
    { method: 'POST', page: 'word', operation: 'chooseCitizenOwnWord', rate: 'citizenCode' },
    async (visit) => {
      const { session, words, agency, form } = visit
      const { ownWord } = words
      const reader = await readerOf(parts, session)
      if (reader?.person === undefined) return problem(visit, words.choices.unknownAddress, 404)
      const { id: personId } = reader.person
      const nowMs = parts.clock.nowMs()
      const countsFromMs = session.isStrong ? nowMs : nowMs + limits.citizenOwnWordWaitMs
      const word = (form.get('word') ?? '').slice(0, 200)
      const others = await secondAddresses(parts, reader)
      const told = { agencyId: agency.id, subject: ownWord.subject, text: ownWord.told(agency.name) }
      try {
        await parts.db.transaction(async (tx) => {
          await parts.codeWords.set(tx, { personId, kind: 'own', word, countsFromMs })
          for (const { id } of others) {
            await parts.courier.queue(tx, { ...told, addressId: id, untilMs: nowMs + limits.citizenOwnWordWaitMs })
          }
        })
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'M_INVALID_PARAM') throw error
        const { citizenWordLengthMin: least, citizenWordLengthMax: most } = limits
        return ownWordPage(parts, visit, { wrong: ownWord.wrong(least, most) })
      }
      const said = session.isStrong
        ? ownWord.countsNow
        : ownWord.counts(moment(countsFromMs, words.lang, parts.timeZone))
      return ownWordPage(parts, visit, { notice: html`${said}` })
    },
  )
