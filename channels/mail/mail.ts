import type { ReceivedMail } from '#platform/api.ts'
import type { Intake, Provider, ProviderDeps, ProviderKind, TakenHook } from '../provider.ts'
import { MailChannel } from './mail-channel.ts'
import { MailReader } from './mail-reader.ts'
import { readMailSettings } from './mail-settings.ts'
import { ownAddress } from './tags.ts'

/** Settings: `from`, `smtp` (a relay for what goes out), and optionally `listen` (a port for what comes in), `dkim`, `perSecond`. */
export const mail: ProviderKind = {
  kind: 'mail',
  origins: () => [],
  read(settings, place): (deps: ProviderDeps) => Provider {
    const own = readMailSettings(settings)
    return ({ clock, smtp }) => {
      const { box, listen, checksSenders } = own
      const { helo } = own.smtp
      const sender = smtp.sender(own.smtp)
      const reader = new MailReader({ box, channelId: place.id, resolve: smtp.resolve, helo, checksSenders })
      return {
        channel: new MailChannel(own, { clock, smtp: sender }, place),
        reader,
        prepare: loadLibraries,
        close: () => sender.close(),
        ...(listen !== undefined && {
          open: (take, count) =>
            smtp.listen({
              ...listen,
              helo,
              knows: (address) => ownAddress(box, address) !== undefined,
              take: (received) => intake(reader, received, { take, count }),
            }),
        }),
      }
    }
  },
}

/** The libraries for mail fill 25 MB: a server without mail never loads them. */
const loadLibraries = () =>
  Promise.all([
    import('mailauth'),
    import('mailparser'),
    import('nodemailer/lib/dkim'),
    import('nodemailer/lib/mail-composer'),
  ])

type Way = { take: (hook: TakenHook) => Promise<Intake>; count: (what: string) => void }

async function intake(reader: MailReader, received: ReceivedMail, { take, count }: Way) {
  const hook = reader.take(received)
  if (hook === 'refused') {
    count('malformed')
    return 'refused'
  }
  const outcome = await take(hook)
  count(outcome)
  return outcome === 'flooded' ? 'later' : 'taken'
}
