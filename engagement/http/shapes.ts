/** Shapes that several endpoints share. */
import Type from 'typebox'

export const AgencyKey = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$' })
export const OptionalAgency = Type.Optional(AgencyKey)
export const PublicId = Type.String({ minLength: 1, maxLength: 40 })
/** BCP 47. */
export const Language = Type.String({ pattern: '^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$' })
export const Country = Type.String({ pattern: '^[A-Z]{2}$' })
export const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f]*$',
})
export const Key = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?$' })
export const Cursor = Type.Optional(Type.String({ maxLength: 40 }))
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200 }))
export const NextCursor = Type.Optional(Type.String())

export const Kind = Type.Union([Type.Literal('sms'), Type.Literal('mail'), Type.Literal('inbox')])

export const NewAddressShape = Type.Object({
  kind: Kind,
  value: Type.String({ minLength: 1, maxLength: 300 }),
  verified: Type.Optional(Type.Boolean()),
  shared: Type.Optional(Type.Boolean()),
  readByOthers: Type.Optional(Type.Boolean()),
})

export const AddressShape = Type.Object({
  id: Type.String(),
  kind: Kind,
  value: Type.String(),
  verified: Type.Boolean(),
  shared: Type.Boolean(),
  readByOthers: Type.Boolean(),
  lastGoodMs: Type.Optional(Type.Integer()),
})

export const PersonShape = Type.Object({
  id: Type.String(),
  agency: Type.String(),
  state: Type.String(),
  name: Type.String(),
  otherNames: Type.Array(Type.String()),
  language: Type.Optional(Type.String()),
  mergedInto: Type.Optional(Type.String()),
  createdMs: Type.Integer(),
  addresses: Type.Array(AddressShape),
})

/** `opening`: of whoever asks, where she works on no open conversation with this citizen. */
export const OpenedPersonShape = Type.Object({
  ...PersonShape.properties,
  opening: Type.Optional(Type.Object({ reason: Type.String(), atMs: Type.Integer(), untilMs: Type.Integer() })),
})

export const Basis = Type.Union([
  Type.Literal('consent'),
  Type.Literal('legal-duty'),
  Type.Literal('public-task'),
  Type.Literal('emergency'),
])

/** Texts by language. */
export const WordingsShape = Type.Record(
  Type.String({ pattern: '^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$' }),
  Type.String({ minLength: 1, maxLength: 4_000 }),
  { minProperties: 1, maxProperties: 50 },
)

export const PurposeShape = Type.Object({
  id: Type.String(),
  agency: Type.String(),
  key: Type.String(),
  title: Type.String(),
  basis: Basis,
  wordingVersion: Type.Integer(),
  wordings: WordingsShape,
  closed: Type.Boolean(),
})

export const AgencyShape = Type.Object({
  key: Type.String(),
  name: Type.String(),
  country: Type.String(),
  language: Type.String(),
})
