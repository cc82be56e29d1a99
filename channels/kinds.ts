import { mail } from './mail/mail.ts'
import type { ProviderKind } from './provider.ts'
import { twilioSms } from './twilio/twilio.ts'

/** What may stand after `kind` in the configuration. */
export const providerKinds: Readonly<Record<string, ProviderKind>> = {
  'twilio-sms': twilioSms,
  mail,
}
