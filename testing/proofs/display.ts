import type { Proof } from './proof.ts'
import { runTests } from './run-tests.ts'

const roundsUsual = 200
const boundMs = 150

export const display: Proof = {
  law: `What is sent in one browser stands in another within ${boundMs} ms, 95 times of 100, on one machine.`,
  async run({ count, show }) {
    const rounds = count ?? roundsUsual
    const environment = { CHANCERY_DISPLAY_MS: String(boundMs), CHANCERY_DISPLAY_ROUNDS: String(rounds) }
    const { code, output } = await runTests('web/journeys/speed.test.ts', environment)
    const figure = /send to display: .*/.exec(output)?.[0] ?? 'nothing was measured'
    show(figure)
    return { holds: code === 0, count: rounds, figure, details: code === 0 ? [] : output.split('\n').slice(-40) }
  },
}
