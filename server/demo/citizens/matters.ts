/**
 * What citizens wrote and how they were answered, as scripts of matter-script.ts. A citizen's first line names the contact
 * that she writes to.
 */
export const matters: readonly string[] = [
  // Done.
  `
== 4
09:12 bo by streets: Hello, the lid of my bin at 7 Tanner Street is broken, the gulls are very happy. Bo Lund
09:31 noor takes
09:34 noor: Good morning Mr Lund, that sounds lively. Is it the black bin or the green one?
09:41 bo: The black one
09:50 noor: A new one comes on Wednesday before noon. Please leave the old one at the kerb.
== 3
12:20 bo: It is here. Thanks a lot
12:34 noor: With pleasure.
12:35 noor closes
`,
  `
== 3
10:02 esther by office, Minutes of the council: Dear Sir or Madam,
  |
  | may I read the minutes of the council about the new quay wall? I am writing a history of our street.
  |
  | Esther Okafor
10:40 josefa takes
10:58 josefa: Dear Ms Okafor, you may. They are open to everybody: three meetings, about forty pages. I have put copies aside
    at the counter, or I can send them by mail. Which do you prefer? Josefa Reyes, City Office
14:15 esther by office: The counter is perfect, I come tomorrow. Thank you!
14:30 josefa closes
`,
  // It is her turn.
  `
== 2
11:25 june by office, Street party in Lantern Row: Hello, we would like to close Lantern Row for a street party. What do I have to do?
    June Castellano
11:52 josefa takes
12:10 josefa: Dear Ms Castellano, how nice. I need three things: the day, from when to when, and the signature of one person
    from every house. A week is enough for us to answer.
12:11 josefa notes: Samir says the bus can turn at Mill Lane on any day but Thursday.
12:12 josefa waits
`,
  // Somebody is at it, with notes.
  `
== 1
15:20 greta by storm: I am 83 and live on the ground floor at Custom House Steps. I can not carry sand bags. What shall I do
15:26 aroha takes
15:29 aroha: Good afternoon Ms Holm. You need not carry anything. Is there somebody with whom you could stay tomorrow night?
15:44 greta: No my sister is in Tesmar
15:47 aroha notes: Ground floor, lives alone. I ask Siobhán for two volunteers who bring her to the sports hall tomorrow.
15:58 aroha notes: Siobhán: two of hers ring at 15:00. They show the city's badge.
16:05 aroha: Then two of our volunteers come to you tomorrow at three. They show you a badge of the city and bring you to the sports
    hall. There is a bed and warm food. Bring your medicine.
16:20 greta: Thank you dear. I will have my bag ready
== 0
12:52 greta: I am ready, bag is packed
`,
  // Handed over.
  `
== 0
12:31 ivo by storm: Is there a shelter where I can charge an electric wheelchair? I am in Ferry Row
12:38 dimitri takes
12:41 dimitri: Yes, St Brigid has sockets at the beds, and a nurse stays overnight. My colleague Aroha Ngata arranges the ride.
12:43 dimitri notes: Wheelchair, about 160 kg with him. The van with the lift, please.
12:44 dimitri hands to aroha
`,
  // Nobody has taken these.
  `
== 0
11:38 mo by office, Scaffold at 12 Oriel Street: Good morning, my permit for the scaffold ends on Friday. With the storm we lost three
    days. Can it be made longer by a week?
  |
  | Mohammed Al-Amin, Al-Amin Painting
`,
  `
== 0
12:10 lucia by streets: Buenos días, mañana recogen el papel en Lantern Row aunque haya temporal?
`,
  `
== 0
13:20 kofi by storm: We are two adults, two kids and a cat. Is there still room at Miller School?
13:24 kofi: The cat is friendly
`,
  `
== 0
13:41 stranger by streets: A branch hangs over the pavement at 40 Oriel Street, somebody will get hurt
`,
  // A programme was ended, and that alone.
  `
== 3
16:12 hana by streets: STOP
16:13 hana: ONLY
`,
]
