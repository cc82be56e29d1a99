import type { DemoRoom } from '../demo-room.ts'

export const shelters: DemoRoom = {
  key: 'shelters',
  name: 'Shelter keys and rosters',
  topic: 'Beds, keys, people. No names of guests in this room.',
  access: 'invited',
  creator: 'grace',
  members: ['dimitri', 'aroha', 'siobhan', 'marisol', 'kwame', 'miriam', 'amal'],
  born: [83, '10:00'],
  unread: { marisol: 2 },
  favouriteOf: ['grace', 'dimitri', 'aroha', 'marisol'],
  script: `
== 83
10:04 grace: For all who open doors at night. Please: **no names of guests here**, not even first names. What
    concerns a person goes by the case file.
  + Agreed = dimitri aroha miriam
10:20 dimitri !shelter-keys: List of the keys as of today.
10:31 kwame: The spare of the ferry hall is not at the desk.
10:33 dimitri >: It is not anywhere. I have ordered a new one, the lock is from 1958 and so is the locksmith.
  + 😄 = 2
== 77
09:15 aroha: Walked through all five houses. Wheelchair: Miller School good, sports hall good by the side door, St
    Brigid one step, ferry hall no, library good.
  + Thank you = grace miriam
09:40 grace: One step is a step too many. I ask the parish for a ramp.
== 73
14:00 grace: The parish says yes, and the joiner of the parish says {+5}.
  + 🎉 = 2
== 69
11:10 miriam: Medicine cupboards: Miller School complete, sports hall lacks the cooling box. Budget?
11:25 grace: Mine. Please buy it.
  + Thank you = miriam
== 66
09:00 grace /adds amal
== 64
08:30 aroha #words: What do we say at the door to somebody who asks whether the police will come? I hear the
    question at every exercise.
08:41 grace ~words: We say no, because it is so. Nobody is asked for papers at the door, and nobody is counted by name.
  + Agreed = 3
08:55 amal ~words: I can write that as one sentence in large letters and in twelve languages.
09:10 aroha ~words: Please. At the height of children, too.
  + ❤️ = grace amal
== 59
10:05 dimitri: Ramp at St Brigid stands. I rolled a trolley with forty chairs over it. It holds.
  + 👏 = 2
== 54
16:20 amal: The sentence for the door:
  | > Come in. You are safe here. Nobody asks for your papers.
  + ❤️ = 3; Agreed = grace
16:32 siobhan: I read it to my mother. She wants it for her own door.
== 49
10:40 grace: Exercise on {+19}: opening Miller School as if it were night. Dimitri leads, I only watch and am not
    allowed to say anything.
  + 😄 = 2; Agreed = dimitri
== 42
09:00 dimitri: Beds counted. 140 at Miller School, 220 at the sports hall, 60 at St Brigid, 90 in reserve.
09:02 dimitri !shelter-map: And where they are.
  + Thank you = marisol kwame
== 38
13:30 aroha: Two of the folding beds at the sports hall bite. I have marked them with a ribbon, please do not give
    them to anybody whom you like.
  + 😄 = 3
13:44 dimitri: Then to nobody. I exchange them.
== 30
17:00 dimitri: Exercise: we begin at 19:00. Telephones on, faces serious.
21:40 dimitri #result: It is over. 2 h 10 min.
  | What was good: keys, tea, the door.
  | What was not: sockets beside the beds, two lamps, and I forgot the list of interpreters at home.
  + 👏 = 3
21:52 grace ~result: I was not allowed to say anything, so I say it now: I am proud of all of you.
  + ❤️ = 3
21:58 miriam ~result: Sockets matter. Some people need a machine at night. I put it into the plan as a point of its own.
  + Agreed = dimitri grace
22:10 siobhan ~result: List of interpreters is in the file store since ten minutes ago, so nobody can leave it at home.
  + 😄 = 2; Thank you = dimitri
== 25
11:00 dimitri: 24 sockets more at Miller School, 8 at St Brigid, each with its own fuse.
  + Thank you = miriam
== 20
09:30 aroha: I had written a name here. Sorry.
  - 09:31 A guest was named by mistake
09:35 aroha: I have removed it and told the person. The rule is a good one.
  + Thank you = grace
== 15
14:00 grace: Version 6 of the plan went to the duty desk. Version 7 will have the new bed numbers.
== 11
08:45 dimitri: New spare for the ferry hall. The locksmith says hello and that we should please never lose it again.
  + 🎉 = 2
== 4
17:40 marisol: There may be a storm tide at the end of the week. Please look at who could open what, and when. No
    alarm yet.
  + Seen = grace dimitri aroha siobhan miriam
17:55 grace >: Miller School and sports hall within three hours, St Brigid within four. I write the roster tonight.
  + Thank you = marisol
== 2
10:10 dimitri: Keys counted again. All there, including the one from 1958.
  + 👏 = 2
== 1
11:20 aroha: Roster for tomorrow: Dimitri and two from the parish at Miller School, I and four volunteers at the
    sports hall, Siobhán's people at the doors.
  + Agreed = grace siobhan
15:05 miriam: Four beds with sockets at St Brigid are reserved. Please keep the wall free.
  + Agreed = dimitri
== 0
11:05 dimitri: Doors unlocked at Miller School, heating on, corridor smells of coffee.
  + 👍 = 2
11:30 aroha: Sports hall ready. The two beds that bite are gone, I looked.
  + 😄 = 2
12:35 siobhan: @marisol the scouts ask whether they may sing in the sports hall. I said: until nine.
13:25 grace: @marisol fifty people in both houses, room for 310 more. Do you want St Brigid opened already, or on
    your word?
`,
}
