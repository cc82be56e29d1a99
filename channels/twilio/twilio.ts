import type { Provider, ProviderDeps, ProviderKind } from '../provider.ts'
import { TwilioHooks } from './hooks.ts'
import { missedHooks } from './missed-hooks.ts'
import { TwilioChannel } from './twilio-channel.ts'
import { credentialsOf, readTwilioSettings, twilioOrigins } from './twilio-settings.ts'

/** Settings: `baseUrl`, `accountSid`, `authToken`, `from`, and optionally `partsMax`, `perSecond`, `costMicros` a part. */
export const twilioSms: ProviderKind = {
  kind: 'sms',
  origins: twilioOrigins,
  read(settings, place): (deps: ProviderDeps) => Provider {
    const own = readTwilioSettings(settings)
    const { accountSid, authToken, apiUrl } = own
    const origin = URL.parse(apiUrl)?.origin ?? ''
    return (deps) => {
      const { clock, outbound } = deps
      const hooks = { channelId: place.id, country: place.country, accountSid, authToken, origin, outbound }
      const reader = new TwilioHooks({ ...hooks, nowMs: () => clock.nowMs() })
      const asker = { outbound, apiUrl, headers: credentialsOf(own), accountSid, sender: own.from }
      return {
        channel: new TwilioChannel(own, deps, place),
        reader,
        hooks: reader,
        missed: (sinceMs, signal) => missedHooks(asker, sinceMs, signal),
      }
    }
  },
}
