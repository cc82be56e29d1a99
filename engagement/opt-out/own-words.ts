/** Lines by which programs introduce what is quoted below them. */
const quoteOpeners = [
  /^[-_*]{3,}\s*\p{L}.*[-_*]{3,}$/u,
  /^_{10,}$/,
  /^(from|von|de|da|od|fra|från|van|lähettäjä|feladó|от|від|από|nuo|no|saatja|kimden|من)\s*:\s*\S/iu,
]
const signature = /^--\s*$/
/** What telephones and mail programs put under a mail. */
const advertised = /\b(iphone|ipad|android|outlook|galaxy|samsung|huawei|xiaomi|thunderbird|gmail|proton|yahoo)\b/i
const advertisedWordsMax = 8
/** A line of greeting alone: under it stands a name, which may mean anything. */
const farewell = new RegExp(
  `^(${[
    ...['(kind|best|warm)?\\s*regards', 'best wishes', 'yours (sincerely|faithfully|truly)', 'sincerely', 'cheers'],
    ...[
      'mit freundlichen grüßen',
      'freundliche grüße',
      'viele grüße',
      'liebe grüße',
      'beste grüße',
      'mfg',
      'hochachtungsvoll',
    ],
    ...['cordialement', 'bien à vous', 'salutations.*', 'un (cordial )?saludo', 'saludos.*', 'atentamente'],
    ...['cordiali saluti', 'distinti saluti', 'saluti', '(com os melhores )?cumprimentos', 'atenciosamente'],
    ...['(met )?vriendelijke groet(en)?', 'hoogachtend', 'z poważaniem', 'pozdrawiam.*', 'pozdrowienia'],
    ...['cu (stimă|respect)', 'με εκτίμηση', 's pozdravem', 's pozdravom', 'üdvözlettel', 'tisztelettel'],
    ...['(med )?vänlig(a)? hälsning(ar)?', 'hälsningar', '(med )?venlig hilsen', 'mvh', '(ystävällisin )?terveisin'],
    ...['поздрави', 'с уважение', 'з повагою', 'srdačan pozdrav', 'lijep pozdrav', 'lep pozdrav', 's spoštovanjem'],
    ...['pagarbiai', 'ar cieņu', 'lugupidamisega', 'saygılar(ımla)?', 'مع التحية', 'مع الشكر', 'с поважением'],
  ].join('|')})\\s*[,.!]?$`,
  'iu',
)

/**
 * What she wrote herself in a mail: nothing that is quoted, nothing that stands under her name, no advertisement of a
 * program. When nothing is left, the answer is empty.
 */
export function ownWords(mail: string): string {
  const lines = mail.split(/\r\n|\r|\n/).map((line) => line.trim())
  const kept: string[] = []
  for (const [at, line] of lines.entries()) {
    if (signature.test(line) || quoteOpeners.some((opener) => opener.test(line))) break
    if (line.startsWith('>')) continue
    if (opensQuote(lines, at)) continue
    if (isAdvertisement(line)) continue
    kept.push(line)
    if (farewell.test(line) && kept.length > 1) break
  }
  return kept.join('\n')
}

/** 'On Monday Jo wrote:', whatever the language: it ends with a colon, and quoted lines follow. */
function opensQuote(lines: readonly string[], at: number): boolean {
  if (!lines[at]?.endsWith(':')) return false
  const next = lines.slice(at + 1, at + 3).find((line) => line !== '')
  return next?.startsWith('>') ?? false
}

function isAdvertisement(line: string): boolean {
  return advertised.test(line) && line.split(/\s+/).length <= advertisedWordsMax
}
