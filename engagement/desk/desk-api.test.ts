import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { DeskOffice, deskChannels } from '#testing/desk-office.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let boss: TownPerson
let ada: TownPerson
let ben: TownPerson
let otto: TownPerson
let office: DeskOffice
beforeAll(async () => {
  town = await startTown({ channels: deskChannels })
  boss = await town.person('boss', { role: 'owner' })
  ada = await town.person('ada', { displayName: 'Ada L.' })
  ;[ben, otto] = await town.people('ben', 'otto')
  office = await DeskOffice.open(town, boss, 'main', [boss, ada, ben])
  await DeskOffice.open(town, boss, 'other', [otto])
})
afterAll(() => town[Symbol.asyncDispose]())

/** A citizen of the agency whose number it knows; her public id. */
async function citizen(name: string, number: string, language = 'hu'): Promise<string> {
  const addresses = [{ kind: 'sms', value: number, verified: true }]
  return (await boss.ok('POST', '/api/v1/people', { agency: 'main', name, language, addresses })).id
}

describe('queues', () => {
  it('are made by who looks after the agency, found by its staff, and renamed', async () => {
    const body = { agency: 'main', key: 'parking', name: 'Parking', channels: ['parking-sms'] }
    expect((await ada.call('POST', '/api/v1/queues', { body })).status).toBe(403)
    const made = await boss.ok('POST', '/api/v1/queues', body)
    expect(made).toMatchObject({ key: 'parking', name: 'Parking', agency: 'main', open: 0, unassigned: 0 })
    const again = await boss.call('POST', '/api/v1/queues', { body })
    expect([again.status, again.json.error.code]).toEqual([409, 'CHANCERY_CONFLICT'])
    const conversation = await office.hears('+36301111111', 'Hello', { channelId: 'parking-sms' })
    const changed = await boss.ok('PATCH', `/api/v1/queues/${made.id}`, { name: 'Cars', channels: [] })
    expect(changed).toMatchObject({ name: 'Cars', channels: [], open: 1, unassigned: 1 })
    expect((await ada.ok('GET', '/api/v1/queues')).queues).toContainEqual(changed)
    expect((await otto.ok('GET', '/api/v1/queues')).queues).toEqual([])
    expect((await otto.call('GET', `/api/v1/conversations?queue=${made.id}`)).status).toBe(404)
    const next = await office.queue('next', 'Next', ['parking-sms'])
    expect((await office.hears('+36301111112', 'Hello', { channelId: 'parking-sms' })).queueId).toBe(next.id)
    expect((await office.hears('+36301111111', 'Again', { channelId: 'parking-sms' })).queueId).toBe(
      conversation.queueId,
    )
  })
})

describe('the list of conversations', () => {
  it('goes on from page to page, and by queue, state and leader', async () => {
    const queue = await office.queue('pages', 'Pages', ['pages'])
    const made: string[] = []
    for (const number of [1, 2, 3, 4, 5]) {
      made.push((await office.hears(`+3630222222${number}`, 'Hello', { channelId: 'pages' })).publicId)
    }
    await ada.ok('POST', `/api/v1/conversations/${made[0]}/take`, {})
    await ada.ok('POST', `/api/v1/conversations/${made[1]}/take`, {})
    await ada.ok('POST', `/api/v1/conversations/${made[1]}/close`, {})
    const ids = async (query: string) => {
      const found: string[] = []
      for (let cursor = ''; ; ) {
        const page = await ada.ok('GET', `/api/v1/conversations?queue=${queue.publicId}&${query}${cursor}`)
        found.push(...page.conversations.map(({ id }: { id: string }) => id))
        if (page.next_cursor === undefined) return found.sort()
        cursor = `&cursor=${page.next_cursor}`
      }
    }
    const [one, two, ...rest] = made as [string, string, string]
    expect(await ids('limit=2')).toEqual([one, ...rest].sort())
    expect(await ids('state=closed')).toEqual([two])
    expect(await ids('state=open,closed&limit=1')).toEqual([...made].sort())
    expect(await ids('assignee=me')).toEqual([one])
    expect(await ids(`assignee=${encodeURIComponent(ben.id)}`)).toEqual([])
    expect(await ids('assignee=none')).toEqual([...rest].sort())
    for (const query of ['state=gone', 'cursor=x']) {
      expect((await ada.call('GET', `/api/v1/conversations?${query}`)).status).toBe(400)
    }
  })

  it('names who writes, once she is known, and her room does too', async () => {
    const conversation = await office.hears('+36303333333', 'Hello')
    await ada.ok('POST', `/api/v1/conversations/${conversation.publicId}/take`, {})
    const id = await citizen('Maria Kov\u00e1cs', '+36303333333')
    const again = await office.hears('+36303333333', 'Me again')
    expect(again.id).toBe(conversation.id)
    const shown = await ada.ok('GET', `/api/v1/conversations/${conversation.publicId}`)
    expect(shown).toMatchObject({ personId: id, name: 'Maria Kov\u00e1cs', staff: [ada.id] })
    const path = `/rooms/${encodeURIComponent(conversation.matrixRoomId)}/joined_members`
    expect((await ada.ok('GET', path)).joined[shown.citizen]).toEqual({ display_name: 'Maria Kov\u00e1cs' })
  })
})

