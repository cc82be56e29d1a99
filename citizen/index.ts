import type {
  Agencies,
  CitizenRights,
  Consent,
  Correspondence,
  Courier,
  People,
  PreferenceBook,
  Purposes,
} from '#engagement/api.ts'
import {
  type Clock,
  type Db,
  type Logger,
  limits,
  type Postgres,
  type Random,
  type Route,
  type Vault,
} from '#platform/api.ts'
import { answerMessage } from './http/answer-message.ts'
import { enterCode } from './http/enter-code.ts'
import { leave } from './http/leave.ts'
import { openInbox } from './http/open-inbox.ts'
import { proveMore, showProve } from './http/prove-more.ts'
import { saveChoices } from './http/save-choices.ts'
import { sendCode } from './http/send-code.ts'
import { showAccessibility, showPrivacy } from './http/show-about.ts'
import { showChoices } from './http/show-choices.ts'
import { showHistory } from './http/show-history.ts'
import { showMessages } from './http/show-messages.ts'
import { showReceipt } from './http/show-receipt.ts'
import { showStart } from './http/show-start.ts'
import { showStyle } from './http/show-style.ts'
import { stopEverything } from './http/stop-everything.ts'
import { takeData } from './http/take-data.ts'
import { undoChoice } from './http/undo-choice.ts'
import { showUnsubscribe, unsubscribe } from './http/unsubscribe.ts'
import type { CitizenParts } from './parts.ts'
import { CodeWords } from './sessions/code-words.ts'
import { Codes } from './sessions/codes.ts'
import { CitizenSessions } from './sessions/sessions.ts'
import { deleteCodesBefore } from './store/codes.ts'
import { deleteSessionsBefore } from './store/sessions.ts'

export type CitizenDeps = {
  readonly db: Postgres
  readonly vault: Vault
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly publicUrl: string
  readonly agencies: Agencies
  readonly people: People
  readonly purposes: Purposes
  readonly consent: Consent
  readonly preferences: PreferenceBook
  readonly rights?: CitizenRights | undefined
  readonly correspondence: Correspondence
  readonly courier: Courier
}

export interface Citizen {
  readonly routes: readonly Route[]
  /** The word that a person agreed at the counter. */
  setCodeWord(db: Db, personId: number, word: string): Promise<void>
  /** Codes and sessions whose time is over. */
  forgetBefore(nowTs: number): Promise<number>
}

export function createCitizen(deps: CitizenDeps): Citizen {
  const { db } = deps
  const sessions = new CitizenSessions(deps)
  const codeWords = new CodeWords(deps)
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const parts: CitizenParts = { ...deps, timeZone, sessions, codes: new Codes(deps), codeWords }
  deps.rights?.onRequest({
    name: 'pages',
    export: async () => [],
    erase: async ({ personIds }) => {
      await codeWords.forget(personIds)
      return []
    },
  })
  return {
    routes: routesOf(parts),
    setCodeWord: (tx, personId, word) => codeWords.set(tx, personId, word),
    async forgetBefore(nowTs) {
      return (
        (await deleteCodesBefore(db, nowTs)) + (await deleteSessionsBefore(db, nowTs - limits.citizenSessionIdleMs))
      )
    },
  }
}

const routesOf = (parts: CitizenParts): readonly Route[] => [
  showStyle(),
  openInbox(parts),
  showUnsubscribe(parts),
  unsubscribe(parts),
  showStart(parts),
  sendCode(parts),
  enterCode(parts),
  leave(parts),
  showChoices(parts),
  saveChoices(parts),
  stopEverything(parts),
  undoChoice(parts),
  showMessages(parts),
  answerMessage(parts),
  showProve(parts),
  proveMore(parts),
  showHistory(parts),
  showReceipt(parts),
  takeData(parts),
  showAccessibility(parts),
  showPrivacy(parts),
]
