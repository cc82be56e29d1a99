import type { DemoRoom } from '../demo-room.ts'

const between = (creator: string, other: string, born: DemoRoom['born'], script: string, unread = {}): DemoRoom => ({
  key: `${creator} and ${other}`,
  access: 'direct',
  creator,
  members: [other],
  born,
  script,
  unread,
})

/** Conversations of two. */
export const conversations: readonly DemoRoom[] = [
  between(
    'marisol',
    'kwame',
    [79, '08:50'],
    `
== 79
08:52 marisol: Can you take the desk on {+2 day}? My daughter has her first swimming race.
08:55 kwame >: Of course. Lane and time, please, for the log.
09:01 marisol: Lane 3, ten o'clock.
== 77
11:20 kwame: And?
11:41 marisol: Fourth of six, and she waved at the wrong people. Best morning of the year.
  + ❤️ = kwame
== 61
16:45 kwame: I would like to do the course for duty leads in spring. Would you put me forward?
16:52 marisol: I had the form half written already.
  + Thank you = kwame
== 30
22:40 marisol: You were very good tonight. When Dimitri missed the list you did not take it from him, you asked him
    what he needed. That is the job.
  + ❤️ = kwame
22:47 kwame: Thank you. I wrote that down.
== 10
16:10 marisol: If something comes while I am away: you decide. I will say in public that I would have done the same,
    and in private what I think.
16:14 kwame >: That is the best sentence that a boss has ever written to me.
  + 😄 = marisol
== 4
17:25 marisol: Leila has called. I would like you at the desk tomorrow at seven, with coffee.
17:26 kwame: Black, as the outlook.
  + 😄 = marisol
== 1
18:10 marisol: Go home now and sleep. I mean it.
18:12 kwame: On my way. The same to you.
== 0
13:35 kwame: Roster of tonight: who is your second when I hand over at 18:00?
13:36 kwame: Yuki can, I would only like to hear it from you.
`,
    { marisol: 2 },
  ),
  between(
    'marisol',
    'elif',
    [65, '09:30'],
    `
== 65
09:33 marisol: Tell me plainly, without the room: how bad is gate 4?
09:41 elif: Plainly: it holds. It leaks, and it will leak more with each tide above +1.2. I would sleep in the house
    behind it. I would not store my books in its cellar.
  + Thank you = marisol
09:44 marisol: That is a scale that I can work with.
== 63
13:12 marisol: I have told procurement that the seal is mine. You will hear nothing about it any more except "yes".
  + ❤️ = elif
== 40
08:20 marisol: You are on page one with a spanner.
08:26 elif: My father has bought eleven copies.
  + ❤️ = marisol
== 22
10:30 elif: The seal is late. Four weeks. I am sorry, I should have pressed earlier.
10:34 marisol >: You pressed three times, I saw the letters. Now we plan without it.
  + Thank you = elif
== 2
16:20 marisol: Bags or no bags?
16:22 elif: Bags. Two rows. And I would like to be there myself.
16:23 marisol: I never thought anything else.
== 0
13:11 marisol: Sandwich?
13:16 elif: Eaten. Cheese.
  + 👍 = marisol
14:05 marisol: If the corner leaks more than you like, you close PS 5 without asking me. I want that in writing, so
    here it is.
14:07 marisol: And take the good lamp.
`,
    { elif: 2 },
  ),
  between(
    'elif',
    'pieter',
    [83, '07:20'],
    `
== 83
07:22 elif: Are you at the workshop? I forgot the big calliper.
07:23 pieter: It lies here and asks for you.
== 70
17:05 pieter: Ilse applies for the crew. You know her from Brannoc?
17:11 elif: She once repaired a lock with a bread knife. Take her before the others notice.
  + 😄 = pieter
== 52
12:00 pieter: Contract signed. She starts with her own boots.
  + 🎉 = elif
== 36
16:40 elif: Film people asked again. I sent them to you because you have the friendlier no.
16:44 pieter: I gave them the friendly one and a brush.
  + 😄 = elif
== 12
08:50 pieter: Knee is fine again. Doctor says stairs yes, ladders no. Gate 4 has a ladder.
08:53 elif >: Then you stand above and tell me what I do wrong.
  + Agreed = pieter
== 0
09:25 pieter: Bolts are in my left pocket, washers in the right one. In case I fall in.
09:26 elif: You stand above. That was the agreement.
  + 😄 = pieter
11:52 elif: Good work. Tea?
11:53 pieter: Cabin.
`,
  ),
  between(
    'ruth',
    'jonas',
    [80, '14:00'],
    `
== 80
14:02 ruth: The mayor asks whether we can read what people write here in their conversations of two.
14:09 jonas: You and I can see who has which device and end a session. We cannot open their words from the
    administration, and I would like to keep it so.
14:12 ruth >: So would I. I will tell him that with pleasure.
  + Agreed = jonas
== 58
14:45 ruth: Was it bad, the mail with the mailbox?
14:50 jonas: No. Tomasi called after two minutes. That was worth more than any filter.
14:51 ruth: I will tell him.
  + Thank you = jonas
== 31
15:10 jonas: Second step: 41 today. With cake.
15:14 ruth: Book the cake under security.
  + 😄 = jonas
== 18
13:50 ruth: 212 of 212! I read your sentence aloud in the round of the heads. There was applause, Jonas.
  + ❤️ = jonas
== 6
09:30 jonas: Before the autumn I would like to try what happens when the server room is gone. Backup, second house,
    everything. One Saturday.
09:36 ruth: Choose the Saturday. I bring the soup.
  + Agreed = jonas
== 0
09:20 jonas: Everything runs, batteries are full, the copy of last night lies in the second house.
  + Thank you = ruth
13:30 jonas: One question for Monday, not for today: a ministry asks how we keep our keys. May I answer openly?
`,
    { ruth: 1 },
  ),
  between(
    'zofia',
    'ruth',
    [72, '10:00'],
    `
== 72
10:02 zofia: The magazine would like a portrait of you, too.
10:15 ruth: Only after the night cleaners, the gate crew and the library.
10:16 zofia: In this order, then. I have written it down.
  + 😄 = ruth
== 43
16:10 ruth: "Crumbling" hurt the crew. Thank you for not answering in anger.
16:14 zofia: I answered in anger. I only did not send it.
  + ❤️ = ruth
== 3
09:45 zofia: If it becomes bad: do you want to speak yourself?
09:50 ruth: If somebody is hurt, yes. Otherwise Tomasi, he is better and he is younger.
== 0
12:40 zofia: Draft of the statement for 16:00 comes at 15:15. Ten minutes would do.
12:43 ruth: You have them.
`,
  ),
  between(
    'olu',
    'elif',
    [40, '15:00'],
    `
== 40
15:03 olu: May I borrow the drawing of the sump at gate 4?
15:10 elif: In the folder, sheet 12. The depth on it is wrong by ten centimetres, the pencil is right.
  + Thank you = olu
== 12
12:10 olu: Float switch is at your door. Wrapped, because Mateus says you deserve a present.
12:30 elif: It has a bow!
  + 😄 = olu
== 0
13:54 olu: 18:45 at PS 5, then? I come with the van and pick you up at the fish market.
`,
    { elif: 1 },
  ),
  between(
    'jonas',
    'ravi',
    [50, '08:25'],
    `
== 50
08:28 jonas: You noticed the dip at 03:12. Were you awake?
08:31 ravi: The monitor was. I slept until 03:13.
08:33 jonas: Take the morning off some day this week.
  + Thank you = ravi
== 16
09:00 ravi: Radio link costs less than one visit of the cable crew.
09:02 jonas: Bought.
== 0
10:30 ravi: Disk of the second house is at 71 per cent. Enough until spring.
  + Seen = jonas
`,
  ),
  between(
    'grace',
    'aroha',
    [64, '09:20'],
    `
== 64
09:22 grace: Your question about the door was the most important one of the year.
09:30 aroha: It comes from a man who slept in his car for three nights because he was afraid of the form.
09:33 grace: Then the sentence goes on every door. Every one.
  + ❤️ = aroha
== 20
09:40 aroha: I am ashamed of the name this morning.
09:44 grace >: It stood there for one minute, you removed it and you told the person. I could not ask for more.
  + Thank you = aroha
== 0
12:50 aroha: The school class sings for the old people now. You should come by for five minutes.
12:55 grace: On my way, with five minutes.
  + ❤️ = aroha
`,
  ),
]
