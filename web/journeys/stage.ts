import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Somebody with an account on the stage. */
export type Actor = { username: string; password: string; name: string; userId: string; accessToken: string }

/** A whole real server with the built client, for journeys through a browser. */
export interface Stage {
  readonly url: string
  /** The owner, who set the house up. */
  readonly owner: Actor
  /** The one-time link that the server printed; used up unless the stage was opened with `setUp: false`. */
  readonly setUpLink: string
  /** A new account. Every call makes another person. */
  actor(name: string): Promise<Actor>
  /** An invitation link as an administrator would send it. */
  invitationLink(name: string): Promise<string>
  close(): Promise<void>
}

export const root = fileURLToPath(new URL('../..', import.meta.url))
const startMsMax = 120_000
export const password = 'four unrelated garden words'
export const organisation = 'City of Port Averell'

export async function post<T>(url: string, body: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (token) headers.authorization = `Bearer ${token}`
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return JSON.parse(text) as T
}

type LoginAnswer = { user_id: string; access_token: string }
type InvitationAnswer = { token: string; url: string }

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (!address || typeof address === 'string') throw new Error('The system gave no free port.')
  return address.port
}

/** Waits for what a program prints when it is ready. */
export function awaitPrinted(child: ChildProcess, what: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    let printed = ''
    const timer = setTimeout(() => fail(new Error(`The program never said that it is ready:\n${printed}`)), startMsMax)
    const read = (chunk: Buffer) => {
      printed += chunk.toString()
      const found = what.exec(printed)
      if (!found) return
      clearTimeout(timer)
      done(found[0])
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(new Error(`The program ended with ${code}:\n${printed}`))
    })
  })
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  await ended
}

export type StageOptions = { setUp?: boolean; settings?: readonly string[] }

/**
 * Starts a server of its own on an empty data directory. `CHANCERY_STAGE` may hold the set-up link of one that runs
 * already; it is left running.
 */
export async function openStage({ setUp = true, settings = [] }: StageOptions = {}): Promise<Stage> {
  const running = process.env.CHANCERY_STAGE
  if (running && settings.length === 0)
    return furnish(running.slice(0, running.indexOf('#')), running, setUp, async () => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'chancery-stage-'))
  const port = await freePort()
  const forTests = ['--rate-limits', 'off', '--password-hashing', 'cheap']
  const child = spawn(
    process.execPath,
    ['server/main.ts', '--data', join(folder, 'data'), '--port', String(port), ...forTests, ...settings],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const close = async () => {
    await stop(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const setUpLink = await awaitPrinted(child, /https?:\/\/\S+#\/setup\/[\w-]+/)
    const url = `http://127.0.0.1:${port}/`
    return await furnish(url, setUpLink, setUp, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function furnish(url: string, setUpLink: string, setUp: boolean, close: () => Promise<void>): Promise<Stage> {
  const username = `tomasz-${randomBytes(3).toString('hex')}`
  const owner: Actor = { username, password, name: 'Tomasz Wierzba', userId: '', accessToken: '' }
  if (setUp) {
    const token = /#\/setup\/([\w-]+)/.exec(setUpLink)?.[1]
    const body = { token, organisation, username: owner.username, password, display_name: owner.name }
    const answer = await post<LoginAnswer>(`${url}api/v1/setup`, body)
    owner.userId = answer.user_id
    owner.accessToken = answer.access_token
  }
  const invite = (name: string) =>
    post<InvitationAnswer>(`${url}api/v1/invitations`, { display_name: name }, owner.accessToken)
  return {
    url,
    owner,
    setUpLink,
    async actor(name) {
      const { token } = await invite(name)
      const first =
        name
          .normalize('NFD')
          .replace(/[^A-Za-z ]/g, '')
          .split(' ')[0] ?? ''
      const username = `${first.toLowerCase()}-${randomBytes(3).toString('hex')}`
      const account = { username, password, display_name: name }
      const answer = await post<LoginAnswer>(`${url}api/v1/invitation/accept`, { token, ...account })
      return { username, password, name, userId: answer.user_id, accessToken: answer.access_token }
    },
    async invitationLink(name) {
      const { token } = await invite(name)
      return `${url}#/invitation/${token}`
    },
    close,
  }
}
