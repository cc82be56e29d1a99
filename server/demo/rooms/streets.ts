import type { DemoRoom } from '../demo-room.ts'

export const streets: DemoRoom = {
  key: 'streets',
  name: 'Street works notices',
  topic: 'Closures, ways round, and when it ends. One message a street, questions in its thread.',
  access: 'open',
  alias: 'streets',
  creator: 'beatriz',
  members: [
    'samir',
    'marisol',
    'kwame',
    'ingrid',
    'mateus',
    'tomasi',
    'miriam',
    'meilin',
    'siobhan',
    'aroha',
    'tariq',
    'josefa',
  ],
  born: [84, '08:30'],
  unread: { marisol: 1 },
  favouriteOf: ['samir', 'beatriz'],
  script: `
== 84
08:34 beatriz: One message for each street, please, with a thread for everything else. Who drives an ambulance reads
    this room on a small screen.
  + Agreed = samir miriam kwame
== 81
09:00 samir #mill: **Mill Lane**, {+2} to {+4}: new surface between Oriel Street and the bridge. One lane stays
    open, light signals.
  + Seen = 3
09:20 miriam ~mill: Can an ambulance pass at the same time as a bus?
09:26 samir ~mill: No. But the crew has a button that turns both lights red, and they know the siren.
  + Thank you = miriam
== 77
16:30 samir ~mill: Mill Lane is finished, a day early. The lights are gone.
  + 👏 = 2
== 75
10:40 beatriz: **Market**: paving in the north corner comes up for a burst pipe. Stalls 30 to 44 move to Custom
    House Steps until {+3}.
11:05 tariq >: Then please leave the bollard line free, the fire boat needs it.
  + Agreed = beatriz
== 71
14:20 samir: Market is closed up again. The fish sellers ask whether they may stay at the Steps. The Steps ask
    whether they may go.
  + 😄 = 3
== 65
09:15 samir #tanner: **Tanner Street**: the culvert of 1911 goes, the new one has twice the width. Works from
    autumn, about fifteen working days, street closed. Plan follows.
  + Seen = 4; 🎉 = ingrid kwame
09:32 ingrid ~tanner: I have waited nine years for this message.
  + ❤️ = samir
10:12 tomasi ~tanner: When may I tell the newspaper?
10:20 samir ~tanner: When the plan hangs in the shops. People should not read about their own street in the
    newspaper first.
  + Agreed = tomasi beatriz
== 57
11:00 beatriz: **Oriel Street**: trees are being looked after, {+1} and {+2}, parking on the left side only.
== 46
08:45 noor /joins
08:52 noor: Good morning, I draw the ways round from now on. If my arrows send you into a canal, please tell me
    before you follow them.
  + 😄 = 4
== 43
13:20 noor !street-plan: First draft for Tanner Street. Buses by Mill Lane, bicycles straight on, pushing.
13:41 siobhan >: Pushing a cargo bicycle with three children is an adventure. Could the north pavement stay free?
13:50 noor: It can, 2.20 metres. I draw it in.
  + Thank you = siobhan
== 40
15:30 samir ~tanner: Plan hangs in all shops, I talked to every single one. The barber wants to see the old culvert.
  + 😄 = 2
15:41 tomasi ~tanner: Then it goes to the newspaper today.
== 34
09:10 beatriz: Winter gravel is ordered. Yes, already.
  + 👍 = 2
== 28
10:00 samir: **Quay Street**: survey on {+2} at night, 22:00 to 04:00, one lane. Quiet machines.
== 24
11:10 samir ~tanner: Works begin on {+6}. The crew lead is Zeynep, her number is at the barrier.
  + Seen = 3
== 18
07:10 samir: **Tanner Street is closed** until {+16}. Way round by Mill Lane, north pavement free.
  + Seen = 4
07:12 samir !closures: All closures as a table.
12:15 meilin: Parcel services call the service desk and ask how to reach number 14. What do I say?
12:22 noor >: From the bridge side, up to the barrier. Number 14 to 20 can be reached at any time.
  + Thank you = meilin
== 12
09:50 samir ~tanner: Half time. Old culvert is out, it was held together by roots and optimism.
  + 😄 = 3
== 9
08:20 beatriz: **Custom House Steps**: new handrail until {+2}, one side stays open. Requested by a lady of 91 who
    came to the office in person.
  + ❤️ = 4
== 7
15:40 beatriz: Handrail is done. She has tried it and says it is cold but straight.
  + ❤️ = 3; 👏 = 2
== 5
08:10 samir: **Ferry Row**: drain survey by camera, no closure, vans on the pavement.
== 2
15:55 samir: **Tanner Street is open again.** New culvert, new surface, the barber cut the ribbon.
  + 🎉 = 5; 👏 = 2
16:04 ingrid >: Just in time. Thank you, Samir, and thank Zeynep.
  + ❤️ = samir
== 1
10:30 noor: **Quay District, tomorrow**: quay and Custom House Steps close to cars two hours before the gates. Buses
    4 and 9 turn at Mill Lane.
  + Seen = 4
== 0
08:30 noor: Signs for tonight are up. Quay Street and Custom House Steps close at 17:00, open again when the duty
    desk says so.
  + Seen = 3
10:15 samir: Two barriers more at Ferry Row, so that nobody parks in front of the pump.
  + Thank you = mateus
12:50 beatriz: Tree across Oriel Street at number 40, crew is there, ten minutes. @marisol free again by 13:05.
13:02 beatriz: Free.
  + Thank you = noor
`,
}
