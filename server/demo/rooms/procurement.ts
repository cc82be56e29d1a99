import type { DemoRoom } from '../demo-room.ts'

export const procurement: DemoRoom = {
  key: 'procurement',
  name: 'Procurement: pumps lot 3',
  topic: 'Two pumps for PS 5. What is said here goes into the file. No talks with bidders outside of the portal.',
  access: 'invited',
  creator: 'henrik',
  members: ['priyanka', 'claire', 'ingrid', 'olu', 'ruth', 'josefa'],
  born: [70, '09:00'],
  invited: [{ who: 'elif', by: 'henrik' }],
  unread: { ruth: 4, ingrid: 0 },
  script: `
== 70
09:05 henrik: Claire has moved lot 3 to this year. We tender openly, price counts for half. Who writes the
    description of what we need?
09:11 olu >: I do, and I promise not to write the name of a maker into it.
  + 😄 = 2; Thank you = henrik
09:30 josefa: File number is F-2214. Please put it on everything, also on napkins.
  + 😄 = 2
== 67
13:40 olu: First version of the description is in the folder. Flow, head, material, noise, time to repair.
14:15 priyanka: Noise at what distance? And repair by whom, our people or theirs?
14:22 olu >: Ten metres, at night, and both. I add it.
== 64
10:00 claire: Frame is 480,000 with fitting and five years of maintenance. Reserve of eight per cent, not to be told
    to anybody.
  - 10:03 The figure of the reserve does not belong in this room
10:06 claire: Removed the reserve. It is in the budget file.
  + Agreed = henrik
== 60
11:30 priyanka !tender: Published. Questions by the portal only.
  + Seen = 3
11:35 henrik: From now on: if a bidder calls you, say that you are not allowed to talk, and write down that he
    called. Kindly, both.
  + Agreed = olu ingrid priyanka
== 56
15:20 olu: One called. I was kind and wrote it down.
  + Thank you = henrik
== 51
09:10 priyanka #question: Question 1 from the portal: "May the control cabinet stand outdoors?"
09:40 olu ~question: Yes, if it is proof against salt water. There was a winter when it snowed salt.
09:52 priyanka ~question: Answered to all: yes, protection IP66, coating C5.
  + Thank you = olu
== 44
10:15 priyanka: Question 4: "Is the access road to PS 5 paved?" I answered yes.
10:22 ingrid >: It is, except for the last thirty metres, which are history. Could we send a photo to all?
10:40 priyanka: Sent to all.
  + 👍 = 2
== 35
14:00 henrik: Reminder on independence: everybody in this room signs the statement on conflicts of interest by {+3}.
    I have signed mine.
  + Seen = 3
== 32
16:45 josefa: Six statements received, all clean. Filed.
== 30
12:01 priyanka: Question time is over. Eleven questions, eleven answers.
== 23
09:30 claire: A bidder asked the mayor at a reception whether there is a reserve. The mayor talked about the weather.
  + 😄 = 3
== 16
12:00 priyanka: Closed. Three offers in time, one came at 12:07 and stays unopened.
12:04 josefa >: I have witnessed the opening together with Priyanka. Minutes are in the file.
  + Thank you = henrik
13:15 henrik: A, B and C from here on. Names only in the file.
  + Agreed = 2
== 13
15:00 olu: Read all three twice. All can pump. B can be repaired by two people and one crane, C needs a week and a
    specialist from abroad.
15:10 ingrid: I have the same order. The points are in the sheet.
== 11
10:20 claire: Running costs over fifteen years: A 212,000, B 187,000, C 205,000. Price of electricity as in the budget.
  + Thank you = priyanka
== 8
11:00 priyanka !award: Draft of the note on the award.
  + Seen = 2
11:25 josefa: Two remarks: name the date of each evaluation, and say who was absent.
11:40 priyanka >: Both are in. Thank you.
  + 👍 = josefa
== 6
09:00 henrik: Note is with the City Secretary for signature. After that ten days of standstill.
  + Seen = ruth claire
== 4
14:30 ruth: Signed. It was a pleasure to read, which I say seldom about tenders.
  + 🎉 = 2; Thank you = henrik priyanka
== 2
10:05 priyanka: Letters to all three bidders went out. The standstill ends on {+8}.
  + Seen = 2
== 1
13:50 henrik: @ruth for the report to council: one paragraph about lot 3, public part only. Draft tomorrow.
== 0
09:50 henrik: Elif will look after the interface between gate 4 and PS 5 when the pumps are fitted, so I have asked
    her into this room. She has signed the statement.
  + Agreed = olu ingrid
11:20 claire: If something breaks tonight: emergency purchases up to 25,000 are covered. Call, buy, write afterwards.
  + Thank you = olu ingrid ruth
13:35 priyanka: @ruth the paragraph for council is in the folder, four sentences.
`,
}
