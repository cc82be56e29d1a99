import { test } from 'vitest'
import { atRest } from './at-rest/at-rest.ts'
import { erasure } from './erasure/erasure.ts'
import { sample } from './sample.ts'

test('no word stands on the disk, and what was altered is refused', { timeout: 240_000 }, () => sample(atRest))

test('of an erased citizen nothing can be opened, with all keys', { timeout: 240_000 }, () => sample(erasure))
