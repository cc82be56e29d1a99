/**
 * Every error code that this server answers with: its usual HTTP status and its meaning for the people who write
 * clients. docs/reference/errors.md is generated from this table.
 *
 * The codes that begin with M_ are Matrix's own (client-server API, "Standard error response"), those that name a proposal (MSC)
 * are that proposal's; CHANCERY_ ones are for
 * what Matrix has no word for.
 */
export const errorCodes = {
  M_BAD_ALIAS: { status: 400, meaning: 'An alternative alias of a room does not lead to that room.' },
  M_BAD_JSON: {
    status: 400,
    meaning: 'The body is JSON, but not of the shape that is needed. The text names the field.',
  },
  M_BAD_STATUS: { status: 502, meaning: 'Another service answered with a status that it should not answer with.' },
  M_CANNOT_LEAVE_SERVER_NOTICE_ROOM: { status: 403, meaning: 'The room of notices from this server cannot be left.' },
  M_CANNOT_OVERWRITE_MEDIA: { status: 409, meaning: 'A file has already been uploaded under this address.' },
  M_CAPTCHA_INVALID: { status: 400, meaning: 'The answer to the captcha is wrong.' },
  M_CAPTCHA_NEEDED: { status: 400, meaning: 'A captcha must be solved first.' },
  M_CONNECTION_FAILED: { status: 502, meaning: 'Another service could not be reached.' },
  M_CONNECTION_TIMEOUT: { status: 504, meaning: 'Another service did not answer in time.' },
  M_DUPLICATE_ANNOTATION: { status: 400, meaning: 'This person has already reacted in this way to this event.' },
  M_EXCLUSIVE: { status: 400, meaning: 'This name is reserved and cannot be taken.' },
  M_FORBIDDEN: { status: 403, meaning: 'This is known, and it is not allowed. The text says who could allow it.' },
  M_GUEST_ACCESS_FORBIDDEN: { status: 403, meaning: 'Guests may not do this. Sign in with an account.' },
  M_INCOMPATIBLE_ROOM_VERSION: {
    status: 400,
    meaning: 'The other server does not know the version of this room. The field room_version names it.',
  },
  M_INVALID_PARAM: { status: 400, meaning: 'A parameter has a value that is not allowed. The text names it.' },
  M_INVALID_ROOM_STATE: { status: 400, meaning: 'The state that was asked for a new room contradicts itself.' },
  M_INVALID_SIGNATURE: { status: 400, meaning: 'A signature does not fit what it signs.' },
  M_INVALID_USERNAME: { status: 400, meaning: 'The user name holds characters that are not allowed, or is too long.' },
  M_INVITE_BLOCKED: { status: 403, meaning: 'The person does not accept invitations from this sender.' },
  M_KEY_TOO_LARGE: { status: 400, meaning: 'The name of a profile field is too long.' },
  M_LIMIT_EXCEEDED: {
    status: 429,
    meaning: 'Too much in too short a time. Wait for retry_after_ms milliseconds, then try again.',
  },
  M_MISSING_PARAM: { status: 400, meaning: 'A parameter that is needed is missing. The text names it.' },
  M_MISSING_TOKEN: { status: 401, meaning: 'No access token came with the request. Sign in first.' },
  M_NOT_FOUND: { status: 404, meaning: 'There is no such thing, or none that this person may know of.' },
  M_NOT_JSON: { status: 400, meaning: 'The body is not valid JSON in UTF-8.' },
  M_NOT_YET_UPLOADED: {
    status: 504,
    meaning: 'The file has an address but has not been uploaded yet. Try again later.',
  },
  M_PROFILE_TOO_LARGE: { status: 400, meaning: 'The profile would become larger than allowed.' },
  M_RESOURCE_LIMIT_EXCEEDED: {
    status: 403,
    meaning: 'The server has reached a limit that its administrators set. admin_contact says whom to ask.',
  },
  M_ROOM_IN_USE: { status: 400, meaning: 'The alias already belongs to a room.' },
  M_SERVER_NOT_TRUSTED: { status: 401, meaning: 'The other server is not one that this server trusts.' },
  M_SESSION_EXPIRED: { status: 400, meaning: 'The validation has expired. Begin it again.' },
  M_SESSION_NOT_VALIDATED: { status: 400, meaning: 'The address has not been confirmed yet.' },
  M_TERMS_NOT_SIGNED: { status: 403, meaning: 'The terms must be accepted first.' },
  M_THREEPID_AUTH_FAILED: { status: 400, meaning: 'The address could not be confirmed.' },
  M_THREEPID_DENIED: { status: 403, meaning: 'Addresses of this kind are not allowed here.' },
  M_THREEPID_IN_USE: { status: 400, meaning: 'The address already belongs to an account.' },
  M_THREEPID_MEDIUM_NOT_SUPPORTED: { status: 400, meaning: 'Addresses of this kind are not supported.' },
  M_THREEPID_NOT_FOUND: { status: 400, meaning: 'No account has this address.' },
  M_TOO_LARGE: { status: 413, meaning: 'What was sent is larger than allowed. The text names the limit.' },
  M_UNABLE_TO_AUTHORISE_JOIN: {
    status: 400,
    meaning: 'This server cannot tell whether the person meets the conditions of the room.',
  },
  M_UNABLE_TO_GRANT_JOIN: { status: 400, meaning: 'Nobody on this server has the power to let the person in.' },
  M_UNAUTHORIZED: { status: 401, meaning: 'The request was not authorised correctly.' },
  M_UNKNOWN: { status: 500, meaning: 'Something failed that has no code of its own. The text says what is known.' },
  M_UNKNOWN_DEVICE: { status: 404, meaning: 'The device is not known on this server.' },
  M_UNKNOWN_POS: { status: 400, meaning: 'The connection for sliding sync is not known any more. Begin a new one.' },
  M_UNKNOWN_TOKEN: { status: 401, meaning: 'The access token is not valid any more. Sign in again.' },
  M_UNRECOGNIZED: {
    status: 404,
    meaning: 'There is no such endpoint, or not with this method (then the status is 405).',
  },
  M_UNSUPPORTED_ROOM_VERSION: { status: 400, meaning: 'The server does not know this room version.' },
  M_URL_NOT_SET: { status: 400, meaning: 'The application service has no address to be called at.' },
  M_USER_DEACTIVATED: { status: 403, meaning: 'The account has been closed. An administrator can say why.' },
  M_USER_IN_USE: { status: 400, meaning: 'The user name is already taken.' },
  M_USER_LOCKED: { status: 401, meaning: 'The account is locked. An administrator can unlock it.' },
  M_USER_SUSPENDED: { status: 403, meaning: 'The account is suspended: it can read and not write.' },
  M_WEAK_PASSWORD: { status: 400, meaning: 'The password is too weak. The text says what is wanted.' },
  M_WRONG_ROOM_KEYS_VERSION: {
    status: 403,
    meaning: 'The key backup has a newer version. The field current_version names it.',
  },
  'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION': {
    status: 409,
    meaning: 'The person ended her subscription to the thread after the message for which an app would renew it.',
  },
  'IO.ELEMENT.MSC4306.M_NOT_IN_THREAD': { status: 400, meaning: 'The message is not in the thread.' },
  CHANCERY_CONFLICT: {
    status: 409,
    meaning: 'Somebody else changed the same thing first. Load it again, then repeat.',
  },
  CHANCERY_STOPPING: { status: 503, meaning: 'The server is stopping or starting. Try again in a moment.' },
  CHANCERY_UNAVAILABLE: {
    status: 503,
    meaning: 'A part that the server leans on, its database say, does not answer. Try again in a moment.',
  },
  CHANCERY_UNREADABLE: {
    status: 500,
    meaning: 'What is stored has been changed or damaged and was not shown. Nothing else is touched by it.',
  },
} as const satisfies Record<string, { status: number; meaning: string }>

export type ErrorCode = keyof typeof errorCodes
