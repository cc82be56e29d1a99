/**
 * Room versions 1 to 12 as data: everything that differs between them stands here, so that the code asks
 * `version.knocking` and never compares version numbers.
 * https://spec.matrix.org/v1.19/rooms/
 */
export type RoomVersion = {
  /** What stands in `room_version` of the create event. */
  readonly id: string
  readonly stable: true
  /** `in-event`: `event_id` is a key of the event. Else `$` and the reference hash, in this alphabet. */
  readonly eventIds: 'in-event' | 'base64' | 'base64url'
  /** References to other events: `[id, hashes]` pairs, or bare ids. */
  readonly eventReferences: 'pairs' | 'ids'
  readonly stateResolution: '1' | '2' | '2.1'
  readonly redaction: RedactionRules
  /** Signatures count only while the key was valid at `origin_server_ts` (version 5). */
  readonly enforceKeyValidity: boolean
  /** Events must be canonical JSON: integers only, within ±(2^53 − 1) (version 6). */
  readonly strictCanonicalJson: boolean
  /** `m.room.aliases` is authorised by its state key's server alone (versions 1 to 5). */
  readonly specialCaseAliases: boolean
  /** Redactions are allowed by the event ids' domains rather than checked when applied (versions 1 and 2). */
  readonly redactionAuthorisedByDomain: boolean
  /** Changes of `notifications` in power levels are bounded by the sender's own level (version 6). */
  readonly limitNotificationsPowerLevels: boolean
  /** Join rule and membership `knock` (version 7). */
  readonly knocking: boolean
  /** Join rule `restricted` (version 8). */
  readonly restrictedJoins: boolean
  /** Join rule `knock_restricted` (version 10). */
  readonly knockRestrictedJoins: boolean
  /** Power levels must be integers, never strings (version 10). */
  readonly integerPowerLevels: boolean
  /** The creator is the create event's sender; `content.creator` is gone (version 11). */
  readonly implicitRoomCreator: boolean
  /** `redacts` of a redaction stands in its content (version 11). */
  readonly redactsInContent: boolean
  /** Creators stand above every power level, and `additional_creators` exists (version 12). */
  readonly privilegedCreators: boolean
  /** The room id is the create event's reference hash; that event has no `room_id` and no one's `auth_events` name it. */
  readonly roomIdIsCreateHash: boolean
}

/** What a redaction keeps beyond the keys that every version keeps. */
export type RedactionRules = {
  /** Top-level `origin`, `membership` and `prev_state` (until version 10). */
  readonly keepsLegacyKeys: boolean
  /** `aliases` of `m.room.aliases` (until version 5). */
  readonly keepsAliases: boolean
  /** `allow` of `m.room.join_rules` (version 8). */
  readonly keepsAllow: boolean
  /** `join_authorised_via_users_server` of `m.room.member` (version 9). */
  readonly keepsJoinAuthorisedVia: boolean
  /** `third_party_invite.signed` of `m.room.member` (version 11). */
  readonly keepsThirdPartySigned: boolean
  /** All of the create event's content (version 11); before, `creator` alone. */
  readonly keepsCreateContent: boolean
  /** `invite` of `m.room.power_levels` (version 11). */
  readonly keepsInviteLevel: boolean
  /** `content.redacts` of `m.room.redaction` (version 11). */
  readonly keepsRedacts: boolean
}

type Change = Partial<Omit<RoomVersion, 'redaction' | 'stable'>> & { id: string; redaction?: Partial<RedactionRules> }

const first: RoomVersion = {
  id: '1',
  stable: true,
  eventIds: 'in-event',
  eventReferences: 'pairs',
  stateResolution: '1',
  redaction: {
    keepsLegacyKeys: true,
    keepsAliases: true,
    keepsAllow: false,
    keepsJoinAuthorisedVia: false,
    keepsThirdPartySigned: false,
    keepsCreateContent: false,
    keepsInviteLevel: false,
    keepsRedacts: false,
  },
  enforceKeyValidity: false,
  strictCanonicalJson: false,
  specialCaseAliases: true,
  redactionAuthorisedByDomain: true,
  limitNotificationsPowerLevels: false,
  knocking: false,
  restrictedJoins: false,
  knockRestrictedJoins: false,
  integerPowerLevels: false,
  implicitRoomCreator: false,
  redactsInContent: false,
  privilegedCreators: false,
  roomIdIsCreateHash: false,
}

/** Each row says what the version changes against the row before it. */
const changes: readonly Change[] = [
  { id: '1' },
  { id: '2', stateResolution: '2' },
  { id: '3', eventIds: 'base64', eventReferences: 'ids', redactionAuthorisedByDomain: false },
  { id: '4', eventIds: 'base64url' },
  { id: '5', enforceKeyValidity: true },
  {
    id: '6',
    strictCanonicalJson: true,
    specialCaseAliases: false,
    limitNotificationsPowerLevels: true,
    redaction: { keepsAliases: false },
  },
  { id: '7', knocking: true },
  { id: '8', restrictedJoins: true, redaction: { keepsAllow: true } },
  { id: '9', redaction: { keepsJoinAuthorisedVia: true } },
  { id: '10', knockRestrictedJoins: true, integerPowerLevels: true },
  {
    id: '11',
    implicitRoomCreator: true,
    redactsInContent: true,
    redaction: {
      keepsLegacyKeys: false,
      keepsThirdPartySigned: true,
      keepsCreateContent: true,
      keepsInviteLevel: true,
      keepsRedacts: true,
    },
  },
  { id: '12', stateResolution: '2.1', privilegedCreators: true, roomIdIsCreateHash: true },
]

/** Every version, oldest first. */
export const roomVersions: readonly RoomVersion[] = grow()

const byId: ReadonlyMap<string, RoomVersion> = new Map(roomVersions.map((version) => [version.id, version]))

/** The version of new rooms when the client names none. */
export const defaultRoomVersion = '12'

/** The version's rules, or undefined when this server does not know it. */
export function roomVersion(id: string): RoomVersion | undefined {
  return byId.get(id)
}

function grow(): RoomVersion[] {
  const versions: RoomVersion[] = []
  let previous = first
  for (const change of changes) {
    const redaction = Object.freeze({ ...previous.redaction, ...change.redaction })
    previous = Object.freeze({ ...previous, ...change, redaction })
    versions.push(previous)
  }
  return versions
}
