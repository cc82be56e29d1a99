import { isJsonObject, type JsonObject, type PushRule, pushRuleKinds } from '#matrix/api.ts'
import type { Logger } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { PushRules } from '../push/push-rules.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'

type Deps = {
  accountData: Pick<AccountData, 'get' | 'put'>
  pushRules: Pick<PushRules, 'of' | 'change'>
  rooms: Pick<RoomCache, 'idOf' | 'readable'>
  logger: Logger
}

type Person = { readonly userId: number; readonly matrixId: string }

/** What a person kept about a room goes with her into the one that replaced it: tags, push rules, whom it is direct with. */
export class Heritage {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** To be called when somebody has come into a room. Never throws: she is in it, with or without her tags. */
  async take(person: Person, room: Room): Promise<void> {
    const predecessor = room.content('m.room.create')?.predecessor
    const matrixId = isJsonObject(predecessor) ? predecessor.room_id : undefined
    if (typeof matrixId !== 'string') return
    try {
      const old = await this.#replaced(matrixId, room)
      if (old?.memberByUser(person.userId) === undefined) return
      await this.#takeTags(person, old, room)
      await this.#takeDirect(person, old, room)
      await this.#takeRules(person, old, room)
    } catch (error) {
      this.#deps.logger.warn('upgrade.heritage_failed', { room: room.id, user: person.userId, error })
    }
  }

  /** Anybody can say that his room follows another; the other one says whether it is so. */
  async #replaced(matrixId: string, room: Room): Promise<Room | undefined> {
    const id = await this.#deps.rooms.idOf(matrixId)
    const old = id === undefined ? undefined : await this.#deps.rooms.readable(id)
    return old?.content('m.room.tombstone')?.replacement_room === room.matrixId ? old : undefined
  }

  async #takeTags({ userId }: Person, old: Room, room: Room): Promise<void> {
    const { accountData } = this.#deps
    const [before, now] = await Promise.all([
      accountData.get(userId, old.id, 'm.tag'),
      accountData.get(userId, room.id, 'm.tag'),
    ])
    if (before !== undefined && now === undefined) await accountData.put(userId, room.id, 'm.tag', before)
  }

  async #takeDirect({ userId }: Person, old: Room, room: Room): Promise<void> {
    const { accountData } = this.#deps
    const content = (await accountData.get(userId, null, 'm.direct')) ?? {}
    const names = (rooms: unknown) => Array.isArray(rooms) && rooms.includes(old.matrixId)
    if (!Object.values(content).some(names)) return
    const entries = Object.entries(content).map(([id, rooms]): [string, JsonObject[string]] => {
      if (!Array.isArray(rooms) || !names(rooms) || rooms.includes(room.matrixId)) return [id, rooms]
      return [id, [...rooms, room.matrixId]]
    })
    await accountData.put(userId, null, 'm.direct', Object.fromEntries(entries))
  }

  async #takeRules(person: Person, old: Room, room: Room): Promise<void> {
    const { pushRules } = this.#deps
    const all = Object.values(await pushRules.of(person)).flat()
    if (!all.some((rule) => isAbout(rule, old.matrixId))) return
    await pushRules.change(person, (rules) => {
      const changed = { ...rules }
      for (const kind of pushRuleKinds) {
        const copies = rules[kind]
          .filter((rule) => isAbout(rule, old.matrixId) && !rules[kind].some(({ rule_id: id }) => id === room.matrixId))
          .slice(0, 1)
          .map((rule) => aboutOther(rule, old.matrixId, room.matrixId))
        changed[kind] = [...copies, ...rules[kind]]
      }
      return changed
    })
  }
}

function isAbout(rule: PushRule, roomId: string): boolean {
  if (rule.default) return false
  return (
    rule.rule_id === roomId ||
    (rule.conditions ?? []).some(({ key, pattern }) => key === 'room_id' && pattern === roomId)
  )
}

function aboutOther(rule: PushRule, before: string, now: string): PushRule {
  const copy: PushRule = { ...rule, rule_id: now }
  if (rule.conditions !== undefined) {
    copy.conditions = rule.conditions.map((condition) =>
      condition.key === 'room_id' && condition.pattern === before ? { ...condition, pattern: now } : condition,
    )
  }
  return copy
}
