import type { MatrixClient } from 'matrix-js-sdk'
import { type ChannelKind, letterContent, type OpenWay, type Refusal, type ShutWay } from '../matrix/desk.ts'
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
  /** The kind of channel that the writer chose for the next words. */
  readonly channel = new Value<ChannelKind | undefined>(undefined)
  private readonly options: LetterOptions

  constructor(options: LetterOptions) {
    this.options = options
    this.composer = options.conversation.composer
  }

  choose(channel: ChannelKind | undefined): void {
    this.channel.set(channel)
    this.refusal.set(undefined)
  }

  /** The writer sees why it was refused, and does something about it. */
  changed(): void {
    this.refusal.set(undefined)
  }

  /** Puts prepared words after what is written. */
  add(text: string): void {
    const before = this.composer.draft.get().text
    this.composer.write(before.trim() ? `${before.trimEnd()}\n\n${text}` : text)
    this.changed()
  }

  /** `confirm`: beside a colleague's answer. False when there is nothing to send. */
  send({ confirm = false } = {}): boolean {
    const text = this.composer.take()
    if (!text) return false
    const channel = this.channel.get()
    const way = this.options.way()
    const expected = channel === undefined && way?.isOpen ? way.channel : undefined
    this.choose(undefined)
    void this.post(text, letterContent(text, { channel, expected, seen: this.seen(), confirm }), channel)
    return true
  }

  private async post(text: string, content: Record<string, unknown>, channel: ChannelKind | undefined): Promise<void> {
    const { client, conversation, onSent } = this.options
    const refusal = await sendOrTakeBack(client, conversation.room, content)
    if (refusal) {
      const since = this.composer.draft.get().text
      this.composer.write(since.trim() ? `${text}\n\n${since}` : text)
      this.channel.set(channel)
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
