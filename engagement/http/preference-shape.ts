import Type from 'typebox'
import { Kind, Language } from './shapes.ts'

const Hour = Type.String({ pattern: '^(?:[01][0-9]|2[0-3]):[0-5][0-9]$' })
const formatsMax = 5
const ReadingFormats = Type.Union([
  Type.Literal('large-print'),
  Type.Literal('easy-language'),
  Type.Literal('sign-language'),
  Type.Literal('voice'),
  Type.Literal('plain-text'),
])

export const PreferencesShape = Type.Object({
  /** The best first. */
  channels: Type.Optional(Type.Array(Kind, { maxItems: 3, uniqueItems: true })),
  language: Type.Optional(Language),
  /** Nothing that can wait is sent then; `from` may be later than `to`. */
  quietHours: Type.Optional(Type.Object({ from: Hour, to: Hour, timeZone: Type.String({ maxLength: 60 }) })),
  /** The first day on which what can wait is sent again. */
  quietUntil: Type.Optional(
    Type.Object({ day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), timeZone: Type.String({ maxLength: 60 }) }),
  ),
  formats: Type.Optional(Type.Array(ReadingFormats, { maxItems: formatsMax, uniqueItems: true })),
})
