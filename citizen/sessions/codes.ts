import { timingSafeEqual } from 'node:crypto'
import type { Address, Courier } from '#engagement/api.ts'
import { type Clock, limits, type Postgres, type Random, type Tx, type Vault } from '#platform/api.ts'
import { codesTo, deleteCode, insertCode, takeTry } from '../store/codes.ts'

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly clock: Clock
  readonly random: Random
  readonly courier: Courier
}

/** Six digits, five tries: one guess in 200,000. */
const digits = 6
const tries = 5
/** So long are codes remembered that nobody entered. */
export const dayMs = 24 * 3_600_000

/** Codes to an address, which open what could have been sent there. */
export class Codes {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * @param address undefined where nobody knows it, or no code may go there; the answer is the same
   * @returns the id of the code, which the page keeps
   */
  async send(
    agencyId: number,
    address: Address | undefined,
    words: { subject: string; text: (code: string) => string },
  ): Promise<string> {
    const { db, clock, random, courier } = this.#deps
    const id = random.token(16)
    const code = numberOf(random)
    const nowMs = clock.nowMs()
    const untilMs = nowMs + limits.citizenCodeMs
    await db.transaction(async (tx) => {
      const reached = address !== undefined && (await this.#mayGo(tx, address, nowMs)) ? address.id : null
      await insertCode(tx, {
        id,
        agencyId,
        addressId: reached,
        codeHash: this.#hash(id, code),
        tries,
        expiresTs: untilMs,
      })
      if (reached === null) return
      await courier.queue(tx, { agencyId, addressId: reached, subject: words.subject, text: words.text(code), untilMs })
    })
    return id
  }

  /** The address that is proven by it; undefined when it does not fit. Good once. */
  async prove(id: string, code: string): Promise<{ agencyId: number; addressId: number } | undefined> {
    const { db, clock } = this.#deps
    if (!/^[\w-]{16,64}$/.test(id)) return undefined
    return db.transaction(async (tx) => {
      const row = await takeTry(tx, id, clock.nowMs())
      if (row === undefined || row.addressId === null) return undefined
      if (!timingSafeEqual(row.codeHash, this.#hash(id, code.replace(/\D/g, '')))) return undefined
      await deleteCode(tx, id)
      return { agencyId: row.agencyId, addressId: row.addressId }
    })
  }

  /** Not where others read along, and not so many that a telephone rings all day. */
  async #mayGo(tx: Tx, address: Address, nowMs: number): Promise<boolean> {
    if (address.isReadByOthers || address.kind === 'inbox') return false
    const { underWay, inAll } = await codesTo(tx, address.id, nowMs, nowMs - dayMs)
    return underWay < limits.citizenCodesMax && inAll < limits.citizenCodesADayMax
  }

  #hash(id: string, code: string): Buffer {
    return this.#deps.vault.lookupHash('citizen code', `${id} ${code}`)
  }
}

function numberOf(random: Random): string {
  const value = random.bytes(6).readUIntBE(0, 6) % 10 ** digits
  return String(value).padStart(digits, '0')
}
