/** What the City of Port Averell has for talking with its citizens. */
import type { LegalBasis, Wordings } from '#engagement/api.ts'

/** Senders that citizens write to, and how they have them among their contacts. */
export const contacts = {
  streets: { kind: 'sms', address: '+15550001000', name: 'Waste and streets', channelId: 'sms' },
  storm: { kind: 'sms', address: '+15550002000', name: 'Storm line', channelId: 'storm' },
  office: { kind: 'mail', address: 'desk@port-averell.example', name: 'City office', channelId: 'mail' },
} as const

export type ContactKey = keyof typeof contacts

/** Who answers citizens. */
export const staff = [
  ...['ruth', 'josefa', 'beatriz', 'samir', 'noor'],
  ...['grace', 'dimitri', 'aroha', 'siobhan', 'marisol', 'amal', 'henrik'],
]

export const queues: readonly { key: string; name: string; contacts: readonly ContactKey[] }[] = [
  { key: 'streets', name: 'Waste and streets', contacts: ['streets'] },
  { key: 'permits', name: 'Permits and records', contacts: ['office'] },
  { key: 'storm', name: 'Storm and shelters', contacts: ['storm'] },
]

type PurposeWish = { key: string; title: string; basis: LegalBasis; wordings: Wordings }

export const purposes: readonly PurposeWish[] = [
  {
    key: 'collection',
    title: 'Collection days',
    basis: 'consent',
    wordings: {
      en:
        'The City of Port Averell may remind me of the days on which bins, paper and glass are collected. I ' +
        'can stop this at any time.',
      es:
        'El Ayuntamiento de Port Averell puede recordarme los días de recogida de basura, papel y vidrio. ' +
        'Puedo cancelarlo en cualquier momento.',
    },
  },
  {
    key: 'news',
    title: 'News of the council',
    basis: 'consent',
    wordings: {
      en:
        'The City of Port Averell may write to me about what the council decides, four times a year. I can ' +
        'stop this at any time.',
    },
  },
  {
    key: 'storm',
    title: 'Warnings of storms and floods',
    basis: 'emergency',
    wordings: { en: 'The City of Port Averell warns everybody whose home may be flooded.' },
  },
  {
    key: 'applications',
    title: 'Your applications',
    basis: 'public-task',
    wordings: { en: 'The City of Port Averell writes to you about what you have applied for.' },
  },
]

type CannedWish = { key: string; title: string; texts: Readonly<Record<string, string>> }

export const cannedReplies: readonly CannedWish[] = [
  {
    key: 'received',
    title: 'We have it',
    texts: {
      en:
        'Good day {{ person.name }}. We have your message and look into it. Your number: {{ ' +
        'conversation.reference }}. {{ staff.name }}, {{ agency.name }}',
      es:
        'Buenos días, {{ person.name }}. Hemos recibido su mensaje. Su número: {{ conversation.reference }}. ' +
        '{{ staff.name }}, {{ agency.name }}',
    },
  },
  {
    key: 'missed-collection',
    title: 'A bin was not emptied',
    texts: {
      en:
        'I am sorry that your bin was left. The crew comes by again on the next working day before ten. ' +
        'Please leave it at the kerb. {{ staff.name }}',
    },
  },
  {
    key: 'opening-hours',
    title: 'When the office is open',
    texts: {
      en:
        'The city office is open Monday to Friday, 08:30 to 16:00, and on Thursday until 18:30. No ' +
        'appointment is needed.',
    },
  },
  {
    key: 'shelters',
    title: 'Where the shelters are',
    texts: {
      en:
        'Miller School and the sports hall are open since noon. There are beds, warm food and room for ' +
        'animals at Miller School. If you cannot get there, write your street and we send somebody.',
      es:
        'La escuela Miller y el polideportivo están abiertos desde el mediodía. Hay camas y comida caliente. ' +
        'Si no puede llegar, escriba su calle y enviamos a alguien.',
    },
  },
]

/** What the agency wrote to many of its own accord, so many working days ago. */
export const programmes: readonly { day: number; time: string; purpose: string; text: string }[] = [
  {
    day: 3,
    time: '16:00',
    purpose: 'collection',
    text:
      'City of Port Averell: paper and glass are collected tomorrow from 07:00. Reply STOP to end these ' +
      'reminders.',
  },
  {
    day: 0,
    time: '10:15',
    purpose: 'storm',
    text:
      'City of Port Averell: storm tide tonight, highest at 21:40. Quay Street closes at 17:00. Shelters open' +
      ' at 12:00: Miller School, sports hall. Questions: +1 555 000 2000.',
  },
]
