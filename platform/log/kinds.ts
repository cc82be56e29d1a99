/** What a row of the log tells of. Numbers are stored: never change one, only add. */
export const logKinds = {
  event: 1,
  receipt: 2,
  accountData: 3,
  profile: 4,
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
