/**
 * The catalogue of permissions and the roles of the first cut, as data.
 *
 * A route names one of these ids in `needs`, so that later roles, departments and approvals change what a person holds
 * and never what an endpoint asks.
 */

export type RoleName = 'owner' | 'administrator' | 'member' | 'guest'

type PermissionRow = {
  readonly id: string
  readonly meaning: string
  readonly roles: readonly RoleName[]
  /** Also for a person whose account is suspended, who otherwise only reads. */
  readonly whenSuspended?: true
  /**
   * May stand in the scopes of an API token. Where the permission is asked for, the caller may then be a program instead of
   * a person (`Principal`).
   */
  readonly forPrograms?: true
}

const owners = ['owner'] as const
const everybody = ['owner', 'administrator', 'member'] as const
const guestsToo = [...everybody, 'guest'] as const
const administrators = ['owner', 'administrator'] as const

/** Every permission: its id, what it lets a person do, and who has it at first. */
export const permissionCatalogue = [
  {
    id: 'people.read',
    meaning: 'See the list of the people of this organisation.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'people.invite',
    meaning: 'Invite people to this organisation and withdraw invitations.',
    roles: administrators,
  },
  {
    id: 'people.devices',
    meaning: 'See the devices of other people and sign them out.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'people.moderate',
    meaning: 'Lock, suspend and close accounts of other people, set their passwords, and see where they are signed in.',
    roles: administrators,
    forPrograms: true,
  },
  { id: 'people.signIn', meaning: 'Make a token by which a program signs in as somebody.', roles: owners },
  {
    id: 'reports.read',
    meaning: 'See what people reported, with their reasons.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'registration.tokens',
    meaning: 'Make and withdraw tokens for registration.',
    roles: administrators,
    forPrograms: true,
  },
  { id: 'api.tokens', meaning: 'Make and revoke tokens for programs.', roles: administrators },
  { id: 'server.settings', meaning: 'See how this server is set up.', roles: administrators, forPrograms: true },
  {
    id: 'server.notices',
    meaning: 'Write to people in the name of the server.',
    roles: administrators,
    forPrograms: true,
  },
  { id: 'profile.change', meaning: 'Change one\u2019s own name, picture and other fields.', roles: guestsToo },
  { id: 'rooms.create', meaning: 'Create rooms and direct conversations.', roles: everybody },
  {
    id: 'rooms.directory',
    meaning: 'Search the directory of public rooms.',
    roles: guestsToo,
    whenSuspended: true,
  },
  { id: 'rooms.alias', meaning: 'Give rooms an address on this server.', roles: everybody },
  {
    id: 'people.directory',
    meaning: 'Search for people by name, to write to them.',
    roles: everybody,
    whenSuspended: true,
  },
  { id: 'media.upload', meaning: 'Upload files.', roles: everybody },
  {
    id: 'media.read',
    meaning: 'Download files that somebody shared.',
    roles: guestsToo,
    whenSuspended: true,
  },
  {
    id: 'citizens.people',
    meaning: 'See and change what one\u2019s agency knows of citizens.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'citizens.consent',
    meaning: 'Record what citizens agreed to, and check the record.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'citizens.purposes',
    meaning: 'Set up agencies and their staff, what they may write about, their queues and canned replies.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'citizens.send',
    meaning: 'Send to citizens in the name of one\u2019s agency.',
    roles: administrators,
    forPrograms: true,
  },
  {
    id: 'citizens.desk',
    meaning: 'See the queues of one\u2019s agency, take conversations with citizens and answer.',
    roles: everybody,
    forPrograms: true,
  },
  { id: 'media.delete', meaning: 'Remove files that somebody shared.', roles: administrators, forPrograms: true },
] as const satisfies readonly PermissionRow[]

export type Permission = (typeof permissionCatalogue)[number]['id']

/** The roles, in falling order of power, with a word for people. */
export const roleCatalogue: Readonly<Record<RoleName, { readonly meaning: string; readonly isAdmin: boolean }>> = {
  owner: { meaning: 'Set the server up and answers for it.', isAdmin: true },
  administrator: { meaning: 'Looks after people and their devices.', isAdmin: true },
  member: { meaning: 'Talks to colleagues.', isAdmin: false },
  guest: { meaning: 'Visits rooms that are open to guests.', isAdmin: false },
}

const rows: ReadonlyMap<string, PermissionRow> = new Map(permissionCatalogue.map((row) => [row.id, row]))

const byRole = new Map<string, ReadonlySet<Permission>>(
  (Object.keys(roleCatalogue) as RoleName[]).map((role) => [
    role,
    new Set(
      permissionCatalogue.filter((row) => (row.roles as readonly RoleName[]).includes(role)).map((row) => row.id),
    ),
  ]),
)

const nothing: ReadonlySet<Permission> = new Set()

/** What a role permits. A role that nobody knows permits nothing. */
export function permissionsOf(role: string): ReadonlySet<Permission> {
  return byRole.get(role) ?? nothing
}

export function isPermission(id: string): id is Permission {
  return rows.has(id)
}

export function permissionRow(id: string): PermissionRow | undefined {
  return rows.get(id)
}

/** What the scopes of an API token may name. */
export function isScope(id: string): id is Permission {
  return rows.get(id)?.forPrograms === true
}

export function isRole(name: string): name is RoleName {
  return Object.hasOwn(roleCatalogue, name)
}
