import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roomActs } from './acts.ts'
import {
  agency,
  assertGrant,
  type Grant,
  isRoomAct,
  type Membership,
  type Permission,
  permissionCatalogue,
  permissionsOf,
  type RoomAct,
  type RoomFacts,
  requireAbove,
  roleCatalogue,
  room,
  type Subject,
  undeclaredRoutes,
} from './api.ts'
import { createAccess } from './index.ts'

const roomId = 7
const userId = 3
const allActs = Object.keys(roomActs) as RoomAct[]

type RoomPicture = {
  membership?: Membership | undefined
  joinRule?: string
  historyVisibility?: string
  admitsGuests?: boolean
  isOfNotices?: boolean
  exists?: boolean
}

/** One room and one person. */
function factsOf(picture: RoomPicture): RoomFacts {
  const ties = new Map<number, Membership>(picture.membership ? [[roomId, picture.membership]] : [])
  return {
    exists: (id) => id === roomId && (picture.exists ?? true),
    membership: (id, user) => (user === userId ? ties.get(id) : undefined),
    memberships: (user) => (user === userId ? ties : new Map()),
    membershipsVersion: () => 1,
    joinRule: () => picture.joinRule ?? 'invite',
    historyVisibility: () => picture.historyVisibility ?? 'shared',
    isOfNotices: () => picture.isOfNotices ?? false,
    admitsGuests: () => picture.admitsGuests ?? false,
  }
}

function subjectOf(more: Partial<Subject> = {}): Subject {
  return {
    userId,
    matrixId: '@ada:test',
    deviceId: 'D',
    sessionId: 1,
    isGuest: false,
    role: 'member',
    permissions: permissionsOf('member'),
    ...more,
  }
}

const allowed = (picture: RoomPicture, act: RoomAct) =>
  createAccess({ facts: factsOf(picture) }).decide(subjectOf(), act, room(roomId)).allowed

const actsAllowed = (picture: RoomPicture) => allActs.filter((act) => allowed(picture, act))

describe('a program', () => {
  const access = createAccess({
    facts: factsOf({ membership: 'join', joinRule: 'public', historyVisibility: 'world_readable' }),
  })
  const program = { programId: 'T', permissions: new Set<Permission>(['people.read']) }

  it('is in no room, not even in one that everybody may read', () => {
    for (const act of allActs) {
      const { allowed } = access.decide(program as unknown as Subject, act, room(roomId))
      expect([act, allowed]).toEqual([act, false])
    }
  })

  it('has no session and what its scopes say', () => {
    expect(() => access.admit(program, 'people.read')).not.toThrow()
    for (const needs of ['session', 'session, locked or not', 'people.devices', 'made.up', 'constructor']) {
      expect(() => access.admit(program, needs)).toThrow(/scopes/)
    }
    expect(access.require(program, 'people.read').subject).toBe(program)
    expect(access.decide(program, 'people.devices').allowed).toBe(false)
  })

  it('acts upon members alone', () => {
    const below = (role: string) => () => requireAbove(program, role)
    expect(below('member')).not.toThrow()
    expect(below('guest')).not.toThrow()
    expect(below('administrator')).toThrow(/stands as high/)
    expect(below('owner')).toThrow(/stands as high/)
  })
})

