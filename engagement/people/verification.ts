import { hash, timingSafeEqual } from 'node:crypto'
import { type Clock, limits, type Postgres, type Random, refuse, type Tx, type Vault } from '#platform/api.ts'
import type { Consent, Purposes } from '../consent/types.ts'
import {
  type CodeRow,
  codeByLink,
  codesSince,
  forgetCodesBefore,
  insertCode,
  newestCode,
  setTriesLeft,
  spendCodes,
} from '../store/address-codes.ts'
import type { AddressCodes, CodeCourier, People, Proven } from './types.ts'

const digits = 6
const idBytes = 12
const linkBytes = 32
const hourMs = 3_600_000

type Deps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly clock: Clock
  readonly random: Random
  readonly people: Pick<People, 'addressById' | 'byId' | 'changeAddress' | 'rootOf'>
  readonly purposes: Pick<Purposes, 'byId'>
  readonly consent: Pick<Consent, 'record'>
  readonly courier: CodeCourier | undefined
}

/** Codes and links that are sent to an address and come back from whoever reads it: she is who she is there, or agrees. */
export function createAddressCodes(deps: Deps): AddressCodes {
  const { db, vault, clock, random, people, purposes, consent, courier } = deps
  const codeHash = (id: string, code: string) => vault.lookupHash('address code', `${id} ${code}`)
  const linkHash = (link: string) => hash('sha256', link, 'buffer')

  /** Of the same length and every digit alike: numbers beyond the last whole million are drawn again. */
  function drawCode(): string {
    for (;;) {
      const drawn = random.bytes(4).readUInt32BE()
      if (drawn < 4_294_000_000) return String(drawn % 10 ** digits).padStart(digits, '0')
    }
  }

  /** Undefined where the address is no longer of the person for whom the code was asked. */
  async function prove(tx: Tx, row: CodeRow, source: 'page' | 'api'): Promise<Proven | undefined> {
    if (row.personId !== null) {
      const holderId = (await people.addressById(row.addressId, tx))?.personId
      if (holderId !== (await people.rootOf(row.personId, tx))) return undefined
    }
    await spendCodes(tx, row.addressId)
    const address = await people.changeAddress(tx, row.addressId, { isVerified: true })
    if (row.purposeId !== null) {
      await consent.record(tx, {
        agencyId: row.agencyId,
        holder: row.personId === null ? { addressId: row.addressId } : { personId: row.personId },
        purposeId: row.purposeId,
        act: 'confirm',
        source,
        actor: { kind: 'citizen' },
        proof: { code: row.id, address: address.publicId },
      })
    }
    return { addressId: row.addressId, personId: address.personId, purposeId: row.purposeId ?? undefined }
  }

  return {
    async send({ addressId, personId, purposeId }) {
      const address = await people.addressById(addressId)
      if (address === undefined) throw refuse('M_NOT_FOUND', 'There is no such address.')
      if (courier === undefined || !(await courier.reaches(address))) throw noCourier()
      const nowMs = clock.nowMs()
      const [id, code, link] = [random.token(idBytes), drawCode(), random.token(linkBytes)]
      const expiresTs = nowMs + limits.addressCodeLivesMs
      await db.transaction(async (tx) => {
        if ((await codesSince(tx, addressId, nowMs - hourMs)) >= limits.addressCodesPerHourMax) throw tooMany()
        await insertCode(tx, {
          id,
          agencyId: address.agencyId,
          addressId,
          personId: personId ?? null,
          purposeId: purposeId ?? null,
          codeHash: codeHash(id, code),
          linkHash: linkHash(link),
          triesLeft: limits.addressCodeTriesMax,
          expiresTs,
          createdTs: nowMs,
        })
      })
      const person = address.personId === undefined ? undefined : await people.byId(address.personId)
      const purpose = purposeId === undefined ? undefined : await purposes.byId(purposeId)
      await courier.bring({ address, code, link, language: person?.language, purpose })
      return { expiresMs: expiresTs }
    },

    async confirm({ addressId, code }) {
      // What a wrong try costs is committed before it is refused.
      const proven = await db.transaction(async (tx) => {
        const row = await newestCode(tx, addressId, clock.nowMs())
        if (row === undefined) return undefined
        if (!timingSafeEqual(codeHash(row.id, code), row.codeHash)) {
          await setTriesLeft(tx, row.id, row.triesLeft - 1)
          return undefined
        }
        return prove(tx, row, 'api')
      })
      if (proven === undefined) throw wrongCode()
      return proven
    },

    async confirmLink(link) {
      const proven = await db.transaction(async (tx) => {
        const row = await codeByLink(tx, linkHash(link), clock.nowMs())
        return row === undefined ? undefined : prove(tx, row, 'page')
      })
      if (proven === undefined) throw wrongCode()
      return proven
    },

    forgetOld: () => forgetCodesBefore(db, clock.nowMs() - 24 * hourMs),
  }
}

function noCourier() {
  return refuse('CHANCERY_CONFLICT', 'No channel of this server reaches this address, so no code can be sent to it.', {
    reason: 'no-channel',
  })
}

function tooMany() {
  return refuse(
    'M_LIMIT_EXCEEDED',
    'Several codes went to this address within an hour. Wait a while, then ask again.',
    {
      fields: { retry_after_ms: hourMs },
    },
  )
}

function wrongCode() {
  return refuse('M_FORBIDDEN', 'This code or link is wrong, has been used, or is too old. Ask for a new one.', {
    reason: 'wrong-code',
  })
}