describe('the way of the next words', () => {
  it('is told with the conversation, and for each kind of channel that a writer may wish for', async () => {
    await citizen('Wera Way', '+36306666666')
    const conversation = await office.hears('+36306666666', 'Hello')
    const path = `/api/v1/conversations/${conversation.publicId}`
    const way = async (query = '') => (await ada.ok('GET', path + query)).way
    expect(await way()).toMatchObject({ isOpen: true, channel: 'sms', form: 'words' })
    expect((await way()).reason).toMatch(/^[A-Z].*\.$/)
    expect(await way('?by=sms')).toEqual({ isOpen: true, channel: 'sms', form: 'words', reason: 'You chose SMS.' })
    expect(await way('?by=mail')).toMatchObject({
      isOpen: false,
      code: 'no-address',
      message: 'There is no address of her for e-mail. It can go by SMS.',
      nextBest: { channel: 'sms' },
    })
    expect((await ada.call('GET', `${path}?by=pigeon`)).status).toBe(400)
    expect((await otto.call('GET', `${path}?by=mail`)).status).toBe(404)
  })
})

describe('canned replies', () => {
  it('are in her language, and filled in for the conversation', async () => {
    const id = await citizen('{{ staff.name }} <b>', '+36304444444', 'hu-HU')
    const conversation = await office.hears('+36304444444', 'Hello')
    const texts = {
      en: 'Dear {{ person.name }}, {{ staff.name }} of {{ agency.name }}',
      hu: 'Kedves {{ person.name }}! {{ conversation.reference }} {{ conversation.channel }} {{ staff.name }}',
    }
    const wish = { agency: 'main', key: 'hello', title: 'Hello', texts }
    expect((await ada.call('POST', '/api/v1/canned-replies', { body: wish })).status).toBe(403)
    const once = { body: wish, headers: { 'idempotency-key': 'canned-1' } }
    const { json: made } = await boss.call('POST', '/api/v1/canned-replies', once)
    expect((await boss.call('POST', '/api/v1/canned-replies', once)).json).toEqual(made)
    expect((await boss.call('POST', '/api/v1/canned-replies', { body: wish })).status).toBe(409)
    const bad = { ...wish, key: 'bad', texts: { en: '{{ person.constructor }}' } }
    expect((await boss.call('POST', '/api/v1/canned-replies', { body: bad })).status).toBe(400)
    const path = `/api/v1/conversations/${conversation.publicId}/canned-replies/${made.id}`
    const reference = (await ada.ok('GET', `/api/v1/conversations/${conversation.publicId}`)).reference
    expect(await ada.ok('GET', path)).toEqual({
      language: 'hu',
      text: `Kedves {{ staff.name }} <b>! ${reference} SMS Ada L.`,
    })
    expect((await ada.ok('GET', `${path}?language=en-GB`)).language).toBe('en')
    expect((await otto.call('GET', path)).status).toBe(404)
    expect((await otto.ok('GET', '/api/v1/canned-replies')).replies).toEqual([])
    const changed = await boss.ok('PUT', `/api/v1/canned-replies/${made.id}`, { title: 'Hi', texts: { en: 'Hi' } })
    expect((await ada.ok('GET', '/api/v1/canned-replies')).replies).toEqual([changed])
    await boss.ok('DELETE', `/api/v1/canned-replies/${made.id}`)
    expect((await ada.ok('GET', '/api/v1/canned-replies')).replies).toEqual([])
    expect(id).toMatch(/^p/)
    const stored = await town.postgres.rows("select encode(sealed, 'escape') as text from canned_reply")
    expect(JSON.stringify(stored)).not.toContain('Kedves')
  })
})

