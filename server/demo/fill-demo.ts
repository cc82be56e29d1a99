import type { Chancery } from '../composition/platform.ts'
import { type Beat, beatsOf, type Told } from './beats.ts'
import { Calendar } from './calendar.ts'
import { Choices } from './choices.ts'
import { foundAgency } from './citizens/found-agency.ts'
import type { DemoRoom } from './demo-room.ts'
import { createCatalogue, type DemoFile } from './files/catalogue.ts'
import { Pace } from './pace.ts'
import { demoPassword, newcomer, organisation, people } from './people.ts'
import { leaveReadPositions } from './reading.ts'
import { rooms } from './rooms/all.ts'
import { type Said, type Scene, Stage } from './stage.ts'
import type { StoryClock } from './story-clock.ts'

export type FillDeps = {
  /** Composed on the story's clock, and empty. */
  readonly chancery: Chancery
  readonly clock: StoryClock
  readonly serverName: string
  readonly say: (line: string) => void
}

export type Filled = {
  readonly people: number
  readonly rooms: number
  readonly stage: Stage
  readonly calendar: Calendar
  /** Public ids of citizens' records. */
  readonly records: ReadonlyMap<string, string>
}

/** The same seed tells the same story, on whatever day it is told. */
const seed = 'port averell'
/** A word on the way, so that nobody thinks that it hangs. */
const toldEvery = 1_000

/**
 * Fills an empty installation with a small agency and four months of its conversations. Everything is written in the order
 * in which it happened, through the same services as what people write later.
 */
export async function fillDemo({ chancery, clock, serverName, say }: FillDeps): Promise<Filled> {
  const calendar = new Calendar(clock.nowMs())
  const choices = new Choices(seed)
  const stage = new Stage(chancery, serverName)
  const files = createCatalogue(calendar)
  const beats = beatsOf(rooms, calendar, choices)

  clock.beginAt(Math.min(calendar.at(people[0]!.since, '07:30'), beats[0]!.ms))
  await chancery.identity.organisation.setName(organisation)
  const teller = new Teller(stage, files, choices)
  const waiting = [...people].sort((a, b) => b.since - a.since)
  for (const [index, beat] of beats.entries()) {
    for (let next = waiting[0]; next !== undefined && calendar.at(next.since, '07:30') <= beat.ms; next = waiting[0]) {
      clock.moveTo(calendar.at(next.since, '07:30'))
      await stage.arrive(next, demoPassword)
      waiting.shift()
    }
    clock.moveTo(beat.ms)
    await teller.tell(beat)
    if (index % toldEvery === toldEvery - 1) say(`Filling the demo: ${index + 1} of ${beats.length} …`)
  }
  await teller.settled()
  await stage.inviteColleague(newcomer.by, newcomer.name, newcomer.note)
  await leaveReadPositions(stage, teller.scenes, choices)
  const records = await foundAgency({ chancery, stage, clock, calendar })
  await chancery.messaging.drained()
  return { people: people.length, rooms: rooms.length, stage, calendar, records }
}

/** How many things may be under way at once. */
const underWayMost = 32

/** Tells one beat after the other. Words of one room keep their order; endorsements follow what they endorse. */
class Teller {
  readonly scenes = new Map<DemoRoom, Scene>()
  readonly #stage: Stage
  readonly #files: ReadonlyMap<string, DemoFile>
  readonly #choices: Choices
  readonly #pace = new Pace(underWayMost)
  /** What was issued last in each room. */
  readonly #last = new Map<DemoRoom, Promise<unknown>>()

  constructor(stage: Stage, files: ReadonlyMap<string, DemoFile>, choices: Choices) {
    this.#stage = stage
    this.#files = files
    this.#choices = choices
  }

  settled(): Promise<void> {
    return this.#pace.settled()
  }

