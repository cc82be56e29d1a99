import type { Agency, ConsentStanding, Preferences, Purpose } from '#engagement/api.ts'
import { limits } from '#platform/api.ts'
import type { CitizenParts } from '../parts.ts'
import type { Reader } from './holder.ts'

export type Choice = {
  readonly purpose: Purpose
  /** What is shown of it, in the reader's language or the agency's. */
  readonly wording: { readonly language: string; readonly text: string }
  readonly standing: ConsentStanding | undefined
}

/** Everything that the agency may write about, with what the reader said. */
export async function choicesOf(
  { purposes, consent }: Pick<CitizenParts, 'purposes' | 'consent'>,
  agency: Agency,
  reader: Reader,
  language: string,
): Promise<Choice[]> {
  const [all, standings] = await Promise.all([purposes.ofAgency(agency.id), consent.standing(reader.holder)])
  const open = all.filter((purpose) => !purpose.isClosed)
  return Promise.all(
    open.map(async (purpose) => {
      const wordings = await purposes.wordings(purpose.id, purpose.wordingVersion)
      const spoken = [language, agency.language, ...Object.keys(wordings)].find((one) => wordings[one] !== undefined)
      return {
        purpose,
        wording: { language: spoken ?? agency.language, text: wordings[spoken ?? ''] ?? '' },
        standing: standings.find((one) => one.purposeId === purpose.id),
      }
    }),
  )
}

export type Change = { readonly choice: Choice; readonly to: 'grant' | 'withdraw' }

/**
 * What a form asks to change. A wording that is no longer the one that was shown is not agreed to: undefined, and the form is
 * shown anew.
 */
export function changesOf(choices: readonly Choice[], form: URLSearchParams): readonly Change[] | undefined {
  const changes: Change[] = []
  for (const choice of choices) {
    const { publicId, basis, wordingVersion } = choice.purpose
    const [said, shown] = [form.get(`p-${publicId}`), form.get(`v-${publicId}`)]
    if (basis !== 'consent' || (said !== 'yes' && said !== 'no')) continue
    const isOn = choice.standing?.state === 'granted'
    const wasEnded = choice.standing?.state === 'withdrawn'
    if (said === 'yes' && !isOn) {
      if (shown !== String(wordingVersion)) return undefined
      changes.push({ choice, to: 'grant' })
    }
    if (said === 'no' && !wasEnded) changes.push({ choice, to: 'withdraw' })
  }
  return changes
}

const kinds = ['sms', 'mail', 'inbox'] as const
export const formats = ['easy-language', 'large-print', 'sign-language', 'voice'] as const
const hour = /^([01]\d|2[0-3]):00$/
const dayMs = 24 * 3_600_000
const languageTag = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/

/** A field of the form that says nothing usable. */
export type WrongField = {
  readonly field: 'from' | 'to' | 'quiet-until'
  readonly is: 'half' | 'no-day' | 'past' | 'far'
}

/** What the form says of hours and days that cannot be kept. `today`: `YYYY-MM-DD` where she lives. */
export function wrongFieldsOf(form: URLSearchParams, today: string): WrongField[] {
  const wrong: WrongField[] = []
  const [from, to] = [form.get('from') ?? '', form.get('to') ?? '']
  if ((from === '') !== (to === '')) wrong.push({ field: from === '' ? 'from' : 'to', is: 'half' })
  const day = form.get('quiet-until') ?? ''
  if (day === '') return wrong
  const at = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day) {
    wrong.push({ field: 'quiet-until', is: 'no-day' })
  } else if (day <= today) wrong.push({ field: 'quiet-until', is: 'past' })
  else if (at > Date.parse(today) + limits.citizenQuietDaysMax * dayMs) wrong.push({ field: 'quiet-until', is: 'far' })
  return wrong
}

/** What the form says of ways, hours and form; what it does not speak of stays. */
export function preferencesOf(form: URLSearchParams, before: Preferences, timeZone: string): Preferences {
  const wished = ['w1', 'w2', 'w3'].map((name) => form.get(name))
  const channels = kinds
    .filter((kind) => wished.includes(kind))
    .toSorted((a, b) => wished.indexOf(a) - wished.indexOf(b))
  const [from, to] = [form.get('from') ?? '', form.get('to') ?? '']
  const isQuiet = hour.test(from) && hour.test(to) && from !== to
  const day = form.get('quiet-until') ?? ''
  const asked = form.get('language') ?? ''
  return {
    ...before,
    channels: channels.length > 0 ? channels : undefined,
    language: languageTag.test(asked) ? asked : before.language,
    quietHours: isQuiet ? { from, to, timeZone: before.quietHours?.timeZone ?? timeZone } : undefined,
    quietUntil: day === '' ? undefined : { day, timeZone: before.quietUntil?.timeZone ?? timeZone },
    formats: [
      ...(before.formats ?? []).filter((one) => !(formats as readonly string[]).includes(one)),
      ...formats.filter((format) => form.get(format) === 'on'),
    ],
  }
}
