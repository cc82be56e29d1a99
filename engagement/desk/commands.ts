import type { JsonObject } from '#matrix/api.ts'
import type { AddressKind } from '../people/types.ts'

export type Command =
  | { readonly name: 'by'; readonly kind: AddressKind }
  | { readonly name: 'close' | 'wait' | 'help' }
  | { readonly name: 'note'; readonly text: string }
  /** Begins like a command and is none: it goes nowhere either. */
  | { readonly name: 'unknown' }

/** How people call the kinds of channels. */
const kindsByWord: Readonly<Record<string, AddressKind>> = {
  sms: 'sms',
  text: 'sms',
  phone: 'sms',
  mail: 'mail',
  email: 'mail',
  'e-mail': 'mail',
  inbox: 'inbox',
}

export const commandHelp =
  'Lines that begin with ! are for the desk and go nowhere. ' +
  '!by sms, !by mail or !by inbox: your next message goes that way. !wait: she has to answer. ' +
  '!close: the matter is settled. !note and words: written into the notes.'

/** Whether a message stays in the room because it begins with `!`. */
export function isCommand(content: JsonObject): boolean {
  return typeof content.body === 'string' && content.body.trimStart().startsWith('!')
}

/** Undefined where the message is no command. */
export function commandIn(content: JsonObject): Command | undefined {
  if (!isCommand(content) || typeof content.body !== 'string') return undefined
  const [, word = '', rest = ''] = /^!\s*(\S*)\s*([\s\S]*)$/.exec(content.body.trim()) ?? []
  const name = word.toLowerCase()
  if (name === 'by') {
    const kind = Object.hasOwn(kindsByWord, rest.trim().toLowerCase())
      ? kindsByWord[rest.trim().toLowerCase()]
      : undefined
    return kind === undefined ? { name: 'unknown' } : { name, kind }
  }
  if (name === 'note') return rest === '' ? { name: 'unknown' } : { name, text: rest }
  return name === 'close' || name === 'wait' || name === 'help' ? { name } : { name: 'unknown' }
}
