import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Seeded } from '../seeded.ts'

/** Words and numbers that nobody would write by chance: all hold one of two tags, so that one search finds them all. */
export class Canaries {
  readonly tag: string
  /** Stands in every telephone number, where a spelling does not divide it. */
  readonly digits: string
  readonly planted = new Map<string, string>()
  /** As somebody spelled them, with spaces and hyphens. */
  readonly spellings = new Set<string>()
  /** Six digits to sign in by, which stand elsewhere by chance as part of longer numbers. */
  readonly codes = new Set<string>()
  #numbers = 0

  constructor(random: Seeded) {
    this.tag = `kanarie${random.bytes(8).toString('hex')}`
    this.digits = `152${String(random.between(0, 9_999_999)).padStart(7, '0')}`
  }

  /** A mobile number of Germany, as it is and as people write it. */
  number(place: string): { e164: string; spelled: string } {
    if (this.#numbers > 9) throw new Error('There are ten numbers and no more.')
    const [t, d] = [this.digits.slice(3), this.#numbers++]
    const spelled = [
      `0152 ${t.slice(0, 4)} ${t.slice(4)}${d}`,
      `0049-152-${t.slice(0, 3)}-${t.slice(3)}${d}`,
      `+49 (0) 152 / ${t.slice(0, 2)} ${t.slice(2, 4)} ${t.slice(4)}${d}`,
      `(0152) ${t}${d}`,
      `+49152${t}${d}`,
    ][d % 5] as string
    this.spellings.add(spelled)
    this.planted.set(place, spelled)
    return { e164: `+49152${t}${d}`, spelled }
  }

  code(place: string, text: string): string {
    const code = /\b\d{6}\b/.exec(text)?.[0]
    if (code === undefined) throw new Error(`There is no code in ${text}.`)
    this.codes.add(code)
    this.planted.set(place, code)
    return code
  }

  /** Every way in which any of them might stand in bytes; those of digits that are written alike are there once. */
  forms(): Map<string, Buffer> {
    const forms = formsOf(this.tag)
    const known = new Set<string>()
    for (const [form, bytes] of formsOf(this.digits)) {
      const text = bytes.toString('latin1')
      if (!known.has(text)) forms.set(`number, ${form}`, bytes)
      known.add(text)
    }
    for (const text of this.spellings) forms.set(text, Buffer.from(text))
    return forms
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
    ['quoted-printable', Buffer.from([...plain].map((byte) => `=${byte.toString(16).toUpperCase()}`).join(''))],
  ])
  // Compressed by PostgreSQL or broken into lines by a mail, eight bytes in a row stay whole somewhere: of the part that is random.
  for (let at = 0; at < 8 && tag.length - at >= 16; at++)
    forms.set(`piece ${at}`, plain.subarray(-8 - at, plain.length - at))
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
export function findCanaries(canaries: Canaries, folders: readonly string[]): { finds: Find[]; bytes: number } {
  const forms = canaries.forms()
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
    finds.push(...[...findIn(content, forms), ...findCodes(content, canaries.codes)].map((find) => ({ file, ...find })))
  }
  return { finds, bytes }
}

/** Where a code stands alone, not in a longer word or number. */
export function findCodes(content: Buffer, codes: ReadonlySet<string>): Omit<Find, 'file'>[] {
  const finds: Omit<Find, 'file'>[] = []
  for (const code of codes) {
    for (let at = content.indexOf(code); at >= 0; at = content.indexOf(code, at + 1)) {
      const around = content.toString('latin1', Math.max(0, at - 1), at + code.length + 1)
      if (/(^|[^0-9A-Za-z.])\d{6}($|[^0-9A-Za-z.])/.test(around)) finds.push({ form: 'code', around })
    }
  }
  return finds
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
