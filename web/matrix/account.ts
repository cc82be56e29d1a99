import { request } from './http.ts'
import type { Session } from './session.ts'

type LoginAnswer = { user_id: string; access_token: string; device_id: string }

const toSession = (answer: LoginAnswer): Session => ({
  userId: answer.user_id,
  deviceId: answer.device_id,
  accessToken: answer.access_token,
})

/** What this device is called in a person's list of devices. */
export function describeDevice(userAgent: string = navigator.userAgent): string {
  const browser = /Edg\//.test(userAgent)
    ? 'Edge'
    : /Firefox\//.test(userAgent)
      ? 'Firefox'
      : /Chrome\//.test(userAgent)
        ? 'Chrome'
        : /Safari\//.test(userAgent)
          ? 'Safari'
          : 'a browser'
  const system = /Android/.test(userAgent)
    ? 'Android'
    : /iPhone|iPad/.test(userAgent)
      ? 'iOS'
      : /Windows/.test(userAgent)
        ? 'Windows'
        : /Mac OS/.test(userAgent)
          ? 'macOS'
          : /Linux/.test(userAgent)
            ? 'Linux'
            : ''
  return `Chancery in ${browser}${system ? `, ${system}` : ''}`
}

export async function signIn(username: string, password: string): Promise<Session> {
  const answer = await request<LoginAnswer>('POST', '/_matrix/client/v3/login', {
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: username },
      password,
      initial_device_display_name: describeDevice(),
    },
  })
  return toSession(answer)
}

/** Ends this device's session. A server that no longer knows the session has ended it already. */
export async function signOut(session: Session): Promise<void> {
  await request('POST', '/_matrix/client/v3/logout', { token: session.accessToken, body: {} }).catch(() => undefined)
}

export type Installation = { organisation: string; serverName: string; version: string; demo: boolean; setUp: boolean }

export async function readInstallation(): Promise<Installation> {
  type Answer = { organisation: string; server_name: string; version: string; demo: boolean; set_up: boolean }
  const answer = await request<Answer>('GET', '/api/v1/installation')
  return {
    organisation: answer.organisation,
    serverName: answer.server_name,
    version: answer.version,
    demo: answer.demo,
    setUp: answer.set_up,
  }
}

export type NewAccount = { username: string; password: string; displayName: string }

export async function checkSetUpToken(token: string): Promise<void> {
  await request('POST', '/api/v1/setup/check', { body: { token } })
}

export async function setUp(token: string, organisation: string, owner: NewAccount): Promise<Session> {
  const body = {
    token,
    organisation,
    username: owner.username,
    password: owner.password,
    display_name: owner.displayName,
  }
  return toSession(await request<LoginAnswer>('POST', '/api/v1/setup', { body }))
}

export type InvitationLetter = { organisation: string; invitedBy: string; displayName: string; expiresAt: number }

export async function readInvitationLetter(token: string): Promise<InvitationLetter> {
  type Answer = { organisation: string; invited_by: string; display_name?: string; expires_ts: number }
  const answer = await request<Answer>('POST', '/api/v1/invitation/look', { body: { token } })
  return {
    organisation: answer.organisation,
    invitedBy: answer.invited_by,
    displayName: answer.display_name ?? '',
    expiresAt: answer.expires_ts,
  }
}

export async function acceptInvitation(token: string, account: NewAccount): Promise<Session> {
  const { username, password, displayName } = account
  const body = { token, username, password, display_name: displayName }
  return toSession(await request<LoginAnswer>('POST', '/api/v1/invitation/accept', { body }))
}
