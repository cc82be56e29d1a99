import { expect, it } from 'vitest'
import { phoneNumber } from './phone-number.ts'

it.each([
  ['07700 900123', 'GB', '+447700900123'],
  ['+44 (0)7700 900123', 'DE', '+447700900123'],
  ['0044 7700 900 123', 'DE', '+447700900123'],
  ['(202) 555-0123', 'US', '+12025550123'],
  ['202.555.0123', 'US', '+12025550123'],
  ['011 44 7700 900123', 'US', '+447700900123'],
  ['٠٧٧٠٠٩٠٠١٢٣', 'GB', '+447700900123'],
  ['０７７００ ９００１２３', 'GB', '+447700900123'],
  ['+1\u00a0202\u2011555\u20110123', 'GB', '+12025550123'],
  ['0170/1234567', 'DE', '+491701234567'],
  ['06 12 34 56 78', 'FR', '+33612345678'],
])('%s in %s is %s', (text, country, number) => expect(phoneNumber(text, country)).toBe(number))

it.each([
  ['', 'US'],
  ['12345', 'US'],
  ['1-800-FLOWERS', 'US'],
  ['+1 202 555 0123 ext. 5', 'US'],
  ['+1 202 555 0123#5', 'US'],
  ['+12025550123456789', 'US'],
  ['anna@example.org', 'US'],
  ['+４４７７ΟΟ９００１２３', 'GB'],
  ['1'.repeat(41), 'US'],
])('%j in %s is no number', (text, country) => expect(phoneNumber(text, country)).toBeUndefined())
