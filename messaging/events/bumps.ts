/** https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md#common-fields */
const bumpTypes = new Set([
  'm.room.create',
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
  'm.beacon_info',
  'org.matrix.msc3672.beacon_info',
])

/** Whether an event of this type is news, by which people would expect its room to move up in their list. */
export function bumps(type: string): boolean {
  return bumpTypes.has(type)
}
