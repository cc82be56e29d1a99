import { expect, it } from 'vitest'
import { receiptEvents } from './receipts.ts'

const at = (ordering: number, matrixId: string, more: object = {}) => {
  return { type: 'm.read', thread: '', eventId: `$${ordering}`, ordering, ts: ordering, matrixId, ...more }
}

it('tells of each receipt only where it stands last, in whatever order they come', () => {
  // Another's receipt for the newer event came first: the older one of this person would otherwise stand behind it.
  const receipts = [at(15, '@b:x'), at(13, '@a:x'), at(15, '@a:x')]
  const told = { '@a:x': { ts: 15 }, '@b:x': { ts: 15 } }
  expect(receiptEvents(receipts, '@a:x')).toEqual([{ type: 'm.receipt', content: { $15: { 'm.read': told } } }])
  expect(receiptEvents(receipts.toReversed(), '@a:x')).toEqual(receiptEvents(receipts, '@a:x'))
})

it('keeps kinds, threads and people apart, and tells nobody of a private one of others', () => {
  const hidden = at(9, '@b:x', { type: 'm.read.private' })
  const receipts = [at(3, '@a:x', { thread: 'main' }), at(3, '@a:x'), at(2, '@a:x', { type: 'm.read.private' }), hidden]
  expect(receiptEvents(receipts, '@a:x').map((event) => event.content)).toEqual([
    { $3: { 'm.read': { '@a:x': { ts: 3 } } }, $2: { 'm.read.private': { '@a:x': { ts: 2 } } } },
    { $3: { 'm.read': { '@a:x': { ts: 3, thread_id: 'main' } } } },
  ])
  expect(receiptEvents([hidden], '@a:x')).toEqual([])
})
