/** What the simulated Twilio remembers. */

export type NumberFact = {
  readonly what: 'twilio.number'
  readonly accountSid: string
  readonly authToken: string
  readonly number: string
  /** As citizens have it among their contacts. */
  readonly name?: string | undefined
  /** Where it calls when a message comes in. */
  readonly inboundUrl?: string | undefined
  /**
   * What Twilio does about STOP by itself: nothing; or it blocks the pair, answers, and tells us as of any message; or it
   * tells us too that it did (advanced opt-out).
   */
  readonly optOut: 'off' | 'default' | 'advanced'
}

export type Media = { readonly sid: string; readonly type: string; readonly base64: string }

export type MessageFact = {
  readonly what: 'twilio.message'
  readonly sid: string
  readonly accountSid: string
  readonly direction: 'outbound-api' | 'inbound'
  readonly from: string
  readonly to: string
  readonly body: string
  readonly messagingServiceSid?: string | undefined
  readonly statusCallback?: string | undefined
  readonly media?: readonly Media[] | undefined
  /** How often Twilio calls about it. */
  readonly copies?: number | undefined
  readonly optOutType?: 'STOP' | 'START' | 'HELP' | undefined
  /** Of outbound ones: the states that it goes through, and when. */
  readonly plan?: readonly PlannedState[] | undefined
  /** When it is in her hands; left out when it never is. */
  readonly arrivesMs?: number | undefined
  readonly reply?: { readonly text: string; readonly afterMs: number } | undefined
}

export type PlannedState = {
  readonly status: string
  readonly errorCode?: number | undefined
  /** When Twilio's own list shows it. */
  readonly atMs: number
  /** When the receipts are sent; none: nobody is told. */
  readonly toldMs: readonly number[]
}

export type TwilioFact =
  | NumberFact
  | MessageFact
  /** A web hook came to its end; `step` is -1 for an inbound message. */
  | { readonly what: 'twilio.called'; readonly sid: string; readonly step: number; readonly isTaken: boolean }
  | { readonly what: 'twilio.opt-out'; readonly number: string; readonly address: string; readonly isOut: boolean }
  | { readonly what: 'twilio.redacted'; readonly sid: string; readonly isDeleted: boolean }
  | { readonly what: 'twilio.refused'; readonly to: string; readonly status: number; readonly code: number }
