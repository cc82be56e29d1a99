import type { Proof } from './proof.ts'
import { runTests } from './run-tests.ts'

const requestsUsual = 30_000

export const fuzz: Proof = {
  law: 'Whatever is asked of the Matrix API, it answers, never with a failure, and as the specification says.',
  async run({ seed, count, show }) {
    const requests = count ?? requestsUsual
    const environment = { CHANCERY_FUZZ: String(requests), CHANCERY_FUZZ_SEED: String(seed) }
    const { code, output } = await runTests('testing/conformance/fuzz.test.ts', environment)
    for (const line of output.split('\n').filter((one) => /✓|×|skipped|client-server API/.test(one))) show(line)
    return {
      // Without the specification's data nothing is asked, and nothing is proven.
      holds: code === 0 && !/↓|skipped/.test(output),
      count: requests,
      figure: `${requests} requests made up: ${code === 0 ? 'each answered as it should be' : 'NOT ALL, see above'}`,
      details: code === 0 ? [] : output.split('\n').slice(-60),
    }
  },
}
