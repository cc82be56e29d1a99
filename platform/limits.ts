import { citizenLimits } from './citizen-limits.ts'
import { deskLimits } from './desk-limits.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** Every limit of the system, each with its reason. Units stand in the names. */
export const limits = {
  // --- what a request may be

  /** JSON bodies. Several times the largest event, because key uploads and /createRoom carry many small things. */
  bodyBytesMax: 1 * MiB,
  /** Many backed-up keys at once: some thousands. Reading more would hold everybody else up. */
  keyBackupBodyBytesMax: 4 * MiB,
  /** Nesting in JSON. Far above what any client sends and far below what recursion over it could overflow. */
  jsonDepthMax: 100,
  /** An event in canonical JSON, with its signatures and hashes; fixed by the specification. */
  eventBytesMax: 65_536,
  /** Identifiers, event types and state keys, in bytes; fixed by the specification. */
  identifierBytesMax: 255,
  /** One path parameter after decoding. State keys are the longest and measured in bytes; a percent sign triples them. */
  paramLengthMax: 1_024,
  /** Head of a request. Node's own default, set on purpose so that an option of Node cannot raise it. */
  headerBytesMax: 16 * KiB,
  /** Entries of one page, whatever a client asks for; larger answers would hold others up. */
  pageSizeMax: 1_000,

  /** Addresses that a room names as its own: each is looked up when they are set. */
  aliasesNamedMax: 100,

  /** Ids of what refers to an event, told beside it. A poll has a reference for each vote; clients page through all of them. */
  bundledReferencesMax: 100,

  /** Steps from an event to what refers to it, to what refers to that, and so on; the specification wants 3 at least. */
  relationDepthMax: 3,
  /** What is looked at for one page of what refers to an event over several steps: about 40 ms. */
  relationsLookedAtMax: 20_000,
  /** Different words of one message that search finds; a longer text is found by its beginning. */
  searchWordsMax: 2_000,
  /** Words of one search term. */
  searchTermWordsMax: 32,
  /** A term that more messages have is looked for among the newest messages first. */
  searchHitsMax: 5_000,
  /** So many of the newest messages are looked through for it: about 15 ms. */
  searchRecentMax: 20_000,
  /** Messages opened for one page of results: some are hidden from the reader, or filtered out. */
  searchOpenedMax: 500,
  /** Results of one page; each may come with events round it. */
  searchPageMax: 100,
  /** Events on one side of a result. */
  searchContextMax: 50,
  /** A search waits so long for what was said just before it. */
  searchWaitMs: 500,
  /** Events that one person lets the server send later. A call has one a device. */
  delayedEventsPerPersonMax: 100,
  /** How much later. */
  delayedEventMsMax: 7 * 24 * 3_600_000,
  /** How long an event may stick; fixed by the proposal. */
  stickyMsMax: 3_600_000,
  /** Sticky events of one answer of sync; what is left comes with the next one, which does not wait. */
  stickyAnswerMax: 500,
  /** The same over sliding sync, whose clients name a limit of their own; the default of the proposal. */
  stickyExtensionMax: 100,
  /** Threads that a person subscribed to, or did once. All are looked through where her push rules ask for them. */
  threadSubscriptionsPerPersonMax: 10_000,
  /** Threads in which something was said, in one answer; each comes with its root and its newest reply. */
  threadUpdatesMax: 100,
  /** Changes of subscriptions in one answer. */
  threadSubscriptionsPageMax: 500,
  /** Rows that a page of /messages passes over because of its filter before it tells the client where to go on: about 10 ms. */
  filteredRowsMax: 5_000,
  /** Events that a page opens in vain, because only their words tell that they do not pass. */
  filteredEventsMax: 1_000,
  /** Connections for sliding sync that a device may keep; clients use two or three. The oldest goes. */
  slidingConnectionsPerDeviceMax: 10,
  /** Lists of one sliding-sync request; fixed by the proposal. */
  slidingListsMax: 100,
  /** Rooms that one sliding-sync request subscribes to. */
  slidingSubscriptionsMax: 1_000,
  /** Spaces, types or tags in one filter of a list: each is held against all rooms of a person. */
  slidingFilterNamesMax: 100,
  /** Pairs of type and state key that are required of a room; clients name about thirty. */
  slidingRequiredStateMax: 500,
  /** The same over all lists of a request, because a room may stand in all of them. */
  slidingRequiredStateOfListsMax: 5_000,

  /** Rooms that are looked at for one page of a space, and how deep: spaces may name each other in circles. */
  hierarchyRoomsMax: 5_000,
  hierarchyDepthMax: 32,
  /** Rooms that walks through spaces have met, or have before them, of all who page through one: about 10 MB of names. */
  hierarchyPlacesInMemoryMax: 100_000,

  /** A whole profile; fixed by the specification. */
  profileBytesMax: 65_536,
  /** People invited in the act of making a room; more would hold its first transaction up. */
  invitesAtOnceMax: 100,
  /** Bans that are carried into a new room in one transaction; further ones follow in others. */
  bansCarriedAtOnceMax: 300,
  /** State events given in the act of making a room. */
  initialStateEventsMax: 200,

  /** One piece of account data: the list of more than a thousand direct conversations. Those of late are kept in memory. */
  accountDataBytesMax: 128 * KiB,
  /** A person sorts a room under a handful of words; this bounds what one room's tags can weigh. */
  tagsMax: 100,
  /** All of a person's: a sync without a token tells it whole. Clients keep some hundred KiB. */
  accountDataOfPersonBytesMax: 8 * MiB,

  /** One published key with its signatures. Those of today have about 700 bytes, those that resist quanta some thousands. */
  publicKeyBytesMax: 16 * KiB,
  /** Signatures by devices that a master key gathers in one request; people have a handful of devices. */
  deviceSignaturesMax: 50,
  /** One-time keys that wait on the server for one device. Clients keep fifty to a hundred. */
  oneTimeKeysMax: 2_000,
  /** The private half of a device, encrypted by its client: an account of Olm with its one-time keys. */
  dehydratedDeviceBytesMax: 64 * KiB,
  /** One backed-up key as its client encrypted it; they have about 900 bytes. */
  keyBackupSessionBytesMax: 16 * KiB,
  /** Keys in one backup: many years of conversations in many rooms. */
  keyBackupSessionsMax: 1_000_000,
  /** One message to a device, sealed for it alone; as much as an event. */
  toDeviceBytesMax: 65_536,
  /** Messages of one request: all devices of a room of a thousand people, several times over. */
  toDeviceMessagesMax: 10_000,
  /** Messages to a device in one answer of sync; what is left comes with the next one, which does not wait. */
  toDeviceAnswerMax: 100,
  /** The same in bytes, so that large ones do not add up. */
  toDeviceAnswerBytesMax: 1 * MiB,
  /** Messages kept for one device. Years of a quiet one; one that nobody uses any more must not fill the disk. */
  toDeviceWaitingMax: 50_000,

  /** Notifications in one page. */
  notificationsPageMax: 100,
  /** Events that are looked at for one page of notifications. */
  notificationsLookMax: 500,
  /** What a person says of herself beside her presence. */
  statusMsgCharactersMax: 250,
  /** Where a person may be told; each of her devices has one. */
  pushersOfPersonMax: 100,
  /** A pusher as JSON, with what the app wants its gateway to be told each time. */
  pusherCharactersMax: 16 * KiB,

  // --- how long it may take

  /** The whole request must have arrived by then. A body that never ends is cut off. */
  requestTimeoutMs: 30_000,
  /** The same for uploads: a large file over a slow line. */
  uploadTimeoutMs: 15 * 60_000,
  /** A client uploads a file and then sends it; one that is older when it is sent was made for another room as well. */
  fileSentWithinMs: 30 * 60_000,
  /** Head of a request. Somebody who drips headers holds a socket and nothing else. */
  headersTimeoutMs: 15_000,
  /** How often Node looks for requests that took too long. */
  timeoutCheckMs: 1_000,
  /** A connection without a request. Longer than the 60 s of common proxies, so that they close first. */
  keepAliveTimeoutMs: 65_000,
  /** How long somebody seems to write. Clients renew what still holds. */
  typingMsMax: 120_000,
  /** Long polling. Below what proxies and mobile networks cut; clients ask for 30 s. */
  syncTimeoutMsMax: 60_000,
  /** At stop: waiting requests are answered within this; what is left is cut. */
  drainMs: 5_000,

  /** Transaction ids: a client that repeats one after this long has lost more than an answer. */
  transactionIdDays: 30,
  /** Sliding-sync connections: a client that comes back later begins anew. */
  slidingConnectionDays: 30,

  // --- signing in

  /** An access token that can be refreshed. Short enough that a stolen one is soon worth nothing. */
  accessTokenLivesMs: 60 * 60_000,
  /** A token that signs in on another device: carried there at once, by a code on a screen say. */
  loginTokenLivesMs: 2 * 60_000,
  /** The same, made by an administrator for a program: long enough to be carried into its configuration. */
  automationTokenLivesMs: 60 * 60_000,
  /** A token by which a program uses the API, unless it is asked for another time: for a task at hand. */
  apiTokenLivesMs: 60 * 60_000,
  /** The same, at most: what nobody renews for a year nobody looks after. */
  apiTokenLivesMsMax: 366 * 24 * 60 * 60_000,
  /** From the first question of a confirmation to its last answer. */
  confirmationLivesMs: 15 * 60_000,
  /** A proof for another service of who somebody is. */
  openIdTokenLivesMs: 60 * 60_000,
  /** What a node remembers of a sign-in is used for so long without asking whether another node has ended it. */
  sessionMemoryGoodMs: 500,
  /**
   * Characters of a password that somebody chooses. NIST SP 800-63B-4 asks for 15 where the password is the only factor.
   */
  passwordCharactersMin: 15,
  /** A person's devices. More is no person but a program that signs in and never out. */
  devicesOfPersonMax: 500,

  /** What no push gateway took for so long is dropped: the app will have looked by itself. */
  pushAgeMsMax: 24 * 60 * 60_000,
  /** One request to a push gateway. */
  pushTimeoutMs: 10_000,

  /** Presence: who did nothing for so long is away; the specification's own example. */
  presenceIdleMs: 5 * 60_000,
  /** Presence: who did something so lately is told as active, and not again while that lasts. */
  presenceActiveMs: 60_000,
  /** Presence: how often those who fell idle or went away are looked for. */
  presenceSweepMs: 5_000,
  /** Presence: changes are told together, at most so often. */
  presenceGatherMs: 250,
  /** Presence: a node repeats who is there, so that another one that started later or missed it knows. */
  presenceRepeatMs: 60_000,

  // --- sockets

  /** Open connections of one server; file descriptors are kept for PostgreSQL and files. */
  connectionsMax: 20_000,
  /** What is left of a refused body is read and thrown away for so long; then the connection is cut. */
  refusedBodyMs: 5_000,
  /** Callers that rate limits remember; each takes about 150 bytes. */
  rateLimitBucketsMax: 50_000,

  // --- requests to the outside

  /** Connections to one other server at once; further requests wait. */
  outboundSocketsPerOriginMax: 32,
  /** Connections to all other servers at once. */
  outboundSocketsMax: 256,
  /** A connection that nobody needs is kept for the next request; shorter than what other servers keep theirs. */
  outboundKeepAliveMs: 4_000,

  // --- mail

  /** One mail with its files, coming or going. */
  mailBytesMax: 10 * MiB,
  /** Connections to one relay at once. Relays that take more than a few from one client are rare. */
  smtpConnectionsMax: 8,
  /** Until a relay must have answered. The standard allows minutes; whoever sends here has another way by then. */
  smtpTimeoutMs: 30_000,
  /** How long a connection to a relay is kept while there is nothing to send; relays close theirs after a minute or more. */
  smtpIdleMs: 15_000,
  /** Servers that bring mail at once. Each may hold a whole mail in memory, so this times `mailBytesMax` is the worst. */
  smtpClientsMax: 10,
  /** A server that brings mail and falls silent for so long is gone. */
  smtpClientIdleMs: 60_000,
  /** Recipients of one mail here. Nobody writes to more of an agency's mailboxes in one go. */
  mailRecipientsMax: 20,
  /** Characters of a mail that are told in a conversation; the rest stays in the mail, which is attached. */
  mailTextLengthMax: 40_000,
  /** Files of one mail that are taken over one by one. */
  mailFilesMax: 20,

  // --- files of strangers, opened in a child process

  /** Children at once: pictures wait rather than take both processors from messages. */
  sandboxChildrenMax: 2,
  /** Files that wait for a child; past it, who asks is told to come back. */
  sandboxWaitingMax: 200,
  /** One file. A large photograph takes half a second. */
  sandboxTimeoutMs: 10_000,
  /** Memory that one child may write to; about 250 MiB of it are reservations of its runtime. */
  sandboxMemoryBytes: 768 * MiB,
  /** A child that nobody needs ends after this, and gives its memory back. */
  sandboxIdleMs: 30_000,
  /** Files that one child sees before it is replaced. */
  sandboxFilesPerChild: 100,
  /** Larger pictures are not opened: width times height. */
  thumbnailPixelsMax: 100_000_000,
  /** Larger ones that move stand still: width times height times frames. These take some 4 s on a busy machine. */
  thumbnailMovingPixelsMax: 30_000_000,
  /** A picture larger than this has no thumbnails; it is held in memory for a moment. */
  thumbnailSourceBytesMax: 32 * MiB,
  /** One thumbnail; one that moves and would be larger stands still. */
  thumbnailBytesMax: 4 * MiB,
  /** Where no thumbnails can be made, pictures up to this stand in for them: it is paid by every reader of a list. */
  thumbnailOriginalBytesMax: 10 * MiB,
  /** Who finds too many waiting for a thumbnail comes back after this. */
  thumbnailRetryMs: 1_000,

  // --- previews of links

  /** Read of a page; what it says of itself stands at its beginning. */
  previewPageBytesMax: 1 * MiB,
  /** A picture that a page names. */
  previewPictureBytesMax: 8 * MiB,
  /** The page, and again its picture. A reader waits for it. */
  previewTimeoutMs: 8_000,
  /** Pages that are fetched at once, each with a page or a picture in memory. */
  previewsAtOnceMax: 16,
  /** Who finds too many being fetched comes back after this. */
  previewRetryMs: 5_000,
  /** A page is fetched again after this. */
  previewFreshMs: 24 * 60 * 60_000,
  /** One that could not be had is tried again after this. */
  previewFailureMs: 10 * 60_000,
  /** Pages and pictures stay for so long after they were last good: clients still show them. */
  previewKeptMs: 30 * 24 * 60 * 60_000,

  // --- files that are announced before they come

  /** An announced file that has not come by then lapses; the specification recommends a day. */
  mediaPendingMs: 24 * 60 * 60_000,
  /** Announced files of one person that have not come. A client sends a few at once. */
  mediaPendingMax: 100,
  /** Who has announced too many comes back after this. */
  mediaPendingRetryMs: 60_000,
  /** How long a reader waits for an announced file, whatever she asks for. */
  mediaWaitMsMax: 60_000,

  ...deskLimits,

  // --- servers that share a database

  /** Servers look after each other so often; one is dead that is without life at two looks. */
  nodeLookMs: 1_000,

  ...citizenLimits,

  // --- what is kept in memory

  /** Entries of the log's tail that sync answers from; about 3 KB each when they are short messages. */
  tailEntriesMax: 4_000,
  /** The same in bytes: an event may be as long as twenty short ones. */
  tailBytesMax: 12 * MiB,
  /** Weight of the rooms in the cache: state entries and members. */
  roomCacheEntriesMax: 200_000,
  /** Room ids and their internal numbers. */
  roomIdentitiesMax: 50_000,
  /** Sign-ins; each takes about 500 bytes. */
  sessionsInMemoryMax: 20_000,
  /** Rooms of which it is known who of them was erased; about 100 bytes each. */
  erasuresInMemoryMax: 50_000,
  /** Names and topics of rooms for lists of them, about 1 KB a room. */
  roomSummaryBytesMax: 32 * MiB,
  /** Users of all servers, by id and by Matrix id. */
  usersInMemoryMax: 20_000,
  /** People who are looked up in one statement. */
  usersAtOnceMax: 1_000,
  /** People's names and numbers. */
  peopleInMemoryMax: 50_000,
  /** Opened profiles, for lists of people. */
  profilesInMemoryMax: 50_000,
  /** People whose names are compared in memory, about 300 bytes each; those beyond are read for each search. */
  peopleIndexedMax: 100_000,
  /** Decrypted events for answers: those of the tail, which may outgrow its bound by a quarter, and a few more. */
  eventsInMemoryBytesMax: 16 * MiB,
  /** Transaction ids whose event is remembered without asking the database. */
  transactionsInMemoryMax: 20_000,
  /** People, and their devices, of whom it is known whether they are there; about 300 bytes each. */
  presenceInMemoryMax: 20_000,
  /** The newest changes of presence; who missed more is told of all who are there. */
  presenceChangesMax: 5_000,
  /** Presence events in one answer, the newest first. Nobody looks at more. */
  presenceEventsMax: 500,
  /** Members of a room in which a change of presence wakes those who wait; larger ones would never be quiet. */
  presenceWakesRoomMax: 100,
  /** Read positions of people in rooms. */
  readStatesInMemoryMax: 50_000,
  /** Opened keys of devices, for whoever asks for those of a large room; about 2 KB each. */
  openedKeysBytesMax: 32 * MiB,
  /** Devices of which it is remembered up to where their messages are forgotten; about 100 bytes each. */
  devicesInMemoryMax: 20_000,
  /** Member events of which it is remembered whether they let somebody in or out. */
  memberStepsInMemoryMax: 20_000,
  /** Newest events of rooms by which unread counts are kept up; most of them are in the tail as well. */
  recentNoticesBytesMax: 8 * MiB,
  /** Unread events of a room that are put to somebody's own push rules, one by one; no badge shows more. */
  ownRulesEventsMax: 1_000,
  /** Pictures that could not be opened. */
  thumbnailFailuresInMemoryMax: 5_000,
  /** Which members sync has sent to which device; about 30 bytes a member. Who is forgotten is sent some of them twice. */
  lazyMembersBytesMax: 12 * MiB,
  /** Rooms in the states of sliding-sync connections; about 100 bytes each. Others are read from the database again. */
  slidingRoomsInMemoryMax: 300_000,
  /** Connections whose last use was lately written down. */
  slidingConnectionsTouchedMax: 20_000,
  /** Rooms of which is known by what lists of rooms are ordered and filtered; about 100 bytes each. */
  roomListingsMax: 100_000,
  /** Rooms in which somebody stopped writing; who was away for longer than the last so many is not told of the end. */
  quietTypingRoomsMax: 10_000,
  /** People who write at one moment, on all nodes; of more nobody is told. */
  typistsMax: 100_000,
} as const

