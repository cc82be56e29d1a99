import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml'
import type { ConfigProblem } from './config-refused.ts'
import { fileNames, optionOf } from './options.ts'
import { type Given, rightOf, type Source, shown, unknownName } from './sources.ts'

/** One flat YAML mapping: option names and their values; a list may stand for values separated by commas. */
export function readConfigFile(file: string, content: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const at = (node: { range?: readonly number[] | null | undefined } | null | undefined, offset?: number) =>
    `${file}, line ${lines.linePos(node?.range?.[0] ?? offset ?? 0).line}`
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      key: 'config',
      from: at(undefined, error.pos[0]),
      text: `This is not valid YAML: ${firstSentence(error.message)}`,
    }))
    return { given: [], problems, warnings: [] }
  }
  const root = document.contents
  if (root === null || (isScalar(root) && root.value === null)) return { given: [], problems: [], warnings: [] }
  if (!isMap(root)) {
    const text = 'The file must hold option names and values, one a line, such as "port: 8008".'
    return { given: [], problems: [{ key: 'config', from: at(root), text }], warnings: [] }
  }
  const given: Given[] = []
  const problems: ConfigProblem[] = []
  for (const { key, value } of root.items) {
    const name = isScalar(key) ? String(key.value) : ''
    const from = at(key)
    const known = fileNames.get(name)
    if (known === undefined) {
      problems.push({ key: shown(name), from, text: unknownName(name, fileNames.keys(), '') })
    } else if (given.some((one) => one.name === name)) {
      problems.push({ key: name, from, text: 'It stands twice in the file. Leave one of them out.' })
    } else {
      const { kind, placeholder = '' } = optionOf(known.key)
      const isTree = kind.isTree === true && !known.holdsPath
      const takesList = ['ADDRESSES', 'RATES'].includes(placeholder)
      const text = isTree ? JSON.stringify(treeOf(value)) : textOf(value, takesList)
      if (text === undefined) {
        problems.push({
          key: name,
          from,
          text: `Its value cannot be read. Give ${rightOf(known)}, or remove the line.`,
        })
      } else {
        given.push({ ...known, name, from, text })
      }
    }
  }
  return { given, problems, warnings: [] }
}

/** As it was written: 0123 is the text that somebody typed, and not another number. */
function textOf(node: ParsedNode | Node | null, takesList: boolean): string | undefined {
  if (node === null || isAlias(node)) return undefined
  if (isSeq(node)) {
    if (!takesList) return undefined
    const texts = node.items.map((item) => textOf(item as Node, false))
    return texts.includes(undefined) ? undefined : texts.join(',')
  }
  if (!isScalar(node) || node.value === null) return undefined
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}

/** Numbers stay the texts that they were written as: +4930… would lose its plus. Undefined where something is no value. */
function treeOf(node: ParsedNode | Node | null): unknown {
  if (isSeq(node)) return node.items.map((item) => treeOf(item as Node))
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }) => [isScalar(key) ? String(key.value) : '', treeOf(value as Node)])
    return Object.fromEntries(entries)
  }
  if (!isScalar(node)) return undefined
  return typeof node.value === 'number' ? (node.source ?? String(node.value)) : node.value
}

function firstSentence(message: string): string {
  const line = message.split('\n', 1)[0]!.trim()
  return /[.!?]$/.test(line) ? line : `${line}.`
}
