import ts from 'typescript'
import type { SourceFile } from './rule.ts'

/** A function with the lines of code in it: comments and empty lines are free, or the rule would delete reasons. */
export type MeasuredFunction = { name: string; line: number; codeLines: number; isTestBlock: boolean }

function parse({ path, text }: SourceFile): ts.SourceFile {
  const kind = path.endsWith('x') ? ts.ScriptKind.TSX : path.endsWith('.js') ? ts.ScriptKind.JS : ts.ScriptKind.TS
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind)
}

/**
 * The text with everything that is no code turned into spaces: comments, strings, templates, regular expressions and words
 * in markup. Lines and columns stay where they were.
 */
export function codeOnly(file: SourceFile): string {
  const known = blanked.get(file)
  if (known !== undefined) return known
  const code = blankText(file)
  blanked.set(file, code)
  return code
}

/** Every ban asks for the same file again. */
const blanked = new WeakMap<SourceFile, string>()

function blankText(file: SourceFile): string {
  const source = parse(file)
  const blank = file.text.replace(/[^\n]/g, ' ')
  const parts: string[] = []
  let end = 0
  const keep = (node: ts.Node) => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return
    const children = node.getChildren(source)
    if (children.length > 0) {
      for (const child of children) keep(child)
      return
    }
    if (isText(node.kind)) return
    const start = node.getStart(source)
    if (start < end || node.getEnd() === start) return
    parts.push(blank.slice(end, start), file.text.slice(start, node.getEnd()))
    end = node.getEnd()
  }
  keep(source)
  return parts.join('') + blank.slice(end)
}

function isText(kind: ts.SyntaxKind): boolean {
  return (
    (kind >= ts.SyntaxKind.FirstLiteralToken &&
      kind <= ts.SyntaxKind.LastTemplateToken &&
      kind !== ts.SyntaxKind.NumericLiteral) ||
    kind === ts.SyntaxKind.JsxText
  )
}

/**
 * Every function of the file, outer ones with what they enclose. Only what a class is elsewhere, a factory
 * (`createX`) or a view (`X` in a .tsx file), is measured without the functions in it, which are measured themselves.
 */
export function measureFunctions(file: SourceFile): MeasuredFunction[] {
  const source = parse(file)
  const hasCode = codeOnly(file)
    .split('\n')
    .map((line) => line.trim() !== '')
  // Strings and templates are code lines as well, when it comes to length.
  markText(source, hasCode)
  const found: MeasuredFunction[] = []
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line
      const name = nameOf(node, source)
      const own = hasCode.slice(first, last + 1)
      const holdsOthers = file.path.endsWith('.tsx') ? /^(create)?[A-Z]/ : /^create[A-Z]/
      if (holdsOthers.test(name))
        for (const inner of innerFunctions(node, source)) own.fill(false, inner.first - first, inner.last - first + 1)
      found.push({
        name,
        line: first + 1,
        codeLines: own.filter(Boolean).length,
        isTestBlock: isTestBlock(node, source),
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The first and last line of each function right inside `outer`. */
function innerFunctions(outer: ts.Node, source: ts.SourceFile): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = []
  const visit = (node: ts.Node) => {
    if (!ts.isFunctionLike(node)) {
      ts.forEachChild(node, visit)
      return
    }
    const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line
    found.push({ first, last: source.getLineAndCharacterOfPosition(node.getEnd()).line })
  }
  ts.forEachChild(outer, visit)
  return found
}

function markText(source: ts.SourceFile, hasCode: boolean[]): void {
  const visit = (node: ts.Node) => {
    if (isText(node.kind)) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line
      const text = node.getText(source).split('\n')
      for (let line = first; line <= last; line++) if (text[line - first]?.trim()) hasCode[line] = true
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}

function nameOf(node: ts.SignatureDeclaration, source: ts.SourceFile): string {
  if (node.name) return node.name.getText(source)
  const parent = node.parent
  if (parent && (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)))
    return parent.name.getText(source)
  return 'a function without a name'
}

/** `describe(…, () => {…})` holds tests the way a file does. */
function isTestBlock(node: ts.Node, source: ts.SourceFile): boolean {
  const call = node.parent
  return !!call && ts.isCallExpression(call) && /^(describe|suite)\b/.test(call.expression.getText(source))
}
