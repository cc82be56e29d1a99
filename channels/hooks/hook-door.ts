import { FileAnswer, limits, refuse, type Vault } from '#platform/api.ts'
import type { HookPath, HookRequest, Provider, TakenHook } from '../provider.ts'
import type { HandOver } from './hand-over.ts'
import { type HookIntake, hookHash } from './hook-intake.ts'

export type HookDoorDeps = {
  readonly providers: ReadonlyMap<string, Provider>
  readonly intake: Pick<HookIntake, 'take'>
  readonly handOver: Pick<HandOver, 'handNow'>
  readonly vault: Pick<Vault, 'lookupHash'>
  readonly publicUrl: string
  readonly count: (channelId: string, what: string) => void
}

export type HookCall = Pick<HookRequest, 'headers' | 'body'> & {
  readonly channelId: string
  readonly path: HookPath
  /** Path and query. */
  readonly url: string
}

/**
 * Where providers knock: checks, stores, answers. What is refused is counted, and leaves nothing behind. A command such as STOP
 * is answered when it was acted upon: from then on it holds, whichever server dies.
 */
export class HookDoor {
  readonly #deps: HookDoorDeps

  constructor(deps: HookDoorDeps) {
    this.#deps = deps
  }

  async receive({ channelId, path, url, headers, body }: HookCall): Promise<FileAnswer> {
    const { providers, intake, publicUrl, count } = this.#deps
    const hooks = providers.get(channelId)?.hooks
    if (hooks === undefined) {
      throw refuse('M_NOT_FOUND', 'There is no such channel, or it takes no web hooks. Check the address of the hook.')
    }
    const read = hooks.read({ path, url: publicUrl + url, headers, body })
    const outcome = typeof read === 'string' ? read : await intake.take(channelId, read)
    count(channelId, outcome)
    if (outcome === 'taken' || outcome === 'duplicate') {
      if (typeof read !== 'string' && read.isUrgent === true) await this.#actUpon(channelId, read)
      return new FileAnswer(Buffer.from(hooks.answer.text), { 'content-type': hooks.answer.type })
    }
    throw refusalOf(outcome)
  }

  async #actUpon(channelId: string, { identity }: TakenHook): Promise<void> {
    const { handOver, vault } = this.#deps
    if (await handOver.handNow(channelId, hookHash(vault, channelId, identity))) return
    throw refuse('M_UNKNOWN', 'This is stored, and could not be acted upon yet. Call again.', { status: 503 })
  }
}

function refusalOf(outcome: 'forged' | 'stale' | 'malformed' | 'replayed' | 'flooded') {
  switch (outcome) {
    case 'forged':
      return refuse(
        'M_FORBIDDEN',
        'The signature does not fit this request. Check the secret, and that --public-url is the address that the ' +
          'provider calls.',
      )
    case 'stale':
      return refuse('M_FORBIDDEN', 'This receipt is too old to say anything.')
    case 'malformed':
      return refuse('M_BAD_JSON', 'The request is signed, and does not hold what the provider documents.')
    case 'replayed':
      return refuse('CHANCERY_CONFLICT', 'This request was taken long ago. Nobody has to send it again.')
    case 'flooded':
      return refuse('M_LIMIT_EXCEEDED', 'This sender has written too much at once. Try again later.', {
        fields: { retry_after_ms: limits.inboundPaceMs },
      })
  }
}
