import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Proof } from './proof.ts'

const root = join(import.meta.dirname, '..', '..')
const roomsUsual = 10_000

export const stateResolution: Proof = {
  law: 'State resolution gives the same state in every order, and the one that the specification spells out.',
  async run({ count, show }) {
    const rooms = count ?? roomsUsual
    const { code, output } = await runTests(rooms)
    const lines = output.split('\n').filter((line) => /✓|×|Tests|Duration|Error/.test(line))
    for (const line of lines) show(line)
    return {
      holds: code === 0,
      count: rooms,
      figure: `${rooms} random rooms: ${code === 0 ? 'no difference' : 'DIFFERENT, see above'}`,
      details: code === 0 ? [] : output.split('\n').slice(-60),
    }
  },
}

/** The tests beside the code know how to make rooms; here they make many. */
function runTests(rooms: number): Promise<{ code: number | null; output: string }> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = ['run', '--reporter=verbose', '--testTimeout=3600000', 'matrix/state-resolution/resolve.test.ts']
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, ...args], {
      cwd: root,
      env: { ...process.env, CHANCERY_DAGS: String(rooms), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}
