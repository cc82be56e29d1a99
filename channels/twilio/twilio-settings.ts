import type { Settings } from '../settings.ts'

export type TwilioSettings = {
  /** Where Messages.json lies, without a slash at its end. */
  readonly apiUrl: string
  readonly accountSid: string
  readonly authToken: string
  /** A number in E.164, a short code, a name, or the id of a messaging service. */
  readonly from: string
  readonly partsMax: number | undefined
  readonly perSecond: number | undefined
  readonly costMicros: number | undefined
}

const usualBase = 'https://api.twilio.com'
const baseRight = 'a URL such as https://api.twilio.com, without user name or query'

export function readTwilioSettings(settings: Settings): TwilioSettings {
  const url = settings.url('baseUrl', usualBase, baseRight)
  const accountSid = settings.text('accountSid', /^AC[0-9a-f]{32}$/i, 'the id of the account, AC and 32 digits')
  const authToken = settings.text('authToken', /^\S{8,}$/, 'the secret token of the account')
  const from = settings.text(
    'from',
    /^(\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
    'a number such as "+15551230000" (in quotes), a short code, a name, or the id of a messaging service',
  )
  return {
    apiUrl: `${url?.base}/2010-04-01/Accounts/${accountSid}`,
    accountSid,
    authToken,
    from,
    partsMax: settings.number('partsMax', 1, 10),
    perSecond: settings.number('perSecond', 0.01, 10_000),
    costMicros: settings.number('costMicros', 0, 100_000_000),
  }
}

export function twilioOrigins(settings: Settings): readonly string[] {
  const url = settings.url('baseUrl', usualBase, baseRight)
  return url === undefined ? [] : [url.origin]
}

/** The header by which Twilio knows the account. */
export function credentialsOf({ accountSid, authToken }: TwilioSettings): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` }
}