describe('the door of a room', () => {
  it('lets members do what members do', () => {
    const notForMembers: RoomAct[] = ['room.knock']
    expect(actsAllowed({ membership: 'join' })).toEqual(allActs.filter((act) => !notForMembers.includes(act)))
  })

  it('lets invited people see, join and decline, and nothing more', () => {
    expect(actsAllowed({ membership: 'invite' })).toEqual([
      'room.see',
      'room.preview',
      'room.join',
      'room.leave',
      'room.forget',
      'room.accountData',
    ])
  })

  it('lets people who left read what they could read, and not come back uninvited', () => {
    const acts = actsAllowed({ membership: 'leave' })
    expect(acts).toContain('room.read')
    expect(acts).toContain('room.forget')
    expect(acts).not.toContain('room.join')
    expect(acts).not.toContain('room.send')
  })

  it('keeps banned people out of public rooms', () => {
    expect(allowed({ membership: 'ban', joinRule: 'public' }, 'room.join')).toBe(false)
    expect(allowed({ membership: 'leave', joinRule: 'public' }, 'room.join')).toBe(true)
  })

  it('opens to strangers only as far as the room says', () => {
    expect(actsAllowed({})).toEqual([])
    expect(actsAllowed({ joinRule: 'public' })).toEqual(['room.see', 'room.preview', 'room.join'])
    expect(actsAllowed({ joinRule: 'knock' })).toEqual(['room.see', 'room.preview', 'room.knock'])
    expect(actsAllowed({ joinRule: 'restricted' })).toEqual(['room.join'])
    expect(actsAllowed({ historyVisibility: 'world_readable' })).toEqual([
      'room.see',
      'room.preview',
      'room.read',
      'room.event',
      'room.members',
    ])
  })

  it('lets guests in where the room admits them, invited or not', () => {
    const guest = subjectOf({ isGuest: true })
    const decided = (picture: RoomPicture, act: RoomAct) => {
      const decision = createAccess({ facts: factsOf(picture) }).decide(guest, act, room(roomId))
      return decision.allowed || decision.refusal.code
    }
    expect(decided({ joinRule: 'public' }, 'room.join')).toBe('M_GUEST_ACCESS_FORBIDDEN')
    expect(decided({ membership: 'invite' }, 'room.join')).toBe('M_GUEST_ACCESS_FORBIDDEN')
    expect(decided({ joinRule: 'knock' }, 'room.knock')).toBe('M_GUEST_ACCESS_FORBIDDEN')
    expect(decided({ membership: 'invite', admitsGuests: true }, 'room.join')).toBe(true)
    expect(decided({ admitsGuests: true }, 'room.join')).toBe('M_FORBIDDEN')
    expect(decided({ membership: 'join' }, 'room.send')).toBe(true)
  })

  it('says the same about a shut room and a room that is not there', () => {
    for (const act of allActs) {
      const shut = createAccess({ facts: factsOf({}) }).decide(subjectOf(), act, room(roomId))
      const absent = createAccess({ facts: factsOf({ exists: false }) }).decide(subjectOf(), act, room(roomId))
      expect(shut.allowed || absent.allowed).toBe(false)
      if (shut.allowed || absent.allowed) return
      expect([absent.refusal.code, absent.refusal.message]).toEqual([shut.refusal.code, shut.refusal.message])
      expect(shut.refusal.code).toBe(['room.event', 'room.report'].includes(act) ? 'M_NOT_FOUND' : 'M_FORBIDDEN')
    }
  })

  it('says no when a fact cannot be read', () => {
    const facts = factsOf({ membership: 'join' })
    const broken = {
      ...facts,
      membership: () => {
        throw new Error('not loaded')
      },
    }
    for (const act of allActs) {
      expect(createAccess({ facts: broken }).decide(subjectOf(), act, room(roomId)).allowed).toBe(false)
    }
  })

  it('never lets a stranger or an act that nobody knows write, whatever the room looks like', () => {
    const picture = fc.record({
      joinRule: fc.oneof(fc.constantFrom('public', 'knock', 'restricted', 'knock_restricted', 'private'), fc.string()),
      historyVisibility: fc.oneof(fc.constantFrom('world_readable', 'shared', 'invited', 'joined'), fc.string()),
    })
    const harmless = ['room.see', 'room.preview', 'room.read', 'room.event', 'room.members', 'room.join', 'room.knock']
    fc.assert(
      fc.property(picture, fc.string(), (drawn, act) => {
        for (const open of actsAllowed(drawn)) expect(harmless).toContain(open)
        fc.pre(!isRoomAct(act))
        expect(allowed({ ...drawn, membership: 'join' }, act as RoomAct)).toBe(false)
      }),
    )
  })

  it('does not mistake names that every object has for acts', () => {
    for (const act of ['constructor', '__proto__', 'toString']) {
      expect(allowed({ membership: 'join' }, act as RoomAct)).toBe(false)
      expect(() => createAccess({ facts: factsOf({}) }).admit(subjectOf(), act)).toThrow('does not include this')
    }
  })
})

