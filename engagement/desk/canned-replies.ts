import { type Access, agency as agencyObject, isProgram, type Principal } from '#access/api.ts'
import type { Profiles } from '#identity/api.ts'
import { type Clock, type Db, limits, type Random, refuse, type Tx, type Vault } from '#platform/api.ts'
import type { Agencies, Agency } from '../agencies/types.ts'
import type { People } from '../people/types.ts'
import {
  type CannedReplyRow,
  cannedReplyCount,
  cannedReplyRow,
  cannedReplyRows,
  changeCannedReply,
  deleteCannedReply,
  insertCannedReply,
} from '../store/canned-replies.ts'
import { checkTemplate, fill, type MergeFields } from './merge-fields.ts'
import { shownName } from './names.ts'
import { kindNames } from './room-shapes.ts'
import { publicToken, referenceOf } from './tokens.ts'
import type { Conversation } from './types.ts'

type Deps = {
  db: Db
  vault: Pick<Vault, 'serverKey'>
  clock: Clock
  random: Random
  access: Pick<Access, 'require'>
  agencies: Pick<Agencies, 'byId' | 'named'>
  people: Pick<People, 'byId'>
  profiles: Pick<Profiles, 'displayName'>
}

/** By language (BCP 47). */
export type Texts = Readonly<Record<string, string>>
export type CannedReply = {
  readonly id: string
  readonly agency: string
  readonly key: string
  readonly title: string
  readonly texts: Texts
  readonly changedMs: number
}
export type CannedWish = { readonly title: string; readonly texts: Texts }

const keyLabel = 'canned replies'
const purpose = 'canned_reply'
const noAgency = 0

