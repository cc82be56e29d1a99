/**
 * POST /_matrix/client/v3/pushers/set
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset
 *
 * - A pusher belongs to the device that sets it, and goes when that device signs out.
 * - Only the ids of events leave the server, whatever format is asked for, unless the configuration lets more out.
 * - `data.url` must be https; plain http only leads to origins that the configuration names.
 * - Pushers of kind `email` are refused: mail is not sent.
 */

import { clientPaths, isJsonObject, type JsonObject, type JsonValue } from '#matrix/api.ts'
import { limits, type Route, refuse, route } from '#platform/api.ts'
import type { Pusher, Pushers } from '../push/pushers.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, JsonBody } from './shapes.ts'

type Deps = { pushers: Pick<Pushers, 'set' | 'remove'>; outboundOrigins: readonly string[] }

const appIdCharactersMax = 64
const pushkeyBytesMax = 512
const gatewayPath = '/_matrix/push/v1/notify'
const needed = ['app_display_name', 'device_display_name', 'lang', 'data'] as const

export function postPusher({ pushers, outboundOrigins }: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/pushers/set'),
    operation: 'postPusher',
    needs: 'session',
    rate: 'settings',
    body: JsonBody,
    answer: EmptyAnswer,
    async handle({ body, caller }) {
      const wish = body as JsonObject
      const subject = caller as Caller
      if (wish.kind === undefined) throw missing(['kind'])
      const address = addressIn(wish)
      if (wish.kind === null) {
        await pushers.remove(subject.userId, address)
        return {}
      }
      if (wish.append !== undefined && typeof wish.append !== 'boolean') throw wrong('append', 'true or false')
      const pusher = { ...address, ...pusherIn(wish, outboundOrigins) }
      if (JSON.stringify(pusher).length > limits.pusherCharactersMax) {
        throw refuse('M_TOO_LARGE', `A pusher has at most ${limits.pusherCharactersMax} characters in all.`)
      }
      await pushers.set(subject, pusher, wish.append === true)
      return {}
    },
  })
}

function addressIn(wish: JsonObject): { app_id: string; pushkey: string } {
  const absent = ['app_id', 'pushkey'].filter((key) => wish[key] === undefined)
  if (absent.length > 0) throw missing(absent)
  const app_id = textIn(wish, 'app_id')
  const pushkey = textIn(wish, 'pushkey')
  if (app_id === '' || app_id.length > appIdCharactersMax) {
    throw refuse('M_INVALID_PARAM', `app_id has 1 to ${appIdCharactersMax} characters.`)
  }
  if (pushkey === '' || Buffer.byteLength(pushkey) > pushkeyBytesMax) {
    throw refuse('M_INVALID_PARAM', `pushkey has 1 to ${pushkeyBytesMax} bytes.`)
  }
  return { app_id, pushkey }
}

function pusherIn(wish: JsonObject, origins: readonly string[]): Omit<Pusher, 'app_id' | 'pushkey'> {
  if (wish.kind !== 'http') {
    throw refuse('M_INVALID_PARAM', 'The kind of a pusher is http. Mail is not sent by this server.')
  }
  const absent = needed.filter((key) => wish[key] === undefined)
  if (absent.length > 0) throw missing(absent)
  const tag = wish.profile_tag === undefined || wish.profile_tag === null ? undefined : textIn(wish, 'profile_tag')
  return {
    kind: 'http',
    app_display_name: textIn(wish, 'app_display_name'),
    device_display_name: textIn(wish, 'device_display_name'),
    lang: textIn(wish, 'lang'),
    ...(tag === undefined ? {} : { profile_tag: tag }),
    data: dataIn(wish.data, origins),
  }
}

function dataIn(data: JsonValue | undefined, origins: readonly string[]): Pusher['data'] {
  if (!isJsonObject(data)) throw wrong('data', 'an object')
  if (data.url === undefined) throw missing(['data.url'])
  if (typeof data.url !== 'string') throw wrong('data.url', 'a string')
  const { format } = data
  if (format !== undefined && typeof format !== 'string') throw wrong('data.format', 'a string')
  const url = URL.parse(data.url)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && origins.includes(url.origin))
  if (url === null || !isSafe || url.pathname !== gatewayPath || url.username !== '' || url.password !== '') {
    throw refuse('M_INVALID_PARAM', `data.url must be an https address whose path is ${gatewayPath}.`)
  }
  return { ...data, url: data.url }
}

function textIn(wish: JsonObject, key: string): string {
  const value = wish[key]
  if (typeof value !== 'string') throw wrong(key, 'a string')
  return value
}

function missing(keys: readonly string[]): Error {
  return refuse('M_MISSING_PARAM', `Missing parameters: ${keys.join(', ')}.`)
}

function wrong(key: string, right: string): Error {
  return refuse('M_BAD_JSON', `${key} must be ${right}.`)
}
