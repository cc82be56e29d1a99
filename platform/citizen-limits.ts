const KiB = 1024
const MiB = 1024 * KiB

/** Bounds of talking with citizens; part of `limits`. */
export const citizenLimits = {
  // --- pages for citizens

  /** Pages that nobody looks at are closed: the telephone may lie about, the machine may be a library's. */
  citizenSessionIdleMs: 30 * 60_000,
  citizenSessionMs: 4 * 3_600_000,
  /** How long a code is good. Mail may take some minutes. */
  citizenCodeMs: 10 * 60_000,
  /** Codes on their way to one address at once. Whoever asks for more annoys somebody else. */
  citizenCodesMax: 3,
  /** Codes to one address in a day that nobody entered: so many guesses at most, and so many rings for nothing. */
  citizenCodesADayMax: 12,
  /** Characters of a word that was agreed, at the counter or by herself. */
  citizenWordLengthMin: 6,
  citizenWordLengthMax: 64,
  /** A word that somebody chose on the pages counts after so long: her other addresses are told of it at once. */
  citizenOwnWordWaitMs: 24 * 3_600_000,
  /** For so long somebody may ask to be left alone; she may ask again. */
  citizenQuietDaysMax: 366,
  /** A form of these pages; the answer to a message is the longest. */
  citizenFormBytesMax: 64 * KiB,
  /** Characters of an answer that a citizen writes on a page. */
  citizenAnswerLengthMax: 10_000,

  // --- channels

  /** A web hook. A long message with the addresses of ten files has about 8 KB. */
  hookBytesMax: 64 * KiB,
  /** The same hook again within a day is a provider's repeat, later a replay: providers give up after hours. */
  hookRepeatMsMax: 24 * 60 * 60_000,
  /** Receipts so long after the sending say nothing: carriers give up after three days. Hooks are remembered for longer. */
  hookReceiptAgeMsMax: 14 * 24 * 60 * 60_000,
  /** With the growing waits between them about nine hours; then somebody has to look. */
  hookAttemptsMax: 16,
  /** Raw payloads of what came in. Long enough to look into a complaint. */
  hookDays: 30,
  /** Messages of one sender that are handed over at once after a pause; people write fewer. */
  inboundBurst: 20,
  /** And one in so long for ever. */
  inboundPaceMs: 6_000,
  /** Messages that one sender may have waiting; beyond that the provider is told to come back, and it is counted. */
  inboundWaitingMax: 500,
  /** Senders of whom it is known how much they have waiting; about 150 bytes each. */
  inboundSendersInMemoryMax: 20_000,
  /** Files of one message, and of each. Providers carry ten of 5 MB. */
  inboundFilesMax: 10,
  inboundFileBytesMax: 10 * MiB,
  /** A file that the provider does not give is asked for so often, over minutes; then the message goes without it. */
  inboundFileAttemptsMax: 5,
  /** A provider that takes longer to answer leaves the fate of a message unknown. */
  channelSendTimeoutMs: 10_000,
  /** An attempt that the provider's list does not show so long after its beginning was never accepted. */
  channelFateSettledMs: 30_000,
  /** Providers are asked so often what they called about in vain: they give up after seconds. */
  catchUpEveryMs: 10 * 60_000,
  /** Looked at again, for what a provider lists late. */
  catchUpOverlapMs: 15 * 60_000,
  /** A server that was away for longer is told of the last three days. */
  catchUpMsMax: 3 * 24 * 60 * 60_000,
  /** Requests to one provider that are under way; each takes a connection there and here. */
  channelSendsAtOnceMax: 256,
  /** Whoever finds all of them taken comes back after this. */
  channelCrowdedRetryMs: 50,

  // --- the simulator, which stands for providers and citizens in tests and the demo

  /** Facts that one simulator remembers, about 500 bytes each; then it is started anew. */
  simulatedFactsMax: 2_000_000,
  /** Web hooks that it has under way. */
  simulatedCallsMax: 64,
  /** How long it waits for a web hook's answer, as Twilio does. */
  simulatedCallTimeoutMs: 15_000,
  /** How often it calls again, in growing steps; then it gives up, as providers do. */
  simulatedCallTriesMax: 6,

  // --- what is sent to citizens

  /** An answer comes within two weeks of what it answers; later a word begins a new matter. */
  answersLaterMsMax: 14 * 24 * 3_600_000,
  /**
   * What passed the gate is handed to the provider within so long, or reads the gate again. Half of the second in which
   * a STOP has to hold: the other half is for acting on the STOP.
   */
  sendingGoodMs: 500,
  /**
   * A server that has taken an attempt and said nothing for so long has died, if that was not found out before. Longer than any
   * provider is waited for.
   */
  sendLeaseMs: 60_000,
  /** Providers answer in less than a second; who has not answered by then may still have taken it. */
  providerTimeoutMs: 20_000,
  /** Attempts that one transaction takes through the gate. More would hold their gates longer than a STOP should wait. */
  sendsAtOnceMax: 100,
  /** Sends that share a transaction do not wait longer for a gate: then those whose gate it is wait for it alone. */
  sendGateWaitMs: 100,
  /** Requests to providers that one server has under way. */
  sendsInFlightMax: 240,
  /** Of them those that never queued; the rest is for what waits in the queue, so that it is not overtaken for ever. */
  sendsBegunInFlightMax: 180,
  /** Looks for what is due, when nobody tells; another server's notice usually comes first. */
  sendsLookAgainMs: 1_000,
  /** A provider is first asked after so long what became of an attempt: receipts usually come first. */
  lookUpAfterMs: 30_000,
  /** Asked again in growing steps, at most so far apart. */
  lookUpAgainMsMax: 3_600_000,
  /** That a provider does not know an attempt counts when no request of it can be under way any more. */
  lookUpAbsentAfterMs: 120_000,
  /** Pauses before a further attempt at the same provider double from the first to the second. */
  sendRetryMsMin: 1_000,
  sendRetryMsMax: 3_600_000,
  /** When nobody names a deadline: three days, as mail servers wait. */
  sendDeadlineMs: 72 * 3_600_000,
  /** The latest deadline that may be named: a year, as for annual notices. */
  sendDeadlineMsMax: 366 * 24 * 3_600_000,
  /** Words of one send; far above ten text messages, below what mail servers refuse. */
  sendBodyCharsMax: 50_000,
  sendSubjectCharsMax: 250,
  /** What somebody did in place of a channel, in a few sentences. */
  taskNoteCharsMax: 2_000,
  /** The web hook of a STOP is answered when it was acted upon; providers wait fifteen seconds for an answer. */
  urgentHookMsMax: 5_000,
  /** A confirmation of STOP counts as wanted within five minutes (47 CFR 64.1200(a)(12)). */
  stopConfirmationMsMax: 5 * 60_000,
  /** Whoever was asked what her STOP means and has not answered for so long meant everything of this agency. */
  stopAnswerMs: 10 * 60_000,
  /** A question that is no STOP (whether she meant it, whether it was she) may be answered for a day. */
  questionAnswerMs: 24 * 3_600_000,
  /** Guesses at the four digits that prove that she reads what is sent to her address. */
  codeGuessesMax: 3,
  /** So often a day she is sent such digits by one sender: whoever writes START in her name guesses right once in 1,000 days. */
  startQuestionsPerDayMax: 3,

  // --- people and their consent

  /** What an agency is called, and where it is, may be so old on a server that did not change it. */
  agencyMemoryGoodMs: 1_000,
  /** Agencies of one government. */
  agenciesInMemoryMax: 1_000,
  /** Pairs of agency and account that are kept in memory on every node, about 50 bytes each. */
  agencyStaffMax: 100_000,
  /** Answers to requests with an Idempotency-Key: a program that repeats one later has lost more than an answer. */
  idempotencyDays: 30,
  /** Addresses of one person. More is no person but an import that went wrong. */
  addressesOfPersonMax: 50,
  /** Words of somebody's names by which she is found. */
  nameWordsMax: 30,
  /** A citizen who changed her mind; after that she decides anew. */
  consentUndoMs: 30 * 24 * 60 * 60_000,
  /** One opening of a record covers what is looked up during a day's work. */
  recordOpeningMs: 8 * 60 * 60_000,
  /** A code that was sent to an address. Mail may take a while. */
  addressCodeLivesMs: 30 * 60_000,
  /** Wrong tries of one code: one in 200,000 guesses right. */
  addressCodeTriesMax: 5,
  /** Codes to one address in an hour, whoever asks for them: each costs the reader's attention and the sender's money. */
  addressCodesPerHourMax: 5,
  /** What is sent as proof of consent: ids and a form, no scans. */
  consentBytesMax: 16 * 1024,
  /** Events of consent that are read at once where a whole chain is read. */
  consentPageMax: 1_000,
} as const
