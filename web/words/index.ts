import { en, type Words } from './en.ts'

export type { Words } from './en.ts'

/** The words of the language in use. A further language is a further file with the same shape, chosen here. */
export const words: Words = en
