/** Web hooks as Twilio sends them, signed beforehand, and a load of them over a few connections. */
import { createHash, createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Line } from '#bench/line.ts'

export type Sender = {
  readonly publicUrl: string
  readonly channelId: string
  readonly accountSid: string
  readonly authToken: string
  readonly number: string
}

export type HookCall = {
  readonly bytes: string
  /** What the provider knows it by; equal for the same hook again. */
  readonly identity: string
  readonly isForged: boolean
}

const hex = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)

/** A receipt: message `n` is in `status`. A forged one is signed with another secret. */
export function receiptCall(sender: Sender, n: number, status: string, isForged = false): HookCall {
  const sid = `SM${hex(`message ${n}`)}`
  const sent = Math.floor(Date.now() / 1000)
  const path = `/hooks/${sender.channelId}/status?attempt=a${n}&sent=${sent}`
  const form = {
    AccountSid: sender.accountSid,
    ApiVersion: '2010-04-01',
    From: sender.number,
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: `+1555${String(n % 10_000_000).padStart(7, '0')}`,
  }
  // Written here once more, so that nothing of the server's own reading proves itself.
  const text = sender.publicUrl + path + Object.entries(form).flat().join('')
  const secret = isForged ? `${sender.authToken}x` : sender.authToken
  const signature = createHmac('sha1', secret).update(text).digest('base64')
  const body = new URLSearchParams(form).toString()
  const bytes =
    `POST ${path} HTTP/1.1\r\nHost: ${new URL(sender.publicUrl).host}\r\nX-Twilio-Signature: ${signature}\r\n` +
    `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  return { bytes, identity: `${n} ${status}`, isForged }
}

export type LoadReport = {
  /** Calls that were answered with success, in the order of the answers. */
  readonly taken: readonly HookCall[]
  readonly refused: readonly HookCall[]
  /** No answer came. */
  readonly lost: number
  readonly seconds: number
  readonly p95Ms: number
}

/** Sends all of them, `perSecond` at most, each when its time has come and a connection is free. */
export async function loadHooks(
  url: URL,
  calls: readonly HookCall[],
  { connections, perSecond }: { connections: number; perSecond: number },
): Promise<LoadReport> {
  const [taken, refused, times]: [HookCall[], HookCall[], number[]] = [[], [], []]
  let lost = 0
  let next = 0
  const startMs = performance.now()
  async function send(): Promise<void> {
    const line = new Line({ url })
    for (let at = next++; at < calls.length; at = next++) {
      const dueMs = startMs + (at / perSecond) * 1000
      const earlyMs = dueMs - performance.now()
      if (earlyMs > 0) await wait(earlyMs)
      const call = calls[at] as HookCall
      // From when it was due: a server that falls behind does not hide it by holding the load up.
      const fromMs = Number.isFinite(perSecond) ? dueMs : performance.now()
      try {
        const { status } = await line.request(call.bytes)
        times.push(performance.now() - fromMs)
        if (status === 200) taken.push(call)
        else refused.push(call)
      } catch {
        lost += 1
      }
    }
    line.close()
  }
  await Promise.all(Array.from({ length: connections }, send))
  times.sort((one, other) => one - other)
  const p95Ms = times[Math.floor(times.length * 0.95)] ?? Number.NaN
  return { taken, refused, lost, seconds: (performance.now() - startMs) / 1000, p95Ms }
}
