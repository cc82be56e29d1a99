import type { DemoRoom } from '../demo-room.ts'

export const publicWords: DemoRoom = {
  key: 'public-words',
  name: 'Words for the public',
  topic: 'Statements, letters, web pages, the telephone line 115. Drafts first, then a second pair of eyes, then out.',
  access: 'invited',
  creator: 'zofia',
  members: ['tomasi', 'amal', 'ruth', 'marisol', 'miriam', 'josefa', 'meilin'],
  born: [82, '09:00'],
  unread: { marisol: 3, ruth: 2 },
  script: `
== 82
09:05 zofia: Rule of this room: no text leaves the house with one pair of eyes. Mine do not count twice.
  + Agreed = tomasi josefa
10:30 tomasi: Statement on the flood works, first draft: "The council has resolved to implement measures."
10:36 zofia >: Who does what, for whom, until when? And "measures" pays one euro into the box.
11:02 tomasi: "The city repairs five flood gates and five pumping stations. The work takes two years. It begins now."
  + 👏 = 2; Agreed = ruth
== 74
14:10 meilin: Line 115 last week: 812 calls, 40 of them about the market, 31 about a form that does not exist any
    more. The form still hangs in the library.
14:15 josefa: It hangs no more. I walked over.
  + Thank you = meilin
== 66
09:20 zofia /adds amal
10:00 amal: I have read the last thirty letters of the city. Average length of a sentence: 31 words. I would like to
    reach 14 by winter.
  + Agreed = zofia ruth
== 60
13:40 miriam #heat: Heat: please tell people to drink, but not only beer. Seriously, we have cases.
13:52 tomasi ~heat: "Drink water. Beer makes you thirsty." Can I write that?
13:54 miriam ~heat: Please.
  + 😄 = 2
14:20 amal ~heat: In four languages at the water points, with a drawing of a glass.
  + Thank you = miriam
== 51
11:15 tomasi: A reader asks whether the water in the harbour is clean enough to swim.
11:30 miriam >: At the Steps yes, at the outlet of PS 2 no. A sign hangs there, since Monday with a drawing.
== 43
16:00 zofia: The newspaper calls our gates "crumbling". I asked whether they want to see them. They come on {+2},
    Elif leads.
== 40
17:05 tomasi: They were there for three hours. Headline tomorrow: "The people behind the gates". Elif is in the
    picture with a spanner.
  + 🎉 = 3
== 33
13:00 tomasi: "Shell in the harbour" is wrong, it was a boiler. I have asked three offices to correct it, two have.
  + Thank you = marisol
== 25
10:40 amal #letter: Letter about housing benefit, new version:
  | 1. What you get.
  | 2. What you must do.
  | 3. Until when.
  | 4. Who helps you.
  | One page instead of five.
  + 👏 = 2; Agreed = josefa
11:05 josefa ~letter: The notice of the right to appeal must stay.
11:12 amal ~letter: It stays, as point 5: "You do not agree? Write to us within one month." Legal department says yes.
  + Thank you = josefa
== 14
09:50 meilin: 115 last week: 655 calls. The form that does not exist: zero.
  + 🎉 = 2
== 9
15:00 amal: Leaflet "When the water comes" is written. I read it to eleven people at the language café. They
    stumbled over one word, "precaution". It is out.
  + ❤️ = 2
== 3
09:40 zofia: For the storm: Tomasi speaks, I write, Amal translates, Meilin tells us what people ask at 115. Ruth
    reads before it goes out, Marisol has the last word on facts.
  + Agreed = tomasi amal meilin ruth marisol
== 2
10:50 meilin: 115 this morning: 140 calls, most ask whether schools are open tomorrow.
10:55 ruth >: Open until noon. Please put it on the first line of the page.
11:00 tomasi: It is there.
  + Thank you = meilin
== 1
09:15 tomasi: Interview with Radio Averell went well. They asked what we do not know. I said: the last twenty
    centimetres.
  + 👏 = 2
16:25 zofia: Second letter by mail and SMS, final. @ruth @marisol please.
16:31 ruth >: Yes.
16:33 marisol: Yes. One change: "two hours before", not "in good time".
  + Thank you = zofia
== 0
09:50 tomasi: Statement of ten o'clock, facts as in the storm room. @marisol one look?
09:54 marisol >: Right as it stands.
  + Thank you = tomasi
11:25 meilin: 115: people ask three things. May the dog come, is there milk for babies, what about medicine in the
    fridge.
11:32 miriam >: Dog yes, milk yes, medicine: bring it, both houses have a cooling box.
11:40 amal: On the page, in five languages.
  + ❤️ = 2
13:20 zofia: Next statement at 16:00. I would like one sentence from @marisol herself: what she will do tonight.
13:48 tomasi: Draft for it: "I look at the water, and when it is over I tell you." Too plain?
`,
}

