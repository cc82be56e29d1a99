import type { About, Outcome, Reading } from './stop-dialogue.ts'

type Texts = {
  /** Which words answer, in this language; the first of each stands in the texts. */
  readonly words: Readonly<Record<'all' | 'go' | 'gov' | 'only', readonly string[]>>
  readonly stop: string
  readonly agency: string
  readonly government: string
  readonly unsure: string
  readonly start: string
  readonly started: string
  readonly help: string
  /** The line that stands for words which may not travel this way. */
  readonly notice: string
  readonly noticeSubject: string
}

/** Places in the texts. */
export type Blanks = { readonly agency: string; readonly title: string; readonly code: string; readonly link: string }

/**
 * What we say by ourselves, in plain words, by language; line breaks in it are spaces. Short, because it goes by SMS; it names
 * no matter that somebody else must not read.
 */
const texts: Readonly<Record<string, Texts>> = {
  en: {
    words: { only: ['only'], all: ['all', 'everything'], gov: ['gov'], go: ['go', 'keep', 'continue'] },
    stop: `{agency}: You get no more messages about "{title}". Reply ONLY to keep all others, ALL to end
      everything from us, GOV to end it from every agency. Without a reply we end everything from us.`,
    agency: '{agency}: You get no more messages from us that need your consent. Reply START to get them again.',
    government: `{agency}: You get no more messages from any agency that need your consent. Reply START to get them
      again.`,
    unsure: `{agency}: Do you want to end messages about "{title}"? Reply STOP to end them or GO to keep them.
      Until then we send none.`,
    start: '{agency}: Reply {code} to get messages again. If you did not ask for it, do nothing.',
    started: '{agency}: You get messages again. Reply STOP to end them.',
    help: `{agency}: Write what you need and a person will answer. STOP ends messages, START begins them again.`,
    notice: '{agency}: There is a new message for you. Read it here: {link}',
    noticeSubject: 'A new message for you',
  },
  de: {
    words: { only: ['nur'], all: ['alles', 'alle'], gov: ['gov'], go: ['weiter', 'behalten'] },
    stop: `{agency}: Sie erhalten keine Nachrichten mehr zu "{title}". Antworten Sie NUR, um alle anderen zu
      behalten, ALLES, um alles von uns zu beenden, GOV fuer alle Behoerden. Ohne Antwort beenden wir
      alles von uns.`,
    agency: `{agency}: Sie erhalten von uns keine Nachrichten mehr, die Ihre Einwilligung brauchen. Mit START
      erhalten Sie sie wieder.`,
    government: `{agency}: Sie erhalten von keiner Behoerde mehr Nachrichten, die Ihre Einwilligung brauchen. Mit
      START erhalten Sie sie wieder.`,
    unsure: `{agency}: Moechten Sie Nachrichten zu "{title}" beenden? Antworten Sie STOP zum Beenden oder WEITER
      zum Behalten. Bis dahin senden wir keine.`,
    start: `{agency}: Antworten Sie {code}, um wieder Nachrichten zu erhalten. Waren Sie es nicht, tun Sie
      nichts.`,
    started: '{agency}: Sie erhalten wieder Nachrichten. STOP beendet sie.',
    help: `{agency}: Schreiben Sie, was Sie brauchen; ein Mensch antwortet. STOP beendet Nachrichten, START
      beginnt sie wieder.`,
    notice: '{agency}: Es gibt eine neue Nachricht für Sie. Lesen Sie sie hier: {link}',
    noticeSubject: 'Eine neue Nachricht für Sie',
  },
  fr: {
    words: { only: ['seul', 'seulement'], all: ['tout', 'tous'], gov: ['gov'], go: ['garder', 'continuer'] },
    stop: `{agency} : vous ne recevrez plus de messages sur « {title} ». Répondez SEUL pour garder les autres,
      TOUT pour arrêter tous les nôtres, GOV pour ceux de toutes les administrations. Sans réponse, nous
      arrêtons tous les nôtres.`,
    agency: `{agency} : vous ne recevrez plus de notre part de messages soumis à votre consentement. Répondez
      START pour les reprendre.`,
    government: `{agency} : vous ne recevrez plus d'aucune administration de messages soumis à votre consentement.
      Répondez START pour les reprendre.`,
    unsure: `{agency} : voulez-vous arrêter les messages sur « {title} » ? Répondez STOP pour les arrêter ou
      GARDER pour les garder. D'ici là, nous n'en envoyons pas.`,
    start: `{agency} : répondez {code} pour recevoir à nouveau des messages. Si ce n'était pas vous, ne faites
      rien.`,
    started: '{agency} : vous recevez à nouveau des messages. Répondez STOP pour les arrêter.',
    help: `{agency} : écrivez ce dont vous avez besoin, une personne vous répondra. STOP arrête les messages,
      START les reprend.`,
    notice: '{agency} : vous avez un nouveau message. Lisez-le ici : {link}',
    noticeSubject: 'Un nouveau message pour vous',
  },
  es: {
    words: { only: ['solo', 'sólo'], all: ['todos', 'todas', 'todo'], gov: ['gov'], go: ['seguir', 'sigue'] },
    stop: `{agency}: ya no recibirá mensajes sobre "{title}". Responda SOLO para conservar los demás, TODOS
      para terminar todos los nuestros, GOV para los de todas las administraciones. Sin respuesta,
      terminamos todos los nuestros.`,
    agency: `{agency}: ya no recibirá de nosotros mensajes que requieren su consentimiento. Responda START para
      recibirlos de nuevo.`,
    government: `{agency}: ya no recibirá de ninguna administración mensajes que requieren su consentimiento.
      Responda START para recibirlos de nuevo.`,
    unsure: `{agency}: ¿quiere terminar los mensajes sobre "{title}"? Responda STOP para terminarlos o SEGUIR
      para conservarlos. Hasta entonces no enviamos ninguno.`,
    start: '{agency}: responda {code} para recibir mensajes de nuevo. Si no fue usted, no haga nada.',
    started: '{agency}: vuelve a recibir mensajes. Responda STOP para terminarlos.',
    help: `{agency}: escriba lo que necesita y una persona le responderá. STOP termina los mensajes, START los
      reanuda.`,
    notice: '{agency}: tiene un mensaje nuevo. Léalo aquí: {link}',
    noticeSubject: 'Un mensaje nuevo para usted',
  },
  it: {
    words: { only: ['solo', 'soltanto'], all: ['tutto', 'tutti'], gov: ['gov'], go: ['continua', 'tieni'] },
    stop: `{agency}: non riceverà più messaggi su "{title}". Risponda SOLO per tenere gli altri, TUTTO per
      fermare tutti i nostri, GOV per quelli di ogni ente. Senza risposta fermiamo tutti i nostri.`,
    agency: `{agency}: non riceverà più da noi messaggi che richiedono il suo consenso. Risponda START per
      riceverli di nuovo.`,
    government: `{agency}: non riceverà più da nessun ente messaggi che richiedono il suo consenso. Risponda START
      per riceverli di nuovo.`,
    unsure: `{agency}: vuole fermare i messaggi su "{title}"? Risponda STOP per fermarli o CONTINUA per tenerli.
      Fino ad allora non ne mandiamo.`,
    start: '{agency}: risponda {code} per ricevere di nuovo messaggi. Se non è stato lei, non faccia nulla.',
    started: '{agency}: riceve di nuovo messaggi. Risponda STOP per fermarli.',
    help: `{agency}: scriva di che cosa ha bisogno, le risponderà una persona. STOP ferma i messaggi, START li
      riprende.`,
    notice: "{agency}: c'è un nuovo messaggio per lei. Lo legga qui: {link}",
    noticeSubject: 'Un nuovo messaggio per lei',
  },
  nl: {
    words: { only: ['alleen'], all: ['alles', 'alle'], gov: ['gov'], go: ['verder', 'houden'] },
    stop: `{agency}: u krijgt geen berichten meer over "{title}". Antwoord ALLEEN om de andere te houden, ALLES
      om alles van ons te stoppen, GOV voor alle overheden. Zonder antwoord stoppen wij alles van ons.`,
    agency: `{agency}: u krijgt van ons geen berichten meer waarvoor uw toestemming nodig is. Antwoord START om
      ze weer te krijgen.`,
    government: `{agency}: u krijgt van geen enkele overheid meer berichten waarvoor uw toestemming nodig is.
      Antwoord START om ze weer te krijgen.`,
    unsure: `{agency}: wilt u berichten over "{title}" stoppen? Antwoord STOP om ze te stoppen of VERDER om ze te
      houden. Tot dan sturen wij er geen.`,
    start: '{agency}: antwoord {code} om weer berichten te krijgen. Was u het niet, doe dan niets.',
    started: '{agency}: u krijgt weer berichten. Antwoord STOP om ze te stoppen.',
    help: '{agency}: schrijf wat u nodig hebt, een mens antwoordt. STOP stopt berichten, START begint ze weer.',
    notice: '{agency}: er is een nieuw bericht voor u. Lees het hier: {link}',
    noticeSubject: 'Een nieuw bericht voor u',
  },
  pl: {
    words: { only: ['tylko'], all: ['wszystko', 'wszystkie'], gov: ['gov'], go: ['dalej', 'zostaw'] },
    stop: `{agency}: nie będziesz już dostawać wiadomości o "{title}". Odpowiedz TYLKO, aby zachować pozostałe,
      WSZYSTKO, aby zakończyć wszystkie od nas, GOV, aby zakończyć od wszystkich urzędów. Bez odpowiedzi
      kończymy wszystkie od nas.`,
    agency: `{agency}: nie będziesz już dostawać od nas wiadomości wymagających zgody. Odpowiedz START, aby je
      znów dostawać.`,
    government: `{agency}: nie będziesz już dostawać od żadnego urzędu wiadomości wymagających zgody. Odpowiedz
      START, aby je znów dostawać.`,
    unsure: `{agency}: czy chcesz zakończyć wiadomości o "{title}"? Odpowiedz STOP, aby zakończyć, lub DALEJ, aby
      je zachować. Do tego czasu ich nie wysyłamy.`,
    start: '{agency}: odpowiedz {code}, aby znów dostawać wiadomości. Jeśli to nie Ty, nie rób nic.',
    started: '{agency}: znów dostajesz wiadomości. Odpowiedz STOP, aby je zakończyć.',
    help: '{agency}: napisz, czego potrzebujesz, a odpowie człowiek. STOP kończy wiadomości, START je wznawia.',
    notice: '{agency}: jest dla Ciebie nowa wiadomość. Przeczytaj ją tutaj: {link}',
    noticeSubject: 'Nowa wiadomość dla Ciebie',
  },
  pt: {
    words: { only: ['só', 'apenas'], all: ['tudo', 'todos'], gov: ['gov'], go: ['continuar', 'manter'] },
    stop: `{agency}: já não receberá mensagens sobre "{title}". Responda APENAS para manter as outras, TUDO
      para terminar todas as nossas, GOV para as de todos os serviços públicos. Sem resposta, terminamos
      todas as nossas.`,
    agency: `{agency}: já não receberá de nós mensagens que precisam do seu consentimento. Responda START para as
      voltar a receber.`,
    government: `{agency}: já não receberá de nenhum serviço público mensagens que precisam do seu consentimento.
      Responda START para as voltar a receber.`,
    unsure: `{agency}: quer terminar as mensagens sobre "{title}"? Responda STOP para terminar ou CONTINUAR para
      manter. Até lá não enviamos nenhuma.`,
    start: '{agency}: responda {code} para voltar a receber mensagens. Se não foi você, não faça nada.',
    started: '{agency}: volta a receber mensagens. Responda STOP para as terminar.',
    help: `{agency}: escreva o que precisa e uma pessoa responderá. STOP termina as mensagens, START
      recomeça-as.`,
    notice: '{agency}: há uma nova mensagem para si. Leia-a aqui: {link}',
    noticeSubject: 'Uma nova mensagem para si',
  },
  tr: {
    words: { only: ['sadece', 'yalnız', 'yalniz'], all: ['hepsi', 'tümü'], gov: ['gov'], go: ['devam'] },
    stop: `{agency}: "{title}" hakkında artık mesaj almayacaksınız. Diğerleri kalsın diye SADECE, bizden gelen
      her şey bitsin diye HEPSI, tüm kurumlar için GOV yazın. Yanıt gelmezse bizden gelen her şeyi
      bitiririz.`,
    agency: '{agency}: Onayınızı gerektiren mesajları artık göndermeyeceğiz. Yeniden almak için START yazın.',
    government: '{agency}: Hiçbir kurum onayınızı gerektiren mesaj göndermeyecek. Yeniden almak için START yazın.',
    unsure: `{agency}: "{title}" hakkındaki mesajlar bitsin mi? Bitsin diye STOP, sürsün diye DEVAM yazın. O
      zamana kadar göndermeyiz.`,
    start: '{agency}: Yeniden mesaj almak için {code} yazın. Siz istemediyseniz bir şey yapmayın.',
    started: '{agency}: Yeniden mesaj alıyorsunuz. Bitirmek için STOP yazın.',
    help: `{agency}: Neye ihtiyacınız olduğunu yazın, bir insan yanıtlar. STOP mesajları bitirir, START yeniden
      başlatır.`,
    notice: '{agency}: Sizin için yeni bir mesaj var. Buradan okuyun: {link}',
    noticeSubject: 'Sizin için yeni bir mesaj',
  },
}

