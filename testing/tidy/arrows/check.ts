/** `npm test -- arrows`: the law of arrows and its picture, told line by line. */
import { join } from 'node:path'
import { checkArrows } from './picture.ts'

const violations = await checkArrows(join(import.meta.dirname, '..', '..', '..'))
for (const { rule, from, to, comment } of violations) console.log(`${from} → ${to}\n    ${rule}: ${comment}`)
process.exitCode = violations.length === 0 ? 0 : 1
