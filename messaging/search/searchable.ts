import { isJsonObject, type JsonObject } from '#matrix/api.ts'
import type { StoredEvent } from '../events/stored-event.ts'

/** What can be searched: one key of the content of one type each. */
export const searchableKeys = {
  'content.body': { type: 'm.room.message', key: 'body' },
  'content.name': { type: 'm.room.name', key: 'name' },
  'content.topic': { type: 'm.room.topic', key: 'topic' },
} as const

export type SearchableKey = keyof typeof searchableKeys

const keyOfType = new Map<string, string>(Object.values(searchableKeys).map(({ type, key }) => [type, key]))

export function isSearchable(type: string): boolean {
  return keyOfType.has(type)
}

/** The text of an event in which words are found: that of its edit, when it has one. */
export function searchableText(event: StoredEvent, edit?: StoredEvent): string {
  const edited = edit?.content['m.new_content']
  const content: JsonObject = isJsonObject(edited) ? edited : event.content
  const text = content[keyOfType.get(event.type) ?? '']
  return typeof text === 'string' ? text : ''
}
