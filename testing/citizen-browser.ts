/** A browser without scripts, as far as the pages of citizens need one: follows redirects, keeps cookies, fills in forms. */
export class CitizenBrowser {
  readonly #url: () => string
  readonly #cookies = new Map<string, string>()
  #path = ''
  page = ''
  status = 0
  headers = new Headers()

  constructor(url: () => string) {
    this.#url = url
  }

  /** As they go to the server. */
  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async open(path: string, more: { headers?: Record<string, string> } = {}): Promise<string> {
    return this.#go('GET', path, undefined, more.headers)
  }

  /** Sends the form of the page that goes to `action`, with what it holds and what is filled in. */
  async submit(action: string, filled: Record<string, string> = {}): Promise<string> {
    const form = new RegExp(`<form action="${action.replace(/[/?.]/g, '\\$&')}"[^>]*>(.*?)</form>`, 's').exec(
      this.page,
    )?.[1]
    if (form === undefined) throw new Error(`The page at ${this.#path} has no form to ${action}:\n${this.page}`)
    return this.post(action, { ...fieldsOf(form), ...filled })
  }

  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<string> {
    return this.#go('POST', path, new URLSearchParams(fields), headers)
  }

  get path(): string {
    return this.#path
  }

  get text(): string {
    return this.page.replace(/<style.*?<\/style>|<[^>]+>/gs, ' ').replace(/\s+/g, ' ')
  }

  async #go(
    method: string,
    path: string,
    body?: URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<string> {
    const cookie = this.cookies
    const response = await fetch(this.#url() + path, {
      method,
      redirect: 'manual',
      headers: { 'accept-language': 'en', ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body !== undefined && { body }),
    })
    const text = await response.text()
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    const to = response.headers.get('location')
    if (to !== null) return this.#go('GET', to, undefined, headers)
    this.#path = path
    this.page = text
    this.status = response.status
    this.headers = response.headers
    return text
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

const unescaped = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'")

/** What a browser would send: hidden fields, chosen radios and boxes, and the selected options. */
function fieldsOf(form: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [, tag = ''] of form.matchAll(/<input ([^>]*)>/g)) {
    const [name, value, type] = ['name', 'value', 'type'].map((key) => new RegExp(`${key}="([^"]*)"`).exec(tag)?.[1])
    const isChoice = type === 'radio' || type === 'checkbox'
    if (name !== undefined && (!isChoice || / checked/.test(tag)))
      fields[name] = unescaped(value ?? (isChoice ? 'on' : ''))
  }
  for (const [, name = '', options = ''] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>(.*?)<\/select>/gs)) {
    fields[name] =
      /<option value="([^"]*)" selected>/.exec(options)?.[1] ?? /<option value="([^"]*)"/.exec(options)?.[1] ?? ''
  }
  return fields
}
