import { measureFunctions } from '../code.ts'
import { example, isScript, isTest, linesThat, type Rule } from '../rule.ts'

const functionLinesMax = 70
/** Markup is a picture rather than steps, and closing tags take lines. */
const viewLinesMax = 100
const fileLinesMax = 500
/** The formatter keeps code at 120; words may hang over the edge a little. */
const columnsMax = 140

/** Files that are tables of data rather than code. */
const isData = (path: string) => /(^|\/)(vectors|data|words)\//.test(path)
const repeat = (line: string, times: number) => `${Array(times).fill(line).join('\n')}\n`

export const shortFunctions: Rule = {
  name: `functions have at most ${functionLinesMax} lines of code, views ${viewLinesMax}`,
  check: (file) => {
    if (!isScript(file.path)) return []
    const most = (name: string) => (file.path.endsWith('.tsx') && /^[A-Z]/.test(name) ? viewLinesMax : functionLinesMax)
    const long = measureFunctions(file).filter((each) => each.codeLines > most(each.name) && !each.isTestBlock)
    return long.map(({ name, line, codeLines }) => {
      const say = `${name} has ${codeLines} lines of code. Give its parts names of their own.`
      return { path: file.path, line, say }
    })
  },
  bad: [
    example('identity/users.ts', `export function createUsers() {\n${repeat('  work()', 80)}  return {}\n}\n`),
    example('identity/long.ts', `export function long() {\n${repeat('  work()', 69)}}\n`),
    example('web/ui/long.tsx', `export const Long = () => {\n${repeat('  work()', 101)}  return <b>words</b>\n}\n`),
  ],
  good: [
    example(
      'identity/users.ts',
      `export function createUsers() {\n${repeat('  function act() {\n    work()\n  }', 50)}  return { act }\n}\n`,
    ),
    example('identity/short.ts', `export function short() {\n${repeat('  work()', 68)}}\n`),
    example('identity/told.ts', `export function told() {\n${repeat('  // why this is so', 200)}  work()\n}\n`),
    example('identity/x.test.ts', `describe('x', () => {\n${repeat('  work()', 200)}})\n`),
  ],
}

export const shortFiles: Rule = {
  name: `files have at most ${fileLinesMax} lines`,
  check: ({ path, text }) => {
    const lines = text.split('\n').length - 1
    if (!isScript(path) || isData(path) || lines <= fileLinesMax) return []
    return [{ path, line: fileLinesMax, say: `${lines} lines. Find the noun in it that deserves a file of its own.` }]
  },
  bad: [example('identity/long.ts', repeat('work()', 501))],
  good: [example('identity/fits.ts', repeat('work()', 500)), example('matrix/vectors/long.ts', repeat('row()', 5000))],
}

export const shortLines: Rule = {
  name: `lines have at most ${columnsMax} columns`,
  check: ({ path, text }) => {
    if (!isScript(path) || isTest(path) || isData(path)) return []
    const say = `More than ${columnsMax} columns. Break it where a reader would breathe; only an address or a drawing may be longer.`
    const long = linesThat(text, new RegExp(`^(?!.*https?://|\\s*d=).{${columnsMax + 1},}$`))
    return long.map((line) => ({ path, line, say }))
  },
  bad: [example('identity/wide.ts', `// ${'w'.repeat(140)}\n`)],
  good: [
    example('identity/fits.ts', `// ${'w'.repeat(137)}\n`),
    example('web/ui/seal.tsx', `      d="${'M1 1Q2'.repeat(40)}"\n`),
    example('identity/link.ts', `// https://spec.matrix.org/${'w'.repeat(140)}\n`),
  ],
}
