import {
  ClientEvent,
  createClient,
  HttpApiEvent,
  type ICreateClientOpts,
  type IEvent,
  type MatrixClient,
  MemoryStore,
  PendingEventOrdering,
  SyncState,
} from 'matrix-js-sdk'
import { logger } from 'matrix-js-sdk/lib/logger.js'
import { serverUrl } from './http.ts'
import type { Session } from './session.ts'

/**
 * Rooms live in memory and are fetched at each start, so no words stay on a shared desk's disk. Only what was not yet
 * sent is kept, because nothing that was written may be lost.
 */
class OutboxStore extends MemoryStore {
  private readonly storage: Storage
  constructor(storage: Storage) {
    super({ localStorage: storage })
    this.storage = storage
  }
  override async getPendingEvents(roomId: string): Promise<Partial<IEvent>[]> {
    try {
      return JSON.parse(this.storage.getItem(`chancery.outbox.${roomId}`) ?? '[]') as Partial<IEvent>[]
    } catch {
      return []
    }
  }
  override async setPendingEvents(roomId: string, events: Partial<IEvent>[]): Promise<void> {
    const key = `chancery.outbox.${roomId}`
    if (events.length > 0) this.storage.setItem(key, JSON.stringify(events))
    else this.storage.removeItem(key)
  }
}

type Logger = NonNullable<ICreateClientOpts['logger']>
const silent = () => undefined

// What the SDK notes for its developers fills the console and names people's rooms.
// Its loggers take their methods from this one.
const sdkLogger = logger as unknown as { methodFactory(name: string): (...words: unknown[]) => void; rebuild(): void }
sdkLogger.methodFactory = (name) => (name === 'error' ? console.error : silent)
sdkLogger.rebuild()

const quietLogger: Logger = {
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: (...words: unknown[]) => console.error(...words),
  getChild: () => quietLogger,
}

export type Connection = 'opening' | 'live' | 'lost'
export type Opened = { client: MatrixClient; stop(): void }
export type OpenOptions = {
  session: Session
  onConnection(state: Connection): void
  /** The server no longer knows this session: it was ended elsewhere. */
  onSignedOut(): void
}

/** Starts a client that keeps itself up to date until it is stopped. */
export async function openClient({ session, onConnection, onSignedOut }: OpenOptions): Promise<Opened> {
  const client = createClient({
    baseUrl: serverUrl,
    userId: session.userId,
    deviceId: session.deviceId,
    accessToken: session.accessToken,
    store: new OutboxStore(localStorage),
    timelineSupport: true,
    disableVoip: true,
    useAuthorizationHeader: true,
    logger: quietLogger,
  })
  client.on(HttpApiEvent.SessionLoggedOut, onSignedOut)
  client.on(ClientEvent.Sync, (state) => {
    if (state === SyncState.Prepared || state === SyncState.Syncing) onConnection('live')
    else if (state === SyncState.Reconnecting || state === SyncState.Error) onConnection('lost')
  })
  const wake = () => client.retryImmediately()
  addEventListener('online', wake)
  await client.startClient({
    lazyLoadMembers: true,
    threadSupport: true,
    initialSyncLimit: 20,
    pendingEventOrdering: PendingEventOrdering.Detached,
    disablePresence: true,
  })
  // There are no calls here, so nothing has to watch every room for them.
  client.matrixRTC.stop()
  return {
    client,
    stop() {
      removeEventListener('online', wake)
      client.removeAllListeners()
      client.stopClient()
    },
  }
}
