/**
 * The scripts of matters with citizens: plain text, one line an entry.
 *
 *     == 4                                        four working days ago; `== 0` is the last day of the story
 *     09:12 bo by streets: Hello, …               a citizen writes to a contact; the next times it may be left out
 *     10:02 esther by office, Minutes: Dear …     a mail with its subject; without one it answers the last mail
 *         and on, when the words are too long for one line of the file
 *       | a further line of the words
 *     09:31 noor takes                            also: closes, waits, hands to aroha
 *     09:34 noor: Good morning …                  the staff answers
 *     09:35 noor notes: …                         for colleagues only
 */

export type MatterEntry = {
  readonly day: number
  readonly time: string
  readonly who: string
  readonly act: 'says' | 'notes' | 'takes' | 'closes' | 'waits' | 'hands'
  /** A contact's key; of whom it is handed to. */
  readonly to: string | undefined
  readonly subject: string | undefined
  text: string
}

const dayLine = /^== (\d+)$/
const wordsLine = /^(\d\d:\d\d) ([a-z]+)( notes)?(?: by ([a-z]+)(?:, ([^:]+))?)?: (.*)$/
const actLine = /^(\d\d:\d\d) ([a-z]+) (takes|closes|waits|hands to ([a-z]+))$/

/** Throws an error that names the line when a script cannot be read: scripts are code of ours. */
export function readMatter(script: string): MatterEntry[] {
  const entries: MatterEntry[] = []
  let day: number | undefined
  for (const [index, line] of script.split('\n').entries()) {
    const last = entries.at(-1)
    const newDay = dayLine.exec(line)
    if (line.trim() === '') continue
    if (newDay !== null) day = Number(newDay[1])
    else if (line.startsWith('    ') && last !== undefined) last.text += ` ${line.trim()}`
    else if (line.startsWith('  |') && last !== undefined) last.text += `\n${line.slice(3).trim()}`
    else {
      const entry = day === undefined ? undefined : entryOf(line, day)
      if (entry === undefined) throw new Error(`Line ${index + 1} of a matter cannot be read: ${line}`)
      entries.push(entry)
    }
  }
  return entries
}

function entryOf(line: string, day: number): MatterEntry | undefined {
  const words = wordsLine.exec(line)
  if (words !== null) {
    const [, time = '', who = '', notes, to, subject, text = ''] = words
    return { day, time, who, act: notes === undefined ? 'says' : 'notes', to, subject, text }
  }
  const [, time, who, act = '', to] = actLine.exec(line) ?? []
  if (time === undefined || who === undefined) return undefined
  const verb = act.startsWith('hands') ? 'hands' : (act as MatterEntry['act'])
  return { day, time, who, act: verb, to, subject: undefined, text: '' }
}
