/** Where in the client one is; lives in the fragment of the address, so links work and never reach a server's log. */
export type Side = { kind: 'thread'; rootId: string } | { kind: 'people' } | { kind: 'about' }
export type AdminPage = 'people' | 'invitations'
/** Which conversations the desk lists: one's own, those of nobody, those that wait for the citizen, done ones, a queue's. */
export type DeskView = { name: 'mine' | 'new' | 'waiting' | 'done' } | { name: 'queue'; queue: string }
export type Route =
  | { page: 'home' }
  | { page: 'sign-in' }
  | { page: 'set-up'; token: string }
  | { page: 'invitation'; token: string }
  | { page: 'room'; roomId: string; eventId?: string; side?: Side }
  | { page: 'desk'; view: DeskView; talkId?: string; side?: 'citizen' }
  | { page: 'admin'; section: AdminPage; userId?: string }

export type DeskRoute = Route & { page: 'desk' }

function decode(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '')
  } catch {
    return part ?? ''
  }
}

function parseRoom(parts: string[]): Route {
  const [roomId = '', second, third] = parts
  if (!roomId) return { page: 'home' }
  if (second === 'thread' && third) return { page: 'room', roomId, side: { kind: 'thread', rootId: third } }
  if (second === 'people' || second === 'about') return { page: 'room', roomId, side: { kind: second } }
  return second?.startsWith('$') ? { page: 'room', roomId, eventId: second } : { page: 'room', roomId }
}

function parseDesk(parts: string[]): Route {
  const [name, ...rest] = parts
  const isQueue = name === 'queue' && Boolean(rest[0])
  const known = (['new', 'waiting', 'done'] as const).find((one) => one === name)
  const view: DeskView = isQueue ? { name: 'queue', queue: rest[0] ?? '' } : { name: known ?? 'mine' }
  const [talkId, side] = isQueue ? rest.slice(1) : rest
  if (!talkId) return { page: 'desk', view }
  return side === 'citizen' ? { page: 'desk', view, talkId, side } : { page: 'desk', view, talkId }
}

/** Reads the fragment of an address; what it does not know is the start page. */
export function parseRoute(hash: string): Route {
  const [first, ...rest] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decode)
  switch (first) {
    case 'room':
      return parseRoom(rest)
    case 'setup':
      return rest[0] ? { page: 'set-up', token: rest[0] } : { page: 'home' }
    case 'invitation':
      return rest[0] ? { page: 'invitation', token: rest[0] } : { page: 'home' }
    case 'signin':
      return { page: 'sign-in' }
    case 'desk':
      return parseDesk(rest)
    case 'admin':
      if (rest[0] === 'invitations') return { page: 'admin', section: 'invitations' }
      return rest[1] ? { page: 'admin', section: 'people', userId: rest[1] } : { page: 'admin', section: 'people' }
    default:
      return { page: 'home' }
  }
}

// `!`, `$`, `@` and `:` may stand in a fragment; they stay readable.
const encode = (part: string): string =>
  encodeURIComponent(part).replace(/%24/g, '$').replace(/%40/g, '@').replace(/%3A/gi, ':')

function formatSide(side: Side | undefined): string {
  if (!side) return ''
  return side.kind === 'thread' ? `/thread/${encode(side.rootId)}` : `/${side.kind}`
}

function formatDesk({ view, talkId, side }: DeskRoute): string {
  const list = view.name === 'queue' ? `queue/${encode(view.queue)}` : view.name
  return `#/desk/${list}${talkId ? `/${encode(talkId)}` : ''}${talkId && side ? `/${side}` : ''}`
}

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/'
    case 'sign-in':
      return '#/signin'
    case 'set-up':
      return `#/setup/${encode(route.token)}`
    case 'invitation':
      return `#/invitation/${encode(route.token)}`
    case 'room':
      return `#/room/${encode(route.roomId)}${route.eventId ? `/${encode(route.eventId)}` : formatSide(route.side)}`
    case 'desk':
      return formatDesk(route)
    case 'admin':
      return `#/admin/${route.section}${route.userId ? `/${encode(route.userId)}` : ''}`
  }
}
