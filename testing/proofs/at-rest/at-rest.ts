import { cpSync, readdirSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { BlackBox } from '../black-box.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { Canaries, findCanaries, findCodes, findIn } from './canaries.ts'
import { damageAndLook } from './damage.ts'
import { boxAndOutside, type Outside } from './outside.ts'
import { plant } from './plant.ts'
import { plantCitizens } from './plant-citizens.ts'
import { textsIn } from './tables.ts'

/** Readers and lazy writers have written what they will. */
const settleMs = 1_000
const refusalMs = 30_000
const placesMin = 100

export const atRest: Proof = {
  law:
    'No word that anybody wrote, and no name, number or address of a citizen, is on the disk; a copy without its key does not ' +
    'start; what was altered is refused.',
  run: (run) => proveAtRest(run),
}

async function proveAtRest({ seed, show }: ProofRun): Promise<Verdict> {
  const random = new Seeded(seed)
  const canaries = new Canaries(random)
  const { box, outside } = await boxAndOutside(random.child())
  try {
    const faults = await proveWith(box, outside, canaries, show)
    const { bytes } = findCanaries(canaries, [box.folder])
    const places = canaries.planted.size
    const isEnough = places >= placesMin && bytes > 1e6
    return {
      holds: faults.length === 0 && isEnough,
      count: places,
      figure: `${places} canaries in ${Math.round(bytes / 1e6)} MB; ${faults.length} faults`,
      details: faults,
    }
  } finally {
    await box.dispose()
    await outside.simulator.dispose()
  }
}

async function proveWith(box: BlackBox, outside: Outside, canaries: Canaries, show: (line: string) => void) {
  const faults: string[] = []
  const look = (when: string) => {
    const { finds, bytes } = findCanaries(canaries, [box.folder])
    for (const { file, form, around } of finds) faults.push(`${when}, ${file}, ${form}: ${around}`)
    faults.push(...findsIn(box.log, canaries).map((find) => `${when}, log, ${find}`))
    show(`${when}: ${finds.length} finds in ${Math.round(bytes / 1e6)} MB`)
  }
  await box.start()
  const admin = await box.account('admin')
  const other = await box.account()
  await plant(box, canaries, admin, other)
  await plantCitizens(box, canaries, admin, outside)
  show(`${canaries.planted.size} canaries planted`)
  await wait(settleMs)
  const database = await box.database()
  await database.query('CHECKPOINT')
  // What the files hold compressed, the tables tell as it is.
  for await (const { table, text } of textsIn(database)) {
    faults.push(...findsIn(text, canaries).map((find) => `table ${table}, ${find}`))
  }
  await database.end()
  look('after a checkpoint')
  await box.kill('everything')
  look('after kill -9')
  await box.start()
  await box.stop()
  look('after recovery and a stop')
  faults.push(...(await startsWithoutKey(box)))
  await box.start()
  const damage = await damageAndLook(box, admin, other)
  show(`ciphertexts moved and altered: ${damage.length} faults`)
  look('after the damage was looked at')
  if (damage.length > 0) for (const line of box.log.split('\n').filter(isFailure)) show(line.slice(0, 400))
  return [...faults, ...damage]
}

function isFailure(logLine: string): boolean {
  return logLine.includes('request_failed')
}

function findsIn(text: string, canaries: Canaries): string[] {
  const bytes = Buffer.from(text)
  return [...findIn(bytes, canaries.forms()), ...findCodes(bytes, canaries.codes)].map(
    ({ form, around }) => `${form}: ${around}`,
  )
}

/** A thief has the data directory and not the key beside it. */
async function startsWithoutKey(box: BlackBox): Promise<string[]> {
  const thief = await BlackBox.make()
  try {
    cpSync(box.dataFolder, thief.dataFolder, { recursive: true, filter: (path) => !isSocket(path) })
    const before = readdirSync(thief.folder).length
    thief.spawn()
    if (!(await thief.ended(refusalMs))) return ['a copy without its key starts']
    const made = readdirSync(thief.folder).length > before ? ['a new key was made for old data'] : []
    return [
      ...made,
      ...(/\bkey\b.*missing/i.test(thief.log) ? [] : [`a copy without its key says: ${thief.log.slice(-300)}`]),
    ]
  } finally {
    await thief.dispose()
  }
}

function isSocket(path: string): boolean {
  return statSync(path).isSocket()
}
