/** How a provider and a citizen's device behave towards an address. */
import { hash } from 'node:crypto'
import Type, { type Static } from 'typebox'

const Ms = Type.Number({ minimum: 0, maximum: 400 * 24 * 3_600_000 })

/** One step: how the next message to an address fares. Everything may be left out. */
export const StepShape = Type.Object({
  /**
   * - `accept`: as usual
   * - `throttle`: 429 with Retry-After, not accepted
   * - `error`: 500, not accepted
   * - `timeout`: accepted, and never answered
   * - `refuse`: 400 with `code`
   */
  answer: Type.Optional(
    Type.Union([
      Type.Literal('accept'),
      Type.Literal('throttle'),
      Type.Literal('error'),
      Type.Literal('timeout'),
      Type.Literal('refuse'),
    ]),
  ),
  retryAfterS: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400 })),
  /** The provider's code of a refusal, or of a failed delivery. */
  code: Type.Optional(Type.Integer()),
  /** What becomes of it in the end. `never`: it arrives, and nobody is told. `lost`: neither. */
  end: Type.Optional(
    Type.Union([
      Type.Literal('delivered'),
      Type.Literal('read'),
      Type.Literal('undelivered'),
      Type.Literal('never'),
      Type.Literal('lost'),
    ]),
  ),
  /** From the acceptance to the end. */
  afterMs: Type.Optional(Ms),
  /** Receipts come in another order than their states. */
  outOfOrder: Type.Optional(Type.Boolean()),
  /** Each receipt comes so often. */
  copies: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  /** What she answers, when it has arrived. */
  reply: Type.Optional(Type.Object({ text: Type.String({ maxLength: 20_000 }), afterMs: Type.Optional(Ms) })),
})

export type Step = Static<typeof StepShape>

/** For addresses without a script: how likely each trouble is, from 0 to 1. Drawn by the seed and the message's number. */
export const WeatherShape = Type.Object({
  throttle: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  error: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  timeout: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  undelivered: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  never: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  outOfOrder: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  duplicate: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Longest time to the end; drawn evenly. */
  afterMsMax: Type.Optional(Ms),
})

export type Weather = Static<typeof WeatherShape>

/** A number from 0 to 1 that a seed and a name give again. */
export function drawn(seed: number, name: string): number {
  return hash('sha256', `${seed} ${name}`, 'buffer').readUInt32BE(0) / 2 ** 32
}

/** `hex` of a name, for ids that a seed gives again. */
export function drawnHex(seed: number, name: string, length: number): string {
  return hash('sha256', `${seed} ${name}`, 'hex').slice(0, length)
}

export function stepOfWeather(weather: Weather, seed: number, name: string): Step {
  const happens = (what: 'undelivered' | 'never' | 'outOfOrder' | 'duplicate') =>
    drawn(seed, `${name} ${what}`) < (weather[what] ?? 0)
  const { afterMsMax } = weather
  return {
    answer: answerOf(weather, drawn(seed, `${name} answer`)),
    retryAfterS: 1,
    ...(happens('undelivered') ? { end: 'undelivered' as const } : happens('never') ? { end: 'never' as const } : {}),
    outOfOrder: happens('outOfOrder'),
    copies: happens('duplicate') ? 3 : 1,
    ...(afterMsMax !== undefined && { afterMs: Math.floor(drawn(seed, `${name} after`) * afterMsMax) }),
  }
}

function answerOf({ throttle = 0, error = 0, timeout = 0 }: Weather, at: number): NonNullable<Step['answer']> {
  if (at < throttle) return 'throttle'
  if (at < throttle + error) return 'error'
  return at < throttle + error + timeout ? 'timeout' : 'accept'
}
