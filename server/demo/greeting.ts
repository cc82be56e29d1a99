import { demoPassword, people, printed } from './people.ts'

/** What somebody needs in order to look around, line by line. */
export function demoSignIns(): string[] {
  const seen = printed.map(({ key, sees }) => {
    const person = people.find((one) => one.key === key)
    return `  ${key.padEnd(9)}${person?.name}, ${person?.title}: ${sees}`
  })
  return [
    'This is a demo: everybody in it is invented. Sign in with one of these user names:',
    ...seen,
    `The password of everybody is: ${demoPassword}`,
  ]
}

export const demoWarning =
  'Warning: this data directory was filled by the demo, and everybody knows the password of its accounts. ' +
  'Use another data directory for real work.'
