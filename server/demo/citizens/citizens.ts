/** Citizens of Port Averell. Everybody is invented; numbers and mail addresses lead nowhere. */
import type { Preferences } from '#engagement/api.ts'

export type DemoCitizen = {
  readonly key: string
  readonly name: string
  readonly number?: string
  readonly mail?: string
  readonly language?: string
  /** Keys of purposes. */
  readonly agreesTo: readonly string[]
  readonly prefers?: Preferences
  /** Her telephone lies where others read it. */
  readonly isReadByOthers?: true
}

const quietNights = { from: '21:00', to: '07:30', timeZone: 'UTC' }

export const citizens: readonly DemoCitizen[] = [
  citizen('ana', 'Ana Duarte', 101, true, ['collection', 'news']),
  citizen('bo', 'Bo Lund', 102, false, ['collection']),
  citizen('chiara', 'Chiara Fonseca', 103, true, ['collection', 'news'], { prefers: { channels: ['mail', 'sms'] } }),
  citizen('dawit', 'Dawit Bekele', 104, false, [], { isReadByOthers: true }),
  citizen('esther', 'Esther Okafor', undefined, true, ['news']),
  citizen('farid', 'Farid Rahimi', 106, true, ['news']),
  citizen('greta', 'Greta Holm', 107, false, ['collection'], {
    prefers: { formats: ['large-print'], quietHours: quietNights },
  }),
  citizen('hana', 'Hana Sato', 108, true, ['collection', 'news']),
  citizen('ivo', 'Ivo Marković', 109, true, []),
  citizen('june', 'June Castellano', undefined, true, ['news']),
  citizen('kofi', 'Kofi Mensah', 110, false, ['collection']),
  citizen('lucia', 'Lucía Ortega', 111, true, ['collection'], { language: 'es' }),
  citizen('mo', 'Mohammed Al-Amin', 112, true, ['collection']),
]

/** Somebody whom the city does not know. */
export const stranger = { key: 'stranger', number: '+15550100199' } as const

function citizen(
  key: string,
  name: string,
  number: number | undefined,
  hasMail: boolean,
  agreesTo: readonly string[],
  more: Partial<DemoCitizen> = {},
): DemoCitizen {
  return {
    key,
    name,
    ...(number !== undefined && { number: `+15550100${number}` }),
    ...(hasMail && { mail: `${key}@citizens.example` }),
    agreesTo,
    language: 'en',
    ...more,
  }
}
