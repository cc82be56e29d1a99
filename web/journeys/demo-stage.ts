import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { awaitPrinted, freePort, post, root, stop } from './stage.ts'

/** The demo as a newcomer starts it: a city with its staff, its citizens, and the page of their telephones. */
export interface DemoStage {
  readonly url: string
  readonly phoneUrl: string
  signInOf(username: string): { username: string; password: string }
  /** What a program of the city does in somebody's name. */
  ask<T>(username: string, method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; json: T }>
  close(): Promise<void>
}

export async function openDemoStage(): Promise<DemoStage> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-demo-'))
  const [port, simulatorPort] = [await freePort(), await freePort()]
  const ports = ['--port', String(port), '--simulator-port', String(simulatorPort)]
  const forTests = ['--rate-limits', 'off', '--password-hashing', 'cheap']
  const child = spawn(
    process.execPath,
    ['server/main.ts', '--demo', '--data', join(folder, 'data'), ...ports, ...forTests],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const close = async () => {
    await stop(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const printed = await awaitPrinted(child, /The password of everybody is: [\s\S]*?http:\S+\/phone/)
    const password = /is: (\S+)/.exec(printed)?.[1] ?? ''
    const phoneUrl = /http:\S+/.exec(printed)?.[0] ?? ''
    const url = `http://localhost:${port}/`
    const signInOf = (username: string) => ({ username, password })
    const tokens = new Map<string, Promise<string>>()
    const tokenOf = (username: string): Promise<string> => {
      const token = tokens.get(username) ?? signIn(url, signInOf(username))
      tokens.set(username, token)
      return token
    }
    return {
      url,
      phoneUrl,
      close,
      signInOf,
      ask: async (username, ...wish) => ask(url, await tokenOf(username), ...wish),
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function ask<T>(
  url: string,
  token: string,
  ...[method, path, body]: [method: 'GET' | 'POST', path: string, body?: object]
): Promise<{ status: number; json: T }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}api/v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, json: (await answer.json()) as T }
}

async function signIn(url: string, { username, password }: { username: string; password: string }): Promise<string> {
  const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user: username }, password }
  return (await post<{ access_token: string }>(`${url}_matrix/client/v3/login`, body)).access_token
}
