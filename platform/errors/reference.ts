import { errorCodes } from './codes.ts'

/** The text of docs/reference/errors.md. */
export function errorsReference(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
  )
  return [
    '# Error codes',
    '',
    'Generated from `platform/errors/codes.ts`. Every refused request is answered with `errcode`, one of these, and',
    '`error`, a sentence for people. The status is the usual one; an endpoint may use another where Matrix says so.',
    '',
    '| code | status | meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