/** Words that an agency's staff send often, in the languages of those whom they write to. */
export class CannedReplies {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async ofAgencies(agencies: readonly Agency[]): Promise<CannedReply[]> {
    const rows = await cannedReplyRows(
      this.#deps.db,
      agencies.map((one) => one.id),
    )
    const keys = new Map(agencies.map((one) => [one.id, one.key]))
    return Promise.all(rows.map((row) => this.#opened(row, keys.get(row.agencyId) ?? '')))
  }

  /** `inTransaction` is how the caller opens one, and whether she has done so before for the same request. */
  async create(
    principal: Principal,
    agencyKey: string | undefined,
    wish: CannedWish & { key: string },
    inTransaction: (work: (tx: Tx) => Promise<CannedReply>) => Promise<CannedReply>,
  ): Promise<CannedReply> {
    const { vault, clock, random, access, agencies } = this.#deps
    const agency = await agencies.named(agencyKey)
    access.require(principal, 'citizens.purposes', agencyObject(agency.id))
    check(wish)
    // Taken now: inside a transaction it would wait for a second connection.
    const key = await vault.serverKey(keyLabel)
    return inTransaction(async (tx) => {
      if ((await cannedReplyCount(tx, agency.id)) >= limits.cannedRepliesMax) {
        throw refuse(
          'M_LIMIT_EXCEEDED',
          `An agency has at most ${limits.cannedRepliesMax} canned replies. Remove some.`,
        )
      }
      const publicId = publicToken('r', random)
      const sealed = key.seal(purpose, publicId, bytesOf(wish))
      const row = { publicId, agencyId: agency.id, key: wish.key, sealed, changedTs: clock.nowMs() }
      if (await insertCannedReply(tx, row)) return this.#opened(row, agency.key)
      throw refuse(
        'CHANCERY_CONFLICT',
        `There is a canned reply ${wish.key} already. Change it, or choose another key.`,
      )
    })
  }

  async change(principal: Principal, publicId: string, wish: CannedWish): Promise<CannedReply> {
    const { db, vault, clock } = this.#deps
    const { row, agency } = await this.#own(principal, publicId, 'citizens.purposes')
    check(wish)
    const key = await vault.serverKey(keyLabel)
    const changedTs = clock.nowMs()
    const sealed = key.seal(purpose, publicId, bytesOf(wish))
    await changeCannedReply(db, publicId, sealed, changedTs)
    return this.#opened({ ...row, sealed, changedTs }, agency.key)
  }

  async remove(principal: Principal, publicId: string): Promise<void> {
    await this.#own(principal, publicId, 'citizens.purposes')
    await deleteCannedReply(this.#deps.db, publicId)
  }

  /** The words for one conversation, in her language where there are such; nothing is sent by it. */
  async filled(principal: Principal, publicId: string, conversation: Conversation, language: string | undefined) {
    const { row, agency } = await this.#own(principal, publicId, 'citizens.desk')
    if (row.agencyId !== conversation.agencyId) throw nothingThere()
    const { people } = this.#deps
    const person = conversation.personId === undefined ? undefined : await people.byId(conversation.personId)
    const { texts } = await this.#opened(row, agency.key)
    const chosen = chooseLanguage(Object.keys(texts), [language, person?.language, agency.language])
    const fields: MergeFields = {
      person: { name: shownName(person?.name ?? '') ?? '', language: person?.language ?? chosen },
      staff: { name: await this.#staffName(principal) },
      agency: { name: agency.name },
      conversation: {
        reference: referenceOf(conversation.publicId),
        channel: kindNames[conversation.kind],
      },
      today: dayIn(chosen, this.#deps.clock.nowMs()),
    }
    return { language: chosen, text: fill(texts[chosen] ?? '', fields) }
  }

  async #staffName(principal: Principal): Promise<string> {
    if (isProgram(principal)) return ''
    return (await this.#deps.profiles.displayName(principal.userId)) ?? ''
  }

  async #own(principal: Principal, publicId: string, permission: 'citizens.purposes' | 'citizens.desk') {
    const { db, access, agencies } = this.#deps
    const row = await cannedReplyRow(db, publicId)
    access.require(principal, permission, agencyObject(row?.agencyId ?? noAgency))
    const agency = row === undefined ? undefined : await agencies.byId(row.agencyId)
    if (row === undefined || agency === undefined) throw nothingThere()
    return { row, agency }
  }

  async #opened(row: Omit<CannedReplyRow, 'id'>, agency: string): Promise<CannedReply> {
    const key = await this.#deps.vault.serverKey(keyLabel)
    const { title, texts } = JSON.parse(key.open(purpose, row.publicId, row.sealed).toString()) as CannedWish
    return { id: row.publicId, agency, key: row.key, title, texts, changedMs: row.changedTs }
  }
}

/** The first that there is of those wished for, its variants included (`de` for `de-AT`); else the first of all. */
export function chooseLanguage(there: readonly string[], wished: readonly (string | undefined)[]): string {
  for (const wish of wished) {
    if (wish === undefined) continue
    const exact = there.find((one) => one.toLowerCase() === wish.toLowerCase())
    const base = wish.split('-')[0]?.toLowerCase()
    const near = exact ?? there.find((one) => one.split('-')[0]?.toLowerCase() === base)
    if (near !== undefined) return near
  }
  return there[0] ?? 'en'
}

function check({ texts }: CannedWish): void {
  const all = Object.values(texts)
  if (all.length === 0) throw refuse('M_INVALID_PARAM', 'A canned reply needs a text in one language at least.')
  for (const text of all) checkTemplate(text)
}

function bytesOf({ title, texts }: CannedWish): Buffer {
  return Buffer.from(JSON.stringify({ title, texts }))
}

function dayIn(language: string, nowMs: number): string {
  try {
    return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(nowMs)
  } catch {
    return new Intl.DateTimeFormat('en', { dateStyle: 'long' }).format(nowMs)
  }
}

function nothingThere(): Error {
  return refuse('M_NOT_FOUND', 'There is no such thing, or it belongs to an agency that you do not work for.')
}
