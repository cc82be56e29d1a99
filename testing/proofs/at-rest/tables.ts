import type pg from 'pg'

/** Every row of every table as text, a table at a time: bytes in hexadecimal, nothing compressed. */
export async function* textsIn(database: pg.Client): AsyncIterable<{ table: string; text: string }> {
  const { rows: tables } = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  for (const { name } of tables) {
    const { rows } = await database.query<{ text: string }>(`select row_to_json(t)::text as text from "${name}" t`)
    yield { table: name, text: rows.map(({ text }) => text).join('\n') }
  }
}
