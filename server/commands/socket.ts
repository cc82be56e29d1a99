/**
 * Where a running server takes commands: a Unix socket of mode 0600 in a folder of mode 0700, so that the operating system
 * lets through nobody but the user whom the server runs as, and root. The file `commands` in the data directory says where.
 *
 * One connection carries one command: a line of JSON to the server, a line of JSON back.
 */
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Logger } from '#platform/api.ts'
import { makeSocketFolder, removeSocketFolder } from '#platform/index.ts'
import { type CommandAnswer, type CommandDeps, type CommandWish, runCommand } from './commands.ts'

const socketName = 'commands.sock'
const addressFile = (folder: string) => join(folder, 'commands')

/** A wish is a few words. */
const wishBytesMax = 64 * 1024
/** Who connects and says nothing holds a socket. */
const patienceMs = 30_000

export type CommandSocketDeps = CommandDeps & { readonly folder: string; readonly logger: Logger }

export async function listenForCommands(deps: CommandSocketDeps): Promise<{ close(): Promise<void> }> {
  const folder = await makeSocketFolder(deps.folder, socketName)
  const path = join(folder, socketName)
  const sockets = new Set<Socket>()
  const underWay = new Set<Promise<void>>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.setTimeout(patienceMs, () => socket.destroy())
    const serve = async () => {
      const wish: unknown = JSON.parse(await textOf(socket, wishBytesMax))
      if (!isWish(wish)) throw new Error('no command')
      // Reading a chain of a million events takes minutes.
      socket.setTimeout(0)
      const work = answer(deps, wish, socket)
      underWay.add(work)
      await work.finally(() => underWay.delete(work))
    }
    serve().catch(() => socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  await chmod(path, 0o600)
  await writeFile(addressFile(deps.folder), path, { mode: 0o600 })
  return {
    async close() {
      await rm(addressFile(deps.folder), { force: true })
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all(underWay)
      for (const socket of sockets) socket.destroySoon()
      await closed
      await removeSocketFolder(folder)
    },
  }
}

function isWish(value: unknown): value is CommandWish {
  const { name, words, options } = (value ?? {}) as { [key: string]: unknown }
  const areTexts = (list: readonly unknown[]) => list.every((one) => typeof one === 'string')
  return (
    typeof name === 'string' &&
    Array.isArray(words) &&
    areTexts(words) &&
    typeof options === 'object' &&
    areTexts(Object.values(options ?? {}))
  )
}

async function answer(deps: CommandSocketDeps, wish: CommandWish, socket: Socket): Promise<void> {
  let told: CommandAnswer
  try {
    told = await runCommand(deps, wish)
  } catch (error) {
    deps.logger.error('command.failed', { operation: wish.name, error })
    told = { status: 1, out: [], err: ['The command failed. The log of the server says why.'] }
  }
  socket.end(`${JSON.stringify(told)}\n`)
}

/** Undefined when no server listens: then nobody holds the data directory, or an older version does. */
export async function askServer(folder: string, wish: CommandWish): Promise<CommandAnswer | undefined> {
  const path = await readFile(addressFile(folder), 'utf8').catch(() => undefined)
  if (path === undefined) return undefined
  const socket = createConnection({ path })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
  } catch (error) {
    socket.destroy()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
    throw error
  }
  socket.end(`${JSON.stringify(wish)}\n`)
  const text = await textOf(socket, Number.POSITIVE_INFINITY)
  if (text === '') throw new Error('The server ended the command without an answer. Its log says why.')
  return JSON.parse(text) as CommandAnswer
}

/** Until the other side has said all. The socket stays open for an answer. */
function textOf(socket: Socket, bytesMax: number): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    socket.on('data', (part: Buffer) => {
      bytes += part.length
      parts.push(part)
      if (bytes > bytesMax) socket.destroy(new Error('too long'))
    })
    socket.once('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('The connection ended in the middle.')))
  })
}
