import type { Proof } from './proof.ts'
import { runTests } from './run-tests.ts'

const roomsUsual = 10_000

export const stateResolution: Proof = {
  law: 'State resolution gives the same state in every order, and the one that the specification spells out.',
  async run({ count, show }) {
    const rooms = count ?? roomsUsual
    const { code, output } = await runTests('matrix/state-resolution/resolve.test.ts', { CHANCERY_DAGS: String(rooms) })
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
