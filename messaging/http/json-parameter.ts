import type { JsonValue } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'

/** A query parameter that holds JSON. */
export function parseJsonParameter(name: string, text: string | undefined): JsonValue | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(text) as JsonValue
  } catch (cause) {
    throw refuse('M_INVALID_PARAM', `The parameter ${name} must be JSON.`, { cause })
  }
}
