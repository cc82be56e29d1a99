import { test } from 'vitest'
import { citizens } from './citizens/citizens.ts'
import { sample } from './sample.ts'
import { stopSample } from './stop/stop.ts'

test('what a citizen stopped stays stopped while servers are killed', { timeout: 120_000 }, () => sample(stopSample))

test('what citizens got is what we say they got, through three kills', { timeout: 180_000 }, () => sample(citizens, 3))
