import { spawnSync } from 'node:child_process'
import { chmod, lchown, readdir, readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { StartRefused } from '../../data-directory/start-refused.ts'

/** As whom PostgreSQL runs. It refuses root, and `initdb` refuses a user id without a name. */
export type Identity = {
  /** What to spawn in order to run a binary. */
  command(binary: string, args: readonly string[]): { file: string; args: string[]; uid?: number; gid?: number }
  /** Who owns PostgreSQL's files, as seen from here. */
  readonly owner: { readonly uid: number; readonly gid: number }
}

type Account = { name: string; uid: number; gid: number }

/** Accounts that exist for such a purpose, best first. */
const unprivilegedNames = ['chancery', 'postgres', 'nobody']

/** Picks as whom PostgreSQL runs, and checks that it can run as such: `binary` is tried with `--version`. */
export async function pickIdentity(binary: string, folder: string): Promise<Identity> {
  const uid = process.geteuid?.() ?? 0
  const gid = process.getegid?.() ?? 0
  const asWeAre: Identity = { command: (file, args) => ({ file, args: [...args] }), owner: { uid, gid } }
  if (uid !== 0 && hasName()) return asWeAre
  const accounts = await unprivilegedAccounts()
  const mapped = throughNamespace(binary, accounts[0], { uid, gid })
  if (mapped !== undefined) return mapped
  if (uid === 0) {
    for (const account of accounts) {
      const other = await throughSetuid(binary, account, folder)
      if (other !== undefined) return other
    }
  }
  throw new StartRefused(
    uid === 0
      ? `PostgreSQL does not run as root, and no other user can reach both ${binary} and ${folder}. Start Chancery ` +
          'as an ordinary user; or put the checkout and the data directory where other users may enter (outside of ' +
          '/root); or set DATABASE_URL.'
      : `PostgreSQL does not run as user id ${uid}, because no account has that id. Start Chancery as a user that ` +
          'exists (in a container, add one to /etc/passwd); or set DATABASE_URL.',
  )
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

async function unprivilegedAccounts(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const accounts = text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 7 && Number(fields[2]) > 0)
    .map(([name, , uid, gid]) => ({ name: name as string, uid: Number(uid), gid: Number(gid) }))
  const rank = ({ name }: Account) =>
    (unprivilegedNames.indexOf(name) + unprivilegedNames.length + 1) % (unprivilegedNames.length + 1)
  return accounts
    .filter(({ name }) => unprivilegedNames.includes(name))
    .sort((a, b) => rank(a) - rank(b))
    .concat(accounts.slice(0, 1))
}

/**
 * A user namespace in which our own user id has another number: PostgreSQL sees an ordinary user, the files stay ours,
 * and no folder must be opened to anybody. Needs no privilege, but a container or AppArmor may forbid it.
 */
function throughNamespace(
  binary: string,
  account: Account | undefined,
  owner: Identity['owner'],
): Identity | undefined {
  if (process.platform !== 'linux' || account === undefined) return undefined
  const prefix = ['--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`, '--']
  const trial = spawnSync('unshare', [...prefix, binary, '--version'], { stdio: 'ignore', timeout: 10_000 })
  if (trial.status !== 0) return undefined
  return { command: (file, args) => ({ file: 'unshare', args: [...prefix, file, ...args] }), owner }
}

/** Root may become somebody else, if that user can reach what he needs. */
async function throughSetuid(binary: string, account: Account, folder: string): Promise<Identity | undefined> {
  const { uid, gid } = account
  const runs = (file: string, args: string[]) =>
    spawnSync(file, args, { uid, gid, cwd: '/', stdio: 'ignore', timeout: 10_000 }).status === 0
  if (!runs(binary, ['--version'])) return undefined
  // He must pass through the data directory to his own folder in it; he can neither list it nor read its files (0600).
  await chmod(dirname(folder), 0o711)
  await ownAll(folder, { uid, gid })
  if (!runs('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder])) return undefined
  return { command: (file, args) => ({ file, args: [...args], uid, gid }), owner: { uid, gid } }
}

/** Gives a folder and all in it to `owner`. Nothing to do, and nothing walked, when it is his already. */
export async function ownAll(folder: string, owner: Identity['owner']): Promise<void> {
  if ((await stat(folder)).uid === owner.uid) return
  for (const entry of await readdir(folder, { recursive: true }))
    await lchown(join(folder, entry), owner.uid, owner.gid)
  // Last, so that a kill in the middle is noticed by the next start.
  await lchown(folder, owner.uid, owner.gid)
}
