/** Bounds of the desk, where staff and citizens talk; part of `limits`. */
export const deskLimits = {
  /** Words of one message in a conversation; of longer ones the beginning is shown, and the whole is a file beside it. */
  deskWordsCharsMax: 20_000,
  /** Files that come with one message; a mail of a person has a few. */
  deskFilesMax: 20,
  /** A colleague's answer within so long is news to whoever was writing meanwhile. */
  deskCollisionMs: 120_000,
  /** Answers that somebody was told of and may now answer beside; each is two ids. */
  deskCollisionsKept: 2_000,
  /** Who has taken on a task of the desk and said nothing for so long has died. */
  deskTaskLeaseMs: 30_000,
  /** Tasks that one look takes on. */
  deskTasksAtOnce: 20,
  /** What another server process has left undone is looked for so often. */
  deskLookAgainMs: 2_000,
  /** A task that fails is tried again after this and longer, at most an hour apart. */
  deskTaskRetryMs: 1_000,
  deskTaskRetryMsMax: 3_600_000,
  /** Facts of the desk's rooms in memory, about 100 bytes each. */
  deskRoomsInMemoryMax: 20_000,
  /** Queues of an agency: people look at a list of them. */
  queuesMax: 100,
  /** Canned replies of an agency, and what each may hold. */
  cannedRepliesMax: 1_000,
  cannedReplyCharsMax: 10_000,
  cannedLanguagesMax: 40,
  /** Filling in a canned reply: milliseconds, which a busy machine needs for a few words, and characters that may come of it. */
  cannedRenderMs: 1_000,
  cannedRenderedCharsMax: 20_000,
  /** Conversations, and messages of a timeline, that are told at once. */
  deskPageMax: 100,
} as const
