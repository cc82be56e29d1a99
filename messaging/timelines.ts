import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Clock, Log, Logger, Vault } from '#platform/api.ts'
import { Relations } from './events/relations.ts'
import { Threads } from './events/threads.ts'
import { Timeline } from './events/timeline.ts'
import type { VisibilityDeps } from './events/visibility.ts'
import type { Memberships } from './rooms/memberships.ts'
import type { RoomCache } from './rooms/room-cache.ts'
import { RoomStates } from './rooms/room-states.ts'
import { SearchIndexer } from './search/indexer.ts'
import { Search } from './search/search.ts'
import { ThreadUpdates } from './threads/thread-updates.ts'

type Deps = VisibilityDeps & {
  access: Access
  clock: Clock
  log: Log
  logger: Logger
  users: Users
  rooms: RoomCache
  memberships: Memberships
  vault: Vault
}

/** What is read of rooms besides sync: their timelines and states, what refers to what, and what is found in them. */
export function createTimelines(deps: Deps) {
  const states = new RoomStates(deps)
  const timeline = new Timeline(deps)
  const indexer = new SearchIndexer(deps)
  const search = new Search({ ...deps, indexer, states, timeline })
  const threads = { threads: new Threads(deps), threadUpdates: new ThreadUpdates(deps) }
  return { states, timeline, relations: new Relations(deps), ...threads, indexer, search }
}
