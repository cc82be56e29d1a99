import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type DataDirectory, openDataDirectory } from './data-directory.ts'
import { StartRefused } from './start-refused.ts'

let base: string
let folder: string
const opened: DataDirectory[] = []

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chancery-data-'))
  folder = join(base, 'data')
})

afterEach(async () => {
  for (const directory of opened.splice(0)) directory.close()
  await rm(base, { recursive: true, force: true })
})

async function open(
  more: { serverName?: string; masterKeyFile?: string; folder?: string } = {},
): Promise<DataDirectory> {
  const directory = await openDataDirectory({ folder, serverName: 'agency.example', ...more })
  opened.push(directory)
  return directory
}

async function refusal(more: Parameters<typeof open>[0] = {}): Promise<string> {
  const error = await open(more).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(StartRefused)
  return (error as Error).message
}

const bornAndClosed = async () => (await open()).close()

it('is born with a key beside it that only its owner may read', async () => {
  const directory = await open()
  expect(directory).toMatchObject({ isNew: true, isKeyNew: true, masterKeyFile: `${folder}.key` })
  expect(directory.masterKey).toHaveLength(32)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const file of [`${folder}.key`, join(folder, 'format'), join(folder, 'lock.db')]) {
    expect(statSync(file).mode & 0o777, file).toBe(0o600)
  }
  expect((await readdir(base)).sort()).toEqual(['data', 'data.key'])
})

it('opens again with the same key', async () => {
  const first = await open()
  first.close()
  const second = await open()
  expect(second).toMatchObject({ isNew: false, isKeyNew: false })
  expect(second.masterKey).toEqual(first.masterKey)
})

it('is held against a second start', async () => {
  await open()
  expect(await refusal()).toBe(
    `Another Chancery server is already running on this data directory (${folder}). Stop it first, or start with ` +
      '--data on another folder.',
  )
})

it('is free again when its holder was killed', async () => {
  const program = `
    const { openDataDirectory } = await import(${JSON.stringify(join(import.meta.dirname, 'data-directory.ts'))})
    await openDataDirectory({ folder: ${JSON.stringify(folder)}, serverName: 'agency.example' })
    console.log('open')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  expect(await refusal()).toMatch(/already running/)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(await open()).toMatchObject({ isNew: false })
})

it('survives kills at any moment of its birth with one key', async () => {
  const program = `
    const { openDataDirectory } = await import(${JSON.stringify(join(import.meta.dirname, 'data-directory.ts'))})
    process.stdout.write('loaded')
    await openDataDirectory({ folder: ${JSON.stringify(folder)}, serverName: 'agency.example' })
    setInterval(() => {}, 1000)`
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    // A birth takes a few milliseconds; each round dies a little later in it.
    await new Promise((resolve) => setTimeout(resolve, round))
    child.kill('SIGKILL')
    await once(child, 'exit')
    const key = await readFile(`${folder}.key`).catch(() => undefined)
    const directory = await open()
    directory.close()
    if (key !== undefined) expect(await readFile(`${folder}.key`)).toEqual(key)
    expect((await readdir(folder)).sort()).toEqual(['format', 'lock.db'])
    expect((await readdir(base)).sort()).toEqual(['data', 'data.key'])
    await rm(folder, { recursive: true })
    await rm(`${folder}.key`)
  }
})

it('refuses old data whose key is missing, and makes none', async () => {
  await bornAndClosed()
  await rm(`${folder}.key`)
  expect(await refusal()).toMatch(/data\.key of the data directory .* is missing.*a new key is never made for old data/)
  expect(existsSync(`${folder}.key`)).toBe(false)
})

it('refuses the key of another directory', async () => {
  await bornAndClosed()
  const other = await open({ folder: join(base, 'other') })
  await writeFile(`${folder}.key`, await readFile(other.masterKeyFile))
  expect(await refusal()).toMatch(/is not the one that the data directory .* was made with/)
})

it('refuses a damaged key file', async () => {
  await bornAndClosed()
  await writeFile(`${folder}.key`, (await readFile(`${folder}.key`)).subarray(0, 40))
  expect(await refusal()).toMatch(/is not a master key of Chancery, or is damaged/)
})

it('takes a key that a kill left before the directory was born, and never overwrites it', async () => {
  const first = await open()
  first.close()
  await rm(join(folder, 'format'))
  const key = await readFile(`${folder}.key`)
  const second = await open()
  expect(second).toMatchObject({ isNew: true, isKeyNew: false })
  expect(second.masterKey).toEqual(first.masterKey)
  expect(await readFile(`${folder}.key`)).toEqual(key)
})

it('refuses another server name and says the right one', async () => {
  await bornAndClosed()
  expect(await refusal({ serverName: 'other.example' })).toMatch(
    /belongs to the server name agency\.example, not other\.example.*--server-name agency\.example/,
  )
})

it('refuses a newer format', async () => {
  await bornAndClosed()
  await writeFile(join(folder, 'format'), JSON.stringify({ format: 2, name: 'of which nothing is known' }))
  expect(await refusal()).toMatch(/was written by a newer version of Chancery/)
})

it('refuses a damaged format file', async () => {
  await bornAndClosed()
  await writeFile(join(folder, 'format'), '{"format":1,')
  expect(await refusal()).toMatch(/is damaged/)
})

it('refuses a folder of other things and leaves nothing in it', async () => {
  await mkdir(folder)
  await writeFile(join(folder, 'letter.txt'), 'Dear')
  expect(await refusal()).toMatch(/is not empty \(it holds "letter\.txt"\)/)
  expect(await readdir(folder)).toEqual(['letter.txt'])
  expect(existsSync(`${folder}.key`)).toBe(false)
})

it('refuses a file where a folder should be', async () => {
  await writeFile(folder, '')
  expect(await refusal()).toMatch(/is a file/)
})

it('refuses a key inside the directory', async () => {
  expect(await refusal({ masterKeyFile: join(folder, 'master.key') })).toMatch(/would lie inside the data directory/)
})

it('says so when the folder of the key does not exist', async () => {
  expect(await refusal({ masterKeyFile: join(base, 'vault', 'master.key') })).toMatch(/vault .*does not exist/)
  expect(existsSync(join(folder, 'format'))).toBe(false)
})

it('takes the right to look from others', async () => {
  await mkdir(folder, { mode: 0o755 })
  await open()
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it.runIf(process.geteuid?.() === 0)('refuses a disk that is nearly full', async () => {
  await mkdir(folder)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', folder]).status !== 0) return
  try {
    expect(await refusal()).toMatch(/has only (19|20) MB free, and Chancery needs at least 200 MB/)
    expect(existsSync(`${folder}.key`)).toBe(false)
  } finally {
    spawnSync('umount', ['-l', folder])
  }
})

it.runIf(process.geteuid?.() === 0)('refuses a directory of another user', async () => {
  await mkdir(folder)
  await chown(folder, 12_345, 12_345)
  expect(await refusal()).toMatch(/belongs to another user \(id 12345; you are 0\)/)
})
