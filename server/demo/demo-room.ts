/** A room of the demo as data: what it is, who is in it, and its script (see script.ts). */
export type DemoRoom = {
  readonly key: string
  /** Missing for a conversation of two. */
  readonly name?: string
  readonly topic?: string
  /** Open rooms stand in the directory; conversations of two have exactly one member beside who began it. */
  readonly access: 'open' | 'invited' | 'direct'
  readonly alias?: string
  readonly creator: string
  /** Who joins on the first day. */
  readonly members: readonly string[] | 'everybody'
  /** The working day, counted back, and the time when it was made. */
  readonly born: readonly [day: number, time: string]
  readonly script: string
  /** Who was asked to come and has not answered yet, and by whom. */
  readonly invited?: readonly { readonly who: string; readonly by: string }[]
  /** How many of the last messages somebody has not read; others are given a number by chance. */
  readonly unread?: Readonly<Record<string, number>>
  /** Who keeps the room at the top of the list. */
  readonly favouriteOf?: readonly string[]
}