describe('grants', () => {
  const access = createAccess({ facts: factsOf({ membership: 'join' }) })

  it('are for one act on one room', () => {
    const grant = access.require(subjectOf(), 'room.send', room(roomId))
    expect(() => assertGrant(grant, 'room.send', roomId)).not.toThrow()
    expect(() => assertGrant(grant, 'room.state', roomId)).toThrow('was used for room.state')
    expect(() => assertGrant(grant, 'room.send', roomId + 1)).toThrow('another room')
  })

  it('cannot be made by anybody else', () => {
    const genuine = access.require(subjectOf(), 'room.send', room(roomId))
    const copies = [{ ...genuine }, Object.create(genuine), undefined, null, structuredClone({ ...genuine })]
    for (const copy of copies) {
      expect(() => assertGrant(copy as Grant, 'room.send', roomId)).toThrow('without a grant')
    }
    const GrantClass = genuine.constructor as new (...args: unknown[]) => Grant
    expect(() => new GrantClass(Symbol('grant'), genuine.subject, 'room.send', room(roomId))).toThrow('Only access')
    expect(() => Object.assign(genuine, { act: 'room.ban' })).toThrow(TypeError)
  })

  it('throw the refusal when there is none', () => {
    const shut = createAccess({ facts: factsOf({}) })
    expect(() => shut.require(subjectOf(), 'room.send', room(roomId))).toThrow('Ask a member to invite you.')
  })
})

describe('permissions', () => {
  const access = createAccess({ facts: factsOf({}) })
  function admitted(subject: Subject, needs: string): boolean {
    try {
      access.admit(subject, needs)
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: 'M_FORBIDDEN' })
      return false
    }
  }

  it('come from the role, and from nothing else', () => {
    for (const { id, roles } of permissionCatalogue) {
      for (const role of Object.keys(roleCatalogue)) {
        const subject = subjectOf({ permissions: permissionsOf(role) })
        const holds = (roles as readonly string[]).includes(role)
        expect(access.decide(subject, id).allowed).toBe(holds)
        expect(admitted(subject, id)).toBe(holds)
      }
      expect(admitted(subjectOf({ permissions: permissionsOf('stranger') }), id)).toBe(false)
    }
  })

  it('an unknown permission is held by nobody, even if the subject claims it', () => {
    const claims = subjectOf({ permissions: new Set(['people.everything' as Permission]) })
    expect(admitted(claims, 'people.everything')).toBe(false)
    expect(access.decide(claims, 'people.everything' as Permission).allowed).toBe(false)
  })

  it('grants for them name no room', () => {
    const grant = access.require(subjectOf(), 'rooms.create')
    expect(() => assertGrant(grant, 'rooms.create')).not.toThrow()
    expect(() => assertGrant(grant, 'room.send', roomId)).toThrow()
  })
})

describe('standing', () => {
  const access = createAccess({ facts: factsOf({ membership: 'join' }) })
  const of = (standing: 'suspended' | 'locked') =>
    subjectOf({ standing, permissions: permissionsOf('owner') }) satisfies Subject

  it('who is suspended reads, leaves and tidies up, and writes nothing', () => {
    const open = Object.keys(roomActs).filter(
      (act) => access.decide(of('suspended'), act as RoomAct, room(roomId)).allowed,
    )
    const still = ['see', 'read', 'event', 'redact', 'leave', 'forget', 'members', 'receipt', 'accountData', 'report']
    expect(open.sort()).toEqual(still.map((act) => `room.${act}`).sort())
    expect(() => access.require(of('suspended'), 'room.send', room(roomId))).toThrow('suspended')
    expect(() => access.admit(of('suspended'), 'session')).not.toThrow()
    expect(() => access.admit(of('suspended'), 'media.read')).not.toThrow()
    for (const needs of ['profile.change', 'rooms.create', 'media.upload', 'people.moderate']) {
      expect(() => access.admit(of('suspended'), needs)).toThrow(expect.objectContaining({ code: 'M_USER_SUSPENDED' }))
    }
  })

  it('who is locked signs out, and nothing else', () => {
    for (const act of Object.keys(roomActs)) {
      const decision = access.decide(of('locked'), act as RoomAct, room(roomId))
      expect(decision).toMatchObject({ allowed: false, refusal: { code: 'M_USER_LOCKED' } })
    }
    for (const { id } of permissionCatalogue) expect(() => access.admit(of('locked'), id)).toThrow('is locked')
    expect(() => access.admit(of('locked'), 'session')).toThrow(
      expect.objectContaining({ code: 'M_USER_LOCKED', fields: { soft_logout: true } }),
    )
    expect(() => access.admit(of('locked'), 'session, locked or not')).not.toThrow()
  })
})

