const units: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
}

/** `90s`, `15m`, `1h`, `7d`, `2w` in milliseconds; undefined for anything else. */
export function readDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})([smhdw])$/.exec(text)
  return match === null ? undefined : Number(match[1]) * units[match[2]!]!
}
