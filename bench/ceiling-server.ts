/**
 * A program that answers every request alike: at once, or, given a database, after it has committed one row there. Its last
 * argument is the configuration of `pg` as JSON. It says its port, and ends when its input does.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { yardstick } from './commits.ts'

const [database] = process.argv.slice(2)
const pool = database === undefined ? undefined : new pg.Pool({ ...JSON.parse(database), max: 32 })
const row = randomBytes(yardstick.rowBytes)
const body = JSON.stringify({ event_id: `$${'x'.repeat(43)}` })

const server = createServer({ noDelay: true }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    JSON.parse(Buffer.concat(chunks).toString())
    if (pool !== undefined) await pool.query({ name: 'yardstick', text: yardstick.insert, values: [row] })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.on('end', () => process.exit()).resume()