describe('visible rooms', () => {
  it('sort the ties and stay the same object until these change', () => {
    const ties = new Map<number, Membership>([
      [1, 'join'],
      [2, 'invite'],
      [3, 'knock'],
      [4, 'leave'],
      [5, 'ban'],
    ])
    let version = 1
    const access = createAccess({
      facts: { ...factsOf({}), memberships: () => ties, membershipsVersion: () => version },
    })
    const before = access.visible(subjectOf())
    expect([...before.joined, ...before.invited, ...before.knocked]).toEqual([1, 2, 3])
    expect([...before.left]).toEqual([4, 5])
    expect([1, 2, 3, 4, 5, 6].map((id) => before.membership(id))).toEqual([...ties.values(), undefined])
    expect(access.visible(subjectOf({ sessionId: 2 }))).toBe(before)
    ties.set(6, 'join')
    version++
    const after = access.visible(subjectOf())
    expect(after.has(6)).toBe(true)
    expect(before.has(6)).toBe(false)
    expect(after.version).not.toBe(before.version)
  })
})

describe('routes', () => {
  it('that declare nothing, or something unknown, are found', () => {
    const declared = ['nobody', 'session', 'people.read'].map((needs) => ({ method: 'GET', path: `/${needs}`, needs }))
    expect(undeclaredRoutes(declared)).toEqual([])
    expect(undeclaredRoutes([{ method: 'GET', path: ['/a', '/b'] }])).toEqual(['GET /a /b (needs nothing)'])
    expect(undeclaredRoutes([{ method: 'PUT', path: '/a', needs: 'toString' }])).toEqual(['PUT /a (needs toString)'])
  })
})

describe('an agency', () => {
  const access = createAccess({
    facts: factsOf({}),
    agencies: { isStaff: (user, agencyId) => user === userId && agencyId === 4 },
  })
  const program = { programId: 'T', permissions: new Set<Permission>(['citizens.people']) }
  const administrator = subjectOf({ permissions: permissionsOf('administrator') })
  const refusalOf = (who: Subject, agencyId: number) => {
    const decision = access.decide(who, 'citizens.people', agency(agencyId))
    return decision.allowed ? undefined : decision.refusal.code
  }

  it('is open to its staff who have the permission, and does not exist for others', () => {
    expect(refusalOf(administrator, 4)).toBeUndefined()
    expect(refusalOf(administrator, 5)).toBe('M_NOT_FOUND')
    expect(refusalOf(subjectOf({ userId: 9, permissions: permissionsOf('owner') }), 4)).toBe('M_NOT_FOUND')
    expect(refusalOf(subjectOf(), 4)).toBe('M_FORBIDDEN')
    expect(access.decide(program, 'citizens.people', agency(5)).allowed).toBe(true)
    expect(access.decide(program, 'citizens.send', agency(5)).allowed).toBe(false)
    const unplugged = createAccess({ facts: factsOf({}) })
    expect(unplugged.decide(administrator, 'citizens.people', agency(4)).allowed).toBe(false)
  })

  it('has grants of its own', () => {
    const grant = access.require(administrator, 'citizens.people', agency(4))
    expect(() => assertGrant(grant, 'citizens.people', agency(4))).not.toThrow()
    expect(() => assertGrant(grant, 'citizens.people', agency(5))).toThrow('another agency')
    expect(() => assertGrant(grant, 'citizens.people')).toThrow('another agency')
    const plain = access.require(administrator, 'citizens.people')
    expect(() => assertGrant(plain, 'citizens.people', agency(4))).toThrow('another agency')
  })
})
