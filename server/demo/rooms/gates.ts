import type { DemoRoom } from '../demo-room.ts'

export const gates: DemoRoom = {
  key: 'gates',
  name: 'Gates 1 to 5',
  topic: 'Care and repair of the flood gates. Lock out, tag out, then write.',
  access: 'invited',
  alias: 'gates',
  creator: 'elif',
  members: ['pieter', 'nadia', 'tariq', 'mateus', 'olu', 'leila', 'marisol'],
  born: [86, '09:10'],
  unread: { elif: 2, pieter: 0 },
  favouriteOf: ['elif', 'pieter', 'nadia'],
  script: `
== 86
09:14 elif: This is where we write what used to hang on the board in the workshop. The board stays, too, for those
    who like chalk.
  + 👍 = 2
09:30 pieter: I like chalk. I also like finding it again.
  + 😄 = elif nadia
10:05 nadia: Survey of the sills is done. All within 8 mm, only gate 4 sits 14 mm low at the downstream end.
10:22 elif >: 14 is more than last year. We look at the foot seal at the next spring low.
== 79
07:45 pieter: Gate 2 is out of service until noon, new brushes for the motor. Lock is on, key in my pocket.
11:50 pieter: Gate 2 is back. Lock off.
  + Seen = 2
13:20 tariq: Thank you. I told the tug he can use the cut again.
== 74
08:05 nadia: The gauge board at gate 3 is unreadable, green up to +0.8 m.
08:12 pieter: Mateus has the long brush. I ask.
08:40 mateus >: You can have it and me with it at 10:00.
10:55 nadia: Clean. One can read it from the other bank now.
  + Thank you = pieter; 👏 = 2
== 70
08:10 elif: Trial closing on {+4}, the spring tide. Order as always: 1, 2, 3, 5, and 4 last. I want times for each,
    to the second, with the same watch.
  + Agreed = pieter nadia tariq mateus
08:30 tariq: Low traffic that morning. I close the cut from 06:00 to 08:00.
== 66
07:31 pieter #trial: Trial closing, times from button to shut:
  | | gate | last year | today |
  | | --- | --- | --- |
  | | 1 | 4:10 | 4:12 |
  | | 2 | 4:05 | 3:58 |
  | | 3 | 4:20 | 4:22 |
  | | 4 | 4:15 | **5:02** |
  | | 5 | 4:40 | 4:41 |
  + Seen = 3
07:33 pieter !gate-plan-shut: Half way, gates 1 and 2 shut.
07:40 elif ~trial: Gate 4 is slow in the last quarter. It rubs.
07:44 mateus ~trial: And it weeps. At +1.2 m about a bucket every second at the downstream end.
07:52 olu ~trial: That is 30 litres a second. PS 2 carries it, but I would rather it did not have to.
08:15 elif ~trial: Then we go in at low water on {+3} and look from below.
  + Agreed = pieter nadia mateus
08:20 leila ~trial: Low water that day is at 11:50. You have an hour and a half.
  + Thank you = elif
== 63
12:40 elif !seal-report: We went in. The short version: the foot seal has come away over 1.4 m, two bolts are
    sheared, the steel is sound.
  + Seen = 3; Thank you = marisol tariq
12:58 tariq: Is it safe until autumn?
13:05 elif >: For an ordinary tide, yes. For a storm I want a new seal, and until then bags behind it.
13:10 marisol: Order it. If procurement asks, send them to me.
  + Thank you = elif
13:30 pieter: The two bolts are replaced. With those from the box marked "good ones".
  + 😄 = 2
== 61
09:20 elif: Asked three makers for the profile. One never answers, one wants twelve weeks, one says ten and sounds
    honest.
09:41 nadia: Take the honest one. I have measured the groove again and put the drawing into the folder.
== 52
08:05 pieter: New colleague in the crew from the first of the month, Ilse, comes from the lock at Brannoc. She has
    her own boots.
  + 🎉 = 2
10:10 nadia: Settlement points read. Nothing moved more than a millimetre.
  + Seen = 2
== 47
07:50 mateus: Sump pump at gate 4 trips its breaker. Wet plug. Dry now, but I would like a better box.
08:02 pieter: There is a better box in the van.
11:15 mateus: Box is on. Tried with a bucket of water over it. It laughs.
  + 👍 = 2; 😄 = 2
== 41
13:00 elif !minutes: Notes of the flood works meeting.
  + Seen = 2
13:20 olu: "Hire pump on site" is a little early. It is on a lorry, and the lorry is on a ferry.
  + 😄 = 2
== 36
08:30 tariq: From {+2} on a film crew on the quay for two days. They want gate 1 open and closed for the picture. I
    said no.
08:33 elif >: Thank you. They may film it being greased.
  + 😄 = 2
== 29
09:10 nadia: Camera at gate 4 has a spider. It reports a vessel every night at two.
  + 😄 = 3
09:15 pieter: I move her to gate 5, there is more to see.
== 22
10:15 elif: The maker says: seal arrives in four weeks, not two. Something about a mould. I asked for it in writing
    and for a part delivery.
  + Seen = 2
10:22 marisol: Noted as a risk in the plan. Do we have anything that fits meanwhile?
10:30 pieter #spare: There are two lengths of the old profile in the Oriel Street store, if nobody made mud flaps of
    them.
10:48 nadia ~spare: I go and count this week.
14:20 nadia ~spare: Both there. One is longer than the list says, for once.
  + Thank you = elif marisol
== 17
07:40 pieter: Ilse did her first closing alone, gate 1, 4:09. Better than mine.
  + 🎉 = 3
== 12
08:20 elif: Order of work before the autumn: (1) grease all, (2) try all, (3) bags on pallets behind 4, (4) sump
    pump with float switch. I would like 1 to 3 done by {+5}.
  + Agreed = pieter mateus nadia
12:02 olu: For 4 I lend you the float switch of PS 1. It has two and needs one.
  + Thank you = elif
== 9
15:30 pieter: 1, 2, 3 and 5 greased and tried. Times as in spring, gate 2 a second faster. I take the credit.
  + 👏 = 2
== 7
09:05 nadia: There was an angler inside the fence at gate 3. He says the fence has a hole. He is right.
09:20 pieter: Hole is closed. He has been shown the better place outside.
  + 😄 = 2; Thank you = tariq
== 3
08:55 elif: For the storm this week everything goes into *Storm tide, Quay District*. Here only what concerns bolts
    and grease.
  + Seen = 3
13:40 pieter: 400 bags filled. The scouts did half of it and sang.
  + ❤️ = 3
== 1
09:30 nadia: Marks at 3 and 4 are painted. Night picture attached to the plan, the +1.5 m line is easy to see.
16:10 elif: Hands for tomorrow: Pieter and Ilse gates 1 and 2, Nadia 3 and 5, Mateus and I gate 4. Nobody alone,
    lamps on the vest, radio on 6.
  + Agreed = pieter nadia mateus
== 0
10:20 pieter: Grease on 5 looks fresh, bearings cold. Tried by hand.
  + Seen = elif
12:10 pieter: For the book: six bolts M16 at gate 4, downstream end. Torque 180.
  + Thank you = elif nadia
13:15 nadia: @elif the camera at gate 4 shows the new seal well. I saved a picture before it gets wet.
13:40 mateus: Cabin has bread, cheese, and the good kettle.
`,
}
