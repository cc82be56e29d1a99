import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What fits into a socket address, its closing zero apart (Linux 107, macOS 103). */
const pathBytesMax = process.platform === 'darwin' ? 103 : 107

type Owner = { readonly uid: number; readonly gid: number }

/** The temporary folder of every Unix, for where the configured one has too long a name. */
const shortest = '/tmp'

/**
 * A folder of mode 0700 for a Unix socket: in `folder` where its path is short enough, else a short one among the
 * temporary files, whose name follows from `folder`, so that the next start finds and empties what a kill left behind.
 * Only the holder of the data directory's lock may call this.
 */
export async function makeSocketFolder(
  folder: string,
  socketName: string,
  owner: Owner = ourselves(),
): Promise<string> {
  const fits = (path: string) => Buffer.byteLength(join(path, socketName)) <= pathBytesMax
  const near = join(folder, 'socket')
  if (fits(near)) return privateFolder(near, socketName, owner)
  const name = `chancery-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`
  const far = [tmpdir(), shortest].map((base) => join(base, name)).find(fits) ?? join(shortest, name)
  try {
    return await privateFolder(far, socketName, owner)
  } catch {
    // Somebody else sits on that name.
    const other = await mkdtemp(join(shortest, 'chancery-'))
    await chown(other, owner.uid, owner.gid)
    return other
  }
}

export async function removeSocketFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

const ourselves = (): Owner => ({ uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 })

async function privateFolder(folder: string, socketName: string, owner: Owner): Promise<string> {
  await mkdir(folder, { mode: 0o700 }).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  const self = process.geteuid?.()
  if (!found.isDirectory() || (found.uid !== self && found.uid !== owner.uid)) {
    throw new Error(`${folder} belongs to somebody else.`)
  }
  await chmod(folder, 0o700)
  if (found.uid !== owner.uid) await chown(folder, owner.uid, owner.gid)
  for (const entry of await readdir(folder)) {
    if (entry.startsWith(socketName)) await rm(join(folder, entry), { force: true })
  }
  return folder
}
