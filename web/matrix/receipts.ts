import type { MatrixClient, MatrixEvent, Room } from 'matrix-js-sdk'

/** Who has read how far: for each own event of the list, how many others read it or something later. */
export function readersOf(client: MatrixClient, room: Room, events: readonly MatrixEvent[]): Map<string, number> {
  const own = client.getSafeUserId()
  const readers = new Set<string>()
  const counts = new Map<string, number>()
  for (const event of events.toReversed()) {
    const sender = event.getSender()
    for (const userId of room.getUsersReadUpTo(event)) if (userId !== own) readers.add(userId)
    // Who writes has read what stands above.
    if (sender && sender !== own) readers.add(sender)
    if (sender === own && event.getId()) counts.set(event.getId() as string, readers.size)
  }
  return counts
}
