/**
 * `npm run prove -- NAME [--seed N] [--count N]`: proves one law in full. Prints the machine, the seed, what was done how
 * often, and the figure; ends with 0 only when the law holds. `CYCLES=N` is another way to say `--count N`.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { machine } from '#bench/figures.ts'
import type { Proof } from './proofs/proof.ts'
import { proofs } from './proofs/proofs.ts'

type Asked = { readonly name: string; readonly proof: Proof; readonly seed: number; readonly count: number | undefined }

function readArguments(args: string[]): Asked | undefined {
  try {
    const options = { seed: { type: 'string' }, count: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [name = ''] = positionals
    const proof = proofs[name]
    const count = wholeNumber(values.count ?? process.env.CYCLES)
    if (proof === undefined || positionals.length > 1) return undefined
    return { name, proof, seed: wholeNumber(values.seed) ?? randomInt(2 ** 31), count }
  } catch (error) {
    console.error((error as Error).message)
    return undefined
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,10}$/.test(text)) throw new Error(`"${text}" is not a whole number.`)
  return Number(text)
}

function usage(): string {
  const lines = Object.entries(proofs).map(([name, { law }]) => `  ${name.padEnd(30)}${law}`)
  return `npm run prove -- NAME [--seed N] [--count N], where NAME is one of\n${lines.join('\n')}`
}

async function prove({ name, proof, seed, count }: Asked): Promise<boolean> {
  console.log(`${name}: ${proof.law}`)
  console.log(`machine: ${machine()}\nseed: ${seed}`)
  const startedMs = performance.now()
  const verdict = await proof.run({ seed, count, show: (line) => console.log(line) })
  const tookS = Math.round((performance.now() - startedMs) / 1000)
  console.log('')
  for (const line of verdict.details) console.log(line)
  console.log(
    `count: ${verdict.count}, ${tookS} s\n${verdict.figure}\n${verdict.holds ? 'The law holds.' : 'The law does NOT hold.'}`,
  )
  return verdict.holds
}

const asked = readArguments(process.argv.slice(2))
if (asked === undefined) {
  console.error(usage())
  process.exitCode = 64
} else {
  process.exitCode = await prove(asked).then(
    (holds) => (holds ? 0 : 1),
    (error: Error) => {
      console.error(`The proof could not be carried out: ${error.message}`)
      return 1
    },
  )
}
// A client that was killed in the middle of an answer may still hold a timer.
process.exit()
