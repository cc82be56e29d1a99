import { request, segment } from './http.ts'
import type { Session } from './session.ts'

export type StaffMember = {
  userId: string
  name: string
  admin: boolean
  deactivated: boolean
  createdAt: number
  lastSeenAt: number | undefined
}
export type StaffDevice = {
  deviceId: string
  name: string
  lastSeenAt: number | undefined
  lastSeenIp: string | undefined
}
export type InvitationState = 'open' | 'used' | 'expired' | 'withdrawn'
export type Invitation = {
  invitationId: string
  name: string
  note: string
  createdAt: number
  expiresAt: number
  invitedBy: string
  state: InvitationState
}
export type NewInvitation = { invitationId: string; url: string; expiresAt: number }
export type PeoplePage = { people: StaffMember[]; next: string | undefined }

/** The part of the server's own API that only administrators may call. Every call throws ApiError when refused. */
export interface Administration {
  people(query: { search: string; from?: string | undefined; limit: number }, signal?: AbortSignal): Promise<PeoplePage>
  devices(userId: string): Promise<StaffDevice[]>
  endDevice(userId: string, deviceId: string): Promise<void>
  invitations(): Promise<Invitation[]>
  invite(name: string, note: string): Promise<NewInvitation>
  withdraw(invitationId: string): Promise<void>
}

type PersonRow = {
  user_id: string
  display_name?: string | null
  admin: boolean
  deactivated: boolean
  created_ts: number
  last_seen_ts?: number | null
}
type DeviceRow = { device_id: string; display_name?: string; last_seen_ts?: number; last_seen_ip?: string }
type InvitationRow = {
  invitation_id: string
  display_name?: string
  note?: string
  created_ts: number
  expires_ts: number
  invited_by: string
  state: InvitationState
}

const readPerson = (row: PersonRow): StaffMember => ({
  userId: row.user_id,
  name: row.display_name || row.user_id,
  admin: row.admin,
  deactivated: row.deactivated,
  createdAt: row.created_ts,
  lastSeenAt: row.last_seen_ts ?? undefined,
})

const readDevice = (row: DeviceRow): StaffDevice => ({
  deviceId: row.device_id,
  name: row.display_name ?? '',
  lastSeenAt: row.last_seen_ts,
  lastSeenIp: row.last_seen_ip,
})

const readInvitation = (row: InvitationRow): Invitation => ({
  invitationId: row.invitation_id,
  name: row.display_name ?? '',
  note: row.note ?? '',
  createdAt: row.created_ts,
  expiresAt: row.expires_ts,
  invitedBy: row.invited_by,
  state: row.state,
})

export function createAdministration(session: Session): Administration {
  const token = session.accessToken
  const personPath = (userId: string) => `/api/v1/accounts/${segment(userId)}`
  return {
    async people({ search, from, limit }, signal) {
      const query = new URLSearchParams({ limit: String(limit) })
      if (search) query.set('search', search)
      if (from) query.set('from', from)
      const options = signal ? { token, signal } : { token }
      const answer = await request<{ people: PersonRow[]; next?: string }>('GET', `/api/v1/accounts?${query}`, options)
      return { people: answer.people.map(readPerson), next: answer.next }
    },
    async devices(userId) {
      const answer = await request<{ devices: DeviceRow[] }>('GET', `${personPath(userId)}/devices`, { token })
      return answer.devices.map(readDevice)
    },
    async endDevice(userId, deviceId) {
      await request('DELETE', `${personPath(userId)}/devices/${segment(deviceId)}`, { token })
    },
    async invitations() {
      const answer = await request<{ invitations: InvitationRow[] }>('GET', '/api/v1/invitations', { token })
      return answer.invitations.map(readInvitation)
    },
    async invite(name, note) {
      const body = { ...(name ? { display_name: name } : {}), ...(note ? { note } : {}) }
      type Answer = { invitation_id: string; url: string; expires_ts: number }
      const answer = await request<Answer>('POST', '/api/v1/invitations', { token, body })
      return { invitationId: answer.invitation_id, url: answer.url, expiresAt: answer.expires_ts }
    },
    async withdraw(invitationId) {
      await request('DELETE', `/api/v1/invitations/${segment(invitationId)}`, { token })
    },
  }
}
