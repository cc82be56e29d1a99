import { ar } from './ar.ts'
import { de } from './de.ts'
import { deSimple } from './de-simple.ts'
import { en, type Words } from './en.ts'

export type { Words }

const all: ReadonlyMap<string, Words> = new Map([en, de, deSimple, ar].map((words) => [words.lang, words]))

export const languages: readonly Words[] = [...all.values()]

/**
 * The first of these languages that the pages speak (BCP 47); English where none fits. A region does not matter; the variant
 * `simple`, easy words in short sentences, is had where it was asked for.
 */
export function wordsIn(...wished: readonly (string | undefined)[]): Words {
  for (const tag of wished) {
    const words = tag === undefined ? undefined : found(tag)
    if (words !== undefined) return words
  }
  return en
}

function found(tag: string): Words | undefined {
  const parts = tag.toLowerCase().split(/[-_]/)
  const [language = ''] = parts
  return (parts.includes('simple') ? all.get(`${language}-simple`) : undefined) ?? all.get(language)
}

/** A language of the pages for somebody who reads this one, in easy words where she asked for them; undefined for none. */
export function knownLanguage(language: string | undefined, isEasy: boolean): string | undefined {
  return language === undefined ? undefined : found(isEasy ? `${language}-simple` : language)?.lang
}

/** RFC 9110 §12.5.4: what a browser accepts, the best first. */
export function acceptedLanguages(header = ''): string[] {
  const wishes = header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
  return wishes
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}
