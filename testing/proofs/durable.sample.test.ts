import { test } from 'vitest'
import { killNine } from './kill-nine/kill-nine.ts'
import { sample } from './sample.ts'
import { syncLaw, syncLawOfForgetful } from './sync-law/sync-law.ts'

test('three kills lose nothing', { timeout: 180_000 }, () => sample(killNine, 3))

test('whoever follows ends with what is, over two servers', { timeout: 120_000 }, () => sample(syncLaw, 2))

test('whoever passes over answers is found out', { timeout: 120_000 }, () => sample(syncLawOfForgetful, 2))
