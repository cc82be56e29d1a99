/** GET /c/:agency/receipts/:receipt: a receipt that she can keep, and have checked without us. */
import { FileAnswer, type Route } from '#platform/api.ts'
import { readerOf } from '../choices/holder.ts'
import type { CitizenParts } from '../parts.ts'
import { ownPage, problem } from '../visits/page-route.ts'

export const showReceipt = (parts: CitizenParts): Route =>
  ownPage(parts, { method: 'GET', page: 'receipts/:receipt', operation: 'showCitizenReceipt' }, async (visit) => {
    const { session, words, params } = visit
    const reader = await readerOf(parts, session)
    if (reader === undefined) return problem(visit, words.problem.ended, 410)
    const id = params.receipt ?? ''
    const isHers = (await parts.consent.history(reader.holder, { limit: 1_000 })).some((one) => one.publicId === id)
    const receipt = isHers ? await parts.consent.receipt(id) : undefined
    if (receipt === undefined) return problem(visit, words.problem.gone, 404)
    return download(JSON.stringify(receipt, undefined, 2), `receipt-${id}.json`)
  })

export const download = (text: string, name: string) =>
  new FileAnswer(Buffer.from(text), {
    'content-type': 'application/json',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'access-control-allow-origin': 'null',
    'cross-origin-resource-policy': 'same-origin',
  })
