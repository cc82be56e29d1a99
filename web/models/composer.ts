import type { MatrixClient } from 'matrix-js-sdk'
import { editedMessage, mentionsOf, newMessage, sourceOf, type TextDraft } from '../matrix/message.ts'
import type { Person } from '../matrix/person.ts'
import { sendFile, sendMessage } from '../matrix/send.ts'
import { explain } from './failure.ts'
import { Value } from './value.ts'

export type Mode =
  | { kind: 'new' }
  | { kind: 'reply'; eventId: string; senderId: string; name: string; text: string }
  | { kind: 'edit'; eventId: string }
export type FileInProgress = { id: number; name: string; part: number; failure?: string }
export type Draft = { text: string; mentions: [name: string, userId: string][] }

const emptyDraft: Draft = { text: '', mentions: [] }
const typingRenewMs = 4000
const typingShownMs = 8000

export type ComposerOptions = {
  client: MatrixClient
  roomId: string
  thread?: { rootId: string; lastId(): string }
  storage?: Storage
}

/** What is being written in one room or thread. Drafts stay on the device until they are sent or emptied. */
export class ComposerModel {
  readonly draft: Value<Draft>
  readonly mode = new Value<Mode>({ kind: 'new' })
  readonly files = new Value<readonly FileInProgress[]>([])
  private readonly options: ComposerOptions
  private readonly storage: Storage
  private readonly cancels = new Map<number, AbortController>()
  private readonly waiting = new Map<number, File>()
  private kept: Draft = emptyDraft
  private typingAt = 0
  private lastFileId = 0

  constructor(options: ComposerOptions) {
    this.options = options
    this.storage = options.storage ?? localStorage
    this.draft = new Value<Draft>(this.readDraft())
  }

  write(text: string): void {
    this.draft.update((draft) => ({ ...draft, text }))
    this.keepDraft()
    this.sayTyping(text.length > 0)
  }

  mention(person: Person): void {
    this.draft.update((draft) => ({
      ...draft,
      mentions: [...draft.mentions.filter(([name]) => name !== person.name), [person.name, person.id]],
    }))
  }

  reply(target: { eventId: string; senderId: string; name: string; text: string }): void {
    if (this.mode.get().kind === 'edit') this.stopMode()
    this.mode.set({ kind: 'reply', ...target })
  }

  edit(eventId: string, content: Record<string, unknown>): void {
    if (this.mode.get().kind !== 'edit') this.kept = this.draft.get()
    this.mode.set({ kind: 'edit', eventId })
    this.draft.set({ text: sourceOf(content), mentions: [...mentionsOf(content)] })
  }

  /** Leaves reply or edit; what was being written before an edit comes back. */
  stopMode(): void {
    if (this.mode.get().kind === 'edit') {
      this.draft.set(this.kept)
      this.kept = emptyDraft
    }
    this.mode.set({ kind: 'new' })
  }

  /** Sends what is written. False when there is nothing to send. */
  send(): boolean {
    const { text, mentions } = this.draft.get()
    const mode = this.mode.get()
    if (!text.trim()) return false
    const { client, roomId, thread } = this.options
    const named = new Map(mentions)
    const content =
      mode.kind === 'edit'
        ? editedMessage(mode.eventId, text.trim(), named)
        : newMessage({ text: text.trim(), mentions: named, ...this.relation() }, client.getSafeUserId())
    sendMessage(client, roomId, thread?.rootId, content)
    if (mode.kind === 'edit') this.stopMode()
    else {
      this.mode.set({ kind: 'new' })
      this.draft.set(emptyDraft)
    }
    this.keepDraft()
    this.sayTyping(false)
    return true
  }

  /** Hands out what is written, for a sender of its own, and empties the field. */
  take(): string {
    const text = this.draft.get().text.trim()
    if (text) {
      this.draft.set(emptyDraft)
      this.keepDraft()
      this.sayTyping(false)
    }
    return text
  }

  attach(files: Iterable<File>): void {
    for (const file of files) {
      this.lastFileId += 1
      this.waiting.set(this.lastFileId, file)
      this.files.update((all) => [...all, { id: this.lastFileId, name: file.name, part: 0 }])
      void this.upload(this.lastFileId)
    }
  }

  cancelFile(id: number): void {
    this.cancels.get(id)?.abort()
    this.dropFile(id)
  }

  async upload(id: number): Promise<void> {
    const file = this.waiting.get(id)
    if (!file) return
    const cancel = new AbortController()
    this.cancels.set(id, cancel)
    this.change(id, { part: 0, failure: undefined })
    const relation = this.relation()
    if (this.mode.get().kind === 'reply') this.mode.set({ kind: 'new' })
    try {
      await sendFile(this.options.client, {
        roomId: this.options.roomId,
        file,
        relation,
        cancel,
        onProgress: (part) => this.change(id, { part }),
      })
      this.dropFile(id)
    } catch (error) {
      if (!cancel.signal.aborted) this.change(id, { failure: explain(error) })
    }
  }

  private relation(): Pick<TextDraft, 'reply' | 'thread'> {
    const { thread } = this.options
    const mode = this.mode.get()
    return {
      ...(mode.kind === 'reply' ? { reply: { eventId: mode.eventId, senderId: mode.senderId } } : {}),
      ...(thread ? { thread: { rootId: thread.rootId, lastId: thread.lastId() } } : {}),
    }
  }

  private change(id: number, change: Partial<FileInProgress>): void {
    this.files.update((all) => all.map((file) => (file.id === id ? { ...file, ...change } : file)))
  }

  private dropFile(id: number): void {
    this.cancels.delete(id)
    this.waiting.delete(id)
    this.files.update((all) => all.filter((file) => file.id !== id))
  }

  private sayTyping(typing: boolean): void {
    const { client, roomId, thread } = this.options
    const now = Date.now()
    if (thread || (typing && now - this.typingAt < typingRenewMs) || (!typing && this.typingAt === 0)) return
    this.typingAt = typing ? now : 0
    client.sendTyping(roomId, typing, typingShownMs).catch(() => undefined)
  }

  private get draftKey(): string {
    const { roomId, thread } = this.options
    return `chancery.draft.${roomId}${thread ? `.${thread.rootId}` : ''}`
  }

  private readDraft(): Draft {
    try {
      return { ...emptyDraft, ...(JSON.parse(this.storage.getItem(this.draftKey) ?? '{}') as Partial<Draft>) }
    } catch {
      return emptyDraft
    }
  }

  private keepDraft(): void {
    // While an earlier entry is edited, the draft that waits behind it is the one to keep.
    const draft = this.mode.get().kind === 'edit' ? this.kept : this.draft.get()
    if (draft.text) this.storage.setItem(this.draftKey, JSON.stringify(draft))
    else this.storage.removeItem(this.draftKey)
  }
}
