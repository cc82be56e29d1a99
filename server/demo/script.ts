/**
 * The scripts of rooms: plain text that reads like what was said, one line an entry.
 *
 *     == 12                                       twelve working days ago; `== 0` is the last day of the story
 *     09:04 elif #seal: The seal on gate 4 …      who, a label for later, the words (Markdown; `@pieter` mentions)
 *         and on, when the words are too long for one line of the file
 *       | a further line of the words
 *       + Agreed = pieter nadia; Seen = 6         endorsements: by name, or so many of the room
 *       * 09:07 The corrected words               an edit
 *       - 09:09 Why it was removed                a redaction
 *     09:12 pieter > : …                          an answer to what was said last; `>seal` answers what has that label
 *     09:15 nadia ~ : …                           in the thread of what was said last in the room; `~seal` by label
 *     09:20 nadia !gate-plan: Words about it      a file of the catalogue; the words may be missing
 *     09:30 omar /joins                           also /leaves, /adds who, /topic: words, /name: words
 */

export type Entry = {
  readonly day: number
  readonly time: string
  readonly who: string
  readonly label: string | undefined
  /** Empty: what was said last; otherwise a label. */
  readonly replyTo: string | undefined
  readonly thread: string | undefined
  readonly file: string | undefined
  readonly command: { readonly name: string; readonly argument: string } | undefined
  text: string
  readonly endorsements: Endorsement[]
  readonly edits: { readonly time: string; readonly text: string }[]
  redaction: { readonly time: string; readonly reason: string } | undefined
}

export type Endorsement = { readonly key: string; readonly by: readonly string[] | number }

const entryLine = /^(\d\d:\d\d) ([a-z]+)((?: [#>~!/][\w-]*)*)(?: ([a-z]+))? ?(?::(?: (.*))?)?$/
const dayLine = /^== (\d+)$/

/** Throws an error that names the line when a script cannot be read: scripts are code of ours. */
export function readScript(script: string): Entry[] {
  const entries: Entry[] = []
  let day: number | undefined
  for (const [index, line] of unfolded(script)) {
    const newDay = dayLine.exec(line)
    const last = entries.at(-1)
    if (newDay !== null) day = Number(newDay[1])
    else if (line.startsWith('  ') && last !== undefined) addTo(last, line.slice(2), index)
    else if (day !== undefined) entries.push(entryOf(line, day, index))
    else throw unreadable(line, index)
  }
  return entries
}

/** What was too long for one line of the file is one line again, under the number of the first. */
function unfolded(script: string): [index: number, line: string][] {
  const lines: [number, string][] = []
  for (const [index, line] of script.split('\n').entries()) {
    const before = lines.at(-1)
    if (line.startsWith('    ') && before !== undefined) before[1] += ` ${line.trim()}`
    else if (line.trim() !== '') lines.push([index, line])
  }
  return lines
}

function entryOf(line: string, day: number, index: number): Entry {
  const found = entryLine.exec(line)
  if (found === null) throw unreadable(line, index)
  const [, time = '', who = '', marks = '', object, text = ''] = found
  const mark = (sign: string) =>
    marks
      .split(' ')
      .find((one) => one.startsWith(sign))
      ?.slice(1)
  const command = mark('/')
  return {
    day,
    time,
    who,
    label: mark('#'),
    replyTo: mark('>'),
    thread: mark('~'),
    file: mark('!'),
    command: command === undefined ? undefined : { name: command, argument: object ?? text },
    text,
    endorsements: [],
    edits: [],
    redaction: undefined,
  }
}

function addTo(entry: Entry, line: string, index: number): void {
  const sign = line.charAt(0)
  const words = line.slice(2)
  const timed = /^(\d\d:\d\d) (.*)$/.exec(words)
  if (sign === '|') entry.text += `\n${words}`
  else if (sign === '+') entry.endorsements.push(...words.split('; ').map((part) => endorsementOf(part, line, index)))
  else if (sign === '*' && timed !== null) entry.edits.push({ time: timed[1]!, text: timed[2]! })
  else if (sign === '-' && timed !== null) entry.redaction = { time: timed[1]!, reason: timed[2]! }
  else throw unreadable(line, index)
}

function endorsementOf(part: string, line: string, index: number): Endorsement {
  const [key, by] = part.split(' = ')
  if (key === undefined || by === undefined) throw unreadable(line, index)
  return { key: key.trim(), by: /^\d+$/.test(by.trim()) ? Number(by) : by.trim().split(' ') }
}

function unreadable(line: string, index: number): Error {
  return new Error(`Line ${index + 1} of a demo script cannot be read: ${line}`)
}
