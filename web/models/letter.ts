import type { MatrixClient } from 'matrix-js-sdk'
import { letterContent, type NextBest, type OpenWay, type Refusal, type ShutWay } from '../matrix/desk.ts'
import { sendOrTakeBack } from '../matrix/send.ts'
import type { ComposerModel } from './composer.ts'
import type { RoomModel } from './room.ts'
import { Value } from './value.ts'

/** A line for the desk stays here, so it needs no way. */
export const isForDesk = (text: string): boolean => text.trimStart().startsWith('!')

export type LetterOptions = {
  client: MatrixClient
  conversation: RoomModel
  /** The way of the next words, as it was last told. */
  way(): OpenWay | ShutWay | undefined
  onSent(): void
}

/** What is being written to a citizen. Words that may not be sent come back, with the reason. */
export class Letter {
  readonly composer: ComposerModel
  /** Why the last try was not taken; until it is sent otherwise, or changed. */
  readonly refusal = new Value<Refusal | undefined>(undefined)
  /** The way that the writer chose for the next words, and why it goes. */
  readonly chosen = new Value<NextBest | undefined>(undefined)
  /** Grows whenever the writer is to go on writing, wherever she was. */
  readonly calls = new Value(0)
  private readonly options: LetterOptions

  constructor(options: LetterOptions) {
    this.options = options
    this.composer = options.conversation.composer
  }

  choose(way: NextBest | undefined): void {
    this.chosen.set(way)
    this.refusal.set(undefined)
  }

  /** A way that is shut was asked for: why, and what is the next best. */
  shut({ code, message, nextBest }: ShutWay): void {
    this.refusal.set({ message, reason: code, isBefore: true, ...(nextBest ? { nextBest } : {}) })
  }

  /** The writer sees why it was refused, and does something about it. */
  changed(): void {
    this.refusal.set(undefined)
  }

  goOn(): void {
    this.changed()
    this.calls.update((count) => count + 1)
  }

  /** Puts prepared words after what is written. */
  add(text: string): void {
    const before = this.composer.draft.get().text
    this.composer.write(before.trim() ? `${before.trimEnd()}\n\n${text}` : text)
    this.goOn()
  }

  /** `confirm`: beside a colleague's answer. False when there is nothing to send. */
  send({ confirm = false } = {}): boolean {
    const text = this.composer.take()
    if (!text) return false
    const chosen = this.chosen.get()
    const channel = chosen?.channel
    const way = this.options.way()
    const expected = channel === undefined && way?.isOpen ? way.channel : undefined
    this.choose(undefined)
    void this.post(text, letterContent(text, { channel, expected, seen: this.seen(), confirm }), chosen)
    return true
  }

  private async post(text: string, content: Record<string, unknown>, chosen: NextBest | undefined): Promise<void> {
    const { client, conversation, onSent } = this.options
    const refusal = await sendOrTakeBack(client, conversation.room, content)
    if (refusal) {
      const since = this.composer.draft.get().text
      this.composer.write(since.trim() ? `${text}\n\n${since}` : text)
      this.chosen.set(chosen)
      this.refusal.set(refusal)
    }
    onSent()
  }

  /** The newest words that the writer has on her screen. */
  private seen(): string | undefined {
    const events = this.options.conversation.room.getLiveTimeline().getEvents()
    return events.findLast((event) => event.getType() === 'm.room.message')?.getId()
  }
}
