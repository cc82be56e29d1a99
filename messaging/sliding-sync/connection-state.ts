/**
 * What one connection was sent, room by room. A state never changes once it has a serial: a request works on a draft of it,
 * which becomes the next state when the answer tells anything new.
 */
import { isDeepStrictEqual } from 'node:util'

/** Told up to the position of the request, and so on with each one. */
export const live = -1
/** Never told. */
export const never = -2

/** `live`, `never`, or the log position up to which it was told before the client looked away. */
export type Told = number

export type SentRoom = {
  /** The person's membership that the client was told, as in `room_state.membership`. */
  readonly membership: number
  readonly timeline: Told
  readonly receipts: Told
  readonly accountData: Told
  /** Who is in the room, to a client that loads members lazily: a position where it gave that up and has not come back to it. */
  readonly members: Told
  /** The newest so many events are with the client. */
  readonly limit: number
  /** Index of the required state that was told, in `ConnectionState.configs`. */
  readonly config: number
  readonly isDirect: boolean
}

export type ConnectionState = {
  readonly rooms: ReadonlyMap<number, SentRoom>
  /** Required states, each as its canonical text. */
  readonly configs: readonly string[]
  /** Account data that belongs to no room. */
  readonly accountData: Told
  /** Whose devices changed. */
  readonly deviceLists: Told
  /** The key counts that were told last, as their JSON text. */
  readonly keyCounts: string
  /** In which threads something was said. */
  readonly threads: Told
  /** Subscriptions to threads. */
  readonly subscriptions: Told
  /** Sticky events. */
  readonly sticky: Told
  /** Rooms of the person's that no list had when sticky events were told last: of these they were not. */
  readonly stickyOutside: readonly number[]
}

export const emptyState: ConnectionState = {
  rooms: new Map(),
  configs: [],
  accountData: never,
  deviceLists: never,
  keyCounts: '',
  threads: never,
  subscriptions: never,
  sticky: never,
  stickyOutside: [],
}

/** What is of no room, by itself. */
type Scalars = Omit<ConnectionState, 'rooms' | 'configs'>

/** A state in the making. The map of rooms is copied at its first change. */
export class StateDraft {
  readonly #from: ConnectionState
  #rooms: Map<number, SentRoom> | undefined
  #configs: string[] | undefined
  #scalars: Scalars

  constructor(from: ConnectionState) {
    this.#from = from
    const { rooms, configs, ...scalars } = from
    this.#scalars = scalars
  }

  get rooms(): ReadonlyMap<number, SentRoom> {
    return this.#rooms ?? this.#from.rooms
  }

  get scalars(): Scalars {
    return this.#scalars
  }

  configText(room: SentRoom): string {
    return (this.#configs ?? this.#from.configs)[room.config] ?? ''
  }

  configIndex(text: string): number {
    const known = (this.#configs ?? this.#from.configs).indexOf(text)
    if (known >= 0) return known
    this.#configs ??= [...this.#from.configs]
    return this.#configs.push(text) - 1
  }

  setRoom(roomId: number, room: SentRoom): void {
    const before = this.rooms.get(roomId)
    if (before !== undefined && isSame(before, room)) return
    this.#rooms ??= new Map(this.#from.rooms)
    this.#rooms.set(roomId, room)
  }

  forgetRoom(roomId: number): void {
    if (!this.rooms.has(roomId)) return
    this.#rooms ??= new Map(this.#from.rooms)
    this.#rooms.delete(roomId)
  }

  setScalars(scalars: Partial<Scalars>): void {
    this.#scalars = { ...this.#scalars, ...scalars }
  }

  /** The state from here on; the very one that it began with when nothing changed. */
  finished(): ConnectionState {
    const from = this.#from
    const { rooms, configs, ...before } = from
    if (this.#rooms === undefined && isDeepStrictEqual(before, this.#scalars)) return from
    return withoutUnusedConfigs({ rooms: this.rooms, configs: this.#configs ?? from.configs, ...this.#scalars })
  }
}

function isSame(a: SentRoom, b: SentRoom): boolean {
  return (
    a.membership === b.membership &&
    a.timeline === b.timeline &&
    a.receipts === b.receipts &&
    a.accountData === b.accountData &&
    a.members === b.members &&
    a.limit === b.limit &&
    a.config === b.config &&
    a.isDirect === b.isDirect
  )
}

/** Clients change what they require now and then; what no room was told by is forgotten. */
function withoutUnusedConfigs(state: ConnectionState): ConnectionState {
  const configsMax = 32
  if (state.configs.length <= configsMax) return state
  const used = [...new Set([...state.rooms.values()].map((room) => room.config))]
  const places = new Map(used.map((config, n) => [config, n]))
  const rooms = new Map<number, SentRoom>()
  for (const [id, room] of state.rooms) rooms.set(id, { ...room, config: places.get(room.config) ?? 0 })
  return { ...state, rooms, configs: used.map((config) => state.configs[config] ?? '') }
}

/** Compact form: a JSON head with what is not a room, then rooms as numbers of variable length. */
export function encodeState(state: ConnectionState): Buffer {
  const { rooms: byId, ...rest } = state
  const head = Buffer.from(JSON.stringify(rest))
  const numbers: number[] = [head.length, byId.size]
  let last = 0
  for (const [id, room] of [...byId].sort(([a], [b]) => a - b)) {
    numbers.push(id - last, room.membership * 2 + Number(room.isDirect), room.timeline - never, room.receipts - never)
    numbers.push(room.accountData - never, room.members - never, room.limit, room.config)
    last = id
  }
  const bytes = Buffer.allocUnsafe(numbers.length * 8)
  let at = 0
  for (const number of numbers) at = writeNumber(bytes, at, number)
  return Buffer.concat([bytes.subarray(0, at), head])
}

export function decodeState(bytes: Buffer): ConnectionState {
  const cursor = { at: 0 }
  const next = () => readNumber(bytes, cursor)
  const [headLength, count] = [next(), next()]
  const rooms = new Map<number, SentRoom>()
  let id = 0
  for (let n = 0; n < count; n += 1) {
    id += next()
    const flags = next()
    const [timeline, receipts, accountData] = [next() + never, next() + never, next() + never]
    const [members, limit, config] = [next() + never, next(), next()]
    const told = { timeline, receipts, accountData, members }
    rooms.set(id, { membership: flags >> 1, isDirect: (flags & 1) === 1, ...told, limit, config })
  }
  const head = JSON.parse(bytes.toString('utf8', cursor.at, cursor.at + headLength)) as Omit<ConnectionState, 'rooms'>
  return { ...head, rooms }
}

/** Seven bits a byte, the lowest first. Division and not shifts: positions are wider than 32 bits. */
function writeNumber(bytes: Buffer, at: number, value: number): number {
  let rest = value
  let place = at
  while (rest >= 128) {
    bytes[place++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  bytes[place++] = rest
  return place
}

function readNumber(bytes: Buffer, cursor: { at: number }): number {
  let value = 0
  let scale = 1
  for (;;) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) throw new Error('the state of a connection ends too early')
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
}
