import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { durableWrite } from './durable-write.ts'
import type { Format } from './format.ts'
import { StartRefused } from './start-refused.ts'

/** How far the clock of a data directory has been moved. It lies in the file `test-clock`. */
export interface TestClockFile {
  readonly aheadMs: number
  save(aheadMs: number): Promise<void>
}

/** Undefined for a directory that goes by the world's clock. */
export async function openTestClock(folder: string, hasOne: boolean): Promise<TestClockFile | undefined> {
  if (!hasOne) return undefined
  const file = join(folder, 'test-clock')
  const save = (aheadMs: number) => durableWrite(file, `${JSON.stringify({ ahead_ms: aheadMs })}\n`)
  try {
    const { ahead_ms: aheadMs } = JSON.parse(await readFile(file, 'utf8')) as { ahead_ms?: unknown }
    if (typeof aheadMs === 'number' && aheadMs >= 0) return { aheadMs, save }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { aheadMs: 0, save }
  }
  throw new StartRefused(`${file} is damaged. The data directory cannot be used any more: begin a new one.`)
}

/** What was born with one clock never goes on with the other. */
export function refuseOtherClock(folder: string, { test_clock }: Format, wanted: boolean | undefined): void {
  if (wanted === undefined || wanted === (test_clock === true)) return
  throw new StartRefused(
    wanted
      ? `The data directory ${folder} was not born with --test-clock, so its clock cannot be moved. Start without ` +
          '--test-clock, or use --data with a folder that does not exist yet.'
      : `The data directory ${folder} was born with --test-clock, and times in it may lie ahead. Start it with ` +
          '--test-clock, or use --data with another folder.',
  )
}
