/** The simulated Twilio's HTTP: https://www.twilio.com/docs/messaging/api/message-resource */
import { FileAnswer, type Route, type RouteRequest, route } from '#platform/api.ts'
import type { World } from '../world.ts'
import { listPage } from './message-pages.ts'
import { messageResource } from './message-resource.ts'
import type { Message, SimulatedTwilio } from './simulated-twilio.ts'

const base = '/2010-04-01/Accounts/:account/Messages'
const bodyLengthMax = 1_600
const meanings: Readonly<Record<number, string>> = {
  20003: 'Authenticate',
  20404: 'The requested resource was not found',
  20429: 'Too Many Requests',
  20500: 'An internal server error has occurred',
  21211: "The 'To' number is not a valid phone number.",
  21602: 'Message body is required.',
  21603: "A 'From' phone number is required.",
  21604: "A 'To' phone number is required.",
  21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number.",
  21610: 'Attempt to send to unsubscribed recipient',
  21617: 'The concatenated message body exceeds the 1600 character limit',
}

export type TwilioRoutesDeps = { readonly world: World; readonly twilio: SimulatedTwilio }
type Handler = (request: RouteRequest, accountSid: string) => Promise<FileAnswer>

export function twilioRoutes(deps: TwilioRoutesDeps): Route[] {
  const { twilio } = deps
  const made = (method: Route['method'], path: string, operation: string, handle: Handler): Route =>
    route({
      method,
      path,
      operation,
      needs: 'nobody',
      bodyKind: method === 'POST' ? 'bytes' : 'none',
      async handle(request) {
        const accountSid = String(request.params.account)
        if (!isAdmitted(twilio, accountSid, request.headers.authorization)) return errorAnswer(401, 20003)
        return handle(request, accountSid)
      },
    })
  const one = (request: RouteRequest, accountSid: string): Message | undefined =>
    twilio.message(accountSid, String(request.params.file).replace(/\.json$/, ''))
  const shown = (message: Message) => jsonAnswer(200, messageResource(message, twilio.stateOf(message)))
  return [
    made('POST', `${base}.json`, 'twilioCreateMessage', (request, accountSid) => create(deps, request, accountSid)),
    made('GET', `${base}.json`, 'twilioListMessages', async (request, accountSid) =>
      jsonAnswer(200, listPage(twilio, accountSid, request)),
    ),
    made('GET', `${base}/:file`, 'twilioFetchMessage', async (request, accountSid) => {
      const message = one(request, accountSid)
      return message === undefined ? errorAnswer(404, 20404) : shown(message)
    }),
    // An empty body takes the words out of Twilio's hands.
    made('POST', `${base}/:file`, 'twilioUpdateMessage', async (request, accountSid) => {
      const message = one(request, accountSid)
      if (message === undefined) return errorAnswer(404, 20404)
      if (formOf(request).get('Body') === '') await twilio.redact(message, false)
      return shown(message)
    }),
    made('DELETE', `${base}/:file`, 'twilioDeleteMessage', async (request, accountSid) => {
      const message = one(request, accountSid)
      if (message === undefined) return errorAnswer(404, 20404)
      await twilio.redact(message, true)
      return new FileAnswer(Buffer.alloc(0), {}, 204)
    }),
    made('GET', `${base}/:file/Media.json`, 'twilioListMedia', async (request, accountSid) => {
      const message = one(request, accountSid)
      if (message === undefined) return errorAnswer(404, 20404)
      const path = request.url.split('?', 1)[0]!.replace(/\.json$/, '')
      const list = (message.media ?? []).map(({ sid, type }) => ({
        sid,
        account_sid: accountSid,
        parent_sid: message.sid,
        content_type: type,
        uri: `${path}/${sid}.json`,
      }))
      return jsonAnswer(200, { media_list: list, next_page_uri: null, page: 0, page_size: 50 })
    }),
    made('GET', `${base}/:file/Media/:media`, 'twilioFetchMedia', async (request, accountSid) => {
      const media = one(request, accountSid)?.media?.find(({ sid }) => sid === request.params.media)
      if (media === undefined) return errorAnswer(404, 20404)
      return new FileAnswer(Buffer.from(media.base64, 'base64'), { 'content-type': media.type })
    }),
  ]
}

async function create(
  { world, twilio }: TwilioRoutesDeps,
  request: RouteRequest,
  accountSid: string,
): Promise<FileAnswer> {
  const form = formOf(request)
  const to = form.get('To') ?? ''
  const code = refusalOf(twilio, accountSid, form)
  if (code !== undefined) {
    await twilio.refused(to, 400, code)
    return errorAnswer(400, code)
  }
  const step = await world.step(to)
  if (step.answer === 'throttle') {
    return errorAnswer(429, 20429, { 'retry-after': String(step.retryAfterS ?? 1) })
  }
  if (step.answer === 'error') return errorAnswer(500, 20500)
  if (step.answer === 'refuse') {
    await twilio.refused(to, 400, step.code ?? 21211)
    return errorAnswer(400, step.code ?? 21211)
  }
  const messagingServiceSid = form.get('MessagingServiceSid') ?? undefined
  const message = await twilio.accept(
    {
      accountSid,
      from: form.get('From') ?? messagingServiceSid ?? '',
      to,
      body: form.get('Body') ?? '',
      messagingServiceSid,
      statusCallback: form.get('StatusCallback') ?? undefined,
    },
    step,
  )
  if (step.answer === 'timeout') await clientLeft(request.signal)
  return jsonAnswer(201, messageResource(message, twilio.stateOf(message)))
}

function refusalOf(twilio: SimulatedTwilio, accountSid: string, form: URLSearchParams): number | undefined {
  const [to, from, body] = [form.get('To') ?? '', form.get('From'), form.get('Body') ?? '']
  const sender = from ?? form.get('MessagingServiceSid')
  if (to === '') return 21604
  if (sender === null) return 21603
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return 21211
  if (twilio.number(sender)?.accountSid !== accountSid) return 21606
  if (body === '') return 21602
  if (body.length > bodyLengthMax) return 21617
  return twilio.isOptedOut(sender, to) ? 21610 : undefined
}

function isAdmitted(twilio: SimulatedTwilio, accountSid: string, authorization: string | undefined): boolean {
  const token = twilio.tokenOf(accountSid)
  if (token === undefined || authorization === undefined) return false
  return authorization === `Basic ${Buffer.from(`${accountSid}:${token}`).toString('base64')}`
}

function formOf(request: RouteRequest): URLSearchParams {
  return new URLSearchParams((request.body as Buffer).toString('utf8'))
}

function clientLeft(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function jsonAnswer(status: number, value: object): FileAnswer {
  return new FileAnswer(Buffer.from(JSON.stringify(value)), { 'content-type': 'application/json' }, status)
}

function errorAnswer(status: number, code: number, headers: Record<string, string> = {}): FileAnswer {
  const body = {
    code,
    message: meanings[code] ?? 'Refused',
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  }
  return new FileAnswer(Buffer.from(JSON.stringify(body)), { 'content-type': 'application/json', ...headers }, status)
}
