import Type from 'typebox'

/** The name of a tag: at most 255 bytes, which clients keep far below. */
export const Tag = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$' })
