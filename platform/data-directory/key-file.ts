import { randomBytes } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import { durableCreate } from './durable-write.ts'
import { fileSystemRefusal, StartRefused } from './start-refused.ts'

/** Bytes of a master key. */
export const masterKeyBytes = 32

/**
 * The beginning of a key file, so that nobody takes another file for one. The key follows, as 64 hexadecimal digits.
 */
const prefix = 'chancery-master-key-1'

/** The key in a file; undefined where there is no such file. */
export async function readKeyFile(file: string): Promise<Buffer | undefined> {
  let text: string
  try {
    text = await readFile(file, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') {
      throw new StartRefused(`The master key ${file} is a folder. Name a file with --master-key.`, { cause: error })
    }
    throw new StartRefused(
      `The master key ${file} cannot be read. Give the user who starts Chancery the right to read it (and nobody ` +
        `else).`,
      { cause: error },
    )
  }
  const [found, digits, ...rest] = text.trim().split(/\s+/)
  if (found !== prefix || rest.length > 0 || !/^[0-9a-f]{64}$/.test(digits ?? '')) {
    throw new StartRefused(
      `${file} is not a master key of Chancery, or is damaged. Put the copy back that you kept elsewhere, or name ` +
        'the right file with --master-key.',
    )
  }
  return Buffer.from(digits as string, 'hex')
}

/** Makes a key and its file, mode 0600, on the disk before this returns. Never replaces a file. */
export async function makeKeyFile(file: string): Promise<Buffer> {
  const key = randomBytes(masterKeyBytes)
  try {
    await durableCreate(file, `${prefix} ${key.toString('hex')}\n`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new StartRefused(
        `The folder ${dirname(file)} for the master key does not exist. Make it, or name another place with ` +
          `--master-key.`,
        { cause: error },
      )
    }
    throw fileSystemRefusal(error, `the master key ${file}`) ?? error
  }
  return key
}

/** A key that lies in the data directory would be stolen, copied and backed up together with what it protects. */
export async function refuseKeyInside(file: string, folder: string): Promise<void> {
  const parent = await realpath(dirname(file)).catch(() => dirname(file))
  if (parent === folder || parent.startsWith(folder + sep)) {
    throw new StartRefused(
      `The master key ${file} would lie inside the data directory that it protects. Name a file outside of ${folder} ` +
        'with --master-key.',
    )
  }
}

/**
 * What a person should know about where the key lies: whether others may read it, and whether it shares the data's
 * disk.
 */
export async function keyFileRisks(
  file: string,
  folder: string,
): Promise<{ isReadableByOthers: boolean; isOnSameDisk: boolean }> {
  const [key, data] = await Promise.all([stat(file), stat(folder)])
  return { isReadableByOthers: (key.mode & 0o077) !== 0, isOnSameDisk: key.dev === data.dev }
}
