import type { Address, Preferences } from '#engagement/api.ts'
import { masked } from '../choices/addresses.ts'
import { formats } from '../choices/choices.ts'
import { type Html, html } from '../pages/html.ts'
import type { CitizenParts } from '../parts.ts'
import type { OpenVisit } from '../visits/page-route.ts'
import type { Words } from '../words/words.ts'

/** What she filled in a moment ago. */
export type Given = Pick<URLSearchParams, 'get'>
type Wrong = { readonly field: string; readonly says: string }
type Filled = { readonly given: Given | undefined; readonly wrongs: readonly Wrong[] }

/** The parts of her choices that are about how: ways in her order, hours and days, language and forms. */
export async function wishesPart(
  parts: CitizenParts,
  visit: OpenVisit,
  personId: number,
  filled: Filled,
): Promise<Html> {
  const [preferences, addresses] = await Promise.all([
    parts.preferences.of(personId),
    parts.people.addressesOf(personId),
  ])
  const { words } = visit
  return html`${waysPart(words, preferences, addresses, filled)}${hoursPart(words, preferences, filled)}
${formPart(words, preferences, filled)}`
}

const options = (list: readonly (readonly [value: string, label: string, lang?: string])[], chosen: string) =>
  list.map(
    ([value, label, lang]) =>
      html`<option value="${value}"${lang !== undefined && html` lang="${lang}"`}${value === chosen && html` selected`}>${label}</option>`,
  )

/** Where there is nothing to reach her by, a way is not offered; these pages always are. */
function waysPart(
  { choices }: Words,
  { channels = [] }: Preferences,
  addresses: readonly Address[],
  { given }: Filled,
): Html {
  const kinds = (['sms', 'mail', 'inbox'] as const).flatMap((kind): [string, string][] => {
    if (kind === 'inbox') return [[kind, choices.ways.inbox('')]]
    const ends = addresses.filter((one) => one.kind === kind).map(masked)
    return ends.length === 0 && !channels.includes(kind) ? [] : [[kind, choices.ways[kind](ends.join(', '))]]
  })
  const rows = choices.order.map((label, at) => {
    const name = `w${at + 1}`
    const chosen = given?.get(name) ?? channels[at] ?? ''
    const none = ['', at === 0 ? choices.unchosen : choices.nothing] as const
    return html`<div class="row"><label for="${name}">${label}</label>
<select class="in2" id="${name}" name="${name}">${options([none, ...kinds], chosen)}</select></div>`
  })
  return html`<fieldset class="part"><legend>${choices.which}</legend><p class="hint">${choices.whichHint}</p>${rows}
</fieldset>`
}

const invalid = (wrong: Wrong | undefined, more = '') => {
  const described = [wrong !== undefined && `${wrong.field}-wrong`, more].filter(Boolean).join(' ')
  const isInvalid = wrong !== undefined && html` aria-invalid="true"`
  return html`${isInvalid}${described !== '' && html` aria-describedby="${described}"`}`
}
const said = (wrong: Wrong | undefined) => wrong && html`<p class="wrong" id="${wrong.field}-wrong">${wrong.says}</p>`

function hoursPart({ choices }: Words, { quietHours, quietUntil }: Preferences, { given, wrongs }: Filled): Html {
  const hours = Array.from({ length: 24 }, (_, n) => `${String(n).padStart(2, '0')}:00`)
  const pick = (name: 'from' | 'to', label: string) => {
    const chosen = given?.get(name) ?? quietHours?.[name] ?? ''
    const kept = chosen === '' || hours.includes(chosen) ? [] : [[chosen, chosen] as const]
    const list = [['', choices.anyTime] as const, ...kept, ...hours.map((one) => [one, one] as const)]
    const wrong = wrongs.find(({ field }) => field === name)
    return html`<select class="in2" id="${name}" name="${name}" aria-label="${choices.between}: ${label}"${invalid(wrong)}>
${options(list, chosen)}</select>`
  }
  const [halfWrong, dayWrong] = [wrongs.find(({ field }) => field !== 'quiet-until'), wrongs.find(isAboutDay)]
  return html`<fieldset class="part"><legend>${choices.when}</legend>
<div class="row"><span class="l">${choices.between}</span><div>${said(halfWrong)}<div class="pair">${pick('from', choices.from)}
<span aria-hidden="true">${choices.and}</span>${pick('to', choices.until)}</div></div></div>
<div class="row"><label for="quiet-until">${choices.quietUntil}</label><div>${said(dayWrong)}
<input class="in2" id="quiet-until" name="quiet-until" type="date"
 value="${given?.get('quiet-until') ?? quietUntil?.day ?? ''}"${invalid(dayWrong, 'quiet-hint')}></div></div>
<p class="hint" id="quiet-hint">${choices.whenHint}</p></fieldset>`
}

const isAboutDay = ({ field }: Wrong) => field === 'quiet-until'

/** Languages in which agencies write; hers is offered whatever it is. */
const written = ['ar', 'bg', 'cs', 'de', 'el', 'en', 'es', 'fa', 'fr', 'hr', 'hu', 'it', 'nl', 'pl', 'pt', 'ro', 'ru']
  .concat(['so', 'sq', 'sr', 'sv', 'tr', 'uk', 'ur', 'vi', 'zh'])
  .map((lang) => [lang, ownNameOf(lang), lang] as const)
  .toSorted(([, a], [, b]) => a.localeCompare(b))

function ownNameOf(lang: string): string {
  try {
    return new Intl.DisplayNames([lang], { type: 'language' }).of(lang) ?? lang
  } catch {
    return lang
  }
}

function formPart({ choices, lang }: Words, preferences: Preferences, { given }: Filled): Html {
  const language = given?.get('language') ?? preferences.language ?? lang.split('-', 1)[0] ?? ''
  const isListed = written.some(([one]) => one === language)
  const list = isListed ? written : [[language, ownNameOf(language), language] as const, ...written]
  const kept = preferences.formats ?? []
  const boxes = formats.map((name) => {
    const isOn = given === undefined ? kept.includes(name) : given.get(name) === 'on'
    return html`<label class="box"><input type="checkbox" name="${name}"${isOn && html` checked`}><span>${choices.formats[name]}
</span></label>`
  })
  return html`<fieldset class="part"><legend>${choices.form}</legend>
<div class="row"><label for="language">${choices.toRead}</label>
<select class="in2" id="language" name="language">${options(list, language)}</select></div>${boxes}</fieldset>`
}
