import { describe, expect, it } from 'vitest'
import { hashEvent, type Pdu, redact, roomVersion, signingKeyFromSeed, verifyEvent } from '#matrix/api.ts'
import { EventSigner } from './event-signer.ts'
import { StoredEvent } from './stored-event.ts'

const key = signingKeyFromSeed(Buffer.alloc(32, 1), 'a')
const serverName = 'a.example'
const signer = new EventSigner({ serverName, signingKey: key })

function made(id: string, more: Partial<Pdu> = {}): StoredEvent {
  const version = roomVersion(id)!
  const bare: Pdu = {
    type: 'm.room.message',
    sender: '@a:a.example',
    room_id: '!r:a.example',
    content: { body: 'Good morning' },
    origin_server_ts: 1,
    depth: 1,
    prev_events: [],
    auth_events: [],
    ...(version.eventIds === 'in-event' && { event_id: '$e:a.example' }),
    ...more,
  }
  const { pdu, eventId } = hashEvent(bare, version, { serverName, keyId: key.keyId })
  const numbers = { id: 1, roomId: 1, senderId: 1, ordering: 1, notifyCount: 1, jsonBytes: 300 }
  return new StoredEvent({ ...numbers, roomMatrixId: '!r:a.example', version, matrixId: eventId, pdu })
}

describe.each(['1', '3', '12'])('an event of version %s', (id) => {
  const version = roomVersion(id)!
  const holds = (pdu: Pdu) => verifyEvent(pdu, version, serverName, key.keyId, key.publicKey)

  it('leaves with the signature of its server, before and after it was redacted', () => {
    const event = made(id)
    expect(event.pdu.signatures).toBeUndefined()
    expect(holds(signer.signed(event))).toBe(true)
    event.replace(redact(event.pdu, version))
    const redacted = signer.signed(event)
    expect(redacted.content).toEqual({})
    expect(holds(redacted)).toBe(true)
    expect(holds(new EventSigner({ serverName, signingKey: key }).signed(event))).toBe(true)
  })

  it('keeps the signatures of others', () => {
    const theirs = { 'policy.example': { 'ed25519:p': 'x' } }
    const pdu = signer.signed(made(id, { signatures: theirs }))
    expect(pdu.signatures).toMatchObject(theirs)
    expect(holds(pdu)).toBe(true)
  })

  it('is not signed for another server', () => {
    expect(signer.signed(made(id, { sender: '@b:b.example' })).signatures).toBeUndefined()
  })

  it('is not signed when it is no longer the event of that id', () => {
    const event = made(id)
    event.replace({ ...event.pdu, event_id: '$other:a.example', depth: 7 })
    expect(signer.signed(event).signatures).toBeUndefined()
  })
})
