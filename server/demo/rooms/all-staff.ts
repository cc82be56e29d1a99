import type { DemoRoom } from '../demo-room.ts'

export const allStaff: DemoRoom = {
  key: 'all-staff',
  name: 'Town hall',
  topic: 'For everybody who works for the city. News, good and less good, in few words.',
  access: 'open',
  alias: 'town-hall',
  creator: 'ruth',
  members: 'everybody',
  born: [87, '08:30'],
  unread: { elif: 1, marisol: 0 },
  script: `
== 87
08:40 ruth: Good morning. From today the city talks in its own house. You need no training, only the habit of
    writing things down where others can find them.
  + 👍 = 6; Agreed = 3
09:15 tariq: Does the harbour still get its Monday telephone call?
09:18 ruth >: Of course. I like your voice.
  + 😄 = 4
== 82
10:00 ruth: Council has approved the flood works. My thanks to Ingrid, Elif, Marisol and Claire, who explained
    millimetres and millions with equal patience.
  + 🎉 = 7; 👏 = 3
== 75
11:30 zofia: The city magazine looks for portraits: people at their work, with their tools. Who would you like to
    read about?
11:52 grace >: The night cleaners of the town hall. They know us better than we do.
  + Agreed = 5; ❤️ = 3
== 66
09:00 zofia: Amal Osman has joined us. She will teach us to write so that everybody understands. Be brave, send her
    a letter.
  + 🎉 = 6
09:01 amal /joins
09:10 amal: Thank you. I am strict with sentences and mild with people.
  + ❤️ = 4
== 60
14:00 miriam: Heat from tomorrow. Please drink, open windows early, look after each other, and let those work at
    home who can.
  + Seen = 7; Thank you = 2
== 53
16:00 josefa: The archive found the first flood ordinance of the city, 1684. Article 1: "Whoever sees the water
    shall say it, at any hour, and shall not be scolded."
  + ❤️ = 8; Agreed = marisol
== 46
08:50 beatriz: Noor van Dijk is our new traffic planner. She comes by bicycle from Brannoc, 22 kilometres, so please
    do not complain about parking in front of her.
  + 😄 = 5; 🎉 = 4
08:52 noor /joins
== 40
12:00 claire: Travel expenses until {+5}, please. I know that you have them in the drawer.
  + 😄 = 3; Seen = 3
== 32
17:15 ingrid: 640 people at the open day of the waterworks. Thank you to those who made tea for 640 people.
  + ❤️ = 5
== 30
21:50 marisol: The shelter exercise went well. 46 of you took part on a free evening. If it ever becomes serious, I
    know whom I want beside me.
  + ❤️ = 8; Thank you = 3
== 24
10:30 zofia: Portrait of the night cleaners is printed. Mrs Tetteh has signed forty copies.
  + 🎉 = 6
== 18
13:45 jonas: Every device has its second step now. 212 of 212. I have never written such a sentence before.
  + 👏 = 7
== 12
09:00 ruth: Days off at the end of the year: talk in your teams first, tell me on {+8}. Civil Protection chooses
    first, they chose last for ten years.
  + Agreed = 6; Thank you = kwame yuki
== 5
15:00 amal: Letter of the week, before: "The applicant is requested to furnish evidence." After: "Please send us a
    copy of your rent contract." It went out today.
  + 👏 = 6; ❤️ = 2
== 3
08:45 ruth: A storm tide may reach us on {+3}. Those who have a task know it. All others: look at your cellar, your
    neighbours and your calendar, in this order.
  + Seen = 9
== 2
11:00 ruth: School holidays or not, the city pays for child care at the town hall from noon tomorrow until the
    morning after, for everybody who is on duty.
  + ❤️ = 7; Thank you = 3
== 1
17:00 zofia: Tomorrow only Tomasi speaks to the press. If a camera stands in front of you: a smile, and his number.
  + Seen = 6
== 0
08:15 ruth: Today we close at 14:00 for visitors. Who is not on duty goes home early and dry. Who is on duty gets soup.
  + ❤️ = 6; Seen = 4
12:15 tomasi: 4,100 people have read the page about tonight since the morning. The sentence most clicked on: "You
    may bring your dog."
  + ❤️ = 5
13:40 ruth: From 18:00 I am at the duty desk. If you need something decided, come or call. Nobody will be scolded.
  + ❤️ = 3; Agreed = josefa
`,
}
