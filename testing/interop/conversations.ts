import { botSdk } from './bot-sdk/bot-sdk.ts'
import type { ClientKind, InteropClient } from './client.ts'
import { jsSdk, jsSdkSliding } from './js-sdk.ts'
import { currentNio, oldNio } from './nio/nio.ts'
import { rustSdk } from './rust/rust.ts'

/** Who talks with whom; encrypted wherever both can. */
export const pairs: readonly (readonly [ClientKind, ClientKind])[] = [
  [jsSdk, jsSdk],
  [jsSdkSliding, jsSdkSliding],
  [jsSdkSliding, jsSdk],
  [currentNio, currentNio],
  [currentNio, jsSdk],
  [jsSdk, oldNio],
  [oldNio, currentNio],
  [jsSdk, botSdk],
  [rustSdk, rustSdk],
  [rustSdk, jsSdk],
  [currentNio, rustSdk],
]

/** One makes a room and invites the other, who joins; both speak, both hear, and both have the room in their list. */
export async function converse(first: InteropClient, second: InteropClient, isEncrypted: boolean): Promise<void> {
  const name = `Quay ${isEncrypted ? 'sealed' : 'open'}`
  const roomId = await first.createRoom({ name, invite: [second.userId], isEncrypted })
  await second.join(roomId)
  await first.sees(roomId, second.userId)
  await second.sees(roomId, first.userId)
  for (const [speaker, listener, body] of [
    [first, second, 'The tide is at 21:46.'],
    [second, first, 'Heard, gate 4 closes.'],
    [first, second, 'Good.'],
  ] as const) {
    await speaker.say(roomId, body)
    const { wasEncrypted } = await listener.hears(roomId, body)
    if (wasEncrypted !== isEncrypted) throw new Error(`"${body}" came ${wasEncrypted ? '' : 'un'}encrypted.`)
  }
  for (const client of [first, second]) {
    const names = await client.rooms()
    if (!names.includes(name)) throw new Error(`The list of rooms is ${JSON.stringify(names)}, without "${name}".`)
  }
}
