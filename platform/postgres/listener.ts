import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { databaseError } from './errors.ts'

type OnNotice = (payload: string) => void

const retryMsMin = 50
const retryMsMax = 2_000

/** A new connection that listens to `channels`. `onOver` is called once, when it ends in whatever way. */
async function openListening(
  config: pg.ClientConfig,
  channels: Iterable<string>,
  onNotice: (channel: string, payload: string) => void,
  onOver: (client: pg.Client) => void,
): Promise<pg.Client> {
  const client = new pg.Client(config)
  let isOver = false
  const over = () => {
    if (isOver) return
    isOver = true
    onOver(client)
    client.end().catch(() => {})
  }
  client.on('error', over)
  client.on('end', over)
  client.on('notification', (notice) => onNotice(notice.channel, notice.payload ?? ''))
  try {
    await client.connect()
    for (const channel of channels) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    if (isOver) throw new Error('Connection terminated')
  } catch (error) {
    over()
    throw databaseError(error, 'LISTEN')
  }
  return client
}

/** One connection that hears NOTIFY for the whole process. It is opened by the first `listen`. */
export function createListener(config: pg.ClientConfig) {
  const heard = new Map<string, Set<OnNotice>>()
  const closing = new AbortController()
  let client: pg.Client | undefined
  let opening: Promise<pg.Client> | undefined

  function tell(channel: string, payload: string): void {
    for (const onNotice of heard.get(channel) ?? []) onNotice(payload)
  }

  function onOver(ended: pg.Client): void {
    if (client !== ended) return
    client = undefined
    void reopen()
  }

  function opened(): Promise<pg.Client> {
    if (client !== undefined) return Promise.resolve(client)
    opening ??= openListening(config, heard.keys(), tell, onOver)
      .then((fresh) => {
        client = fresh
        return fresh
      })
      .finally(() => {
        opening = undefined
      })
    return opening
  }

  async function reopen(): Promise<void> {
    for (let delayMs = retryMsMin; !closing.signal.aborted; delayMs = Math.min(delayMs * 2, retryMsMax)) {
      try {
        await opened()
        for (const channel of heard.keys()) tell(channel, '')
        return
      } catch {
        await wait(delayMs, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  async function listen(channel: string, onNotice: OnNotice): Promise<() => Promise<void>> {
    let listeners = heard.get(channel)
    if (listeners === undefined) {
      listeners = new Set()
      heard.set(channel, listeners)
    }
    listeners.add(onNotice)
    try {
      await (await opened()).query(`LISTEN ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      listeners.delete(onNotice)
      throw databaseError(error, 'LISTEN')
    }
    return async () => {
      listeners.delete(onNotice)
      if (listeners.size > 0 || heard.get(channel) !== listeners) return
      heard.delete(channel)
      await client?.query(`UNLISTEN ${pg.escapeIdentifier(channel)}`).catch(() => {})
    }
  }

  return {
    listen,
    async close() {
      closing.abort()
      heard.clear()
      const last = (await opening?.catch(() => undefined)) ?? client
      client = undefined
      await last?.end().catch(() => {})
    },
  }
}