export const easyLanguage: DemoRoom = {
  key: 'easy-language',
  name: 'Easy language circle',
  topic: 'Bring a sentence, take home a better one. Everybody is welcome.',
  access: 'open',
  alias: 'easy-language',
  creator: 'amal',
  members: ['zofia', 'josefa', 'aroha', 'miriam', 'claire', 'tomasi', 'elif', 'henrik', 'siobhan'],
  born: [62, '10:00'],
  unread: { elif: 0 },
  script: `
== 62
10:05 amal: Bring a sentence that you do not like. We look at it together. Nobody laughs, or everybody does.
  + ❤️ = 3
10:20 claire: "The allocation of funds is subject to the availability of budgetary means."
10:26 amal >: Who reads it?
10:28 claire: A sports club that wants goalposts.
10:33 amal: "You get the money if there is some left. We tell you in May."
  + 👏 = 3; 😄 = 2
== 57
09:40 henrik: "Tenderers are to refrain from contacting officials."
09:45 siobhan >: "Please do not call us. Ask in the portal, then everybody gets the same answer."
  + Agreed = henrik amal
== 50
11:00 amal: Rule of the week: **one sentence, one thought.** A comma is a sign that you had two.
  + Thank you = 2
11:15 tomasi: I had three, and lunch.
  + 😄 = 2
== 44
13:30 aroha: "Your application was rejected because of missing cooperation." I do not want to send this to a mother
    of three.
13:41 amal #reject: What did she not do?
13:43 aroha ~reject: She did not send a paper. She has no printer.
13:50 amal ~reject: "We still need one paper from you. You can bring it or show it to us on your telephone. Then we
    go on at once."
  + ❤️ = 3; Thank you = aroha
14:02 josefa ~reject: That is also legally better. A rejection would have been too early.
  + Agreed = miriam
== 37
10:10 elif: "In the event of an exceedance of the design water level, evacuation is to be effected." From the manual
    of the gates.
10:15 amal >: "If the water comes over the mark: go. Do not take anything with you."
10:17 elif: I paint that on the wall.
  + 👏 = 3
== 29
15:00 miriam: Which is better: "hypertension" or "high blood pressure"?
15:03 amal >: Which one would your grandmother say?
15:05 miriam: "The pressure".
  + ❤️ = 2
== 20
09:30 amal: Rule of the week: **the most important thing first.** If they stop after one line, they should have read
    the right line.
  + Agreed = 3
== 13
14:00 siobhan: The volunteers read the leaflet aloud to each other. Eleven minutes without a question. I cried a little.
  + ❤️ = 4
== 5
10:00 amal: We are at 16 words a sentence. It was 31.
  + 🎉 = 4
10:12 claire: The budget report has 22. It had 48, and no verb until page three.
  + 😄 = 3
== 0
09:15 amal: No circle today. Sentence for tonight, it hangs at the doors: "Come in. It is warm here."
  + ❤️ = 3
`,
}
