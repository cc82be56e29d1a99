import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { address, purposeIds, SendHouse } from '#testing/send-house.ts'
import { inboundDone } from '../store/inbound-done.ts'
import { putLastIn } from '../store/last-in.ts'
import type { HeardInbound } from './dialogues.ts'
import { tellingText } from './telling-texts.ts'

let database: TestDatabase
let house: SendHouse
let node: Awaited<ReturnType<SendHouse['node']>>
let messages = 0
let addressId = 100
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.dispose())
/** Another citizen for each test. */
beforeEach(async () => {
  house = new SendHouse(database)
  house.addresses = [address(++addressId, 'sms')]
  node = await house.node()
})

const minuteMs = 60_000
const kinds: readonly [RegExp, string][] = [
  [/no more messages about/, 'scope'],
  [/no more messages from us/, 'agency'],
  [/no more messages from any agency/, 'government'],
  [/Do you want to end/, 'unsure'],
  [/Reply \d{4} to get/, 'code'],
  [/You get messages again/, 'started'],
  [/Write what you need/, 'help'],
]
const told = () =>
  house.channel('sms').taken.flatMap(({ text }) => kinds.find(([pattern]) => pattern.test(text))?.[1] ?? [])

async function work(): Promise<void> {
  await node.dialogues.round()
  await node.pipeline.round()
  await node.pipeline.settled()
  await node.decider.round()
}

/** In small steps while something may happen, then in one. */
async function until(minute: number, beganMs: number): Promise<void> {
  const endMs = beganMs + minute * minuteMs
  for (let n = 0; house.clock.nowMs() < endMs; n++) {
    const leftMs = endMs - house.clock.nowMs()
    await house.clock.advance(n < 3 ? Math.min(5 * minuteMs, leftMs) : leftMs)
    await work()
  }
}

const codeSent = () => /Reply (\d{4})/.exec(house.channel('sms').taken.at(-1)?.text ?? '')?.[1] ?? ''

/** `STOP`, `STOP!` (the provider has answered it), `START~` (from a sender that proved itself). */
function inbound(
  words: string,
): Pick<HeardInbound, 'authenticity' | 'text'> & { providerAnswered?: 'start' | 'stop' | 'help' } {
  const text = words.replace(/[!~]$/, '').replace('CODE', codeSent())
  const authenticity = words.endsWith('~') ? 'proven' : 'forgeable'
  const command = text.split(' ')[0]?.toLowerCase() as 'help' | 'start' | 'stop'
  return { text, authenticity, ...(words.endsWith('!') ? { providerAnswered: command } : {}) }
}

async function hear(words: string) {
  const [hers] = house.addresses
  if (hers === undefined) throw new Error('she has no address')
  const id = ++messages
  const message = { ...inbound(words), id, channelId: 'sms', kind: 'sms' as const, receivedMs: house.clock.nowMs() }
  return node.dialogues.hear(house.agency, hers, message)
}

/** Programmes that still reach her, of the two that rest on her consent. */
const open = () =>
  [
    ['floods', purposeIds.consent],
    ['library', purposeIds.library],
  ].flatMap(([name, id]) => (house.shut.has(`${addressId} ${id}`) ? [] : [name]))

type Row = readonly [name: string, said: string, untilMinute: number, told: string, open: string]

