import type { DemoRoom } from '../demo-room.ts'
import { allStaff } from './all-staff.ts'
import { canteen, council } from './council.ts'
import { conversations } from './direct.ts'
import { dutyDesk } from './duty-desk.ts'
import { gates } from './gates.ts'
import { procurement } from './procurement.ts'
import { pumps } from './pumps.ts'
import { serviceDesk } from './service-desk.ts'
import { shelters } from './shelters.ts'
import { stormTide } from './storm-tide.ts'
import { streets } from './streets.ts'
import { easyLanguage, publicWords } from './words.ts'

export const rooms: readonly DemoRoom[] = [
  allStaff,
  serviceDesk,
  dutyDesk,
  stormTide,
  gates,
  pumps,
  shelters,
  streets,
  procurement,
  council,
  publicWords,
  easyLanguage,
  canteen,
  ...conversations,
]
