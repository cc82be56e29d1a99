import libphonenumber from 'google-libphonenumber'
import { expect, it } from 'vitest'
import { phoneNumber } from './phone-number.ts'

const { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } = libphonenumber
const util = PhoneNumberUtil.getInstance()
const arabic = (text: string) => text.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))
const spaced = (text: string) => text.replace(/\d(?=\d)/g, '$&\u00a0')

it('every country\u2019s mobile numbers are one number, however its people write them', () => {
  const wrong: string[] = []
  let tried = 0
  for (const country of util.getSupportedRegions()) {
    const example = util.getExampleNumberForType(country, PhoneNumberType.MOBILE)
    if (example == null) continue
    const e164 = util.format(example, PhoneNumberFormat.E164)
    const national = util.format(example, PhoneNumberFormat.NATIONAL)
    const international = util.format(example, PhoneNumberFormat.INTERNATIONAL)
    const written = [national, international, e164, arabic(national), spaced(e164), national.replaceAll(' ', '-')]
    written.push(
      national.replaceAll(/[ -]/g, '.'),
      ` ${national} `,
      `\u202a${international}\u202c`,
      e164.replace('+', '\uff0b'),
    )
    // As dialled from elsewhere in the country's own way.
    written.push(util.formatOutOfCountryCallingNumber(example, country))
    for (const text of written) {
      tried += 1
      const found = phoneNumber(text, country)
      if (found !== e164) wrong.push(`${country}: ${JSON.stringify(text)} is ${found} and not ${e164}`)
    }
  }
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(2_000)
})
