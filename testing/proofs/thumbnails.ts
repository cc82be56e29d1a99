import type { Proof } from './proof.ts'
import { runTests } from './run-tests.ts'

const picturesUsual = 5_000

export const thumbnails: Proof = {
  law: 'A broken picture harms nobody but itself: each is answered in time, and the sound one after it is served.',
  async run({ seed, count, show }) {
    const pictures = count ?? picturesUsual
    const asked = { CHANCERY_PICTURES: String(pictures), CHANCERY_SEED: String(seed) }
    const { code, output } = await runTests('platform/sandbox/mutated.test.ts', asked)
    for (const line of output.split('\n').filter((one) => /pictures:|✓|×|Error/.test(one))) show(line)
    return {
      holds: code === 0,
      count: pictures,
      figure: `${pictures} broken pictures: ${code === 0 ? 'each answered' : 'NOT SO, see above'}`,
      details: code === 0 ? [] : output.split('\n').slice(-60),
    }
  },
}
