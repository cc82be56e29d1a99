/** What a search asks for. https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search */
import { isJsonObject, type JsonObject, type JsonValue } from '#matrix/api.ts'
import { limits, refuse } from '#platform/api.ts'
import { type EventFilter, parseEventFilter } from '../sync/filter.ts'
import { unknownToken } from '../sync/tokens.ts'
import { type SearchableKey, searchableKeys } from './searchable.ts'
import { wordsWanted } from './words.ts'

export type Order = 'recent' | 'rank'
export type GroupKey = 'room_id' | 'sender'
export type Group = { readonly key: GroupKey; readonly value: string }
/** Where the next page begins: below a position of the log (recent), or behind so many results (rank). */
export type SearchPlace = { readonly at: number; readonly group?: Group }

export type SearchWish = {
  readonly words: ReadonlySet<string>
  /** Types of events, each with one key of its content. */
  readonly types: ReadonlySet<string>
  readonly filter: EventFilter
  readonly limit: number
  readonly order: Order
  readonly context: { readonly before: number; readonly after: number; readonly profiles: boolean } | undefined
  readonly includeState: boolean
  readonly groupBy: readonly GroupKey[]
  readonly from: SearchPlace | undefined
}

const pageDefault = 10
const contextDefault = 5

export function parseSearch(criteria: JsonObject, nextBatch: string | undefined): SearchWish {
  const term = criteria.search_term
  if (typeof term !== 'string') throw refuse('M_BAD_JSON', 'search_term must be the text to look for.')
  const filter = parseEventFilter(criteria.filter, 'filter')
  const limit = isJsonObject(criteria.filter) && criteria.filter.limit !== undefined ? filter.limit : pageDefault
  const order = criteria.order_by ?? 'rank'
  if (order !== 'recent' && order !== 'rank') throw refuse('M_INVALID_PARAM', 'order_by must be recent or rank.')
  return {
    words: new Set(wordsWanted(term, limits.searchTermWordsMax)),
    types: typesOf(criteria.keys),
    filter,
    limit: Math.max(1, Math.min(limit, limits.searchPageMax)),
    order,
    context: contextOf(criteria.event_context),
    includeState: criteria.include_state === true,
    groupBy: groupsOf(criteria.groupings),
    from: nextBatch === undefined ? undefined : parsePlace(nextBatch, order),
  }
}

function typesOf(keys: JsonValue | undefined): Set<string> {
  const all = Object.keys(searchableKeys) as SearchableKey[]
  const asked = keys === undefined || keys === null ? all : keys
  if (!Array.isArray(asked)) throw refuse('M_BAD_JSON', 'keys must be a list.')
  const known = asked.filter(
    (key): key is SearchableKey => typeof key === 'string' && Object.hasOwn(searchableKeys, key),
  )
  if (known.length < asked.length) {
    throw refuse('M_INVALID_PARAM', `keys may be ${all.join(', ')}.`)
  }
  return new Set(known.map((key) => searchableKeys[key].type))
}

function contextOf(source: JsonValue | undefined): SearchWish['context'] {
  if (source === undefined || source === null) return undefined
  if (!isJsonObject(source)) throw refuse('M_BAD_JSON', 'event_context must be an object.')
  return {
    before: countAt(source.before_limit, 'before_limit'),
    after: countAt(source.after_limit, 'after_limit'),
    profiles: source.include_profile === true,
  }
}

function countAt(value: JsonValue | undefined, name: string): number {
  if (value === undefined || value === null) return contextDefault
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw refuse('M_BAD_JSON', `In event_context, ${name} must be a whole number of 0 or more.`)
  }
  return Math.min(value, limits.searchContextMax)
}

function groupsOf(source: JsonValue | undefined): GroupKey[] {
  if (source === undefined || source === null) return []
  const list = isJsonObject(source) ? (source.group_by ?? []) : undefined
  if (!Array.isArray(list)) throw refuse('M_BAD_JSON', 'groupings must have a list group_by.')
  const keys = list.map((entry) => (isJsonObject(entry) ? entry.key : undefined))
  for (const key of keys) {
    if (key !== 'room_id' && key !== 'sender')
      throw refuse('M_INVALID_PARAM', 'Results are grouped by room_id or sender.')
  }
  return [...new Set(keys as GroupKey[])]
}

export function placeToken(order: Order, { at, group }: SearchPlace): string {
  const parts = group === undefined ? [order, at] : [order, at, group.key, group.value]
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

function parsePlace(token: string, order: Order): SearchPlace {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch {
    throw unknownToken()
  }
  if (!Array.isArray(parts)) throw unknownToken()
  const [ofOrder, at, key, value] = parts as unknown[]
  if (ofOrder !== order || !Number.isSafeInteger(at) || (at as number) < 0) throw unknownToken()
  if (key === undefined) return { at: at as number }
  if ((key !== 'room_id' && key !== 'sender') || typeof value !== 'string') throw unknownToken()
  return { at: at as number, group: { key, value } }
}
