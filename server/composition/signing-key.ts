import { type SigningKey, signingKeyFromSeed } from '#matrix/api.ts'
import { type Clock, type Db, type Random, sql, type Vault } from '#platform/api.ts'

const keyOf = sql('server_key_of', 'select sealed from server_key where name = $1')
const keep = sql(
  'server_key_keep',
  'insert into server_key (name, sealed, created_ts) values ($1, $2, $3) on conflict (name) do nothing',
)

/**
 * An Ed25519 key that this server signs with: `event-signing` for events, `consent-receipts` for what citizens keep. Made once;
 * of two servers that start together on a new database the first one's key counts. https://spec.matrix.org/v1.19/appendices/#signing-json
 */
export async function loadSigningKey(
  name: 'event-signing' | 'consent-receipts',
  deps: {
    db: Db
    vault: Vault
    random: Random
    clock: Clock
  },
): Promise<SigningKey> {
  const sealing = await deps.vault.serverKey(name)
  for (;;) {
    const row = await deps.db.row<{ sealed: Buffer }>(keyOf, [name])
    if (row !== undefined) return fromText(sealing.open('server_key', name, row.sealed).toString('utf8'))
    const text = JSON.stringify({ seed: deps.random.bytes(32).toString('base64'), version: keyVersion(deps.random) })
    await deps.db.run(keep, [name, sealing.seal('server_key', name, Buffer.from(text)), deps.clock.nowMs()])
  }
}

function keyVersion(random: Random): string {
  return `a_${random.bytes(3).toString('hex')}`
}

function fromText(text: string): SigningKey {
  const { seed, version } = JSON.parse(text) as { seed: string; version: string }
  return signingKeyFromSeed(Buffer.from(seed, 'base64'), version)
}
