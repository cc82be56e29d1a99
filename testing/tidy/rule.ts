/** One file of the repository, as the rules see it. */
export type SourceFile = { path: string; text: string }

/** What a rule found; `line` counts from 1, and `say` tells what to do instead. */
export type Finding = { path: string; line: number; say: string }

/**
 * A rule of style. `bad` and `good` are examples that test the rule itself: each bad one must be found, no good one may be.
 */
export interface Rule {
  readonly name: string
  check(file: SourceFile): Finding[]
  readonly bad: readonly SourceFile[]
  readonly good: readonly SourceFile[]
}

/** An example for a rule, with the path that it would have. */
export const example = (path: string, text: string): SourceFile => ({ path, text })

export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)
export const isScript = (path: string): boolean => /\.(ts|tsx|js)$/.test(path) && !/\.(generated|d)\.ts$/.test(path)

/** Folders whose code runs in the server; web, bench, testing and the bootstrap are worlds of their own. */
export const isServerCode = (path: string): boolean =>
  isScript(path) &&
  !isTest(path) &&
  /^(matrix|platform|audit|access|identity|messaging|channels|federation|engagement|records|extensions|citizen|server)\//.test(
    path,
  ) &&
  !path.startsWith('server/bootstrap/')

/** The lines of `text` that match, with their numbers from 1. */
export function linesThat(text: string, matches: RegExp): number[] {
  const found: number[] = []
  for (const [index, line] of text.split('\n').entries()) if (matches.test(line)) found.push(index + 1)
  return found
}
