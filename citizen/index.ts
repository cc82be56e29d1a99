import type {
  Agencies,
  AgencyDoors,
  CitizenRights,
  Consent,
  Correspondence,
  Courier,
  People,
  PreferenceBook,
  Purposes,
  RecordOpenings,
} from '#engagement/api.ts'
import { type Clock, type Logger, limits, type Postgres, type Random, type Route, type Vault } from '#platform/api.ts'
import { answerMessage } from './http/answer-message.ts'
import { chooseOwnWord } from './http/choose-own-word.ts'
import { enterCode } from './http/enter-code.ts'
import { leave } from './http/leave.ts'
import { openInbox } from './http/open-inbox.ts'
import { proveBySecondAddress } from './http/prove-by-second-address.ts'
import { proveByWord } from './http/prove-by-word.ts'
import { saveChoices } from './http/save-choices.ts'
import { sendCode } from './http/send-code.ts'
import { sendSecondCode } from './http/send-second-code.ts'
import { setCodeWord } from './http/set-code-word.ts'
import { showAccessibility, showPrivacy } from './http/show-about.ts'
import { showChoices } from './http/show-choices.ts'
import { showData } from './http/show-data.ts'
import { showFont } from './http/show-font.ts'
import { showHistory } from './http/show-history.ts'
import { showMessages } from './http/show-messages.ts'
import { showOwnWord } from './http/show-own-word.ts'
import { showProve } from './http/show-prove.ts'
import { showReceipt } from './http/show-receipt.ts'
import { showStart } from './http/show-start.ts'
import { showStyle } from './http/show-style.ts'
import { startAgain } from './http/start-again.ts'
import { stopEverything } from './http/stop-everything.ts'
import { takeData } from './http/take-data.ts'
import { undoChoice } from './http/undo-choice.ts'
import { showUnsubscribe, unsubscribe } from './http/unsubscribe.ts'
import type { CitizenParts } from './parts.ts'
import { CodeWords } from './sessions/code-words.ts'
import { Codes, dayMs } from './sessions/codes.ts'
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
  readonly agencyDoors: AgencyDoors
  readonly openings: RecordOpenings
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
    export: async ({ personIds }) => ({ words: await codeWords.exported(personIds) }),
    erase: async ({ personIds }) => {
      await codeWords.forget(personIds)
      return []
    },
  })
  return {
    routes: [...routesOf(parts), setCodeWord(parts)],
    async forgetBefore(nowTs) {
      return (
        (await deleteCodesBefore(db, nowTs - dayMs)) +
        (await deleteSessionsBefore(db, nowTs - limits.citizenSessionIdleMs))
      )
    },
  }
}

const routesOf = (parts: CitizenParts): readonly Route[] => [
  showStyle(),
  showFont(),
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
  startAgain(parts),
  undoChoice(parts),
  showMessages(parts),
  answerMessage(parts),
  showProve(parts),
  proveByWord(parts),
  sendSecondCode(parts),
  proveBySecondAddress(parts),
  showOwnWord(parts),
  chooseOwnWord(parts),
  showHistory(parts),
  showReceipt(parts),
  showData(parts),
  takeData(parts),
  showAccessibility(parts),
  showPrivacy(parts),
]
