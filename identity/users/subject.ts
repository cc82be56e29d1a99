import { permissionsOf, type Subject } from '#access/api.ts'

type Row = {
  readonly id: number
  readonly userId: number
  readonly matrixId: string
  readonly deviceId: string
  readonly role: string
  readonly lockedTs: number | null
  readonly suspendedTs: number | null
}

/** Who asks, from what the database tells of her session and account; `id` is the session's. */
export function subjectOf(row: Row): Subject {
  const standing = row.lockedTs !== null ? 'locked' : row.suspendedTs !== null ? 'suspended' : undefined
  return Object.freeze({
    userId: row.userId,
    matrixId: row.matrixId,
    deviceId: row.deviceId,
    sessionId: row.id,
    isGuest: row.role === 'guest',
    role: row.role,
    permissions: permissionsOf(row.role),
    ...(standing !== undefined && { standing }),
  })
}
