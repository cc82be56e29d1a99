import { bars } from '#bench/figures.ts'
import { readOptions } from '#bench/options.ts'
import { barLine } from '#bench/report.ts'
import { runBench } from '#bench/run.ts'
import type { Proof } from './proof.ts'

export const load: Proof = {
  law: 'Sends keep up with half of the bare commits, a thousand clients hear within half a second, memory stays small.',
  async run({ count, show }) {
    const seconds = count ?? 12
    const options = readOptions(['--seconds', String(seconds), '--only', 'sends,fanout,memory,commits'])
    if (options === 'help') throw new Error('unreachable')
    const verdict = bars(await runBench(options, show), options.only)
    const held = verdict.filter((bar) => bar.holds).length
    return {
      holds: held === verdict.length,
      count: seconds,
      figure: `${held} of ${verdict.length} bars held, ${seconds} s a measurement`,
      details: verdict.map(barLine),
    }
  },
}
