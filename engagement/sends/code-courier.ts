import { type Clock, limits, type Postgres } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import type { CodeCourier } from '../people/types.ts'
import type { Courier } from './courier.ts'

type Text = { readonly subject: string; say(code: string, agency: string, purpose: string | undefined): string }

const texts: Readonly<Record<string, Text>> = {
  en: {
    subject: 'Your code',
    say: (code, agency, purpose) =>
      purpose === undefined
        ? `${code} is your code for ${agency}. Give it only to whoever you asked for it.`
        : `${code} is your code for ${agency}. With it you agree to: ${purpose}. If you did not ask for it, do nothing.`,
  },
  de: {
    subject: 'Ihr Code',
    say: (code, agency, purpose) =>
      purpose === undefined
        ? `${code} ist Ihr Code für: ${agency}. Nennen Sie ihn nur, wenn Sie darum gebeten haben.`
        : `${code} ist Ihr Code für: ${agency}. Damit stimmen Sie zu: ${purpose}. Haben Sie nicht darum gebeten, tun Sie nichts.`,
  },
}

/** Brings codes by the pipeline of everything else that is sent, and not where others read along. */
export function createCodeCourier(deps: {
  postgres: Postgres
  clock: Clock
  agencies: Pick<Agencies, 'byId'>
  courier: Courier
}): CodeCourier {
  const { postgres, clock, agencies, courier } = deps
  return {
    reaches: async (address) => !address.isReadByOthers && courier.reaches(address),
    async bring({ address, code, language, purpose }) {
      const agency = await agencies.byId(address.agencyId)
      const spoken = (language ?? agency?.language ?? 'en').split('-', 1)[0] ?? 'en'
      const { subject, say } = texts[spoken] ?? (texts.en as Text)
      const text = say(code, agency?.name ?? '', purpose?.title)
      const untilMs = clock.nowMs() + limits.addressCodeLivesMs
      const { id: addressId, agencyId } = address
      await postgres.transaction((tx) => courier.queue(tx, { agencyId, addressId, subject, text, untilMs }))
    },
  }
}
