/**
 * One process that stands for the providers, with their real wire formats, and for the citizens behind them. It is the judge
 * in tests and the outside world of the demo.
 */
import type { Journal, MovableClock, Outbound, Route, Smtp } from '#platform/api.ts'
import { Caller } from './caller.ts'
import { controlRoutes } from './control-routes.ts'
import { SimulatedMail } from './mail/simulated-mail.ts'
import { Citizens } from './phone/citizens.ts'
import { phoneRoutes } from './phone/phone-routes.ts'
import { SimulatedTwilio } from './twilio/simulated-twilio.ts'
import { twilioRoutes } from './twilio/twilio-routes.ts'
import { World } from './world.ts'

export type SimulatorDeps = {
  readonly clock: MovableClock
  /** Everything that is drawn follows from it. */
  readonly seed: number
  readonly journal: Journal
  /** What the journal held when it was opened. */
  readonly entries: readonly unknown[]
  /** By which web hooks are called. */
  readonly outbound: Outbound
  readonly smtp: Smtp
  /** Where its HTTP is reached. */
  readonly baseUrl: () => string
}

export interface Simulator {
  readonly world: World
  readonly twilio: SimulatedTwilio
  readonly mail: SimulatedMail
  /** Who is out there, and their telephones. */
  readonly citizens: Citizens
  readonly routes: readonly Route[]
  /** How much has not come to its end: web hooks, mails, and what is to happen later. */
  underWay(): number
  /** Carries what is under way, until the signal. */
  run(signal: AbortSignal): Promise<void>
}

export function createSimulator(deps: SimulatorDeps): Simulator {
  const { clock, seed, journal, outbound, smtp, baseUrl } = deps
  const world = new World({ clock, seed, journal })
  const caller = new Caller(world, outbound)
  const twilio = new SimulatedTwilio(world, caller, baseUrl)
  const mail = new SimulatedMail(world, smtp)
  const citizens = new Citizens({ world, twilio, mail })
  world.remember(deps.entries)
  twilio.resume()
  mail.resume()
  return {
    world,
    twilio,
    mail,
    citizens,
    underWay: () => caller.open + mail.underWay + world.schedule.waiting,
    routes: [
      ...twilioRoutes({ world, twilio }),
      ...controlRoutes({ world, caller, twilio, mail }),
      ...phoneRoutes(world, citizens),
    ],
    run: (signal) => world.schedule.run(signal),
  }
}
