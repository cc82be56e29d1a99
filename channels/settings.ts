/** One entry of the configuration's list of channels, read key by key. What is wrong is gathered, so that all is told at once. */

export type ChannelSettings = Readonly<Record<string, unknown>>

export class Settings {
  readonly #entry: ChannelSettings
  readonly #problems: string[]
  readonly #asked = new Set<string>()
  readonly #path: string

  constructor(entry: ChannelSettings, problems: string[] = [], path = '') {
    this.#entry = entry
    this.#problems = problems
    this.#path = path
  }

  get problems(): readonly string[] {
    return this.#problems
  }

  wrong(key: string, sentence: string): void {
    this.#problems.push(`${this.#path}${key}: ${sentence}`)
  }

  /** A text that must be there and match. Empty when it is wrong, which is told. */
  text(key: string, pattern: RegExp, right: string): string {
    const value = this.optional(key, pattern, right)
    if (value === undefined && !Object.hasOwn(this.#entry, key)) this.wrong(key, `It is missing. Give ${right}.`)
    return value ?? ''
  }

  optional(key: string, pattern: RegExp, right: string): string | undefined {
    this.#asked.add(key)
    const value = this.#entry[key]
    if (value === undefined) return undefined
    if (typeof value === 'string' && pattern.test(value)) return value
    this.wrong(key, `Its value cannot be used. Give ${right}.`)
    return undefined
  }

  /** A URL without query; `base` ends without a slash. Undefined when it is wrong, which is told. */
  url(key: string, fallback: string, right: string): { readonly base: string; readonly origin: string } | undefined {
    this.#asked.add(key)
    const value = this.#entry[key] ?? fallback
    const url = typeof value === 'string' && /^https?:\/\//i.test(value) ? URL.parse(value) : null
    if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      this.wrong(key, `Its value cannot be used. Give ${right}.`)
      return undefined
    }
    return { base: url.href.replace(/\/+$/, ''), origin: url.origin }
  }

  number(key: string, min: number, max: number): number | undefined {
    this.#asked.add(key)
    const value = this.#entry[key]
    if (value === undefined) return undefined
    const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
    if (typeof number === 'number' && number >= min && number <= max) return number
    this.wrong(key, `Its value cannot be used. Give a number from ${min} to ${max}.`)
    return undefined
  }

  flag(key: string): boolean | undefined {
    this.#asked.add(key)
    const value = this.#entry[key]
    if (value === undefined || typeof value === 'boolean') return value
    if (value === 'true' || value === 'false') return value === 'true'
    this.wrong(key, 'Its value cannot be used. Give true or false.')
    return undefined
  }

  /** A group of keys below this one. */
  group(key: string): Settings | undefined {
    this.#asked.add(key)
    const value = this.#entry[key]
    if (value === undefined) return undefined
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return new Settings(value as ChannelSettings, this.#problems, `${this.#path}${key}.`)
    }
    this.wrong(key, 'It holds no keys. Write them below it, one a line.')
    return undefined
  }

  /** Called last: keys that nobody asked for. */
  refuseOthers(): void {
    for (const key of Object.keys(this.#entry)) {
      if (this.#asked.has(key)) continue
      this.wrong(key, `There is no such key here. The keys are ${[...this.#asked].sort().join(', ')}.`)
    }
  }
}
