import type { ChannelKind } from './desk.ts'
import { ApiError, request, segment } from './http.ts'
import type { Session } from './session.ts'

// What an agency knows of a citizen, for whoever talks with her.

export type CitizenAddress = { id: string; kind: ChannelKind; value: string; verified: boolean; readByOthers: boolean }
export type CitizenRecord = {
  id: string
  name: string
  language?: string
  createdMs: number
  addresses: CitizenAddress[]
}
export type Preferences = {
  channels?: ChannelKind[]
  language?: string
  quietHours?: { from: string; to: string; timeZone: string }
  formats?: string[]
}
/** What we may write to her about: one line for each purpose of the agency. */
export type Permit = {
  purposeId: string
  title: string
  basis: 'consent' | 'legal-duty' | 'public-task' | 'emergency'
  state: 'always' | 'yes' | 'asked' | 'stopped' | 'never-asked'
  sinceMs?: number
  source?: string
}

type PurposeRow = { id: string; title: string; basis: Permit['basis']; closed: boolean }
type StandingRow = { purposeId: string; state: 'granted' | 'requested' | 'withdrawn'; sinceMs: number }
type EventRow = { purposeId?: string; source: string; atMs: number }

/** Each answers undefined where this person may not see it. */
export interface CitizensApi {
  record(personId: string): Promise<CitizenRecord | undefined>
  preferences(personId: string): Promise<Preferences | undefined>
  permits(personId: string, agency: string): Promise<Permit[] | undefined>
}

/** What one may not see, or what this server does not tell, is left out of the page. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined
    throw error
  }
}

export function createCitizensApi(session: Session): CitizensApi {
  const token = session.accessToken
  const path = (personId: string) => `/api/v1/people/${segment(personId)}`
  return {
    record: (personId) => orNothing(request('GET', path(personId), { token })),
    preferences: (personId) => orNothing(request('GET', `${path(personId)}/preferences`, { token })),
    permits: (personId, agency) =>
      orNothing(
        (async () => {
          type Consents = { standing: StandingRow[]; events: EventRow[] }
          const [{ standing, events }, { purposes }] = await Promise.all([
            request<Consents>('GET', `${path(personId)}/consents?limit=200`, { token }),
            request<{ purposes: PurposeRow[] }>('GET', `/api/v1/purposes?agency=${segment(agency)}`, { token }),
          ])
          return purposes.filter(({ closed }) => !closed).map((purpose) => permitOf(purpose, standing, events))
        })(),
      ),
  }
}

const states = { granted: 'yes', requested: 'asked', withdrawn: 'stopped' } as const

function permitOf({ id, title, basis }: PurposeRow, standing: StandingRow[], events: EventRow[]): Permit {
  if (basis !== 'consent') return { purposeId: id, title, basis, state: 'always' }
  const held = standing.find(({ purposeId }) => purposeId === id)
  if (!held) return { purposeId: id, title, basis, state: 'never-asked' }
  const source = events.find(({ purposeId, atMs }) => purposeId === id && atMs === held.sinceMs)?.source
  return {
    purposeId: id,
    title,
    basis,
    state: states[held.state],
    sinceMs: held.sinceMs,
    ...(source ? { source } : {}),
  }
}
