/** The telephones of citizens as a page, for whoever looks on: https://…/phone. A tool of the demo and of developers. */
import { FileAnswer, Refusal, type Route, type RouteRequest, route } from '#platform/api.ts'
import { refuseStrangers } from '../control-routes.ts'
import type { Citizen, World } from '../world.ts'
import type { Citizens } from './citizens.ts'
import { phonePage } from './phone-page.ts'
import { phoneScript } from './script.ts'
import { phoneStyle } from './style.ts'

const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
  "frame-ancestors 'none'"
const formBytesMax = 256 * 1024

export function phoneRoutes(world: World, citizens: Citizens): Route[] {
  const page = (citizen: Citizen | undefined, more: { notice?: string; wish?: URLSearchParams } = {}) =>
    phonePage({ world, citizens, citizen, ...more })
  return [
    shown('GET', '/phone', 'simulatorPhone', async ({ url }) => {
      const who = new URL(url, 'http://phone.invalid').searchParams.get('who')
      const citizen = who === null ? undefined : citizens.find(who)
      const notice = who !== null && citizen === undefined ? 'This is neither a number nor a mail address.' : undefined
      return pageAnswer(page(citizen ?? citizens.all()[0], notice === undefined ? {} : { notice }), notice ? 400 : 200)
    }),
    shown('POST', '/phone', 'simulatorWrite', async ({ body }) => {
      const wish = new URLSearchParams((body as Buffer).toString('utf8'))
      const read = (name: string) => wish.get(name) ?? ''
      const citizen = citizens.find(read('who'))
      if (citizen === undefined) return pageAnswer(page(undefined, { notice: 'Choose somebody first.' }), 400)
      try {
        const text = read('text').replace(/\r\n/g, '\n')
        await citizens.say(citizen, { to: read('to'), subject: read('subject').trim(), text })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return pageAnswer(page(citizen, { notice: error.message, wish }), 400)
      }
      const query = new URLSearchParams({ who: citizen.addresses[0] ?? '', to: read('to') })
      return new FileAnswer(Buffer.alloc(0), { location: `/phone?${query}` }, 303)
    }),
    shown('GET', '/phone/style.css', 'simulatorPhoneStyle', async () => fileAnswer(phoneStyle, 'text/css')),
    shown('GET', '/phone/script.js', 'simulatorPhoneScript', async () => fileAnswer(phoneScript, 'text/javascript')),
  ]
}

function shown(
  method: 'GET' | 'POST',
  path: string,
  operation: string,
  handle: (request: RouteRequest) => Promise<FileAnswer>,
): Route {
  return route({
    method,
    path,
    operation,
    needs: 'nobody',
    ...(method === 'POST' ? { bodyKind: 'bytes' as const, bodyBytesMax: formBytesMax } : {}),
    handle: async (request) => {
      refuseStrangers(request)
      return handle(request)
    },
  })
}

const fileAnswer = (text: string, type: string) =>
  new FileAnswer(Buffer.from(text), { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' })

function pageAnswer(text: string, status: number): FileAnswer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  }
  return new FileAnswer(Buffer.from(text), headers, status)
}
