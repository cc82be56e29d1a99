/** A small alphabet of our own, five dots wide and seven high. Each letter is seven rows, top first, as base-32 digits. */

export const glyphWidth = 5
export const glyphHeight = 7

const rows: Readonly<Record<string, string>> = {
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhe',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '722222c',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrlhhhh',
  N: 'hplnjhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhhlla',
  X: 'hha4ahh',
  Y: 'hha4444',
  Z: 'v1248gv',
  '0': 'ehjlphe',
  '1': '4c4444e',
  '2': 'eh1248v',
  '3': 'v1261he',
  '4': '26aiv22',
  '5': 'vgu11he',
  '6': '68guhhe',
  '7': 'v124888',
  '8': 'ehhehhe',
  '9': 'ehhf12c',
  '.': '000000c',
  ',': '00000c8',
  ':': '00c0c00',
  '-': '000e000',
  '+': '044v440',
  '/': '11248gg',
}

const digits = '0123456789abcdefghijklmnopqrstuv'

/** Whether the dot is set. Signs that are not in the alphabet are blank. */
export function glyphOf(letter: string, row: number, column: number): boolean {
  const digit = rows[letter]?.charAt(row) ?? ''
  return ((digits.indexOf(digit) >> (glyphWidth - 1 - column)) & 1) === 1 && digit !== ''
}