  async tell(beat: Beat): Promise<void> {
    if (beat.kind === 'open' || beat.kind === 'invite' || beat.kind === 'command') {
      // Who is in a room decides what others may do there, so nothing else is under way meanwhile.
      await this.#pace.settled()
      if (beat.kind === 'open') this.scenes.set(beat.room, await openRoom(this.#stage, beat.room, beat.members))
      else if (beat.kind === 'invite') await this.#stage.invite(this.#scene(beat), beat.who, beat.whom)
      else await command(this.#stage, this.#scene(beat), beat.told)
    } else if (beat.kind === 'endorse') await this.#endorse(beat)
    else await this.#inTurn(beat)
  }

  #scene({ room }: Beat): Scene {
    const scene = this.scenes.get(room)
    if (scene === undefined) throw new Error(`Something happens in ${room.key} before it was made.`)
    return scene
  }

  async #inTurn(beat: Beat & { kind: 'say' | 'edit' | 'redact' }): Promise<void> {
    const { room, told, ms } = beat
    const scene = this.#scene(beat)
    const turn = this.#last.get(room) ?? Promise.resolve()
    const work = turn.then(async () => {
      if (beat.kind === 'say') return this.#stage.say(scene, sayingOf(scene, told, this.#files, room), ms)
      const said = await saidOf(beat)
      if (beat.kind === 'edit') await this.#stage.edit(scene, said, beat.text, ms)
      else await this.#stage.redact(scene, said, beat.reason, ms)
      return said
    })
    if (beat.kind === 'say') told.saying = work
    this.#last.set(room, work)
    await this.#pace.issue(work)
  }

  /** Nobody endorses twice with one word, and nobody her own words. */
  async #endorse(beat: Beat & { kind: 'endorse' }): Promise<void> {
    const { told, key, ms } = beat
    const scene = this.#scene(beat)
    const free = [...scene.present].filter((one) => one !== told.who && !told.endorsedBy.has(`${one} ${key}`))
    const who = beat.who ?? (free.length === 0 ? undefined : this.#choices.one(free))
    if (who === undefined || told.endorsedBy.has(`${who} ${key}`)) return
    told.endorsedBy.add(`${who} ${key}`)
    await this.#pace.issue(saidOf(beat).then((said) => this.#stage.endorse(scene, who, said, key, ms)))
  }
}

function saidOf({ room, told }: Beat & { told: Told }): Promise<Said> {
  if (told.saying === undefined) throw new Error(`Something in ${room.key} follows on what was not said.`)
  return told.saying
}

async function openRoom(stage: Stage, room: DemoRoom, members: readonly string[]): Promise<Scene> {
  const { name, topic, alias, access, creator } = room
  const invite = members.map((key) => stage.actor(key).matrixId)
  const scene = await stage.open(creator, {
    preset: access === 'open' ? 'public_chat' : access === 'direct' ? 'trusted_private_chat' : 'private_chat',
    visibility: access === 'open' ? 'public' : 'private',
    ...(name === undefined ? {} : { name }),
    ...(topic === undefined ? {} : { topic }),
    ...(alias === undefined ? {} : { room_alias_name: alias }),
    ...(access === 'direct' ? { is_direct: true } : {}),
    ...(access === 'open' ? {} : { invite }),
  })
  await Promise.all(members.map((key) => stage.join(scene, key)))
  return scene
}

async function command(stage: Stage, scene: Scene, told: Told): Promise<void> {
  const { name, argument } = told.command!
  if (name === 'joins') await stage.join(scene, told.who)
  else if (name === 'leaves') await stage.leave(scene, told.who)
  else if (name === 'topic') await stage.setState(scene, told.who, 'm.room.topic', { topic: argument })
  else if (name === 'name') await stage.setState(scene, told.who, 'm.room.name', { name: argument })
  else if (name === 'adds') {
    await stage.invite(scene, told.who, argument)
    await stage.join(scene, argument)
  } else throw new Error(`Nobody can /${name}.`)
}

function sayingOf(scene: Scene, told: Told, files: ReadonlyMap<string, DemoFile>, room: DemoRoom) {
  const found = (mark: string | undefined): Said | undefined => {
    if (mark === undefined) return undefined
    const said = mark === '' ? scene.said.at(-1) : scene.labels.get(mark)
    if (said === undefined) throw new Error(`Nothing in ${room.key} is called "${mark}".`)
    return said
  }
  const file = told.file === undefined ? undefined : files.get(told.file)
  if (told.file !== undefined && file === undefined) throw new Error(`No file is called ${told.file}.`)
  const replyTo = found(told.replyTo)
  // What answers an entry of a thread belongs to that thread.
  const thread = found(told.thread) ?? replyTo?.root
  return { who: told.who, text: told.text, label: told.label, replyTo, thread, file }
}
