import fc from 'fast-check'
import { getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { describe, expect, it } from 'vitest'
import { isSignedByTwilio, twilioSignature } from './signature.ts'

const token = 'an invented secret'

/** Parameters as the SDK takes them. */
function asObject(form: URLSearchParams): Record<string, string | string[]> {
  const entries = [...new Set(form.keys())].map((name) => {
    const values = form.getAll(name)
    return [name, values.length === 1 ? values[0]! : values] as const
  })
  return Object.fromEntries(entries)
}

describe('the signature of a hook', () => {
  it('is the one of the documentation', () => {
    const form = new URLSearchParams({
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    })
    expect(twilioSignature('12345', 'https://mycompany.com/myapp.php?foo=1&bar=2', form)).toBe(
      'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
    )
  })

  it('is what the SDK makes and takes, whatever the form holds', () => {
    const pair = fc.tuple(fc.stringMatching(/^[A-Za-z]{1,8}\d?$/), fc.string({ unit: 'grapheme', maxLength: 12 }))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), fc.constantFrom('', ':443', ':8443'), (pairs, port) => {
        const form = new URLSearchParams(pairs.filter(([name]) => name !== '__proto__'))
        const url = `https://desk.agency.example${port}/hooks/sms/status?attempt=a_1-2&sent=1`
        const ours = twilioSignature(token, url, form)
        expect(ours).toBe(getExpectedTwilioSignature(token, url, asObject(form)))
        if (port !== ':8443') expect(validateRequest(token, ours, url, asObject(form))).toBe(true)
        expect(isSignedByTwilio(token, ours, url, form)).toBe(true)
        expect(isSignedByTwilio(`${token}!`, ours, url, form)).toBe(false)
      }),
    )
  })

  it('fits with the port and without, and to nothing else', () => {
    const form = new URLSearchParams({ Body: 'Good morning' })
    const isTaken = (signed: string, called: string) =>
      isSignedByTwilio(token, twilioSignature(token, signed, form), called, form)
    expect(isTaken('https://a.example/h?x=1', 'https://a.example:8443/h?x=1')).toBe(true)
    expect(isTaken('https://a.example:443/h', 'https://a.example/h')).toBe(true)
    expect(isTaken('http://a.example:80/h', 'http://a.example/h')).toBe(true)
    expect(isTaken('http://[::1]:80/h', 'http://[::1]/h')).toBe(true)
    expect(isTaken('http://a.example:81/h', 'http://a.example/h')).toBe(false)
    expect(isTaken('https://a.example/h', 'https://a.example/h?x=1')).toBe(false)
    expect(isTaken('https://a.example/h', 'https://b.example/h')).toBe(false)
    expect(isSignedByTwilio(token, undefined, 'https://a.example/h', form)).toBe(false)
    expect(isSignedByTwilio(token, '', 'https://a.example/h', form)).toBe(false)
  })
})
