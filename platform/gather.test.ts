import { expect, test } from 'vitest'
import { Gather, together } from './gather.ts'

test('what comes while others are at work shares the next piece of work, in order, and no more than fit', async () => {
  const batches: number[][] = []
  const gates: (() => void)[] = []
  const gather = new Gather<number, string>(3, async (items) => {
    batches.push([...items])
    await new Promise<void>((resolve) => gates.push(resolve))
    return items.map(String)
  })
  const answers = [1].map((n) => gather.add(n))
  await Promise.resolve()
  await Promise.resolve()
  answers.push(...[2, 3, 4, 5].map((n) => gather.add(n)))
  for (let n = 0; n < 3; n++) {
    await expect.poll(() => gates.length).toBe(n + 1)
    gates[n]?.()
  }
  expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4', '5'])
  expect(batches).toEqual([[1], [2, 3, 4], [5]])
})

test('what fails, those hear who shared it, and nobody after them', async () => {
  let times = 0
  const gather = new Gather<number, number>(10, async (items) => {
    times += 1
    if (times === 1) throw new Error('no')
    return items
  })
  const failed = await Promise.allSettled([gather.add(1), gather.add(2)])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await gather.add(3)).toBe(3)
})

test('look-ups share a query, each key is asked for once, and nothing is remembered', async () => {
  const asked: string[][] = []
  const find = together(
    async (keys: readonly string[]) => {
      asked.push([...keys])
      return keys.filter((key) => key !== 'nobody').map((key) => ({ key, at: asked.length }))
    },
    ({ key }) => key,
  )
  const found = await Promise.all(['a', 'b', 'a', 'nobody'].map(find))
  expect(found.map((one) => one?.key)).toEqual(['a', 'b', 'a', undefined])
  expect(await find('a')).toEqual({ key: 'a', at: 2 })
  expect(asked).toEqual([['a', 'b', 'nobody'], ['a']])
})
