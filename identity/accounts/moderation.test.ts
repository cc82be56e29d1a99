import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import { roomPath, TownPerson } from '#testing/town-person.ts'

let town: Town
let owner: TownPerson
let admin: TownPerson
beforeAll(async () => {
  town = await startTown()
  owner = await town.person('owner', { role: 'owner' })
  admin = await town.person('admin', { role: 'administrator' })
})
afterAll(() => town[Symbol.asyncDispose]())

const client = '/_matrix/client/v1'
const set = (by: TownPerson, what: 'lock' | 'suspend', who: string, on: boolean) =>
  by.call('PUT', `${client}/admin/${what}/${encodeURIComponent(who)}`, {
    body: { [what === 'lock' ? 'locked' : 'suspended']: on },
  })
const state = async (by: TownPerson, what: 'lock' | 'suspend', who: string) =>
  (await by.call('GET', `${client}/admin/${what}/${encodeURIComponent(who)}`)).json
const logIn = (user: string, password = townPassword) => TownPerson.signIn(() => town.url, user, password)

describe('a locked account', () => {
  it('is let through to nothing but signing out, keeps its devices, and is told that it can come back', async () => {
    const lotte = await town.person('lotte')
    const since = (await lotte.sync()).next_batch
    const waiting = lotte.call('GET', `/sync?since=${since}&timeout=30000`)
    await new Promise((resolve) => setImmediate(resolve))
    expect((await set(admin, 'lock', lotte.id, true)).json).toEqual({ locked: true })
    expect((await waiting).status).toBeLessThan(402)
    for (const [method, path] of [
      ['GET', '/sync'],
      ['GET', '/account/whoami'],
      ['POST', '/createRoom'],
      ['GET', '/devices'],
    ] as const) {
      const { status, json } = await lotte.call(method, path, method === 'POST' ? { body: {} } : {})
      expect([path, status, json.errcode, json.soft_logout]).toEqual([path, 401, 'M_USER_LOCKED', true])
    }
    await expect(logIn('lotte')).rejects.toThrow('M_USER_LOCKED')
    expect(await state(admin, 'lock', lotte.id)).toEqual({ locked: true })
    await set(admin, 'lock', lotte.id, false)
    await lotte.ok('GET', '/account/whoami')
    await set(admin, 'lock', lotte.id, true)
    await lotte.ok('POST', '/logout', {})
  })
})

