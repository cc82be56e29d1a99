/** With the figures that stand on telephones: codes and numbers beside them have the same. */
const ofLanguage = (lang: string) => `${lang.startsWith('en') ? 'en-GB' : lang}-u-nu-latn`

/** A moment as people write it, with the day in words. The zone is told where it is not the reader's own. */
export function moment(atMs: number, lang: string, timeZone: string): string {
  return new Intl.DateTimeFormat(ofLanguage(lang), {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(atMs)
}

/** `YYYY-MM-DD`. */
export const dayOf = (atMs: number, timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(atMs)
