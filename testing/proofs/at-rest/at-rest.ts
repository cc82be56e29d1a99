import { cpSync, readdirSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { BlackBox } from '../black-box.ts'
import type { Proof, ProofRun, Verdict } from '../proof.ts'
import { Seeded } from '../seeded.ts'
import { Canaries, findCanaries } from './canaries.ts'
import { damageAndLook } from './damage.ts'
import { plant } from './plant.ts'

/** Readers and lazy writers have written what they will. */
const settleMs = 1_000
const refusalMs = 30_000
const placesMin = 35

export const atRest: Proof = {
  law: 'No word that anybody wrote is on the disk; a copy without its key does not start; what was altered is refused.',
  run: (run) => proveAtRest(run),
}

async function proveAtRest({ seed, show }: ProofRun): Promise<Verdict> {
  const random = new Seeded(seed)
  const canaries = new Canaries(random)
  const box = await BlackBox.make()
  try {
    const faults = await proveWith(box, canaries, show)
    const { bytes } = findCanaries(canaries.tag, [box.folder])
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
  }
}

async function proveWith(box: BlackBox, canaries: Canaries, show: (line: string) => void) {
  const faults: string[] = []
  const look = (when: string) => {
    const { finds, bytes } = findCanaries(canaries.tag, [box.folder])
    for (const { file, form, around } of finds) faults.push(`${when}, ${file}, ${form}: ${around}`)
    if (box.log.includes(canaries.tag)) faults.push(`${when}, log: ${lineWith(box.log, canaries.tag)}`)
    show(`${when}: ${finds.length} finds in ${Math.round(bytes / 1e6)} MB`)
  }
  await box.start()
  const admin = await box.account('admin')
  const other = await box.account()
  await plant(box, canaries, admin, other)
  show(`${canaries.planted.size} canaries planted`)
  await wait(settleMs)
  const database = await box.database()
  await database.query('CHECKPOINT')
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

function lineWith(text: string, word: string): string {
  return text.split('\n').find((line) => line.includes(word)) ?? ''
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
