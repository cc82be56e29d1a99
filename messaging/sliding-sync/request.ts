/**
 * What a client asks of sliding sync, in one form for both dialects: the one of the merged proposal, and the one under the
 * unstable path that clients speak today.
 * https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md
 */
import type { Subject } from '#access/api.ts'
import { limits, refuse } from '#platform/api.ts'
import type { PresenceState } from '../presence/presence-record.ts'
import type { RequiredState, StateElement } from './required-state.ts'

export type Dialect = 'stable' | 'unstable'

export type RoomFilters = {
  readonly is_dm?: boolean
  readonly is_encrypted?: boolean
  readonly is_invited?: boolean
  readonly spaces?: readonly string[]
  readonly room_types?: readonly (string | null)[]
  readonly not_room_types?: readonly (string | null)[]
  readonly tags?: readonly string[]
  readonly not_tags?: readonly string[]
  readonly room_name_like?: string
}

export type RoomConfig = { readonly timelineLimit: number; readonly requiredState: RequiredState }

export type ListWish = RoomConfig & {
  /** First and last place, both included; undefined for the whole list. */
  readonly ranges: readonly (readonly [number, number])[] | undefined
  readonly filters: RoomFilters
}

/** What every extension that is about rooms can be narrowed to; undefined means all. */
export type ExtensionWish = {
  readonly lists: readonly string[] | undefined
  readonly rooms: readonly string[] | undefined
}

export type Extensions = {
  readonly toDevice: { readonly limit: number; readonly since: string | undefined } | undefined
  readonly e2ee: boolean
  readonly accountData: ExtensionWish | undefined
  readonly receipts: ExtensionWish | undefined
  readonly typing: ExtensionWish | undefined
  readonly threads: { readonly limit: number; readonly withRoots: boolean } | undefined
  readonly subscriptions: { readonly limit: number } | undefined
  readonly sticky: { readonly limit: number; readonly since: string | undefined } | undefined
}

export type SlidingQuery = {
  readonly subject: Subject
  readonly dialect: Dialect
  readonly connId: string
  readonly pos: string | undefined
  readonly txnId: string | undefined
  readonly timeoutMs: number
  /** How present the device says its person is. */
  readonly presence: PresenceState
  readonly lists: ReadonlyMap<string, ListWish>
  readonly subscriptions: ReadonlyMap<string, RoomConfig>
  readonly extensions: Extensions
  /** Aborts when the client leaves, the session ends or the server stops. */
  readonly signal: AbortSignal
}

type Pair = readonly [string, string]
type ElementBody = { readonly type?: string; readonly state_key?: string }
type StableState = { include?: readonly ElementBody[]; exclude?: readonly ElementBody[]; lazy_members?: boolean }
type ConfigBody = {
  readonly timeline_limit?: number
  readonly required_state?: readonly Pair[] | StableState
  readonly include_heroes?: boolean
}
type FiltersBody = Omit<RoomFilters, 'is_invited'> & { readonly is_invited?: boolean; readonly is_invite?: boolean }
type ListBody = ConfigBody & {
  readonly range?: readonly number[]
  readonly ranges?: readonly (readonly number[])[]
  readonly filters?: FiltersBody
}
type ExtensionBody = {
  readonly enabled?: boolean
  readonly lists?: readonly string[]
  readonly rooms?: readonly string[]
  readonly limit?: number
  readonly since?: string
  readonly include_roots?: boolean
}

/** The body, as its schema admits it. */
export type SlidingBody = {
  readonly conn_id?: string
  readonly txn_id?: string
  readonly pos?: string
  readonly timeout?: number
  readonly set_presence?: PresenceState
  readonly lists?: { readonly [name: string]: ListBody }
  readonly room_subscriptions?: { readonly [roomId: string]: ConfigBody }
  readonly extensions?: { readonly [name: string]: unknown }
}

const toDeviceLimitMax = 100
const subscriptionsLimitDefault = 100
/** The names of extensions until their proposals are merged. */
export const threadsName = 'io.element.msc4360.threads'
export const subscriptionsName = 'io.element.msc4308.thread_subscriptions'
export const stickyName = 'org.matrix.msc4354.sticky_events'

/** `from` holds what the unstable dialect puts into the query of the address. */
export function slidingQuery(
  dialect: Dialect,
  subject: Subject,
  body: SlidingBody,
  from: { pos?: string | undefined; timeout?: number | undefined; set_presence?: PresenceState | undefined },
  signal: AbortSignal,
): SlidingQuery {
  const lists = Object.entries(body.lists ?? {})
  if (lists.length > limits.slidingListsMax) {
    throw refuse('M_INVALID_PARAM', `Ask for at most ${limits.slidingListsMax} lists at once.`)
  }
  const subscriptions = Object.entries(body.room_subscriptions ?? {})
  if (subscriptions.length > limits.slidingSubscriptionsMax) {
    throw refuse('M_INVALID_PARAM', `Subscribe to at most ${limits.slidingSubscriptionsMax} rooms at once.`)
  }
  const required = lists.reduce((sum, [, list]) => sum + elementsIn(list), 0)
  if (required > limits.slidingRequiredStateOfListsMax) throw tooMuchState(limits.slidingRequiredStateOfListsMax)
  const pos = from.pos ?? body.pos
  return {
    subject,
    dialect,
    connId: body.conn_id ?? '',
    pos: pos === '' ? undefined : pos,
    txnId: body.txn_id,
    timeoutMs: from.timeout ?? body.timeout ?? 0,
    presence: from.set_presence ?? body.set_presence ?? 'online',
    lists: new Map(lists.map(([name, list]) => [name, listOf(dialect, subject, list)])),
    subscriptions: new Map(subscriptions.map(([id, config]) => [id, configOf(dialect, subject, config)])),
    extensions: extensionsOf(body.extensions ?? {}),
    signal,
  }
}

