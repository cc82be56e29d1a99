/** By which tests, proofs and the demo speak to the simulator. JSON; for programs on the same machine alone. */
import Type from 'typebox'
import { type Route, type RouteRequest, refuse, route } from '#platform/api.ts'
import type { Caller } from './caller.ts'
import type { SimulatedMail } from './mail/simulated-mail.ts'
import { StepShape, WeatherShape } from './script.ts'
import type { SimulatedTwilio } from './twilio/simulated-twilio.ts'
import type { World } from './world.ts'

export type ControlDeps = {
  readonly world: World
  readonly caller: Caller
  readonly twilio: SimulatedTwilio
  readonly mail: SimulatedMail
}

const Address = Type.String({ minLength: 1, maxLength: 320 })
const factsPerAnswer = 10_000
const waitMsMax = 30_000

export function controlRoutes({ world, caller, twilio, mail }: ControlDeps): Route[] {
  return [
    control('POST', '/simulator/scripts', 'simulatorSetScript', {
      body: Type.Object({ address: Address, steps: Type.Array(StepShape, { maxItems: 1_000 }) }),
      handle: async ({ body }) => {
        await world.add({ what: 'script', address: body.address, steps: body.steps })
        return {}
      },
    }),
    control('POST', '/simulator/weather', 'simulatorSetWeather', {
      body: WeatherShape,
      handle: async ({ body }) => {
        await world.add({ what: 'weather', weather: body })
        return {}
      },
    }),
    control('POST', '/simulator/clock', 'simulatorMoveClock', {
      body: Type.Object({ advance_ms: Type.Number({ minimum: 0, maximum: 10 * 366 * 24 * 3_600_000 }) }),
      handle: async ({ body }) => {
        await world.advance(body.advance_ms)
        return { now_ms: world.clock.nowMs() }
      },
    }),
    control('POST', '/simulator/twilio/numbers', 'simulatorSetNumber', {
      body: Type.Object({
        account_sid: Type.String(),
        auth_token: Type.String(),
        number: Address,
        name: Type.Optional(Address),
        inbound_url: Type.Optional(Type.String()),
        opt_out: Type.Optional(Type.Union([Type.Literal('off'), Type.Literal('default'), Type.Literal('advanced')])),
      }),
      handle: async ({ body }) => {
        const { account_sid: accountSid, auth_token: authToken, number, name, inbound_url: inboundUrl } = body
        await twilio.register({ accountSid, authToken, number, name, inboundUrl, optOut: body.opt_out ?? 'off' })
        return {}
      },
    }),
    control('POST', '/simulator/texts', 'simulatorText', {
      body: Type.Object({
        from: Address,
        to: Address,
        text: Type.String({ maxLength: 20_000 }),
        copies: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        media: Type.Optional(Type.Array(Type.Object({ type: Type.String(), base64: Type.String() }), { maxItems: 20 })),
      }),
      handle: async ({ body }) => {
        const { media = [], copies = 1 } = body
        return { id: await twilio.say(body.from, body.to, body.text, { media, copies }) }
      },
    }),
    control('POST', '/simulator/forget', 'simulatorForget', {
      body: Type.Object({ address: Address }),
      handle: async ({ body }) => ({ facts: await world.forget(body.address) }),
    }),
    ...mailRoutes(mail),
    ...citizenRoutes(world),
    ...truthRoutes({ world, caller }),
  ]
}

function mailRoutes(mail: SimulatedMail): Route[] {
  return [
    control('POST', '/simulator/mail/mailboxes', 'simulatorSetMailbox', {
      body: Type.Object({
        address: Address,
        name: Type.Optional(Address),
        host: Type.String(),
        port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      }),
      handle: async ({ body }) => {
        await mail.register(body)
        return {}
      },
    }),
    control('POST', '/simulator/mails', 'simulatorMail', {
      body: Type.Object({
        from: Address,
        to: Address,
        text: Type.String({ maxLength: 200_000 }),
        subject: Type.Optional(Type.String({ maxLength: 1_000 })),
        in_reply_to: Type.Optional(Type.String({ maxLength: 1_000 })),
        copies: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      }),
      handle: async ({ body }) => {
        const { in_reply_to: inReplyTo, ...words } = body
        return { id: await mail.say({ ...words, inReplyTo }) }
      },
    }),
  ]
}

/** Who is out there, for whoever looks on at /phone. */
function citizenRoutes(world: World): Route[] {
  return [
    control('POST', '/simulator/citizens', 'simulatorSetCitizen', {
      body: Type.Object({ name: Address, addresses: Type.Array(Address, { minItems: 1, maxItems: 2 }) }),
      handle: async ({ body }) => {
        await world.add({ what: 'citizen', ...body })
        return {}
      },
    }),
    control('POST', '/simulator/pages', 'simulatorSetPages', {
      body: Type.Object({ name: Address, url: Type.String({ pattern: '^https?://', maxLength: 2_000 }) }),
      handle: async ({ body }) => {
        await world.add({ what: 'pages', ...body })
        return {}
      },
    }),
  ]
}

/** What is true, for whoever judges or looks on. */
function truthRoutes({ world, caller }: Pick<ControlDeps, 'world' | 'caller'>): Route[] {
  return [
    control('GET', '/simulator/received', 'simulatorReceived', {
      query: Type.Object({ address: Address }),
      handle: async ({ query }) => ({ received: world.receivedBy(query.address) }),
    }),
    control('GET', '/simulator/facts', 'simulatorFacts', {
      query: Type.Object({
        after: Type.Optional(Type.Integer({ minimum: 0 })),
        what: Type.Optional(Type.String()),
        wait_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: waitMsMax })),
      }),
      handle: async ({ query, signal }) => {
        const after = query.after ?? 0
        if (query.wait_ms !== undefined) {
          await world.factAfter(after, AbortSignal.any([signal, AbortSignal.timeout(query.wait_ms)]))
        }
        const facts = world.facts.slice(after, after + factsPerAnswer)
        const next = after + facts.length
        return { facts: facts.filter(({ what }) => query.what === undefined || what === query.what), next }
      },
    }),
    control('GET', '/simulator/state', 'simulatorState', {
      handle: async () => ({
        now_ms: world.clock.nowMs(),
        facts: world.facts.length,
        addresses: world.addresses().length,
        scheduled: world.schedule.waiting,
        calls: caller.open,
      }),
    }),
  ]
}

type Control = Pick<Route, 'body' | 'query'> & { readonly handle: (request: RouteRequest) => Promise<object> }

function control(method: 'GET' | 'POST', path: string, operation: string, { handle, ...shapes }: Control): Route {
  return route({
    method,
    path,
    operation,
    needs: 'nobody',
    ...shapes,
    bodyBytesMax: 64 * 1024 * 1024,
    handle: async (request) => {
      refuseStrangers(request)
      return handle(request)
    },
  } as Route)
}

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/

/** A page that somebody has open must not steer the simulator through the browser, neither as itself nor by a name of its own. */
export function refuseStrangers({ headers }: RouteRequest): void {
  const origin = headers.origin === undefined ? undefined : URL.parse(headers.origin)?.host
  if (loopback.test(headers.host ?? '') && (headers.origin === undefined || loopback.test(origin ?? ''))) return
  throw refuse('M_FORBIDDEN', 'The simulator is steered from its own machine only.')
}
