import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Seeded } from '../seeded.ts'

/** Words that nobody would write by chance: each holds the same tag, so that one search finds them all. */
export class Canaries {
  readonly tag: string
  readonly planted = new Map<string, string>()

  constructor(random: Seeded) {
    this.tag = `kanarie${random.bytes(8).toString('hex')}`
  }

  /** A word for one place, only small letters and digits, so that it may stand in a name, an alias or a key. */
  word(place: string): string {
    const word = `${this.tag}${place.replaceAll(/[^a-z]/g, '')}end`
    this.planted.set(place, word)
    return word
  }
}

/** Every way in which the tag might stand in bytes: as it is, and in the encodings that programs use. */
export function formsOf(tag: string): Map<string, Buffer> {
  const plain = Buffer.from(tag)
  const forms = new Map<string, Buffer>([
    ['as it is', plain],
    ['in capitals', Buffer.from(tag.toUpperCase())],
    ['backwards', Buffer.from([...tag].reverse().join(''))],
    ['UTF-16, little end first', Buffer.from(tag, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(tag, 'utf16le').swap16()],
    ['hexadecimal', Buffer.from(plain.toString('hex'))],
    ['hexadecimal in capitals', Buffer.from(plain.toString('hex').toUpperCase())],
    ['as \\u escapes', Buffer.from([...plain].map((byte) => `\\u00${byte.toString(16)}`).join(''))],
    ['as octal escapes', Buffer.from([...plain].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''))],
    ['percent-encoded', Buffer.from([...plain].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''))],
  ])
  // Base64 of a text depends on where in three bytes it begins; what its neighbours colour is left off.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), plain])
    const text = shifted.toString('base64').slice(shift === 0 ? 0 : 4, -4)
    forms.set(`base64, shifted by ${shift}`, Buffer.from(text))
    forms.set(`base64url, shifted by ${shift}`, Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_')))
  }
  return forms
}

export type Find = { readonly file: string; readonly form: string; readonly around: string }

/** Looks through every byte of every file below the folders. A file that ends while it is read counts as gone. */
export function findCanaries(tag: string, folders: readonly string[]): { finds: Find[]; bytes: number } {
  const forms = formsOf(tag)
  const finds: Find[] = []
  let bytes = 0
  for (const file of folders.flatMap(filesBelow)) {
    let content: Buffer
    try {
      content = readFileSync(file)
    } catch {
      continue
    }
    bytes += content.length
    finds.push(...findIn(content, forms).map((find) => ({ file, ...find })))
  }
  return { finds, bytes }
}

export function findIn(content: Buffer, forms: ReadonlyMap<string, Buffer>): Omit<Find, 'file'>[] {
  const finds: Omit<Find, 'file'>[] = []
  for (const [form, needle] of forms) {
    const at = content.indexOf(needle)
    if (at < 0) continue
    const around = content.subarray(Math.max(0, at - 60), at + needle.length + 40)
    finds.push({ form, around: around.toString('latin1').replaceAll(/[^\x20-\x7e]+/g, '·') })
  }
  return finds
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