function listOf(dialect: Dialect, subject: Subject, body: ListBody): ListWish {
  const { is_invite: isInvite, ...filters } = body.filters ?? {}
  const isInvited = filters.is_invited ?? isInvite
  return {
    ...configOf(dialect, subject, body),
    ranges: rangesOf(body),
    filters: { ...filters, ...(isInvited !== undefined && { is_invited: isInvited }) },
  }
}

function rangesOf({ range, ranges }: ListBody): ListWish['ranges'] {
  if (range === undefined && ranges === undefined) return undefined
  return (ranges ?? [range ?? []]).map((pair) => {
    const [first = 0, last = -1] = pair
    if (last < first) throw refuse('M_INVALID_PARAM', 'A range is two places in the list, the first before the last.')
    return [first, last] as const
  })
}

function configOf(dialect: Dialect, subject: Subject, body: ConfigBody): RoomConfig {
  const { required_state: wanted } = body
  if (wanted !== undefined && Array.isArray(wanted) !== (dialect === 'unstable')) {
    const form = dialect === 'unstable' ? 'a list of pairs of type and state key' : 'an object with "include"'
    throw refuse('M_BAD_JSON', `At this address, required_state is ${form}.`)
  }
  if (elementsIn(body) > limits.slidingRequiredStateMax) throw tooMuchState(limits.slidingRequiredStateMax)
  return {
    timelineLimit: Math.min(body.timeline_limit ?? 0, limits.pageSizeMax),
    requiredState:
      wanted === undefined
        ? []
        : Array.isArray(wanted)
          ? pairsState(subject, wanted as readonly Pair[])
          : objectState(wanted as StableState),
  }
}

function elementsIn({ required_state: wanted = [] }: ConfigBody): number {
  if (Array.isArray(wanted)) return wanted.length
  const { include = [], exclude = [] } = wanted as StableState
  return include.length + exclude.length
}

function tooMuchState(max: number): Error {
  return refuse('M_INVALID_PARAM', `At most ${max} elements of required_state are told at once. Name fewer.`)
}

function pairsState(subject: Subject, pairs: readonly Pair[]): RequiredState {
  const include: StateElement[] = []
  let lazy = false
  for (const [type, key] of pairs) {
    if (key === '$LAZY') {
      lazy ||= type === 'm.room.member' || type === '*'
      continue
    }
    const stateKey = key === '$ME' ? subject.matrixId : key
    include.push({ ...(type !== '*' && { type }), ...(key !== '*' && { key: stateKey }) })
  }
  return [{ include, exclude: [], lazy }]
}

function objectState({ include = [], exclude = [], lazy_members: lazy = false }: StableState): RequiredState {
  return [{ include: include.map(elementOf), exclude: exclude.map(elementOf), lazy }]
}

function elementOf({ type, state_key: key }: ElementBody): StateElement {
  return { ...(type !== undefined && { type }), ...(key !== undefined && { key }) }
}

function extensionsOf(all: { readonly [name: string]: unknown }): Extensions {
  const enabled = (name: string): ExtensionBody | undefined => {
    const wish = all[name] as ExtensionBody | null | undefined
    return wish?.enabled === true ? wish : undefined
  }
  const ofRooms = (name: string): ExtensionWish | undefined => {
    const wish = enabled(name)
    return wish && { lists: allOrSome(wish.lists), rooms: allOrSome(wish.rooms) }
  }
  const toDevice = enabled('to_device')
  const sticky = enabled(stickyName)
  const threads = enabled(threadsName)
  const subscriptions = enabled(subscriptionsName)
  const max = limits.stickyExtensionMax
  return {
    toDevice: toDevice && {
      limit: Math.min(toDevice.limit ?? toDeviceLimitMax, toDeviceLimitMax),
      since: toDevice.since,
    },
    e2ee: enabled('e2ee') !== undefined,
    accountData: ofRooms('account_data'),
    receipts: ofRooms('receipts'),
    typing: ofRooms('typing'),
    threads: threads && {
      limit: Math.min(threads.limit ?? limits.threadUpdatesMax, limits.threadUpdatesMax),
      withRoots: threads.include_roots === true,
    },
    subscriptions: subscriptions && {
      limit: Math.min(subscriptions.limit ?? subscriptionsLimitDefault, limits.threadSubscriptionsPageMax),
    },
    sticky: sticky && { limit: Math.min(sticky.limit ?? max, max), since: sticky.since },
  }
}

function allOrSome(names: readonly string[] | undefined): readonly string[] | undefined {
  return names?.includes('*') ? undefined : names
}
