import type { IdentityEvents } from '../api.ts'

export type EventSource = IdentityEvents & {
  sessionsEnded(sessionIds: readonly number[]): void
  devicesEnded(userId: number, deviceIds: readonly string[]): void
  deactivated(userId: number): void
}

/** Says in this process what has been committed. */
export function createEvents(): EventSource {
  const session = new Set<(sessionId: number) => void>()
  const device = new Set<(device: { userId: number; deviceId: string }) => void>()
  const deactivation = new Set<(userId: number) => void>()

  function subscribe<T>(listeners: Set<T>, listener: T): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    onSessionEnded: (listener) => subscribe(session, listener),
    onDeviceEnded: (listener) => subscribe(device, listener),
    onDeactivated: (listener) => subscribe(deactivation, listener),
    sessionsEnded(sessionIds) {
      for (const sessionId of sessionIds) for (const listener of session) listener(sessionId)
    },
    devicesEnded(userId, deviceIds) {
      for (const deviceId of deviceIds) for (const listener of device) listener({ userId, deviceId })
    },
    deactivated(userId) {
      for (const listener of deactivation) listener(userId)
    },
  }
}
