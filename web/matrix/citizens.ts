import type { ChannelKind, TalkState } from './desk.ts'
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
  /** One's own, where one works on no open conversation with her. */
  opening?: Opening
}
/** Somebody looks at a record and said why; the citizen can read it. */
export type Opening = { reason: string; atMs: number; untilMs: number }
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

/** Something that was talked about with her, in whatever conversation. */
export type OtherTalk = { id: string; channel: ChannelKind; state: TalkState; openedMs: number; updatedMs: number }

/** What was said, and by whom. Words of hers have the channel by which they came. */
export type SaidMessage = {
  eventId: string
  from: 'citizen' | 'staff'
  sender: string
  atMs: number
  text: string
  channel?: { kind: ChannelKind }
}
export type SaidPage = { messages: readonly SaidMessage[]; next: string | undefined }

type PurposeRow = { id: string; title: string; basis: Permit['basis']; closed: boolean }
type StandingRow = { purposeId: string; state: 'granted' | 'requested' | 'withdrawn'; sinceMs: number }
type EventRow = { purposeId?: string; source: string; atMs: number }

/** Each answers undefined where this person may not see it. */
export interface CitizensApi {
  /** `reason-needed`: one has to say why, as one works on no open conversation with her. */
  record(personId: string): Promise<CitizenRecord | 'reason-needed' | undefined>
  /** Opens the record for some hours. */
  open(personId: string, reason: string): Promise<void>
  /** In the order of time; the newest page first. Rejects where this person may not see it. */
  said(personId: string, cursor?: string): Promise<SaidPage>
  preferences(personId: string): Promise<Preferences | undefined>
  /** The newest first. */
  talks(personId: string): Promise<OtherTalk[] | undefined>
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
    async record(personId) {
      try {
        return await request<CitizenRecord>('GET', path(personId), { token })
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'reason-needed') return error.reason
        return orNothing(Promise.reject(error))
      }
    },
    async open(personId, reason) {
      await request('POST', `${path(personId)}/openings`, { token, body: { reason } })
    },
    async said(personId, cursor) {
      type Answer = { messages: SaidMessage[]; next_cursor?: string }
      const query = cursor ? `?cursor=${segment(cursor)}` : ''
      const answer = await request<Answer>('GET', `${path(personId)}/timeline${query}`, { token })
      return { messages: answer.messages.toReversed(), next: answer.next_cursor }
    },
    preferences: (personId) => orNothing(request('GET', `${path(personId)}/preferences`, { token })),
    async talks(personId) {
      const timeline = request<{ conversations: OtherTalk[] }>('GET', `${path(personId)}/timeline?limit=1`, { token })
      return (await orNothing(timeline))?.conversations.toSorted((a, b) => b.openedMs - a.openedMs)
    },
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
