/** Who is signed in on this device. The token is the only secret that the client keeps. */
export type Session = { userId: string; deviceId: string; accessToken: string }

const storageKey = 'chancery.session'

export function readSession(storage: Storage = localStorage): Session | undefined {
  try {
    const kept = JSON.parse(storage.getItem(storageKey) ?? 'null') as Partial<Session> | null
    if (kept?.userId && kept.deviceId && kept.accessToken) return kept as Session
  } catch {
    storage.removeItem(storageKey)
  }
  return undefined
}

export function keepSession(session: Session, storage: Storage = localStorage): void {
  storage.setItem(storageKey, JSON.stringify(session))
}

/** Takes everything of this person off the device: the session, drafts and unsent words. */
export function forgetSession(storage: Storage = localStorage): void {
  const ours = Object.keys(storage).filter((key) => key.startsWith('chancery.') && !key.startsWith('chancery.look'))
  for (const key of ours) storage.removeItem(key)
}

/** Tells when another tab of this browser signs in or out. */
export function watchSession(onChange: (session: Session | undefined) => void): () => void {
  const listener = (event: StorageEvent) => {
    if (event.key === storageKey || event.key === null) onChange(readSession())
  }
  addEventListener('storage', listener)
  return () => removeEventListener('storage', listener)
}
