import type { ServiceRooms, StoredEvent } from '#messaging/api.ts'
import { type Clock, type Db, type Log, type Logger, limits } from '#platform/api.ts'
import { type DeskTask, deskTaskDone, deskTaskLater, leaseDeskTasks } from '../store/desk-tasks.ts'
import { commandHelp, commandIn } from './commands.ts'
import type { DeskConversations } from './conversations.ts'
import type { DeskWork } from './desk-reader.ts'
import { isEdit, isForCitizen } from './leaving.ts'
import { deskName } from './room-shapes.ts'
import type { Settling } from './settling.ts'
import type { Conversation, Queues, ReplyWays } from './types.ts'

type Deps = {
  db: Db
  log: Pick<Log, 'reachNewest'>
  service: ServiceRooms
  conversations: DeskConversations
  queues: Pick<Queues, 'reconcile'>
  settling: Settling
  ways: ReplyWays | undefined
  clock: Clock
  logger: Logger
}

/** Does what the reader noted. Any node takes a task on, for a while; whatever it did before it died is done once more. */
export class DeskWorker {
  readonly #deps: Deps
  #wake: () => void = () => undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** There is something to do. */
  wake(): void {
    this.#wake()
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#deps
    while (!signal.aborted) {
      const woken = new AbortController()
      const next = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      const isMore = await this.#workOnce().catch((error) => {
        logger.warn('desk.look_failed', { error })
        return false
      })
      if (isMore) continue
      const pause = clock.sleep(limits.deskLookAgainMs, AbortSignal.any([signal, woken.signal])).catch(() => undefined)
      await Promise.race([next, pause])
      woken.abort()
    }
  }

  /** Answers whether there may be more. */
  async #workOnce(): Promise<boolean> {
    const { db, clock } = this.#deps
    const nowMs = clock.nowMs()
    const untilMs = nowMs + limits.deskTaskLeaseMs
    const tasks = await leaseDeskTasks(db, nowMs, untilMs, limits.deskTasksAtOnce)
    await Promise.all(tasks.map((task) => this.#work(task, untilMs)))
    return tasks.length > 0
  }

  async #work(task: DeskTask, untilMs: number): Promise<void> {
    const { db, clock, logger } = this.#deps
    try {
      await this.#do(task)
      await deskTaskDone(db, task.id, untilMs)
    } catch (error) {
      logger.warn('desk.task_failed', { error, operation: task.what, job: task.id, attempt: task.attempts })
      const pauseMs = Math.min(limits.deskTaskRetryMs * 2 ** Math.min(task.attempts, 20), limits.deskTaskRetryMsMax)
      await deskTaskLater(db, task.id, untilMs, clock.nowMs() + pauseMs).catch(() => 0)
    }
  }

  async #do({ what, subjectId, eventId }: DeskTask): Promise<void> {
    const { conversations, queues, settling, service, log } = this.#deps
    const work = what as DeskWork
    if (work === 'settle') return settling.settle(subjectId)
    if (work === 'staff') {
      // The list of the staff in memory may be older than the log that the task was read from.
      await log.reachNewest()
      return queues.reconcile(subjectId)
    }
    const [conversation, [event]] = await Promise.all([conversations.byId(subjectId), service.events([eventId])])
    if (conversation === undefined || event === undefined) return
    if (work === 'command') return this.#command(conversation, event)
    if (work === 'edited') return this.#edited(conversation, event)
    return this.#redacted(conversation, event)
  }

  async #command(conversation: Conversation, event: StoredEvent): Promise<void> {
    const { conversations, settling, service } = this.#deps
    const command = commandIn(event.content)
    const answer = (text: string) =>
      conversations.notice(conversation, { key: `command ${event.matrixId}`, text, inReplyTo: event.matrixId })
    if (command === undefined) return
    if (command.name === 'by') {
      const way = await this.#deps.ways?.forReply(conversation, command.kind)
      const fine = `Your next message goes by ${kindWords[command.kind]}.`
      await answer(way === undefined || way.isOpen ? fine : `It cannot go that way. ${way.message}`)
    } else if (command.name === 'note') {
      const author = await service.person(event.senderId)
      const content = { msgtype: 'm.text', body: command.text }
      const words = { type: 'm.room.message', content, key: `note ${event.matrixId}` }
      await service.send(author, conversation.matrixNotesRoomId, words)
      await answer('It stands in the notes. It was not sent.')
    } else if (command.name === 'wait') {
      await settling.setState(conversation, 'waiting')
      await answer('The conversation waits for her. It is open again as soon as she writes.')
    } else if (command.name === 'close') {
      await answer('The conversation is closed. It is open again as soon as she writes.')
      await settling.setState(conversation, 'closed')
      await settling.settle(conversation.id)
    } else {
      await answer(command.name === 'help' ? commandHelp : `This was not sent. ${commandHelp}`)
    }
  }

  /** Of words that went to her, or may have: a note that was corrected needs no comment. */
  async #edited(conversation: Conversation, event: StoredEvent): Promise<void> {
    const relation = event.content['m.relates_to'] as { event_id?: unknown } | undefined
    if (!(await this.#hasLeft(conversation, relation?.event_id))) return
    await this.#deps.conversations.notice(conversation, {
      key: `edited ${event.matrixId}`,
      text: 'Your change stands here only. What was sent to her cannot be changed; write to her again if it matters.',
      inReplyTo: event.matrixId,
    })
  }

  async #redacted(conversation: Conversation, event: StoredEvent): Promise<void> {
    const target = event.content.redacts ?? event.pdu.redacts
    if (!(await this.#hasLeft(conversation, target))) return
    await this.#deps.conversations.notice(conversation, {
      key: `redacted ${event.matrixId}`,
      text: 'It was removed here only. What was sent to her cannot be taken back.',
    })
  }

  /** A redacted message no longer tells what it was; then any message of the staff may have been sent. */
  async #hasLeft(conversation: Conversation, eventId: unknown): Promise<boolean> {
    const room = await this.#deps.service.room(conversation.matrixRoomId)
    if (typeof eventId !== 'string' || room === undefined) return false
    const target = await this.#deps.service.event(room, eventId)
    if (target === undefined || target.type !== 'm.room.message' || target.sender.startsWith(`@${deskName}:`)) {
      return false
    }
    return target.isRedacted || (isForCitizen(target) && !isEdit(target.content))
  }
}

const kindWords = { sms: 'SMS', mail: 'e-mail', inbox: 'her inbox' } as const
