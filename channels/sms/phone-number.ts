import libphonenumber from 'google-libphonenumber'

const { PhoneNumberFormat, PhoneNumberUtil } = libphonenumber

/** Longer is no number in any spelling. */
const textLengthMax = 40

/**
 * A number in E.164, from any national spelling and any digits of Unicode; undefined when it is none. Whether somebody has
 * it is the provider's to know: numbers that are kept for fiction and tests pass.
 */
export function phoneNumber(text: string, country: string): string | undefined {
  // Letters would be read as those on a telephone's keys, or as an extension, which no message reaches.
  if (text.length > textLengthMax || /\p{L}/u.test(text)) return undefined
  const util = PhoneNumberUtil.getInstance()
  try {
    const number = util.parse(text, country)
    if (!util.isPossibleNumber(number) || number.hasExtension()) return undefined
    return util.format(number, PhoneNumberFormat.E164)
  } catch {
    return undefined
  }
}
