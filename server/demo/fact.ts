/** The fact in `installation_fact` that says that everything in this database is invented, and whether all of it is there. */
import { type Db, sql } from '#platform/api.ts'

export type DemoState = 'filling' | 'filled'

const readFact = sql('demo_fact', `select value from installation_fact where key = 'demo'`)
const writeFact = sql(
  'demo_fact_put',
  `insert into installation_fact (key, value) values ('demo', $1)
   on conflict (key) do update set value = excluded.value, changed_at = now()`,
)

/** Undefined where the demo has never been. */
export async function demoState(db: Db): Promise<DemoState | undefined> {
  return (await db.row<{ value: { state: DemoState } }>(readFact))?.value.state
}

export async function setDemoState(db: Db, state: DemoState): Promise<void> {
  await db.run(writeFact, [JSON.stringify({ state })])
}
