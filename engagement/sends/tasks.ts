import type { Clock, Postgres, Vault } from '#platform/api.ts'
import type { People } from '../people/types.ts'
import { finishTask, listTasks, type TaskRow, taskByPublicId } from '../store/tasks.ts'

type Deps = {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly vault: Pick<Vault, 'keys' | 'serverKey'>
  readonly people: Pick<People, 'byId'>
}

export type Task = Pick<TaskRow, 'agencyId' | 'kind' | 'publicId'> & {
  readonly code: string | undefined
  readonly createdMs: number
  readonly doneMs: number | undefined
  readonly sendId: string
  readonly personId: string | undefined
  /** What was done instead. */
  readonly note: string | undefined
}

const notePurpose = 'task.note'

/** What a human has to do because no channel did. */
export class Tasks {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async list(wish: Parameters<typeof listTasks>[1]): Promise<{ tasks: Task[]; next: number | undefined }> {
    const rows = await listTasks(this.#deps.postgres, wish)
    const tasks = await Promise.all(rows.map((row) => this.#opened(row)))
    return { tasks, next: rows.length === wish.limit ? rows.at(-1)?.id : undefined }
  }

  async row(publicId: string): Promise<TaskRow | undefined> {
    return taskByPublicId(this.#deps.postgres, publicId)
  }

  /** Once done it stays as it is. */
  async finish(
    { id, publicId }: TaskRow,
    how: { userId: number | undefined; note: string | undefined },
  ): Promise<Task> {
    const { postgres, clock, vault } = this.#deps
    const key = how.note === undefined ? undefined : await vault.serverKey('notes on tasks')
    const sealedNote = key?.seal(notePurpose, publicId, Buffer.from(how.note ?? '')) ?? null
    const noteKeyId = key?.id ?? null
    await finishTask(postgres, id, { nowTs: clock.nowMs(), userId: how.userId ?? null, noteKeyId, sealedNote })
    const row = await taskByPublicId(postgres, publicId)
    if (row === undefined) throw new Error('A task went while it was being done.')
    return this.#opened(row)
  }

  async #opened(row: TaskRow): Promise<Task> {
    const { people, vault } = this.#deps
    const { agencyId, kind, publicId, sendPublicId } = row
    const person = row.personId === null ? undefined : await people.byId(row.personId)
    const key = row.noteKeyId === null ? undefined : (await vault.keys([row.noteKeyId])).get(row.noteKeyId)
    return {
      agencyId,
      kind,
      publicId,
      code: row.code ?? undefined,
      createdMs: row.createdTs,
      doneMs: row.doneTs ?? undefined,
      sendId: sendPublicId,
      personId: person?.publicId,
      note: row.sealedNote === null ? undefined : key?.open(notePurpose, publicId, row.sealedNote).toString('utf8'),
    }
  }
}