export type Rate = {
  /** So many at once after a pause. */
  readonly burst: number
  /** So many for ever. */
  readonly perSecond: number
  /** Who is counted: the signed-in person (the address, when nobody is signed in) or always the address. */
  readonly per: 'person' | 'address'
}

/** How often one caller may do a kind of act. Generous for people, narrow for programs that guess or flood. */
export const rates = {
  /** Everybody behind one office address signs in in the morning; per account, identity counts failures itself. */
  login: { burst: 30, perSecond: 0.5, per: 'address' },
  /** Making accounts is rare and costs an argon2id hash. */
  register: { burst: 10, perSecond: 0.1, per: 'address' },
  /** Guessing set-up and invitation links: they hold 256 bits, so this only keeps the noise down. */
  link: { burst: 30, perSecond: 0.5, per: 'address' },
  /** Requests with tokens that are no sign-ins: apps that were signed out ask a few times, who guesses asks for ever. */
  badToken: { burst: 60, perSecond: 1, per: 'address' },
  /** The client's own password checks for sensitive acts. */
  confirm: { burst: 10, perSecond: 0.2, per: 'person' },
  /** Typing fast in several rooms stays far below; a runaway bot does not. */
  message: { burst: 60, perSecond: 10, per: 'person' },
  join: { burst: 30, perSecond: 1, per: 'person' },
  /** Whoever reports in earnest reports seldom. */
  report: { burst: 20, perSecond: 0.1, per: 'person' },
  /** Invitations disturb others. */
  invite: { burst: 50, perSecond: 0.5, per: 'person' },
  createRoom: { burst: 20, perSecond: 0.2, per: 'person' },
  upload: { burst: 50, perSecond: 2, per: 'person' },
  /** Links that come into view. Each that is new here makes a request to somebody else. */
  preview: { burst: 60, perSecond: 1, per: 'person' },
  /** Files of a long timeline are fetched together. */
  download: { burst: 400, perSecond: 40, per: 'person' },
  /** Long polling; only a client that spins comes near. */
  sync: { burst: 60, perSecond: 10, per: 'person' },
  /** A first message in a large encrypted room is preceded by its key to every device there, in parts. */
  toDevice: { burst: 200, perSecond: 20, per: 'person' },
  /**
   * Taking one-time keys of others, which uses them up: before the first message in an encrypted room, for all its devices in a
   * few requests.
   */
  claim: { burst: 100, perSecond: 5, per: 'person' },
  /** Typing, receipts, presence. */
  signal: { burst: 100, perSecond: 20, per: 'person' },
  /** Profile, account data, tags, filters, devices. */
  settings: { burst: 100, perSecond: 5, per: 'person' },
  /** Records of citizens and what they agreed to: a clerk's day, or an import that is not in a hurry. */
  citizens: { burst: 300, perSecond: 50, per: 'person' },
  /** Each looks through all rooms of a person. */
  search: { burst: 30, perSecond: 2, per: 'person' },
  /** Programs of an agency send to many people at once; people at the desk stay far below. */
  citizenSend: { burst: 2_000, perSecond: 1_000, per: 'person' },
  /** Pages of citizens, many of whom may come from one address. */
  citizenPage: { burst: 120, perSecond: 4, per: 'address' },
  /** Each may ring a telephone, or guess at a code. */
  citizenCode: { burst: 20, perSecond: 0.1, per: 'address' },
  /** Everything that reads. A client at its first start asks several hundred things. */
  read: { burst: 600, perSecond: 60, per: 'person' },
} as const satisfies Record<string, Rate>

export type RateName = keyof typeof rates

/** What a setting says instead of the table. */
export type RateChanges = { readonly [name in RateName]?: { readonly burst: number; readonly perSecond: number } }
