import { atRest } from './at-rest/at-rest.ts'
import { citizens } from './citizens/citizens.ts'
import { display } from './display.ts'
import { erasure } from './erasure/erasure.ts'
import { eventLoop } from './event-loop/event-loop.ts'
import { fuzz } from './fuzz.ts'
import { idle } from './idle.ts'
import { killNine } from './kill-nine/kill-nine.ts'
import { killNineWithoutDurability } from './kill-nine/without-durability.ts'
import { large } from './large/large.ts'
import { load } from './load.ts'
import { optOut } from './opt-out/opt-out.ts'
import type { Proof } from './proof.ts'
import { stateResolution } from './state-resolution.ts'
import { deskLatency } from './stop/desk-latency.ts'
import { sendLatency } from './stop/latency.ts'
import { stop } from './stop/stop.ts'
import { syncLaw } from './sync-law/sync-law.ts'
import { thumbnails } from './thumbnails.ts'
import { webHooks } from './web-hooks/web-hooks.ts'

/** Every law that `npm run prove` can prove in full, by its name. */
export const proofs: Readonly<Record<string, Proof>> = {
  'kill-nine': killNine,
  'kill-nine-without-durability': killNineWithoutDurability,
  'at-rest': atRest,
  erasure,
  load,
  display,
  large,
  idle,
  'event-loop': eventLoop,
  'state-resolution': stateResolution,
  fuzz,
  sync: syncLaw,
  stop,
  'send-latency': sendLatency,
  'desk-latency': deskLatency,
  thumbnails,
  'opt-out': optOut,
  'web-hooks': webHooks,
  citizens,
}
