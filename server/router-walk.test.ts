import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isScope, permissionCatalogue, undeclaredRoutes } from '#access/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let stranger: TownPerson
let room: string
beforeAll(async () => {
  town = await startTown({ registrationSharedSecret: 'open for the walk' })
  const alice = await town.person('alice', { role: 'owner' })
  stranger = await town.person('stranger')
  room = await alice.createRoom({ preset: 'private_chat', name: 'Zebra of the house' })
  await alice.say(room, 'zebra itself')
})
afterAll(() => town[Symbol.asyncDispose]())

/** Routes that anybody may ask before they are signed in; whoever adds one here has thought about it. */
const forNobody = [
  'acceptInvitation',
  'answerCitizenMessage',
  'authFallback',
  'authFallbackForm',
  'checkSetupLink',
  'checkUsernameAvailability',
  'chooseCitizenOwnWord',
  'completeSetup',
  'enterCitizenCode',
  'getConsentReceiptKey',
  'getContent',
  'getContentOverrideName',
  'getContentThumbnail',
  'getInstallation',
  'getInvitation',
  'getLoginFlows',
  'getOpenIdUserInfo',
  'getVersions',
  'getWellknown',
  'getWellknownSupport',
  'leaveCitizenPages',
  'login',
  'openCitizenInbox',
  'proveCitizenBySecondAddress',
  'proveCitizenByWord',
  'receiveInboundHook',
  'receiveStatusHook',
  'refresh',
  'register',
  'registrationTokenValidity',
  'requestTokenToRegisterEmail',
  'requestTokenToRegisterMSISDN',
  'requestTokenToResetPasswordEmail',
  'requestTokenToResetPasswordMSISDN',
  'saveCitizenChoices',
  'sendCitizenCode',
  'sendCitizenSecondCode',
  'sharedSecretNonce',
  'sharedSecretRegister',
  'showCitizenAccessibility',
  'showCitizenChoices',
  'showCitizenData',
  'showCitizenFont',
  'showCitizenHistory',
  'showCitizenMessages',
  'showCitizenOwnWord',
  'showCitizenPrivacy',
  'showCitizenProve',
  'showCitizenReceipt',
  'showCitizenStart',
  'showCitizenStyle',
  'showCitizenUnsubscribe',
  'startCitizenAgain',
  'stopCitizenEverything',
  'takeCitizenData',
  'undoCitizenChoice',
  'unsubscribeCitizen',
]

describe('every route', () => {
  it('declares what it needs, and access knows the need', () => {
    expect(undeclaredRoutes(town.http.routes())).toEqual([])
  })

  it('needs somebody, unless it stands on the list', () => {
    const open = town.http.routes().filter((route) => route.needs === 'nobody')
    expect([...new Set(open.map((route) => route.operation))].sort()).toEqual(forNobody)
  })

  it('refuses who has no token', async () => {
    for (const route of town.http.routes().filter((one) => one.needs !== 'nobody')) {
      const answer = await fetch(town.url + pathOf(route.path), { method: route.method })
      expect([route.operation, answer.status]).toEqual([route.operation, 401])
    }
  })

  it('tells a stranger nothing of a room that is not his', async () => {
    for (const route of town.http.routes()) {
      const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { raw: '{}' }
      const path = pathOf(route.path)
      if (/log-?out|deactivate|delete_devices/i.test(path) || path.endsWith('/sync')) continue
      const answer = await stranger.call(route.method, path, body)
      expect([route.operation, answer.status < 500]).toEqual([route.operation, true])
      expect(answer.text).not.toMatch(/zebra/i)
    }
    expect(JSON.stringify(await stranger.sync())).not.toContain('ebra')
  })
})

describe('a program', () => {
  const ask = (program: TownPerson, route: { method: string; path: string | readonly string[] }) =>
    program.call(
      route.method,
      pathOf(route.path),
      route.method === 'GET' || route.method === 'DELETE' ? {} : { raw: '{}' },
    )

  it('whose token has no scopes is refused by every route that needs somebody', async () => {
    const nobody = await town.program()
    for (const route of town.http.routes().filter((one) => one.needs !== 'nobody')) {
      const answer = await ask(nobody, route)
      expect([route.operation, answer.status, answer.json.errcode]).toEqual([route.operation, 403, 'M_FORBIDDEN'])
    }
  })

  it('with every scope passes where one of them is needed and nowhere else, and no route takes it for a person', async () => {
    const scopes = permissionCatalogue.map(({ id }) => id).filter(isScope)
    const program = await town.program(...scopes)
    const passed: string[] = []
    for (const route of town.http.routes().filter((one) => one.needs !== 'nobody')) {
      const answer = await ask(program, route)
      expect([route.operation, answer.status < 500]).toEqual([route.operation, true])
      expect(answer.text).not.toMatch(/zebra/i)
      const isScopeless = answer.status === 403 && answer.text.includes('scopes')
      expect([route.operation, isScopeless]).toEqual([route.operation, !isScope(route.needs)])
      if (!isScopeless) passed.push(route.operation)
    }
    expect(passed).toEqual(expect.arrayContaining(['listPeople', 'getSettings', 'sendNotice', 'deleteMedia']))
  })
})

/** The first path of a route with something plausible in each place. */
function pathOf(path: string | readonly string[]): string {
  const first = typeof path === 'string' ? path : (path[0] ?? '')
  const values: Record<string, string> = {
    roomId: room,
    roomIdOrAlias: room,
    userId: stranger.id,
    eventType: 'm.room.name',
    type: 'org.example.type',
    serverName: 'town.example',
  }
  return first
    .split('/')
    .map((part) => (part.startsWith(':') ? encodeURIComponent(values[part.slice(1)] ?? 'x') : part))
    .join('/')
}
