/** The files that people of the demo send each other, made when they are needed. */
import type { Calendar } from '../calendar.ts'
import { writePdf } from './pdf.ts'
import { gatePlan, pumpBars, shelterMap, streetPlan, tideCurve } from './pictures.ts'
import type { Sheet } from './sheet.ts'

export type DemoFile = {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
  readonly picture?: { readonly width: number; readonly height: number }
}

const picture = (name: string, sheet: Sheet): DemoFile => ({
  name,
  type: 'image/png',
  bytes: sheet.png(),
  picture: { width: sheet.width, height: sheet.height },
})
const pdf = (name: string, title: string, lines: readonly string[]): DemoFile => ({
  name,
  type: 'application/pdf',
  bytes: writePdf(title, lines),
})
const text = (name: string, type: string, lines: readonly string[]): DemoFile => ({
  name,
  type,
  bytes: Buffer.from(`${lines.join('\r\n')}\r\n`),
})

/** By the names that scripts call them. */
export function createCatalogue(calendar: Calendar): ReadonlyMap<string, DemoFile> {
  return new Map<string, DemoFile>([
    ['gate-plan', picture('gate-plan-marked.png', gatePlan({ ringed: 4, title: 'Quay District, gates 1 to 5' }))],
    ['gate-plan-shut', picture('gates-1-and-2-shut.png', gatePlan({ shut: [1, 2], title: 'Trial closing' }))],
    ['tide', picture('custom-house-level.png', tideCurve({ highest: 2.35, measuredHours: 9, title: 'Custom House' }))],
    ['spring-tide', picture('spring-tide.png', tideCurve({ highest: 1.9, measuredHours: 24, title: 'Spring tide' }))],
    ['shelter-map', picture('shelters-and-beds.png', shelterMap())],
    ['pump-hours', picture('pump-hours.png', pumpBars(pumps, 'Pump hours, four weeks'))],
    ['street-plan', picture('tanner-street.png', streetPlan())],
    ...publicPapers(),
    ...workPapers(calendar),
    ...tables(calendar),
    ...waterTables(),
  ])
}

const csv = 'text/csv'

const pumps = [
  { name: 'PS 1', hours: 41 },
  { name: 'PS 2', hours: 96 },
  { name: 'PS 3', hours: 58 },
  { name: 'PS 4', hours: 37 },
  { name: 'PS 5', hours: 112 },
]

/** What many people read. */
function publicPapers(): [string, DemoFile][] {
  return [
    [
      'shelter-plan',
      pdf('shelter-plan-v7.pdf', 'Shelter plan, version 7', [
        'Opens when the gates shut, or on the word of the duty lead.',
        '',
        'Miller School        140 beds   Dimitrios Pappas',
        'Sports hall, Oriel St 220 beds   Aroha Ngata',
        'St Brigid             60 beds   Siobhán Keane',
        'Ferry hall (reserve)  90 beds',
        'Library (day only)    45 places',
        '',
        'Each shelter: one lead, one nurse on call, one interpreter by telephone.',
        'Pets are welcome in the gymnasium of Miller School.',
        'Nobody is asked for papers at the door.',
      ]),
    ],
    [
      'agenda',
      pdf('council-agenda.pdf', 'Council of the City of Port Averell: agenda', [
        '1  Minutes of the last meeting',
        '2  Flood works: report of the City Secretary',
        '3  Pumps, lot 3: information',
        '4  Tanner Street: closure for the new culvert',
        '5  Easy language in letters of the city',
        '6  Questions from the public gallery',
      ]),
    ],
    [
      'leaflet',
      pdf('when-the-water-comes.pdf', 'When the water comes', [
        'This is what you can do.',
        '',
        '1. Go upstairs.',
        '2. Switch off the electricity in the cellar. Only if the cellar is dry.',
        '3. Take warm clothes and your medicine.',
        '4. Knock at the door of your neighbours.',
        '',
        'You need help? Call 115. The call is free.',
        'You need a place to sleep? Miller School is open. Everybody can come.',
      ]),
    ],
    [
      'continuity',
      pdf('working-without-network.pdf', 'When the network is down', [
        'Radio channel 4 for Civil Protection, channel 6 for gates and pumps.',
        'Paper forms are in the red folder on each floor.',
        'The service desk answers on 2200, also from mobile telephones.',
      ]),
    ],
  ]
}

