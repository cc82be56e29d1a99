import type { Access } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { Clock, Db, Limits, Log, Logger, Postgres, Random, Route, Vault } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import { Tags } from '../account-data/tags.ts'
import { Aliases } from '../directory/aliases.ts'
import { PeopleIndex } from '../directory/people-index.ts'
import { PeopleSearch } from '../directory/people-search.ts'
import { PublicRooms } from '../directory/public-rooms.ts'
import type { RoomSummaries } from '../directory/room-summaries.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import { Filters } from '../filters/filters.ts'
import type { PeopleSearchScope } from '../ports.ts'
import type { PresenceBoard } from '../presence/presence-board.ts'
import { ProfileChanges } from '../profiles/profile-changes.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { ProfileSpread } from '../profiles/spread.ts'
import { AccountDataForSync } from '../push/account-data-for-sync.ts'
import type { PushRules } from '../push/push-rules.ts'
import { ReadMarkers } from '../receipts/read-markers.ts'
import type { Receipts } from '../receipts/receipts.ts'
import type { Doors } from '../rooms/doors.ts'
import type { JoinConditions } from '../rooms/join-conditions.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Typing } from '../typing/typing.ts'
import { defineFilter } from './define-filter.ts'
import { deleteProfileField } from './delete-profile-field.ts'
import { deleteRoomAlias } from './delete-room-alias.ts'
import { deleteRoomTag } from './delete-room-tag.ts'
import { getAccountData } from './get-account-data.ts'
import { getAccountDataPerRoom } from './get-account-data-per-room.ts'
import { getCapabilities } from './get-capabilities.ts'
import { getFilter } from './get-filter.ts'
import { getLocalAliases } from './get-local-aliases.ts'
import { getPresence } from './get-presence.ts'
import { getProfileField } from './get-profile-field.ts'
import { getProtocols } from './get-protocols.ts'
import { getPublicRooms } from './get-public-rooms.ts'
import { getRoomIdByAlias } from './get-room-id-by-alias.ts'
import { getRoomTags } from './get-room-tags.ts'
import { getRoomVisibilityOnDirectory } from './get-room-visibility-on-directory.ts'
import { getTurnServer } from './get-turn-server.ts'
import { getUserProfile } from './get-user-profile.ts'
import { getVersions } from './get-versions.ts'
import { getWellknown } from './get-wellknown.ts'
import { postReceipt } from './post-receipt.ts'
import { queryPublicRooms } from './query-public-rooms.ts'
import { searchUserDirectory } from './search-user-directory.ts'
import { setAccountData } from './set-account-data.ts'
import { setAccountDataPerRoom } from './set-account-data-per-room.ts'
import { setPresence } from './set-presence.ts'
import { setProfileField } from './set-profile-field.ts'
import { setReadMarker } from './set-read-marker.ts'
import { setRoomAlias } from './set-room-alias.ts'
import { setRoomTag } from './set-room-tag.ts'
import { setRoomVisibilityOnDirectory } from './set-room-visibility-on-directory.ts'
import { setTyping } from './set-typing.ts'

export type SideDeps = {
  readonly limits: Limits
  readonly postgres: Postgres
  readonly db: Db
  readonly vault: Vault
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly users: Users
  readonly access: Access
  readonly rooms: RoomCache
  readonly memberships: Memberships
  readonly doors: Doors
  readonly conditions: JoinConditions
  readonly pushRules: PushRules
  readonly summaries: RoomSummaries
  readonly writer: RoomWriter
  readonly reader: EventReader
  readonly receipts: Receipts
  readonly accountData: AccountData
  readonly typing: Typing
  /** Absent where presence is turned off. */
  readonly presenceBoard: PresenceBoard | undefined
  readonly profiles: Profiles
  readonly serverName: string
  readonly publicUrl: string
  readonly defaultRoomVersion: string
  readonly peopleSearch: PeopleSearchScope
}

/** What stands behind the routes of this file and is also needed by rooms and sync. */
export type SideParts = {
  readonly aliases: Aliases
  readonly filters: Filters
  readonly accountDataForSync: AccountDataForSync
  readonly profileSpread: ProfileSpread
}

export function createSideParts(deps: SideDeps): SideParts {
  return {
    aliases: new Aliases(deps),
    filters: new Filters(deps),
    accountDataForSync: new AccountDataForSync(deps),
    profileSpread: new ProfileSpread(deps),
  }
}

/** What people keep and show besides their rooms: settings, profiles, read positions and directories. */
export function sideRoutes(deps: SideDeps, parts: SideParts): Route[] {
  const all = { ...deps, ...parts }
  return [...serverRoutes(all), ...personRoutes(all), ...directoryRoutes(all)]
}

type All = SideDeps & SideParts

/** What the server says of itself. */
function serverRoutes(all: All): Route[] {
  return [
    getVersions(),
    getCapabilities(all),
    getWellknown(all),
    getTurnServer(),
    getProtocols(),
    getPresence(all),
    setPresence(all),
  ]
}

/** What belongs to one person: filters, profile, account data, tags, read positions, typing. */
function personRoutes(all: All): Route[] {
  const changes = new ProfileChanges({ profiles: all.profiles, spread: all.profileSpread })
  const tags = new Tags(all)
  const reading = { ...all, readMarkers: new ReadMarkers(all) }
  return [
    defineFilter(all),
    getFilter(all),
    getUserProfile(all),
    getProfileField(all),
    setProfileField({ changes }),
    deleteProfileField({ changes }),
    setAccountData(all),
    getAccountData(all),
    setAccountDataPerRoom(all),
    getAccountDataPerRoom(all),
    getRoomTags({ ...all, tags }),
    setRoomTag({ ...all, tags }),
    deleteRoomTag({ ...all, tags }),
    postReceipt(reading),
    setReadMarker(reading),
    setTyping(all),
  ]
}

function directoryRoutes(all: All): Route[] {
  const directory = {
    ...all,
    publicRooms: new PublicRooms(all),
    peopleSearch: new PeopleSearch({ ...all, index: new PeopleIndex(all) }),
  }
  return [
    setRoomAlias(directory),
    getRoomIdByAlias(directory),
    deleteRoomAlias(directory),
    getLocalAliases(directory),
    getRoomVisibilityOnDirectory(directory),
    setRoomVisibilityOnDirectory(directory),
    getPublicRooms(directory),
    queryPublicRooms(directory),
    searchUserDirectory(directory),
  ]
}
