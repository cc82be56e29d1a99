/** What a row of the log tells of. Numbers are stored: never change one, only add. */
export const logKinds = {
  event: 1,
  receipt: 2,
  accountData: 3,
  profile: 4,
  /** A message for a device of the person; the position itself names its row. */
  toDevice: 5,
  /**
   * The person's devices or cross-signing keys changed. `reference` is the internal id of the only person who is told of
   * it, or null when everybody is who shares a room.
   */
  deviceList: 6,
  /** A sign-in of the person is over; `reference` is its number. No client is told: nodes of this server are. */
  sessionEnded: 7,
  /** What a sign-in may do has changed, or its tokens have; `reference` is its number. For nodes of this server too. */
  sessionChanged: 8,
  /** The account works for an agency from now on; `reference` is the agency's number. For nodes of this server. */
  staffJoined: 9,
  /** It does so no more. */
  staffLeft: 10,
  /** The person subscribed to a thread of the room, or no longer does; the position itself names the row. */
  threadSubscription: 11,
  /** The person asked to be erased. For nodes of this server. */
  erasure: 12,
} as const

export type LogKind = (typeof logKinds)[keyof typeof logKinds]

/**
 * One row of the log.
 * `roomId` and `userId` are null where the kind has none; `reference` is the id of the row that tells it whole.
 */
export type LogRow = {
  readonly position: number
  readonly kind: LogKind
  readonly roomId: number | null
  readonly userId: number | null
  readonly reference: number | null
}

export type LogDraft = Omit<LogRow, 'position'>
