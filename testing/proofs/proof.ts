/** What a proof is given, and what it hands back. */
export type ProofRun = {
  readonly seed: number
  /** How often it repeats what it does; undefined: as often as is usual for this proof. */
  readonly count: number | undefined
  readonly show: (line: string) => void
}

export type Verdict = {
  readonly holds: boolean
  readonly count: number
  /** What was found, in one line of numbers. */
  readonly figure: string
  /** More lines, for who wants to know why. */
  readonly details: readonly string[]
}

export type Proof = {
  /** The law, in one sentence. */
  readonly law: string
  run(run: ProofRun): Promise<Verdict>
}
