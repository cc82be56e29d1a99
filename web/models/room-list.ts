import type { RoomRow } from '../matrix/rooms.ts'

export type Tab = 'all' | 'unread' | 'forYou'
export type GroupName = 'invitations' | 'forYou' | 'favourites' | 'rooms' | 'people'
export type RoomGroup = { name: GroupName; rooms: RoomRow[] }

const shownOrder: GroupName[] = ['invitations', 'forYou', 'favourites', 'rooms', 'people']

/** Whether a name answers what was typed: every typed word begins one of its words, accents aside. */
export function answers(name: string, typed: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()
  const words = plain(name).split(/[\s,.:;()/_-]+/u)
  return plain(typed)
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)))
}

function inTab(row: RoomRow, tab: Tab): boolean {
  if (tab === 'all') return true
  if (tab === 'unread') return row.unread > 0 || row.group === 'invitations'
  return row.forYou > 0 || row.group === 'invitations'
}

/** Rooms under their headings. Lists are by name so that a row stays where the hand expects it; what asks for one stands first. */
export function groupRooms(rows: readonly RoomRow[], tab: Tab, typed: string): RoomGroup[] {
  const groups = new Map<GroupName, RoomRow[]>(shownOrder.map((name) => [name, []]))
  for (const row of rows) {
    if (!inTab(row, tab) || !answers(row.name, typed)) continue
    const name: GroupName = row.group !== 'invitations' && row.forYou > 0 ? 'forYou' : row.group
    groups.get(name)?.push(row)
  }
  const byName = (a: RoomRow, b: RoomRow) => a.name.localeCompare(b.name)
  const byTime = (a: RoomRow, b: RoomRow) => b.activeAt - a.activeAt
  return shownOrder
    .map((name) => ({ name, rooms: (groups.get(name) ?? []).sort(name === 'forYou' ? byTime : byName) }))
    .filter((group) => group.rooms.length > 0)
}

export function countForYou(rows: readonly RoomRow[]): number {
  return rows.reduce((sum, row) => sum + (row.group === 'invitations' ? 1 : row.forYou), 0)
}
