import type { Subject } from '#access/api.ts'
import { JsonBytes, type Route } from '#platform/api.ts'
import type { Chancery } from '../../composition/platform.ts'

type Wish = { readonly params?: object; readonly query?: object; readonly body?: object }

/** Asks for what anybody asks for over HTTP, with the same handlers and the same rules, and without a session. */
export class Counter {
  readonly #chancery: Chancery
  readonly #routes: ReadonlyMap<string, Route>
  #asked = 0

  constructor(chancery: Chancery) {
    this.#chancery = chancery
    const routes = [...chancery.engagement.routes, ...chancery.channels.routes]
    this.#routes = new Map(routes.map((route) => [route.operation, route]))
  }

  async ask(caller: Subject, operation: string, { params = {}, query = {}, body }: Wish = {}): Promise<any> {
    const route = this.#routes.get(operation)
    if (route === undefined) throw new Error(`Nothing is called ${operation}.`)
    if (route.needs !== 'session')
      this.#chancery.access.require(caller, route.needs as Parameters<Chancery['access']['require']>[1])
    const answer = await route.handle({
      params,
      query,
      body,
      caller,
      ip: '127.0.0.1',
      headers: {},
      signal: new AbortController().signal,
      requestId: `demo ${++this.#asked}`,
      url: '',
    })
    return answer instanceof JsonBytes ? JSON.parse(String(answer.bytes)) : answer
  }
}