function workPapers(calendar: Calendar): [string, DemoFile][] {
  return [
    [
      'tender',
      pdf('pumps-lot-3-tender.pdf', 'Pumps, lot 3: call for tenders', [
        'Two submersible pumps of 600 litres a second for pumping station 5,',
        'with control, delivery, fitting and five years of maintenance.',
        '',
        'Award: price 50, running cost 30, time to repair 20.',
        `Questions until ${calendar.isoDay(30)}, offers until ${calendar.isoDay(16)}, 12:00.`,
        'Questions and answers go to all bidders.',
      ]),
    ],
    [
      'award',
      pdf('pumps-lot-3-award-draft.pdf', 'Pumps, lot 3: note on the award (draft)', [
        'Three offers arrived in time and are complete.',
        '',
        'Offer A   81 points',
        'Offer B   88 points',
        'Offer C   74 points',
        '',
        'Proposal: award to offer B. Standstill of ten days before the contract is signed.',
      ]),
    ],
    [
      'seal-report',
      pdf('gate-4-seal-inspection.pdf', 'Gate 4: inspection of the seal', [
        'Profile: EPDM, 80 mm, fitted nine years ago.',
        'Found: 1.4 m of the foot seal has come away at the downstream end; two bolts sheared.',
        'Leak at +1.2 m: about 30 litres a second. PS 2 can carry it.',
        'Advice: replace the foot seal before the autumn storms. Fitting takes 40 minutes in the dry.',
      ]),
    ],
  ]
}

function tables(calendar: Calendar): [string, DemoFile][] {
  return [
    [
      'shelter-keys',
      text('shelter-keys.csv', csv, [
        'shelter,key number,held by,spare',
        'Miller School,M-14,Dimitrios Pappas,duty desk',
        'Sports hall,S-02,Aroha Ngata,duty desk',
        'St Brigid,B-31,parish office,duty desk',
        'Ferry hall,F-07,harbour master,none',
        'Library,L-03,library front desk,duty desk',
      ]),
    ],
    [
      'roster',
      text('duty-roster.csv', csv, [
        'day,duty lead,duty officer,gates,pumps',
        ...[4, 3, 2, 1].map(
          (day) => `${calendar.isoDay(day)},Marisol Ibáñez,Kwame Boateng,Pieter van der Meer,Mateus Figueira`,
        ),
        `${calendar.isoDay(0)},Marisol Ibáñez,Yuki Tanabe,Elif Karaca,Oluwaseun Bakare`,
      ]),
    ],
    [
      'volunteers',
      text('volunteers.csv', csv, [
        'team,lead,people,languages',
        'Quay north,Siobhán Keane,14,English Polish Tagalog',
        'Quay south,parish of St Brigid,11,English Portuguese',
        'Ferry Row,rowing club,9,English Arabic Somali',
        'Oriel Street,scouts,17,English',
      ]),
    ],
    [
      'closures',
      text('street-works.csv', csv, [
        'street,from,to,why,way round',
        `Tanner Street,${calendar.isoDay(18)},${calendar.isoDay(2)},new culvert,Mill Lane`,
        `Custom House Steps,${calendar.isoDay(9)},${calendar.isoDay(7)},handrail,Quay Street`,
        `Ferry Row,${calendar.isoDay(5)},${calendar.isoDay(1)},drain survey,none needed`,
      ]),
    ],
  ]
}

function waterTables(): [string, DemoFile][] {
  return [
    [
      'gauge-17',
      text('gauge-17.csv', csv, [
        'time,level in m over mean sea level',
        ...Array.from({ length: 48 }, (_, n) => {
          const level = 0.4 + 0.9 * Math.sin(((n - 6) / 24.8) * Math.PI)
          return `${String(Math.floor(n / 2)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'},${level.toFixed(2)}`
        }),
      ]),
    ],
    [
      'pump-table',
      text('pump-hours.csv', csv, [
        'station,hours,starts',
        ...pumps.map((pump) => `${pump.name},${pump.hours},${pump.hours * 3}`),
      ]),
    ],
    [
      'minutes',
      text('minutes-flood-works.txt', 'text/plain', [
        'Flood works, weekly meeting',
        '',
        'Gate 4: seal on order, arrives in two weeks (Elif).',
        'PS 5: second pump stands; hire pump on site (Olu).',
        'Shelters: keys counted, one spare missing (Dimitri).',
        'Words for the public: leaflet in five languages (Amal).',
      ]),
    ],
  ]
}
