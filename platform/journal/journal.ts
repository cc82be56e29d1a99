import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../data-directory/durable-write.ts'

/** Lines of JSON that are added. What `append` resolved for survives a power cut. */
export interface Journal {
  append(entry: object): Promise<void>
  /** Writes it anew, so that what is left out is nowhere any more. `entries` is asked when everything added before is stored. */
  rewrite(entries: () => readonly object[]): Promise<void>
  /** Writes what is under way, then closes. */
  close(): Promise<void>
}

type Waiting = { readonly line: string; readonly resolve: () => void; readonly reject: (error: unknown) => void }

/**
 * Opens a journal and reads what is in it. A kill in the middle of a line leaves a piece at the end, for which nobody was
 * told that it is stored: it is cut off. Lines that come while others are being written share one fsync.
 */
export async function openJournal(file: string): Promise<{ journal: Journal; entries: unknown[] }> {
  await mkdir(dirname(file), { recursive: true })
  let handle = await open(file, 'a+', 0o600)
  await syncFolder(dirname(file))
  const content = await handle.readFile()
  const wholeBytes = content.lastIndexOf(0x0a) + 1
  if (wholeBytes < content.length) await handle.truncate(wholeBytes)
  const entries: unknown[] = []
  for (let at = 0; at < wholeBytes; ) {
    const end = content.indexOf(0x0a, at)
    entries.push(JSON.parse(content.toString('utf8', at, end)))
    at = end + 1
  }
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined
  let broken: unknown

  async function write(): Promise<void> {
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await handle.appendFile(batch.map(({ line }) => line).join(''))
        await handle.datasync()
        for (const one of batch) one.resolve()
      } catch (error) {
        // Half a line may stand at the end now, and nothing may follow it.
        broken = error
        for (const one of [...batch, ...waiting]) one.reject(error)
        waiting = []
      }
    }
    running = undefined
  }

  /** Whole beside the old one first; what is added meanwhile waits. */
  async function replace(lines: string): Promise<void> {
    const beside = await open(`${file}.new`, 'w', 0o600)
    await beside.writeFile(lines)
    await beside.datasync()
    await beside.close()
    await rename(`${file}.new`, file)
    await syncFolder(dirname(file))
    await handle.close()
    handle = await open(file, 'a+', 0o600)
  }

  const journal: Journal = {
    append: (entry) =>
      new Promise((resolve, reject) => {
        if (broken !== undefined) return reject(broken)
        waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve, reject })
        running ??= write()
      }),
    async rewrite(entries) {
      while (running !== undefined) await running
      if (broken !== undefined) throw broken
      running = replace(
        entries()
          .map((entry) => `${JSON.stringify(entry)}\n`)
          .join(''),
      ).finally(() => {
        running = waiting.length > 0 ? write() : undefined
      })
      await running
    },
    async close() {
      while (running !== undefined) await running
      await handle.close()
    },
  }
  return { journal, entries }
}
