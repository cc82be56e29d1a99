/**
 * PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3sendtodeviceeventtypetxnid
 *
 * - Answers after the commit. A repeat of the transaction id sends nothing.
 * - `*` means all devices of the person that are not named; people and devices that there are not are passed over.
 * - Who is suspended reaches her own devices, to verify them, and nobody else's.
 */
import Type from 'typebox'
import { requireGoodStanding } from '#access/api.ts'
import { clientPaths, isJsonObject, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { ToDevice } from '../encryption/to-device.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, EventType, JsonBody } from './shapes.ts'

export function sendToDevice({ toDevice }: { toDevice: Pick<ToDevice, 'send'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/sendToDevice/:eventType/:txnId'),
    operation: 'sendToDevice',
    needs: 'session',
    rate: 'toDevice',
    params: Type.Object({ eventType: EventType, txnId: Type.String({ minLength: 1 }) }),
    body: Type.Object({ messages: JsonBody }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const messages = messagesIn(body.messages as JsonObject)
      const subject = caller as Caller
      if ([...messages.keys()].some((matrixId) => matrixId !== subject.matrixId)) requireGoodStanding(subject)
      await toDevice.send(subject, params.eventType, params.txnId, messages)
      return {}
    },
  })
}

function messagesIn(messages: JsonObject): Map<string, Map<string, JsonObject>> {
  const people = new Map<string, Map<string, JsonObject>>()
  for (const [matrixId, byDevice] of Object.entries(messages)) {
    if (!isJsonObject(byDevice)) throw refuse('M_BAD_JSON', 'The field "messages" must hold an object for each person.')
    const ofPerson = new Map<string, JsonObject>()
    for (const [deviceId, content] of Object.entries(byDevice)) {
      if (!isJsonObject(content)) throw refuse('M_BAD_JSON', 'A message to a device must be an object.')
      ofPerson.set(deviceId, content)
    }
    people.set(matrixId, ofPerson)
  }
  return people
}
