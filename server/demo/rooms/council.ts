import type { DemoRoom } from '../demo-room.ts'

export const council: DemoRoom = {
  key: 'council',
  name: 'Council papers',
  topic: 'Agenda, reports, minutes. Drafts are drafts: nothing from here is public before it is on the agenda.',
  access: 'invited',
  creator: 'josefa',
  members: ['ruth', 'claire', 'henrik', 'beatriz', 'ingrid', 'zofia', 'marisol', 'grace'],
  born: [81, '09:20'],
  unread: { ruth: 0, marisol: 1 },
  favouriteOf: ['josefa', 'ruth'],
  script: `
== 81
09:24 josefa: Papers for the next meeting by {+6}, noon. Noon is at twelve.
  + 😄 = 2; Agreed = ruth
11:40 beatriz: Street works: two pages and a map.
13:15 ingrid: Water: one page and no football.
  + 😄 = 2
== 75
12:00 josefa: Thank you, all in at 11:58. I have framed the clock.
  + 👏 = 2
== 74
10:10 claire: In the flood report a figure is from the draft: it says 4.2, the decision says 4.4 million.
10:18 ruth >: 4.4 is right. @josefa please correct it and say so in the cover note.
10:26 josefa: Corrected and said.
  + Thank you = claire
== 68
17:30 josefa: Meeting is over. All items decided, 3 hours 40. The public gallery stayed until the culvert.
  + Seen = 3
== 60
09:00 josefa: Minutes are in the folder. Corrections by {+4}, please as sentences, not as sighs.
  + 😄 = 2
== 52
15:20 henrik: Question of councillor Brandt: why is the tender open to the whole continent? Answer draft: because
    the law says so, and because we want more than one offer.
15:31 ruth >: Both in this order. Good.
== 44
10:00 zofia: The minutes are read by 90 people a month, the summary by 2,600. May I write the summary?
10:06 josefa: If I may read it before.
  + Agreed = zofia
== 35
11:10 grace: For the report on shelters I need the word of the council on pets. It sounds small. It is the most
    frequent reason why people stay in a wet flat.
  + Agreed = marisol ruth
== 28
18:05 josefa: Decided, 31 to 0: pets are welcome in shelters. I have been here for nineteen years and this was the
    shortest debate.
  + ❤️ = 3; 🎉 = 2
== 21
14:30 claire: I wrote something here that belongs into the closed part.
  - 14:33 Closed part of the agenda
14:36 claire: It is in the closed folder now. Sorry.
14:38 josefa >: That is what removing is for. I have noted the removal.
== 15
09:10 josefa !agenda: Agenda of the next meeting.
  + Seen = 3
== 10
11:25 beatriz: Tanner Street: report is ready, with the photo of the old culvert.
11:40 josefa: The photo is frightening. I put it first.
  + 😄 = 2
== 6
16:45 ruth: If a storm comes in the week of the meeting, we postpone. Council knows. It stands in the rules since 1684.
  + 👍 = 2
== 3
09:00 josefa: Meeting of {+3} is postponed by a week. Invitations and notice are out, the gallery is told.
  + Thank you = ruth; Seen = 3
== 1
14:00 ruth: For the report afterwards I need from each of you half a page: what happened, what it cost, what we
    learned. Not before Monday. Sleep first.
  + Thank you = 3
== 0
10:45 josefa: Councillor Brandt asks whether she can help tonight. She has a boat.
10:52 marisol >: Thank her very much. Not with the boat. Siobhán needs somebody with a driving licence and patience.
  + ❤️ = 2
11:30 josefa: She has both. She drives the soup.
  + 🎉 = 2
`,
}

export const canteen: DemoRoom = {
  key: 'canteen',
  name: 'Canteen and bicycles',
  topic: 'Lunch, lost gloves, lifts home. Nothing here is urgent.',
  access: 'open',
  alias: 'canteen',
  creator: 'meilin',
  members: [
    ...['ravi', 'pieter', 'mateus', 'kwame', 'yuki', 'aroha', 'samir', 'claire', 'tomasi', 'josefa', 'leila', 'nadia'],
    ...['siobhan', 'dimitri', 'elif', 'priyanka'],
  ],
  born: [80, '11:30'],
  unread: { elif: 4 },
  script: `
== 80
11:34 meilin: Lentils today. I repeat: lentils.
  + 🎉 = 3; Not agreed = pieter
== 74
12:50 tomasi: Found: one glove, left, blue, with an anchor.
12:58 nadia >: Mine. The right one is at gate 3.
  + 😄 = 2
== 67
16:10 yuki: Does somebody drive towards Brannoc at six? My bicycle has a flat tyre and no pump. I know where we work.
16:12 mateus >: I have five pumping stations, but none for that. I drive at ten past.
  + 😄 = 4; Thank you = yuki
== 59
11:45 claire: 33 degrees and the canteen has soup.
11:47 meilin: It is cold soup. Read the board, economist.
  + 😄 = 3
== 52
10:00 samir: The bicycle shed gets a roof. Built by my crew in their break, from what was left of the market.
  + ❤️ = 4; 👏 = 2
== 46
12:20 noor /joins
12:21 noor: I have never seen such a fine shed. Where does one park a cargo bicycle?
12:24 samir >: Third bay. I paint a box.
== 39
13:05 dimitri: My mother sends baklava for the exercise. There is more than the exercise needs. Third floor, now.
  + ❤️ = 6
13:09 kwame: It is over.
  + 😄 = 3
== 31
15:30 aroha: Choir on Thursdays at five, in the old council hall, because of the echo. Nobody needs to be able to sing.
  + 👍 = 3
== 22
12:10 pieter: Chess: I lost to Ilse. That makes four people in this house who cannot beat her.
12:14 josefa >: Five.
  + 😄 = 3
== 15
11:40 priyanka: The new coffee machine was tendered properly. Three offers, one award, no complaints. It makes bad
    coffee.
  + 😄 = 5
== 8
14:00 leila: To whom it concerns: the umbrella in the duty room is mine, and I am the one who knows when it rains.
  + 😄 = 4
== 2
12:00 meilin: Tomorrow evening: soup for 120, bread for 120, cake for the night. Who can stir?
12:05 josefa: I can.
12:06 claire: I can count.
  + ❤️ = 2
== 0
10:10 meilin: Soup is lentils. It is a storm, I was given a free hand.
  + 🎉 = 3; Agreed = pieter
12:30 dimitri: My mother sends baklava. For everybody. It is on a trolley.
  + ❤️ = 4
13:02 tomasi: Who has a pair of rubber boots, size 46? For a journalist who came in white shoes.
13:06 mateus >: PS 2, behind the door. They have a hole, but a small one.
  + 😄 = 3
`,
}
