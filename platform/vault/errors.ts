import { StartRefused } from '../data-directory/start-refused.ts'

/** Sealed bytes that do not open: altered, moved, or sealed under another key. Carries no content. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  readonly purpose: string
  readonly subject: string
  readonly keyId: number

  constructor(purpose: string, subject: string, keyId: number, more: { reason?: string; cause?: unknown } = {}) {
    super(
      `${more.reason ?? `The sealed '${purpose}' of ${subject} was altered, or moved here from another place`}` +
        ` (key ${keyId}). It cannot be read; restore it from a backup.`,
      { cause: more.cause },
    )
    this.purpose = purpose
    this.subject = subject
    this.keyId = keyId
  }
}

/** A data key that is not there: destroyed on purpose, or never stored. */
export class KeyUnavailable extends Error {
  override readonly name = 'KeyUnavailable'
  readonly keyId: number
  readonly state: 'destroyed' | 'missing'

  constructor(keyId: number, state: 'destroyed' | 'missing') {
    super(
      state === 'destroyed'
        ? `Key ${keyId} was destroyed on purpose. What it sealed can never be read again.`
        : `Key ${keyId} is not in the database. Restore the table of data keys from the backup that belongs to this data.`,
    )
    this.keyId = keyId
    this.state = state
  }
}

/** The master key that was given is not the one that this database was born with. */
export class WrongMasterKey extends StartRefused {
  override readonly name = 'WrongMasterKey'

  constructor(cause?: unknown) {
    super(
      'The master key does not belong to this database. Start with the key file that was made together with it' +
        ' (--master-key FILE). A new key cannot open old data.',
      { cause },
    )
  }
}
