/** `npm run bench`: see options.ts for what it does and takes. */
import { writeFile } from 'node:fs/promises'
import { bars, machine } from './figures.ts'
import { BadOptions, help, type Options, readOptions } from './options.ts'
import { barLine } from './report.ts'
import { runBench } from './run.ts'

async function main(options: Options): Promise<void> {
  console.log(machine())
  const figures = await runBench(options, (line) => console.log(line))
  const verdict = bars(figures, options.only)
  console.log('')
  for (const bar of verdict) console.log(barLine(bar))
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ ...figures, bars: verdict }, undefined, 2)}\n`)
  }
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(help)
  else await main(options)
} catch (error) {
  console.error(error instanceof BadOptions ? `${error.message}\n\n${help}` : (error as Error).message)
  process.exitCode = error instanceof BadOptions ? 64 : 1
}
