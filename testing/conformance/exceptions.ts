/** Where the data of the specification says something else than its text, or less than clients rely on. */
export type Exception = {
  readonly operations: readonly string[]
  readonly where: 'request' | 'answer' | 'status' | 'header'
  readonly statuses?: readonly number[]
  /** The JSON pointers that it covers; all without it. */
  readonly pointer?: RegExp
  /** Where it covers only requests whose query is such a one. */
  readonly query?: RegExp
  readonly reason: string
}

const downloads = [
  ...['getContent', 'getContentOverrideName', 'getContentThumbnail'],
  ...['getContentAuthed', 'getContentOverrideNameAuthed', 'getContentThumbnailAuthed'],
]

export const exceptions: readonly Exception[] = [
  {
    operations: ['add3PID'],
    where: 'status',
    statuses: [403],
    reason: 'M_THREEPID_AUTH_FAILED stands with the older operation for the same thing (POST /account/3pid) only.',
  },
  {
    operations: ['leaveRoom', 'setRoomStateWithKey'],
    where: 'status',
    statuses: [403],
    reason: 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM stands in the text and in the list of codes, and with no operation.',
  },
  {
    operations: ['postRoomKeysVersion', 'putRoomKeysVersion'],
    where: 'request',
    pointer: /^\/algorithm$/,
    reason:
      'The data allows one algorithm for backups. Proposals have others, and the server only keeps what it is given.',
  },
  {
    operations: ['getRoomKeysVersion', 'getRoomKeysVersionCurrent'],
    where: 'answer',
    pointer: /^\/algorithm$/,
    reason: 'The same: it is the one that the client named.',
  },
  {
    operations: ['sendMessage', 'setRoomStateWithKey'],
    where: 'answer',
    statuses: [200],
    pointer: /^\/$/,
    query: /org\.matrix\.msc4140\.delay=/,
    reason: 'MSC4140: what is sent later has no event id yet, and the answer names the delayed event.',
  },
  {
    operations: ['changePassword'],
    where: 'status',
    statuses: [400],
    reason: 'M_WEAK_PASSWORD stands with registration only, and a new password can be as weak.',
  },
  {
    operations: ['uploadCrossSigningKeys'],
    where: 'status',
    statuses: [401],
    reason: 'By its text this endpoint asks for user-interactive authentication; its list of answers leaves that out.',
  },
  {
    operations: ['uploadCrossSigningKeys'],
    where: 'answer',
    statuses: [401],
    reason: 'The same: such an answer says what is to be proven and need not hold an error.',
  },
  {
    operations: ['uploadKeys'],
    where: 'status',
    statuses: [400],
    reason:
      'M_INVALID_SIGNATURE stands with cross-signing keys only; keys of devices are signed, and checked, as well.',
  },
  {
    operations: downloads,
    where: 'status',
    statuses: [206, 304, 416],
    reason: 'Ranges and unchanged files are matters of HTTP (RFC 9110), which the lists of answers leave out.',
  },
  {
    operations: downloads,
    where: 'answer',
    statuses: [416],
    reason:
      'The same: the answer to a range that lies outside of the file tells its length in a header, and nothing else.',
  },
  {
    operations: ['getTurnServer'],
    where: 'answer',
    statuses: [200],
    pointer: /^\/$/,
    reason:
      'The text is silent on servers without a relay for calls. They answer an empty object, and clients know it.',
  },
  {
    operations: ['getProfileField'],
    where: 'status',
    statuses: [400],
    reason:
      'M_KEY_TOO_LARGE stands with setting and deleting a field only; a name that is too long is one in a question too.',
  },
]
