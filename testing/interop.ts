/**
 * `npm run interop [-- FILTER …]`: clients of others, as they are published, against a server that was really started.
 * Those whose tools cannot be installed here are named and skipped. What they ask for and the server does not know is
 * listed at the end, and everything that goes over the wire is held against the specification (conformance/).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { noteExercised, takeViolations, watchPort } from './conformance/recorder.ts'
import * as conformance from './conformance/setup.ts'
import { type ClientKind, type InteropClient, NotHere } from './interop/client.ts'
import { converse, pairs } from './interop/conversations.ts'
import { type ListeningProxy, listeningProxy } from './interop/listening-proxy.ts'
import { BlackBox } from './proofs/black-box.ts'
import { closingLine, emptyTally, type Tally } from './run/tally.ts'

const toolsFolder = join(import.meta.dirname, '..', '.chancery', 'interop')

type Maker = () => InteropClient
type Told = { unknown: Map<string, Set<string>>; violations: Map<string, Set<string>> }

async function main(filters: readonly string[]): Promise<Tally> {
  mkdirSync(toolsFolder, { recursive: true })
  conformance.setup()
  const server = await BlackBox.make()
  const told: Told = { unknown: new Map(), violations: new Map() }
  try {
    await server.start()
    const tally = await runPairs(server, filters, told)
    show('Asked for, and not known here', told.unknown)
    show('Against the specification', told.violations)
    noteExercised()
    conformance.teardown()
    return tally
  } finally {
    await server.stop()
    await server.dispose()
  }
}

async function runPairs(server: BlackBox, filters: readonly string[], told: Told): Promise<Tally> {
  const tally = { ...emptyTally }
  const makers = new Map<ClientKind, Maker | NotHere>()
  for (const pair of pairs) {
    const names = pair.map(({ name }) => name).join(' and ')
    if (filters.length > 0 && !filters.some((filter) => names.includes(filter))) continue
    const made: (Maker | NotHere)[] = []
    for (const kind of pair) {
      const maker = makers.get(kind) ?? (await prepared(kind))
      makers.set(kind, maker)
      made.push(maker)
    }
    const missing = made.find((one) => one instanceof NotHere)
    if (missing !== undefined) {
      tally.skipped++
      console.log(`skipped  ${names}: ${missing.message}`)
      continue
    }
    const startedMs = performance.now()
    const failure = await talk(server, pair, made as Maker[], told).catch((error: Error) => error)
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1)
    if (failure === undefined) tally.passed++
    else tally.failed++
    console.log(`${failure === undefined ? 'passed' : 'FAILED'}  ${names} (${seconds} s)`)
    if (failure !== undefined) console.log(failure.message.replace(/^/gm, '    '))
  }
  return tally
}

async function prepared(kind: ClientKind): Promise<Maker | NotHere> {
  try {
    return await kind.prepare(toolsFolder)
  } catch (error) {
    if (error instanceof NotHere) return error
    throw error
  }
}

async function talk(
  server: BlackBox,
  pair: readonly ClientKind[],
  makers: readonly Maker[],
  told: Told,
): Promise<undefined> {
  const clients = makers.map((make) => make())
  const proxies: ListeningProxy[] = []
  try {
    for (const client of clients) {
      const proxy = await listeningProxy(server.port)
      proxies.push(proxy)
      watchPort(proxy.port)
      const { userId, password } = await server.account()
      await client.signIn(proxy.url, userId, password)
    }
    const [first, second] = clients as [InteropClient, InteropClient]
    await converse(
      first,
      second,
      pair.every(({ canEncrypt }) => canEncrypt),
    )
  } finally {
    for (const client of clients) await client.stop()
    proxies.forEach((proxy, n) => {
      proxy.close()
      for (const request of proxy.unknown) add(told.unknown, request, (pair[n] as ClientKind).name)
    })
    for (const violation of takeViolations()) add(told.violations, violation, pair.map(({ name }) => name).join(', '))
  }
  return undefined
}

function add(map: Map<string, Set<string>>, key: string, name: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(name))
}

function show(title: string, told: ReadonlyMap<string, ReadonlySet<string>>): void {
  if (told.size === 0) return
  console.log(`\n${title}:`)
  for (const [what, names] of told) console.log(`  ${what.replaceAll('\n', '\n  ')} (${[...names].join(', ')})`)
}

const tally = await main(process.argv.slice(2))
console.log(`\n${closingLine(tally)}`)
// A client of others may hold a timer or a socket for good.
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1)
