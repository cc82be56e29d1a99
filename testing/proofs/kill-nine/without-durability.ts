import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import type { PostgresAddress } from '#platform/api.ts'
// Only the door to the machine: the PostgreSQL beside the server, as an operator's would be.
import { startEmbedded } from '#platform/postgres/index.ts'
import { BlackBox } from '../black-box.ts'
import { killAll, processesOf } from '../processes.ts'
import type { Proof, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { runUnderLoad } from './kill-nine.ts'
import { makeWorld, type World } from './world.ts'

const user = 'chancery'
/** PostgreSQL writes by itself what it has not flushed; this long it does not, so that a kill finds something to lose. */
const settings = { wal_writer_delay: '10s', wal_writer_flush_after: '1GB' }
const workMs = 1_500
const refusalMs = 30_000

type SocketAddress = Extract<PostgresAddress, { socketFolder: string }>

/** A PostgreSQL of "the operator", who may set what the server would never. */
class Operator {
  readonly #folder: string
  #address: SocketAddress | undefined

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async make(): Promise<Operator> {
    return new Operator(await realpath(await mkdtemp(join(tmpdir(), 'chancery-operator-'))))
  }

  get url(): string {
    if (this.#address === undefined) throw new Error('PostgreSQL does not run.')
    const { socketFolder, port } = this.#address
    return `postgresql://${user}@localhost:${port}/chancery?host=${encodeURIComponent(socketFolder)}`
  }

  async start(): Promise<void> {
    const embedded = await startEmbedded({ folder: join(this.#folder, 'postgres'), settings })
    this.#address = embedded.address as SocketAddress
  }

  /** Answers `synchronous_commit` in connections that are opened from now on, and ends all others. */
  async setSynchronousCommit(value: 'on' | 'off'): Promise<void> {
    const client = new pg.Client({ connectionString: this.url })
    client.on('error', () => {})
    await client.connect()
    await client.query(`ALTER ROLE ${user} SET synchronous_commit = ${value}`)
    await client.query('CHECKPOINT')
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    )
    await client.end()
  }

  async kill(): Promise<void> {
    await killAll(processesOf(this.#folder, undefined).filter(({ name }) => name === 'postgres'))
  }

  async dispose(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** The checker of `kill-nine` on a PostgreSQL that answers before it has written: it must find what is lost. */
export const killNineWithoutDurability: Proof = {
  law: 'The checker of kill-nine finds the loss when synchronous_commit is off, and the server refuses to start like that.',
  async run({ seed, show }) {
    const operator = await Operator.make()
    await operator.start()
    const box = await BlackBox.make([], { DATABASE_URL: operator.url })
    try {
      await box.start()
      const world = await makeWorld(box, new Seeded(seed))
      let refusal = ''
      const strike = async () => {
        refusal = await loseAndReturn(world, operator)
        return 'switched synchronous_commit off, killed everything, and switched it on'
      }
      const { faults } = await runUnderLoad(world, 1, strike, show)
      await box.stop()
      return verdictOf(world, refusal, faults)
    } finally {
      await box.dispose()
      await operator.dispose()
    }
  },
}

/** Answers with what the server said when it was asked to start while synchronous_commit was off. */
async function loseAndReturn({ box }: World, operator: Operator): Promise<string> {
  await operator.setSynchronousCommit('off')
  await wait(workMs)
  await Promise.all([operator.kill(), box.kill('everything')])
  await operator.start()
  box.log = ''
  box.spawn()
  const hasEnded = await box.ended(refusalMs)
  const refusal = hasEnded ? box.log : ''
  await box.kill('everything')
  await operator.setSynchronousCommit('on')
  await box.start()
  return refusal
}

function verdictOf(world: World, refusal: string, faults: readonly { title: string; count: number }[]): Verdict {
  const lost = faults.find(({ title }) => title === 'lost')?.count ?? 0
  const isRefused = refusal.includes('synchronous_commit')
  return {
    holds: lost > 0 && isRefused,
    count: 1,
    figure:
      `${world.ledger.messages.size} messages acknowledged, of which the checker reports ${lost} as lost; a start with ` +
      `synchronous_commit = off ${isRefused ? 'is refused' : 'is NOT refused'}`,
    details: faults.map(({ title, count }) => `${count} ${title}`),
  }
}