const english = texts.en as Texts

/** The texts of a language (BCP 47; its first part counts), English where there are none. */
function textsIn(language: string | undefined): Texts {
  return texts[language?.toLowerCase().split('-')[0] ?? 'en'] ?? english
}

const filled = (text: string, blanks: Partial<Blanks>) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/\{(agency|title|code|link)\}/g, (whole, name: keyof Blanks) => blanks[name] ?? whole)

/** The one question or confirmation of a dialogue; `ends` says that it asks nothing any more. */
export function questionText(
  { about, ends }: { about: About; ends?: Outcome | undefined },
  language: string | undefined,
  blanks: Omit<Blanks, 'link'>,
): string {
  const own = textsIn(language)
  if (about === 'stop' && (ends === 'agency' || ends === 'government')) return filled(own[ends], blanks)
  if (about === 'start' && ends === 'confirmed') return filled(own.started, blanks)
  return filled(own[about === 'only' ? 'start' : about], blanks)
}

export function noticeText(language: string | undefined, blanks: Pick<Blanks, 'agency' | 'link'>) {
  const own = textsIn(language)
  return { text: filled(own.notice, blanks), subject: own.noticeSubject }
}

const answers = new Map<string, NonNullable<Reading['word']>>(
  Object.values(texts).flatMap(({ words }) =>
    (Object.entries(words) as ['all' | 'go' | 'gov' | 'only', readonly string[]][]).flatMap(([meaning, spellings]) =>
      spellings.map((spelling) => [spelling, meaning] as const),
    ),
  ),
)

/** Which answer to a question of ours a whole message is, in any of the languages; 1, 2 and 3 are no answers. */
export function answerIn(text: string): 'all' | 'go' | 'gov' | 'only' | undefined {
  const word = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]+/gu, ' ')
    .trim()
  return answers.get(word) as 'all' | 'go' | 'gov' | 'only' | undefined
}
