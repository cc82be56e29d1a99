/** Who works at the City of Port Averell. Everybody is invented. */
import type { RoleName } from '#access/api.ts'

export const organisation = 'City of Port Averell'

/**
 * Everybody's. It is printed at every start and opens nothing but the demo: these accounts exist only in a data directory
 * that the demo has filled.
 */
export const demoPassword = 'high-water-at-noon'

export type DemoPerson = {
  /** The user name, and how scripts call the person. */
  readonly key: string
  readonly name: string
  readonly title: string
  readonly department: string
  readonly role: RoleName
  /** The working day, counted back from today, on which the account was made. */
  readonly since: number
}

/** The oldest things that the demo tells of happened so many working days ago: about four months. */
export const firstDay = 88

type Row = readonly [key: string, name: string, title: string, since?: number, role?: RoleName]

const departments: Readonly<Record<string, readonly Row[]>> = {
  'City Office': [
    ['ruth', 'Ruth Adeyemi', 'City Secretary', firstDay, 'owner'],
    ['josefa', 'Josefa Reyes', 'Council clerk and records officer'],
  ],
  'Information Technology': [
    ['jonas', 'Jonas Lindqvist', 'Head of Information Technology', firstDay, 'administrator'],
    ['ravi', 'Ravi Subramaniam', 'Systems administrator'],
    ['meilin', 'Mei-Lin Chou', 'Service desk'],
  ],
  'Civil Protection': [
    ['marisol', 'Marisol Ibáñez', 'Duty lead'],
    ['kwame', 'Kwame Boateng', 'Duty officer'],
    ['yuki', 'Yuki Tanabe', 'Emergency planner'],
    ['siobhan', 'Siobhán Keane', 'Volunteer coordinator'],
  ],
  'Harbour and Gates': [
    ['tariq', 'Tariq Haddad', 'Harbour master'],
    ['elif', 'Elif Karaca', 'Gate engineer'],
    ['pieter', 'Pieter van der Meer', 'Gate crew lead'],
    ['nadia', 'Nadia Kovalenko', 'Port surveyor'],
  ],
  'Water and Drainage': [
    ['ingrid', 'Ingrid Solheim', 'Head of Water and Drainage'],
    ['olu', 'Oluwaseun Bakare', 'Pump engineer'],
    ['mateus', 'Mateus Figueira', 'Pump crew lead'],
    ['leila', 'Leila Farahani', 'Hydrologist'],
  ],
  'Housing and Shelters': [
    ['grace', 'Grace Wanjiru', 'Head of Housing and Shelters'],
    ['dimitri', 'Dimitrios Pappas', 'Shelter coordinator'],
    ['aroha', 'Aroha Ngata', 'Social worker'],
  ],
  'Public Works': [
    ['beatriz', 'Beatriz Monteiro', 'Head of Public Works'],
    ['samir', 'Samir Choudhury', 'Street works engineer'],
    ['noor', 'Noor van Dijk', 'Traffic planner', 46],
  ],
  'Finance and Procurement': [
    ['henrik', 'Henrik Aalto', 'Head of Procurement'],
    ['priyanka', 'Priyanka Deshmukh', 'Buyer'],
    ['claire', 'Claire Fontaine', 'Budget officer'],
  ],
  Communications: [
    ['zofia', 'Zofia Nowicka', 'Head of Communications'],
    ['tomasi', 'Tomasi Vaka', 'Press officer'],
    ['amal', 'Amal Osman', 'Easy-language editor', 66],
  ],
  'Public Health': [['miriam', 'Dr Miriam Katz', 'Public health officer']],
}

export const people: readonly DemoPerson[] = Object.entries(departments).flatMap(([department, rows]) =>
  rows.map(([key, name, title, since = firstDay - 1, role = 'member']) => ({
    key,
    name,
    title,
    department,
    role,
    since,
  })),
)

/** Whose sign-in is printed: one each of the views that differ. */
export const printed: readonly { readonly key: string; readonly sees: string }[] = [
  { key: 'ruth', sees: 'the owner, with the administration' },
  { key: 'marisol', sees: 'the duty lead, in the middle of a storm tide' },
  { key: 'noor', sees: 'at the desk, where citizens write' },
  { key: 'elif', sees: 'a member, with an invitation that waits' },
]

/** Who is about to join the house: an invitation of hers is open. */
export const newcomer = { by: 'jonas', name: 'Ilse Brandsma', note: 'Gate crew, starts in the new Chancery on Monday' }
