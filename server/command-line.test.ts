import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const program = fileURLToPath(new URL('./command-line.ts', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chancery-command-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', cwd: folder })
  return { status, said: stdout + stderr }
}

it('tells how an act is asked for, and does not do it', () => {
  expect(run('keys', 'rotate', '--help')).toMatchObject({ status: 0, said: expect.stringContaining('Commands:') })
  expect(run('keys', 'destroy').status).toBe(64)
  expect(existsSync(join(folder, 'data'))).toBe(false)
})

it('founds no server where a folder was mistyped', () => {
  const answer = run('keys', 'rotate', '--data', join(folder, 'mistyped'))
  expect(answer.status).toBe(1)
  // The first is said in a checkout whose libraries were installed by other means than npm start.
  expect(answer.said).toMatch(/There is no data directory|The libraries in this folder/)
  expect(existsSync(join(folder, 'mistyped'))).toBe(false)
})