/** What she says at which minute after a message about floods came; what we say to that; and what still reaches her. */
const table: readonly Row[] = [
  ['STOP ends what was sent last and asks what else', '0 STOP', 1, 'scope', 'library'],
  ['silence means everything', '0 STOP', 11, 'scope', ''],
  ['silence is not taken for an answer too soon', '0 STOP', 9, 'scope', 'library'],
  ['ONLY keeps the others, for good', '0 STOP / 1 ONLY', 60, 'scope', 'library'],
  ['ONLY in lower case with a full stop', '0 STOP / 1 only.', 60, 'scope', 'library'],
  ['ALL ends the rest at once', '0 STOP / 1 ALL', 2, 'scope', ''],
  ['GOV ends it everywhere', '0 STOP / 1 GOV', 2, 'scope', ''],
  ['STOP once more means everything, and nothing more is said', '0 STOP / 2 STOP', 3, 'scope', ''],
  ['STOP ALL as the answer', '0 STOP / 2 STOP ALL', 3, 'scope', ''],
  ['STOP ALL at once is confirmed once and asks nothing', '0 STOP ALL', 30, 'agency', ''],
  ['STOP GOV at once', '0 STOP GOV', 30, 'government', ''],
  ['STOP ALL, and ALL again', '0 STOP ALL / 1 ALL', 30, 'agency', ''],
  ['STOP ALL twice is confirmed once', '0 STOP ALL / 1 STOP ALL', 30, 'agency', ''],
  ['STOP after ONLY means everything, without another word', '0 STOP / 1 ONLY / 20 STOP', 60, 'scope', ''],
  ['STOP after silence changes nothing and is not confirmed again', '0 STOP / 20 STOP', 60, 'scope', ''],
  ['STOP three times in a minute', '0 STOP / 0 STOP / 0 STOP', 2, 'scope', ''],
  ['a question of hers is no answer', '0 STOP / 1 Where is my permit?', 5, 'scope', 'library'],
  ['a question of hers does not keep silence from counting', '0 STOP / 1 Where is my permit?', 11, 'scope', ''],
  [
    'ONLY that comes late by what can be forged gives nothing before the digits',
    '0 STOP / 30 ONLY',
    60,
    'scope code',
    '',
  ],
  ['ONLY that comes late, with the digits', '0 STOP / 30 ONLY / 31 CODE', 60, 'scope code', 'library'],
  ['ONLY that comes late, twice, is asked once', '0 STOP / 30 ONLY / 31 ONLY / 32 CODE', 60, 'scope code', 'library'],
  ['ONLY that comes after weeks is heard', '0 STOP / 20000 ONLY / 20001 CODE', 20002, 'scope code', 'library'],
  ['ONLY that comes late from a sender that proved itself', '0 STOP / 30 ONLY~', 60, 'scope', 'library'],
  ['STOP in place of the digits is not confirmed again', '0 STOP / 30 ONLY / 31 STOP / 32 CODE', 60, 'scope code', ''],
  ['what she ended herself does not come back with ONLY', '0 STOP / 20 STOP / 30 ONLY~', 60, 'scope', ''],
  ['ONLY that comes after more than a month is not', '0 STOP / 50000 ONLY', 50001, 'scope', ''],
  ['GOV that comes late is heard', '0 STOP / 30 GOV', 60, 'scope', ''],
  ['ALL that comes late says what silence said', '0 STOP / 30 ALL', 60, 'scope', ''],
  ['what the provider answered is not confirmed', '0 STOP!', 1, '', 'library'],
  ['what the provider answered widens by silence too', '0 STOP!', 11, '', ''],
  ['what the provider answered, twice', '0 STOP! / 1 STOP!', 2, '', ''],
  ['words of doubt hold the programme and ask once', '0 Spam', 1, 'unsure', 'library'],
  ['and stay held while nobody answers', '0 Spam', 3000, 'unsure', 'library'],
  ['and are not asked about again', '0 Spam / 5 Spam', 10, 'unsure', 'library'],
  ['nor after the question has lapsed', '0 Spam / 2000 Spam', 2001, 'unsure', 'library'],
  ['GO gives it back', '0 Spam / 5 GO', 60, 'unsure', 'floods library'],
  ['NO gives it back', '0 Spam / 5 NO', 60, 'unsure', 'floods library'],
  ['GO that comes late gives it back', '0 Spam / 2000 GO', 2001, 'unsure', 'floods library'],
  ['STOP makes it a STOP, confirmed once', '0 Spam / 5 STOP', 6, 'unsure scope', 'library'],
  ['YES to whether she wants to stop is a STOP', '0 Spam / 5 YES', 6, 'unsure scope', 'library'],
  ['and silence after it means everything', '0 Spam / 5 YES', 20, 'unsure scope', ''],
  ['doubt after STOP asks nothing', '0 STOP / 1 Spam', 5, 'scope', 'library'],
  ['doubt after a STOP that was answered asks nothing', '0 STOP / 1 ALL / 20 Spam', 25, 'scope', ''],
  ['doubt after a STOP that was not answered asks nothing', '0 STOP / 20 Spam', 25, 'scope', ''],
  ['START by what can be forged gives nothing before the digits', '0 STOP / 20 START', 30, 'scope code', ''],
  ['START with the digits', '0 STOP / 20 START / 21 CODE', 30, 'scope code', 'floods library'],
  ['the digits inside a sentence', '0 STOP / 20 START / 21 my code is CODE', 30, 'scope code', 'floods library'],
  ['wrong digits', '0 STOP / 20 START / 21 0000x', 30, 'scope code', ''],
  ['YES in place of the digits gives nothing', '0 STOP / 20 START / 21 YES', 30, 'scope code', ''],
  [
    'three wrong guesses end it',
    '0 STOP / 20 START / 21 0 0 / 22 WRONG / 23 WRONG / 24 WRONG / 25 CODE',
    30,
    'scope code',
    '',
  ],
  ['the digits a day too late', '0 STOP / 20 START / 1500 CODE', 1510, 'scope code', ''],
  ['START twice is asked once', '0 STOP / 20 START / 21 START', 30, 'scope code', ''],
  ['START while asked about STOP keeps silence from widening', '0 STOP / 1 START', 60, 'scope code', 'library'],
  ['START from a sender that proved itself', '0 STOP / 20 START~', 30, 'scope started', 'floods library'],
  [
    'START again and again is asked three times a day, whoever writes it',
    `0 STOP / ${[20, 21, 22, 23, 24].map((n) => `${n} START / ${n} WRONG / ${n} WRONG / ${n} WRONG`).join(' / ')}`,
    30,
    'scope code code code',
    '',
  ],
  [
    'and on the next day once more',
    `0 STOP / ${[20, 21, 22].map((n) => `${n} START / ${n} WRONG / ${n} WRONG / ${n} WRONG`).join(' / ')} / 1500 START / 1501 CODE`,
    1510,
    'scope code code code code',
    'floods library',
  ],
  [
    'START that the provider answered still needs the digits',
    '0 STOP! / 20 START! / 21 CODE',
    30,
    'code',
    'floods library',
  ],
  ['START where nothing was stopped', '0 START', 10, '', 'floods library'],
  ['STOP after START is confirmed anew', '0 STOP / 20 START / 21 CODE / 30 STOP', 31, 'scope code scope', 'library'],
  ['HELP', '0 HELP', 10, 'help', 'floods library'],
  ['HELP twice in an hour is answered once', '0 HELP / 5 HELP', 10, 'help', 'floods library'],
  ['HELP on two days', '0 HELP / 1500 HELP', 1501, 'help help', 'floods library'],
  ['HELP that the provider answered', '0 HELP!', 10, '', 'floods library'],
  ['YES out of nowhere', '0 YES', 10, '', 'floods library'],
  ['ALL out of nowhere', '0 ALL', 10, '', 'floods library'],
]

