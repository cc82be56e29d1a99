export { BlobMissing, BlobTooLarge } from './blobs/errors.ts'
export type { BlobObject, BlobRange, BlobRef, BlobStore, Blobs, BlobWriteOptions, WrittenBlob } from './blobs/types.ts'
export { type Clock, systemClock } from './clock.ts'
export * from './config/api.ts'
export * from './data-directory/api.ts'
export { type ErrorCode, errorCodes } from './errors/codes.ts'
export { Refusal, type RefusalOptions, refuse } from './errors/refusal.ts'
export { Gather, together } from './gather.ts'
export { Html, html, type Piece } from './http/html.ts'
export {
  FileAnswer,
  type Gate,
  type HttpServer,
  JsonBytes,
  type Route,
  type RouteRequest,
  route,
} from './http/route.ts'
export { InTurn } from './in-turn.ts'
export * from './jobs/api.ts'
export type { Journal } from './journal/journal.ts'
export { limits, type Rate, type RateName, rates } from './limits.ts'
export { type LogDraft, type LogKind, type LogRow, logKinds } from './log/kinds.ts'
export type { Log, LogFollower } from './log/log.ts'
export type { Reader as LogReader, ReaderHandler } from './log/reader.ts'
export type { MovableClock } from './movable-clock.ts'
export type { Nodes } from './nodes/nodes.ts'
export {
  type Outbound,
  type OutboundAnswer,
  OutboundFailed,
  type OutboundFailure,
  type OutboundWish,
} from './outbound/types.ts'
export { packageFile } from './package-files.ts'
export * from './postgres/api.ts'
export { type Random, systemRandom } from './random.ts'
export { Recent } from './recent.ts'
export { type PictureType, pictureTypeOf, signatureBytes } from './sandbox/picture-types.ts'
export {
  type PageFacts,
  type Picture,
  type PictureWish,
  type Sandbox,
  SandboxFailed,
  type SandboxFailure,
} from './sandbox/types.ts'
export { type LimitChanges, type Limits, limitsWith, type SettableLimit, settableLimits } from './settable-limits.ts'
export type {
  DnsResolver,
  ListenerWish,
  OutgoingMail,
  ReceivedMail,
  Smtp,
  SmtpListener,
  SmtpOutcome,
  SmtpPlace,
  SmtpSender,
} from './smtp/types.ts'
export { type LogFields, type Logger, silentLogger } from './telemetry/logger.ts'
export type { ChannelMetrics, Metrics, RequestMetrics, WriterMetrics } from './telemetry/metrics.ts'
export { KeyUnavailable, SealBroken, WrongMasterKey } from './vault/errors.ts'
export type { DraftKey, KeyKind, SealingKey, Vault } from './vault/types.ts'
