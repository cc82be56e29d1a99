import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ReceivedMail } from '#platform/api.ts'
import { mailbox } from './mail-address.ts'
import { MailReader } from './mail-reader.ts'
import { packMail } from './stored-mail.ts'

/** `aligned.example` lets the test send; `proven.example` wants everything refused that it has not signed. */
const records: Record<string, string[][]> = {
  'TXT _dmarc.proven.example': [['v=DMARC1; p=reject']],
  'TXT aligned.example': [['v=spf1 ip4:127.0.0.1 -all']],
  'TXT _dmarc.aligned.example': [['v=DMARC1; p=reject']],
}
const reader = new MailReader({
  box: mailbox('desk@city.example')!,
  channelId: 'post',
  helo: 'city.example',
  checksSenders: true,
  async resolve(domain, type) {
    const found = records[`${type} ${domain}`]
    if (found !== undefined) return found
    throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  },
})

const thief = 'thief@aligned.example'
const victim = 'mayor@proven.example'

async function read(head: string) {
  const mail: ReceivedMail = {
    raw: Buffer.from(`${head}\r\nSubject: x\r\n\r\nPay\r\n`),
    from: thief,
    to: ['desk@city.example'],
    ip: '127.0.0.1',
    helo: 'mx.aligned.example',
  }
  const hook = reader.take(mail)
  if (hook === 'refused') return undefined
  const { from, authenticity } = await reader.message(packMail(mail), {
    signal: new AbortController().signal,
    attempt: 1,
  })
  return { from, authenticity, sender: hook.sender }
}

it('a plain mail of that domain is proven, and one of the other is forged', async () => {
  expect(await read(`From: ${thief}`)).toMatchObject({ from: thief, authenticity: 'proven' })
  expect(await read(`From: ${victim}`)).toMatchObject({ from: victim, authenticity: 'forged' })
  expect(await read('From: "Mayor <mayor@proven.example>" <thief@ALIGNED.example>')).toMatchObject({ from: thief })
  expect(await read(`From: ${thief}, ${victim}`)).toMatchObject({ authenticity: 'forged' })
  expect(await read(`From: all: ${thief};`)).not.toMatchObject({ authenticity: 'proven' })
  const homoglyph = 'thief@\u0430ligned.example'
  expect(await read(`From: ${homoglyph}`)).toMatchObject({
    from: expect.stringMatching(/^thief@xn--/),
    authenticity: 'forgeable',
  })
})

it('however From is written, nobody is proven to be who her domain does not answer for', {
  timeout: 60_000,
}, async () => {
  const addresses = [
    thief,
    victim,
    `<${thief}>`,
    `<${victim}>`,
    `"${victim}"`,
    `(${victim})`,
    `=?utf-8?q?mayor=40proven=2Eexample?=`,
  ]
  const odd = [
    ' ',
    ',',
    ';',
    ':',
    '"',
    '(',
    ')',
    '<',
    '>',
    '@',
    '\\',
    '\t',
    '\r\n ',
    'Mayor',
    '\u0000',
    '\u200b',
    'ü',
    '=?utf-8?b?PA==?=',
  ]
  const names = ['From', 'from', 'From ', 'FROM', 'Sender', 'Reply-To', 'X-From', 'From\u200b']
  const header = fc
    .tuple(fc.constantFrom(...names), fc.array(fc.constantFrom(...addresses, ...odd), { minLength: 1, maxLength: 7 }))
    .map(([name, parts]) => `${name}: ${parts.join('')}`)
  const heads = fc.array(header, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\r\n'))
  await fc.assert(
    fc.asyncProperty(heads, async (head) => {
      const told = await read(head)
      if (told?.authenticity !== 'proven') return
      expect([head, told.from.endsWith('@aligned.example'), told.sender]).toEqual([head, true, told.from])
    }),
    { numRuns: Number(process.env.CHANCERY_FROM_RUNS ?? 1_500) },
  )
})