describe('dialogues about what she wants to get', () => {
  it.each(table)('%s', async (_name, said, untilMinute, expectedTold, expectedOpen) => {
    await house.add(node, { purposeId: purposeIds.library })
    await work()
    await house.clock.advance(minuteMs)
    await house.add(node)
    await work()
    const beganMs = house.clock.nowMs()
    for (const step of said.split(' / ')) {
      const [, minute = '', words = ''] = /^(\d+) (.*)$/.exec(step) ?? []
      await until(Number(minute), beganMs)
      await hear(words === 'WRONG' ? (codeSent() === '1111' ? '2222' : '1111') : words)
      await work()
    }
    await until(untilMinute, beganMs)
    expect(told().join(' ')).toBe(expectedTold)
    expect(open().join(' ')).toBe(expectedOpen)
  })

  it('are no fewer than forty', () => {
    expect(table.length).toBeGreaterThanOrEqual(40)
  })
})

describe('a STOP', () => {
  it('where the law takes it for everything ends everything at once, and asks nothing', async () => {
    house.country = 'US'
    await house.add(node)
    await work()
    await hear('STOP')
    await work()
    expect([told(), open()]).toEqual([['agency'], []])
  })

  it('after nothing but answers of a clerk ends what rests on her consent', async () => {
    await house.add(node, { purposeId: purposeIds['public-task'] })
    await work()
    await hear('STOP')
    await work()
    expect([told(), open()]).toEqual([['agency'], []])
  })

  it('whose confirmation cannot leave in five minutes goes without one', async () => {
    await house.add(node)
    await work()
    const { script } = house.channel('sms')
    house.channel('sms').script = () => ({
      answers: { state: 'failed', isPermanent: false, code: '503', reason: 'provider', retryAfterMs: 301_000 },
    })
    await hear('STOP')
    await work()
    house.channel('sms').script = script
    await until(20, house.clock.nowMs())
    expect([told(), open()]).toEqual([[], []])
  })

  it('is for a human too when there is more to it', async () => {
    await house.add(node)
    await work()
    expect(await hear('STOP')).toMatchObject({ passes: false })
    expect(await hear('Stop this, and where is my permit?')).toMatchObject({ passes: true })
    expect(await hear('Where is my permit?')).toEqual({ passes: true, heard: undefined })
  })

  it('closes the sender that the provider closed', async () => {
    await house.add(node)
    await work()
    await hear('STOP!')
    expect(house.closed).toEqual([`${addressId} sms`])
  })

  it('acts once, however often the message comes', async () => {
    await house.add(node)
    await work()
    messages += 1
    const [hers] = house.addresses
    const message = { id: messages, channelId: 'sms', kind: 'sms', text: 'STOP', authenticity: 'forgeable' } as const
    const again = () => hers && node.dialogues.hear(house.agency, hers, { ...message, receivedMs: house.clock.nowMs() })
    const heeded = [await again(), ...(await Promise.all([again(), again()]))]
    await work()
    expect(heeded).toEqual(Array.from({ length: 3 }, () => ({ passes: false, heard: 'stop' })))
    expect([told(), house.stops.length, open()]).toEqual([['scope'], 1, ['library']])
  })

  it('is told at the desk as wide as it became', async () => {
    await house.add(node)
    await work()
    const reaches: (string | null | undefined)[] = []
    for (const words of ['STOP', 'ONLY', 'STOP']) {
      await hear(words)
      await work()
      reaches.push((await inboundDone(database.postgres, messages))?.reach)
    }
    expect([reaches, open()]).toEqual([['programme', null, 'agency'], []])
  })

  it('that was left open is told where she writes once silence has made it wider', async () => {
    await house.add(node)
    await work()
    const conversationId = 9_000 + addressId
    const atTs = house.clock.nowMs()
    const line = { addressId, channelId: 'sms', agencyId: 1, conversationId, atTs, keyId: null, sealedThread: null }
    await putLastIn(database.postgres, line)
    await hear('STOP')
    const tellings = () =>
      database.postgres.rows<{ facts: JsonObject }>('select facts from telling where conversation_id = $1', [
        conversationId,
      ])
    expect(await tellings()).toEqual([])
    await until(20, atTs)
    const [telling, ...more] = await tellings()
    expect([telling?.facts, more]).toEqual([{ heard: 'stop', reach: 'agency', by: 'silence' }, []])
    expect(tellingText(telling?.facts ?? {}, undefined)).toMatch(/^She did not say how far her STOP reaches/)
    expect(open()).toEqual([])
  })

  it('is confirmed within five minutes or not at all, also where nobody decided meanwhile', async () => {
    await house.add(node)
    await work()
    await hear('STOP')
    await house.clock.advance(limits.stopConfirmationMsMax)
    await node.pipeline.round()
    await node.pipeline.settled()
    expect([told(), open()]).toEqual([[], ['library']])
  })
})

describe('words that come again, after a server died before they were carried on', () => {
  it('mean what they meant the first time, whatever has become of the dialogue', async () => {
    await house.add(node)
    await work()
    const [hers] = house.addresses
    const say = (id: number, text: string) => {
      if (hers === undefined) throw new Error('she has no address')
      const message = { id, channelId: 'sms', kind: 'sms', text, authenticity: 'forgeable' } as const
      return node.dialogues.hear(house.agency, hers, { ...message, receivedMs: house.clock.nowMs() })
    }
    const [answer, doubt, yes] = [++messages, ++messages, ++messages]
    // To a clerk's question: a human has to read it, also when it comes again.
    expect([await say(answer, 'Yes'), await say(answer, 'Yes')]).toMatchObject([{ passes: true }, { passes: true }])
    await say(doubt, 'Spam')
    await work()
    // To ours: it is done, and no human is troubled with it.
    const heard = { passes: false, heard: 'stop' }
    expect([await say(yes, 'Yes'), await say(yes, 'Yes')]).toEqual([heard, heard])
    expect(await say(doubt, 'Spam')).toEqual({ passes: true, heard: 'hold' })
  })
})
