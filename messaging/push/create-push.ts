import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Clock, Limits, Log, Logger, LogReader, Outbound, Postgres, Vault } from '#platform/api.ts'
import type { VisibilityDeps } from '../events/visibility.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Unread } from '../unread/unread.ts'
import { Notifications } from './notifications.ts'
import type { PeopleRules } from './people-rules.ts'
import { PushDelivery } from './push-delivery.ts'
import { PushReader } from './push-reader.ts'
import { Pushers } from './pushers.ts'

export type PushSettings = {
  /** Origins that may be asked though they are inside the network, and by plain http. */
  readonly outboundOrigins: readonly string[]
  /** Whether push gateways may be told more of an event than its id. */
  readonly sendsContent: boolean
}

type Deps = Omit<VisibilityDeps, 'db'> & {
  readonly postgres: Postgres
  readonly access: Access
  readonly vault: Vault
  readonly log: Pick<Log, 'read'>
  readonly clock: Clock
  readonly logger: Logger
  readonly outbound: Outbound
  readonly users: Users
  readonly rooms: RoomCache
  readonly memberships: Memberships
  readonly unread: Unread
  readonly peopleRules: PeopleRules
  readonly push: PushSettings
  readonly limits: Limits
}

export interface Push {
  readonly pushers: Pushers
  readonly notifications: Notifications
  /** Decides who is told. */
  readonly reader: LogReader
  /** What is being sent is broken off; whoever starts next sends it. */
  stop(): Promise<void>
}

/** Telling sleeping devices: pushers, the reader of the log that decides, and what sends to their gateways. */
export function createPush(deps: Deps): Push {
  const { sendsContent } = deps.push
  const delivery = new PushDelivery({ ...deps, db: deps.postgres, sendsContent })
  const { reader } = new PushReader(deps, () => delivery.wake())
  delivery.start()
  const notifications = new Notifications({ ...deps, db: deps.postgres })
  return { pushers: new Pushers(deps), notifications, reader, stop: () => delivery.stop() }
}