describe('a suspended account', () => {
  it('reads, removes its own words and leaves, and writes nothing', async () => {
    const sara = await town.person('sara')
    const room = await owner.createRoom({ preset: 'public_chat', power_level_content_override: { redact: 0 } })
    const other = await owner.createRoom({ preset: 'public_chat' })
    await sara.join(room)
    const theirs = await owner.say(room, 'from the owner')
    const own = await sara.say(room, 'from me')
    expect((await set(admin, 'suspend', sara.id, true)).json).toEqual({ suspended: true })
    const refused: [string, string, object][] = [
      ['PUT', `${roomPath(room)}/send/m.room.message/s1`, { msgtype: 'm.text', body: 'x' }],
      ['PUT', `${roomPath(room)}/state/m.room.topic/`, { topic: 'x' }],
      ['POST', `/join/${encodeURIComponent(other)}`, {}],
      ['POST', '/createRoom', {}],
      ['PUT', `/profile/${encodeURIComponent(sara.id)}/displayname`, { displayname: 'x' }],
      ['POST', `${roomPath(room)}/invite`, { user_id: owner.id }],
      ['PUT', `${roomPath(room)}/redact/${encodeURIComponent(theirs)}/r1`, {}],
      ['PUT', `${roomPath(room)}/typing/${encodeURIComponent(sara.id)}`, { typing: true, timeout: 1000 }],
    ]
    for (const [method, path, body] of refused) {
      const { status, json } = await sara.call(method, path, { body })
      expect([path, status, json.errcode]).toEqual([path, 403, 'M_USER_SUSPENDED'])
    }
    await logIn('sara')
    expect((await sara.messages(room)).chunk.map((event) => event.content.body)).toContain('from the owner')
    await sara.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(own)}/r2`, {})
    expect(await sara.ok('GET', '/api/v1/me')).toMatchObject({
      suspended: true,
      permissions: expect.not.arrayContaining(['rooms.create']),
    })
    await sara.leave(room)
    await set(admin, 'suspend', sara.id, false)
    await sara.join(room)
    expect(await state(admin, 'suspend', sara.id)).toEqual({ suspended: false })
  })
})

describe('administrators', () => {
  it('act on those below them, and members on nobody', async () => {
    const mia = await town.person('mia')
    expect((await set(mia, 'lock', admin.id, true)).json.errcode).toBe('M_FORBIDDEN')
    expect((await set(mia, 'lock', '@nobody:town.example', true)).json.errcode).toBe('M_FORBIDDEN')
    expect((await set(admin, 'lock', owner.id, true)).json.errcode).toBe('M_FORBIDDEN')
    expect((await set(admin, 'lock', admin.id, true)).json.errcode).toBe('M_FORBIDDEN')
    expect((await set(admin, 'lock', '@nobody:town.example', true)).status).toBe(404)
    expect((await set(admin, 'suspend', '@a:elsewhere.example', true)).json.errcode).toBe('M_INVALID_PARAM')
    const second = await town.person('second', { role: 'administrator' })
    expect((await set(owner, 'suspend', second.id, true)).status).toBe(200)
  })

  it('see the settings, and others do not', async () => {
    const nia = await town.person('nia')
    expect((await nia.call('GET', '/api/v1/settings')).json.errcode).toBe('M_FORBIDDEN')
    const settings = await admin.ok('GET', '/api/v1/settings')
    expect(settings).toMatchObject({ options: {}, rates: {}, limits: { passwordCharactersMin: 15 } })
  })

  it('are told that they may', async () => {
    const mats = await town.person('mats')
    const of = async (who: TownPerson) => (await who.ok('GET', '/capabilities')).capabilities['m.account_moderation']
    expect([await of(admin), await of(mats)]).toEqual([{ lock: true, suspend: true }, undefined])
  })

  it('see where somebody is signed in, and everybody sees it of herself', async () => {
    const wim = await town.person('wim')
    await wim.ok('GET', '/account/whoami')
    const path = `/admin/whois/${encodeURIComponent(wim.id)}`
    for (const who of [wim, admin]) {
      const { user_id, devices } = await who.ok('GET', path)
      expect([user_id, Object.keys(devices)]).toEqual([wim.id, [wim.deviceId]])
    }
    expect((await wim.call('GET', `/admin/whois/${encodeURIComponent(admin.id)}`)).json.errcode).toBe('M_FORBIDDEN')
  })

  it('set a new password, which signs the person out', async () => {
    const paul = await town.person('paul')
    const path = `/api/v1/accounts/${encodeURIComponent(paul.id)}/password`
    expect((await admin.call('POST', path, { body: { new_password: 'short' } })).json.errcode).toBe('M_WEAK_PASSWORD')
    expect((await paul.call('POST', path, { body: { new_password: 'x' } })).json.errcode).toBe('M_FORBIDDEN')
    await admin.ok('POST', path, { new_password: 'seven green boats ahead' })
    expect((await paul.call('GET', '/account/whoami')).status).toBe(401)
    await expect(logIn('paul')).rejects.toThrow('403')
    await logIn('paul', 'seven green boats ahead')
  })

  it('make sign-in tokens for programs only when they are owners', async () => {
    const bot = await town.person('bot')
    const path = `/api/v1/accounts/${encodeURIComponent(bot.id)}/login_token`
    expect((await admin.call('POST', path, { body: {} })).json.errcode).toBe('M_FORBIDDEN')
    const { login_token } = await owner.ok('POST', path, {})
    const answer = await bot.call('POST', '/login', { body: { type: 'm.login.token', token: login_token } })
    expect(answer.json.user_id).toBe(bot.id)
  })
})

describe('closing an account', () => {
  const close = (who: TownPerson, erase: boolean) =>
    who.ok('POST', '/account/deactivate', { auth: { type: 'm.login.password', password: townPassword }, erase })

  /** Tables that name the person, with how often. */
  async function traces(userId: number): Promise<string[]> {
    const tables = await town.postgres.rows<{ name: string; column: string }>(
      `select table_name as name, column_name as column from information_schema.columns
       where table_schema = current_schema() and column_name in ('user_id', 'signer_id', 'target_id')`,
    )
    const found: string[] = []
    for (const { name, column } of tables) {
      const row = await town.postgres.row<{ n: number }>(
        `select count(*)::int as n from "${name}" where "${column}" = ${userId}`,
      )
      if (row!.n > 0) found.push(name)
    }
    return [...new Set(found)].sort()
  }

  it('leaves all rooms, and nothing stays that belonged to the person alone', async () => {
    const erna = await town.person('erna')
    const room = await owner.createRoom({ preset: 'public_chat' })
    await erna.join(room)
    const said = await erna.say(room, 'this stays')
    const asked = await owner.createRoom({ invite: [erna.id] })
    await erna.ok('PUT', `/user/${encodeURIComponent(erna.id)}/account_data/org.example`, { a: 1 })
    await erna.ok('POST', `/user/${encodeURIComponent(erna.id)}/filter`, { room: {} })
    await erna.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(said)}`, {})
    await close(erna, true)
    await expect(logIn('erna')).rejects.toThrow('403')
    const members = await owner.ok('GET', `${roomPath(room)}/members`)
    const of = members.chunk.find((event: any) => event.state_key === erna.id)
    expect(of.content.membership).toBe('leave')
    const invited = await owner.ok('GET', `${roomPath(asked)}/members`)
    expect(invited.chunk.find((event: any) => event.state_key === erna.id).content.membership).toBe('leave')
    expect((await owner.messages(room)).chunk.map((event) => event.content.body)).toContain('this stays')
    expect((await owner.call('GET', `/profile/${encodeURIComponent(erna.id)}/displayname`)).text).not.toContain('Erna')
    const row = await town.postgres.row<{ id: number }>('select id from users where matrix_id = $1', [erna.id])
    // What rooms and the log have of her stays with them.
    expect(await traces(row!.id)).toEqual(['account', 'erasure', 'log', 'room_state'])
  })

  it('by an administrator, and what a failure left undone is finished later', async () => {
    const gone = await town.person('gone')
    const room = await owner.createRoom({ preset: 'public_chat' })
    await gone.join(room)
    await admin.ok('POST', `/api/v1/accounts/${encodeURIComponent(gone.id)}/deactivate`, {})
    expect((await gone.call('GET', '/account/whoami')).status).toBe(401)
    expect(await owner.ok('GET', `/profile/${encodeURIComponent(gone.id)}/displayname`)).toEqual({
      displayname: 'Gone',
    })

    const half = await town.person('half')
    await half.join(room)
    await town.postgres.run(
      `update account set deactivated_ts = 1 where user_id = (select id from users where matrix_id = $1)`,
      [half.id],
    )
    expect(await town.chancery.identity.departures.finish()).toBe(1)
    expect(await town.chancery.identity.departures.finish()).toBe(0)
    const members = await owner.ok('GET', `${roomPath(room)}/joined_members`)
    expect(Object.keys(members.joined)).toEqual([owner.id])
  })
})
