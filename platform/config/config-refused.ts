import { StartRefused } from '../data-directory/start-refused.ts'

export type ConfigProblem = {
  /** The option's name, or the unknown one as it was given. */
  readonly key: string
  /** `command line`, `environment variable NAME`, or a file with its line. */
  readonly from: string
  /** Sentences: what is wrong and what would be right. */
  readonly text: string
}

/** A configuration that cannot be used. The message lists everything that is wrong with it at once. */
export class ConfigRefused extends StartRefused {
  override readonly name = 'ConfigRefused'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'This must' : `These ${problems.length} things must`
    const lines = problems.map(({ key, from, text }) => `  ${key} (${from}): ${text}`)
    super(
      [
        `Chancery was not started: the configuration cannot be used. ${count} be changed:`,
        ...lines,
        'All options are listed by --help and in docs/reference/options.md.',
      ].join('\n'),
    )
    this.problems = problems
  }
}
