import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Random } from '#platform/api.ts'

/**
 * Secrets that are handed out once and kept only as SHA-256: `chy_` or another mark of their kind, 256 random bits in
 * base64url, and a checksum. Mark and checksum let scanners of source code and logs find a leaked one without doubt,
 * and let the server turn down a mistyped one without asking the database.
 */
const marks = {
  access: 'chy_',
  refresh: 'chr_',
  setup: 'chs_',
  invitation: 'chi_',
  login: 'chl_',
  openId: 'cho_',
  api: 'cha_',
} as const
export type TokenKind = keyof typeof marks

const secretBytes = 32
const tokenPattern = /^(ch[yrsiloa]_[A-Za-z0-9_-]{43})([A-Za-z0-9_-]{6})$/

export function makeToken(random: Random, kind: TokenKind): string {
  const body = marks[kind] + random.bytes(secretBytes).toString('base64url')
  return body + checksum(body)
}

export function isWellFormedToken(token: string, kind: TokenKind): boolean {
  const match = tokenPattern.exec(token)
  return match !== null && token.startsWith(marks[kind]) && checksum(match[1]!) === match[2]
}

/** By its mark alone. */
export function isTokenOf(token: string, kind: TokenKind): boolean {
  return token.startsWith(marks[kind])
}

/** 32 bytes; what the tables keep. No salt is needed, because nobody can guess 256 bits. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

function checksum(body: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64url')
}
