/**
 * Talking with citizens: agencies, the people they know, what these agreed to, and the gate that every word to them passes.
 */
export type { AgencyDoors } from './agencies/doors.ts'
export type { Agencies, Agency } from './agencies/types.ts'
export { citizenRoute } from './citizen-route.ts'
export type {
  Actor,
  AddressStop,
  ChainFault,
  ChainReport,
  Consent,
  ConsentAct,
  ConsentDetails,
  ConsentEvent,
  Consenting,
  ConsentReceipt,
  ConsentSource,
  ConsentStanding,
  ConsentWish,
  Holder,
  LegalBasis,
  Purpose,
  Purposes,
  Stopped,
  StopScope,
  StopWish,
  SuppressionReason,
  Wordings,
} from './consent/types.ts'
export type { TheDesk } from './desk/create-desk.ts'
export type {
  CitizenWords,
  Conversation,
  ConversationState,
  Conversations,
  DeskNotice,
  Inbound,
  InboundFile,
  Leaving,
  LeavingFile,
  Queue,
  Queues,
  ReplyWays,
} from './desk/types.ts'
export type { GateAnswer, GateAsk, GateReason, Gates } from './gate/types.ts'
export type { Idempotency, IdempotentRequest } from './idempotency/types.ts'
export { classify, type OptOut, type OptOutScope } from './opt-out/classify.ts'
export type {
  Address,
  AddressCodes,
  AddressKind,
  CitizenData,
  CitizenRights,
  CodeCourier,
  DataSubject,
  Merging,
  NewAddress,
  NewPerson,
  OwnConversations,
  People,
  Person,
  PersonState,
  PreferenceBook,
  Preferences,
  Proven,
  ReadingFormat,
  RecordOpening,
  RecordOpenings,
  Remainder,
} from './people/types.ts'
export type { Correspondence, Letter, LetterState, SentAttempt } from './sends/correspondence.ts'
export type { Courier } from './sends/courier.ts'