describe('the record of a citizen', () => {
  it('is shut to who does not talk with her, and open to who says why: she can read that', async () => {
    const id = await citizen('Olga Opened', '+36307777777')
    const conversation = await office.hears('+36307777777', 'Hello')
    const path = (rest = '') => `/api/v1/people/${id}${rest}`
    const shut = await ada.call('GET', path())
    expect([shut.status, shut.json.error.code]).toEqual([403, 'reason-needed'])
    expect((await ada.call('POST', path('/openings'), { body: { reason: '  ' } })).status).toBe(400)
    const before = Date.now()
    await ada.ok('POST', path('/openings'), { reason: ' She rang and asks ' })
    const { opening, name } = await ada.ok('GET', path())
    expect([name, opening.reason, opening.untilMs - opening.atMs]).toEqual([
      'Olga Opened',
      'She rang and asks',
      limits.recordOpeningMs,
    ])
    expect(opening.atMs).toBeGreaterThanOrEqual(before)
    for (const rest of ['/consents', '/preferences', '/timeline']) expect(await ada.ok('GET', path(rest))).toBeDefined()
    expect((await ben.call('GET', path())).status).toBe(403)
    expect((await ben.call('GET', path('/openings'))).status).toBe(403)
    await boss.ok('POST', path('/openings'), { reason: 'To see who looked' })
    expect((await boss.ok('GET', path('/openings'))).openings.slice(0, 2)).toEqual([
      expect.objectContaining({ userId: boss.id, reason: 'To see who looked' }),
      { userId: ada.id, reason: 'She rang and asks', atMs: opening.atMs },
    ])
    await ben.ok('POST', `/api/v1/conversations/${conversation.publicId}/take`, {})
    expect(await ben.ok('GET', path())).not.toHaveProperty('opening')
  })
})

describe('the timeline of a citizen', () => {
  it('joins her conversations, for who works on one of them', async () => {
    const id = await citizen('Nora Nagy', '+36305555555')
    const first = await office.hears('+36305555555', 'One', { channelId: 'a' })
    await ada.ok('POST', `/api/v1/conversations/${first.publicId}/take`, {})
    await ada.say(first.matrixRoomId, 'An answer')
    await ada.say(first.matrixNotesRoomId, 'canary')
    await ada.say(first.matrixRoomId, '!help canary')
    await ada.ok('POST', `/api/v1/conversations/${first.publicId}/close`, {})
    const second = await office.hears('+36305555555', 'Two', { channelId: 'b' })
    expect(second.id).not.toBe(first.id)
    const path = `/api/v1/people/${id}/timeline`
    for (const who of [ada, ben]) {
      const shut = await who.call('GET', path)
      expect([shut.status, shut.json.error.code]).toEqual([403, 'reason-needed'])
    }
    expect((await otto.call('GET', path)).status).toBe(404)
    await ben.ok('POST', `/api/v1/conversations/${second.publicId}/take`, {})
    const told = await ben.ok('GET', path)
    expect(told.conversations.map((one: any) => [one.id, one.state])).toEqual([
      [second.publicId, 'open'],
      [first.publicId, 'closed'],
    ])
    expect(told.messages.map((one: any) => [one.from, one.text, one.conversation])).toEqual([
      ['citizen', 'Two', second.publicId],
      ['staff', 'An answer', first.publicId],
      ['citizen', 'One', first.publicId],
    ])
    const page = await ben.ok('GET', `${path}?limit=1`)
    const rest = await ben.ok('GET', `${path}?limit=10&cursor=${encodeURIComponent(page.next_cursor)}`)
    expect([...page.messages, ...rest.messages]).toEqual(told.messages)
    expect((await ada.call('GET', path)).status).toBe(403)
  })
})
