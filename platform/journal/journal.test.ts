import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openJournal } from './journal.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-journal-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('gives back what was added, in order, and goes on after a piece of a line that nobody was promised', async () => {
  const file = join(folder, 'below', 'a.journal')
  const first = await openJournal(file)
  expect(first.entries).toEqual([])
  await Promise.all([1, 2, 3].map((n) => first.journal.append({ n, text: 'zwölf\n😀' })))
  await first.journal.close()
  await appendFile(file, '{"n":4,"text":"ha')
  const second = await openJournal(file)
  expect(second.entries).toEqual([1, 2, 3].map((n) => ({ n, text: 'zwölf\n😀' })))
  await second.journal.append({ n: 5 })
  await second.journal.close()
  expect((await readFile(file, 'utf8')).split('\n').slice(3)).toEqual(['{"n":5}', ''])
})

it('is written anew without what is left out, and keeps what is added meanwhile', async () => {
  const file = join(folder, 'anew', 'a.journal')
  const { journal } = await openJournal(file)
  const stored: number[] = []
  const add = async (n: number) => {
    await journal.append({ n })
    stored.push(n)
  }
  await Promise.all([1, 2, 3].map(add))
  const added = add(4)
  const rewritten = journal.rewrite(() => stored.filter((n) => n !== 2 && n !== 3).map((n) => ({ n })))
  await Promise.all([added, rewritten, add(5)])
  await journal.append({ n: 6 })
  await journal.close()
  const { journal: again, entries } = await openJournal(file)
  await again.close()
  expect(entries).toEqual([1, 4, 5, 6].map((n) => ({ n })))
  expect(await readdir(join(folder, 'anew'))).toEqual(['a.journal'])
})
