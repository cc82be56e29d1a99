/** POST /c/:agency/code: sends a code, and says the same whether the address is known or not. */
import type { Address } from '#engagement/api.ts'
import type { Route } from '#platform/api.ts'
import type { CitizenParts } from '../parts.ts'
import { openPage, type Visit } from '../visits/page-route.ts'
import { codePage } from './enter-code.ts'
import { startPage } from './show-start.ts'

export const sendCode = (parts: CitizenParts): Route =>
  openPage(
    parts,
    { method: 'POST', page: 'code', twin: '', operation: 'sendCitizenCode', rate: 'citizenCode' },
    async (visit) => {
      const { agency, words, form } = visit
      const given = form.get('address') ?? ''
      const found = await addressOf(parts, visit, given)
      if (found === 'none') return startPage(visit, undefined, words.start.notAnAddress, given.slice(0, 320))
      const id = await parts.codes.send(agency.id, found, {
        subject: words.code.subject,
        text: (code) => words.code.message(code, agency.name),
      })
      return codePage(visit, id)
    },
  )

async function addressOf(parts: CitizenParts, { agency }: Visit, given: string): Promise<Address | 'none' | undefined> {
  for (const kind of ['sms', 'mail'] as const) {
    const value = parts.people.normalise(kind, given, agency.country)
    if (value !== undefined) return parts.people.addressOf(agency.id, kind, value)
  }
  return 'none'
}
