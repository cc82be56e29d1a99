/** A Matrix client of somebody else, as the conversations of this folder drive it. */
export interface InteropClient {
  /** Its own id, known after it signed in. */
  readonly userId: string
  signIn(url: string, user: string, password: string): Promise<void>
  /** The new room's id. */
  createRoom(room: { name: string; invite: readonly string[]; isEncrypted: boolean }): Promise<string>
  /** Returns when the client itself holds the room for joined. */
  join(roomId: string): Promise<void>
  /** Returns when the client holds the other for a member, so that it encrypts for him too. */
  sees(roomId: string, userId: string): Promise<void>
  say(roomId: string, body: string): Promise<void>
  /** Waits until the client shows the message; whether it came encrypted. */
  hears(roomId: string, body: string): Promise<{ wasEncrypted: boolean }>
  /** The names in its list of rooms. */
  rooms(): Promise<readonly string[]>
  stop(): Promise<void>
}

/** A kind of client: what it is, and how one comes to be. */
export type ClientKind = {
  readonly name: string
  readonly canEncrypt: boolean
  /** Installs what is needed, below the folder. Throws `NotHere` with the reason where that is not possible. */
  prepare(folder: string): Promise<() => InteropClient>
}

/** The tools of a client cannot be installed on this machine. */
export class NotHere extends Error {}
