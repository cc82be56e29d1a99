import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { durableWrite } from './durable-write.ts'
import { StartRefused } from './start-refused.ts'

/** The layout of the data directory that this version reads and writes. */
export const formatVersion = 1

/** The file `format` in the data directory, JSON. A directory without it has not been born. */
export type Format = {
  readonly format: number
  /** Every id in it ends with this name, so it never changes. */
  readonly server_name: string
  /** When it was born, ISO 8601. */
  readonly created: string
  /** A keyed hash under the master key: tells the right key from a wrong one and tells nothing about it. Base64url. */
  readonly key_check: string
  /** Born with a clock that can be moved: its times are not those of the world. */
  readonly test_clock?: true
}

const fileName = 'format'

/** Undefined for a directory that has not been born. */
export async function readFormat(folder: string): Promise<Format | undefined> {
  const file = join(folder, fileName)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const found = parse(text)
  if (found === undefined) {
    throw new StartRefused(`${file} is damaged. Restore it from a backup of the data directory.`)
  }
  if (found.format > formatVersion) {
    throw new StartRefused(
      `The data directory ${folder} was written by a newer version of Chancery (format ${found.format}; this version ` +
        `reads up to ${formatVersion}). Start the newer version, or use --data with another folder.`,
    )
  }
  return found as Format
}

export async function writeFormat(folder: string, format: Format): Promise<void> {
  await durableWrite(join(folder, fileName), `${JSON.stringify(format, undefined, 2)}\n`)
}

/** A later format may know other fields, so only the version is asked of it. */
function parse(text: string): (Partial<Format> & { format: number }) | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const found = value as Partial<Format> | null
  if (typeof found !== 'object' || found === null || !Number.isSafeInteger(found.format)) return undefined
  if ((found.format as number) > formatVersion) return found as Partial<Format> & { format: number }
  const isWhole =
    typeof found.server_name === 'string' && typeof found.key_check === 'string' && typeof found.created === 'string'
  return isWhole ? (found as Format) : undefined
}
