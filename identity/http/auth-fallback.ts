/**
 * GET and POST /_matrix/client/v3/auth/{auth_type}/fallback/web
 * https://spec.matrix.org/v1.19/client-server-api/#fallback
 *
 * - A stage of user-interactive authentication for clients that do not know it, as a page in a browser: accepting terms,
 *   a registration token, or nothing (dummy). It works without JavaScript.
 */
import type { Readable } from 'node:stream'
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type FileAnswer, type Route, refuse, route } from '#platform/api.ts'
import type { Registration } from '../accounts/registration.ts'
import type { Confirmations, Stage } from '../sign-in/confirmations.ts'
import { donePage, gonePage, type Question, questionPage } from '../sign-in/fallback-page.ts'

export type AuthFallbackDeps = {
  readonly registration: Registration
  readonly confirmations: Pick<Confirmations, 'pass'>
}

const formBytesMax = 4_096
const paths = clientPaths('/auth/:authType/fallback/web')
const params = Type.Object({ authType: Type.String() })

export function authFallback(deps: AuthFallbackDeps): Route[] {
  return [showFallback(deps), takeFallback(deps)]
}

function showFallback({ registration }: AuthFallbackDeps): Route {
  return route({
    method: 'GET',
    path: paths,
    operation: 'authFallback',
    needs: 'nobody',
    rate: 'link',
    params,
    query: Type.Object({ session: Type.String() }),
    handle: async ({ params, query }) => questionPage(questionOf(registration, params.authType, query.session)),
  })
}

function takeFallback({ registration, confirmations }: AuthFallbackDeps): Route {
  return route({
    method: 'POST',
    path: paths,
    operation: 'authFallbackForm',
    needs: 'nobody',
    rate: 'register',
    bodyKind: 'stream',
    params,
    async handle({ params, stream, ip }): Promise<FileAnswer> {
      const form = new URLSearchParams(await readForm(stream!))
      const session = form.get('session') ?? ''
      const question = questionOf(registration, params.authType, session)
      const stage = params.authType as Stage
      const proof = await registration.prove(stage, { token: form.get('token') ?? '' }, ip)
      if ('problem' in proof) return questionPage({ ...question, problem: proof.problem.error })
      return (await confirmations.pass(session, stage, proof.registrationTokenId)) ? donePage() : gonePage()
    },
  })
}

function questionOf({ settings }: Registration, stage: string, session: string): Question {
  if (stage === 'm.login.dummy') return { title: 'One more step', session, button: 'Go on' }
  if (stage === 'm.login.terms') {
    return { title: 'Terms of use', session, button: 'I accept', document: settings.terms }
  }
  if (stage === 'm.login.registration_token') {
    return { title: 'Registration token', session, button: 'Go on', field: 'The token that you were given' }
  }
  throw refuse('M_NOT_FOUND', 'There is no page for this stage. Confirm it in your app.')
}

async function readForm(stream: Readable): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream) {
    bytes += part.length
    if (bytes > formBytesMax) throw refuse('M_TOO_LARGE', 'This form is larger than it can be. Go back and try again.')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
