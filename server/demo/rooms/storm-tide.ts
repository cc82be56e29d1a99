import type { DemoRoom } from '../demo-room.ts'

/** The incident of the day: it is under way when somebody looks in. */
export const stormTide: DemoRoom = {
  key: 'storm-tide',
  name: 'Storm tide, Quay District',
  topic: 'Everything about the surge of this week. Decisions in bold. Injuries and fires: telephone first, then here.',
  access: 'invited',
  creator: 'marisol',
  members: [
    ...['kwame', 'yuki', 'siobhan', 'tariq', 'elif', 'pieter', 'nadia', 'ingrid', 'olu', 'mateus', 'leila', 'grace'],
    ...['dimitri', 'aroha', 'beatriz', 'noor', 'zofia', 'tomasi', 'amal', 'miriam', 'ruth', 'ravi'],
  ],
  born: [3, '08:20'],
  unread: { elif: 6, marisol: 0, ruth: 11 },
  favouriteOf: ['marisol', 'elif', 'kwame'],
  script: `
== 3
08:24 marisol: The weather service sees a north-westerly storm meeting the spring tide on {+3}. First figure **+1.6
    m** at Custom House, give or take twenty centimetres. This room is for everything about it until we close it.
  + Seen = 8
08:31 leila !spring-tide: For comparison: the last spring tide without wind. Add 40 to 60 cm for the storm they
    describe.
  + Thank you = marisol yuki ruth
08:40 kwame !roster: Duty roster for the week. I have doubled the night of {+3}.
08:52 ruth: Council has been told that we may close the quay. Nobody needs to ask me for the money for the hire
    pump. Ask, tell me, go.
  + Thank you = olu ingrid; 🙏 = 2
09:05 tariq: Ferries run to plan until further notice. I need **six hours** before the gates shut to bring the
    barges in.
09:07 marisol >: You will have eight. I would rather be laughed at.
  + Agreed = 3
09:30 elif: Gates 1, 2, 3 and 5 were greased and tried last week. Gate 4 stands with the old foot seal until the new
    one arrives. Details in the room of the gates.
09:44 grace: Shelters can open within three hours of a word from @marisol. Keys were counted on {-2}.
10:12 zofia: From now on one voice to the press: @tomasi. Please send every journalist to him, also the ones you like.
  + Agreed = 4
11:20 noor: If the quay closes, buses 4 and 9 turn at Mill Lane. I have told the operator and they want two hours'
    notice.
14:02 leila: Second run of the model: +1.7 m. The spread is getting smaller, the number is not.
  + Seen = 5
15:45 miriam: I have a list of 31 people in the Quay District who depend on electricity at home (oxygen, dialysis,
    lifts). District nurses will call each of them tomorrow. The list does **not** go into this room.
  + Thank you = 3; Agreed = grace aroha
16:20 siobhan: Fifty-one volunteers said yes for {+3}. Four of them speak Somali, two Tagalog, one sign language.
  + ❤️ = 2
== 2
08:15 marisol: Morning call in three lines.
  | - Forecast unchanged, **+1.7 m**, {+2} in the evening.
  | - Gate 4 is our weak point. Elif and Pieter decide today whether to sandbag behind it.
  | - Shelters: Miller School and the sports hall first, St Brigid as reserve.
  + Seen = 7
08:33 pieter: We sandbag. 400 bags are filled, 200 more by noon. Two rows behind gate 4, and a pump in the sump.
  + Agreed = elif marisol tariq
08:50 olu: Hire pump stands at PS 5 and runs. Its noise will wake half of Ferry Row, so I asked for the quiet hood.
    It comes at 14:00.
09:21 amal !leaflet: Leaflet is ready in plain English, Portuguese, Arabic, Polish and Somali. Printing takes until
    tomorrow morning.
09:26 zofia >: Good words. Online in ten minutes.
  + Thank you = amal
10:02 nadia: Level marks at gates 3 and 4 are freshly painted, and the camera at gate 4 sees them at night too.
11:15 ravi: The line to gauge 17 was down from 10:50 to 11:06. A digger at Tanner Street. It has its own radio link now.
  * 11:21 The line to gauge 17 was down from 10:50 to 11:06. A digger at Tanner Street. It has its own radio link
    now, and it runs on battery for three days.
12:30 aroha: At the sports hall the ramp at the side door is blocked by a skip. @beatriz can your people take it
    away before tomorrow?
12:41 beatriz >: Gone by 16:00. I have spoken to the driver.
13:48 beatriz: The skip is gone.
  + Thank you = aroha; 👏 = 2
15:10 tomasi: Radio Averell wants an interview at 17:00. I would say: the city is prepared, this is what you can do,
    this is when we tell you more. Any objection?
15:14 ruth >: None. Say also what we do not know.
  + Agreed = marisol zofia
16:05 leila: Third run: **+1.8 m**. Wind turns later than we thought. That means a longer stand at the top, perhaps
    fifty minutes.
  + Seen = 6
16:09 marisol: Then gates shut at **+1.2 m on the rising tide**, as in the plan. I decide tomorrow at nine about the
    shelters.
== 1
07:55 yuki: Situation map is up to date. I changed the colours so that people who see red and green alike can read it.
  + 👍 = 3
08:30 marisol: Decision of this morning: **shelters open tomorrow from noon**, quay closes to cars two hours before
    the gates. @noor please tell the operator of the buses now.
  + Seen = 7; Agreed = 3
08:36 noor >: Told, and confirmed in writing.
09:10 dimitri: Then I pick up the keys today. There is one spare missing for the ferry hall, see the room of the
    shelters.
09:48 ingrid: All culverts in the Quay District are clear. We took out four shopping trolleys and a door.
  + 😄 = 4
11:30 mateus: Sump behind gate 4 is pumped and the float switch works. Two of us sleep in the cabin tomorrow night.
  + Thank you = pieter elif marisol
13:05 tariq: Three barges moved to the inner basin. The *Marguerite* has engine trouble and stays at berth 6 with
    doubled lines and a watch.
14:20 miriam: All 31 households were reached. Nine want to go to relatives, four to a shelter with a socket beside
    the bed. @grace I send you those four by the proper way.
  + Thank you = grace aroha ruth
15:30 kwame: Radio check done. Channel 4 clear everywhere, channel 6 has a hole in the tunnel at Custom House. Use
    the telephone on the wall there.
16:40 zofia: Second letter to all households in the district has gone out by mail and SMS. 11,240 reached, 312 came
    back. Siobhán's people knock at those doors tomorrow.
== 0
08:00 marisol #morning: Good morning. Tide office says **+1.85 m at 21:40**, twenty minutes earlier than yesterday.
    Gates shut at 19:00. Shelters open at 12:00. Everything else stands.
  * 08:06 Good morning. Tide office says **+1.85 m at 21:40**, twenty minutes earlier than yesterday. Gates 1 to 5
    shut at 19:00. Shelters open at 12:00. Everything else stands.
  + Agreed = elif pieter tariq grace ingrid leila; Seen = 6; 🌊 = kwame mateus
08:04 tariq >: Harbour is clear by 16:30. Last ferry leaves at 16:00.
08:22 leila !tide: Level at Custom House until now. The broad line is the gauge, the thin one the forecast. It sits
    three centimetres above.
  + Thank you = marisol yuki
08:41 elif #seal !gate-plan: The foot seal on gate 4 is the one to watch. I have marked what we can reach from the quay.
  + Seen = 4
08:49 pieter ~seal: Is the spare profile still in the Oriel Street store? The list says yes.
08:58 nadia ~seal: I was there on the way in. Two lengths of four metres, both straight.
  + Thank you = pieter elif
09:06 elif ~seal: Then we could patch the downstream end in the dry. Forty minutes if the sump is empty.
09:12 mateus ~seal: Sump is empty in half an hour. I bring the second pump forward and tell the fish market.
  + Agreed = elif
09:20 marisol ~seal: Do it, and stop at 13:00 whatever stands. I do not want anybody below the quay after that.
  + Agreed = pieter elif mateus
11:48 pieter ~seal: Patched. Six new bolts, tight. We are out.
  + 👏 = 3; Thank you = marisol
11:55 elif ~seal: Leak test with the hose: a few litres a minute at the corner, no more. I am content.
09:02 noor: Buses 4 and 9 turn at Mill Lane from 15:00. Signs are up.
09:15 ravi: Gauge 17 for whoever needs the numbers directly:
  | \`\`\`
  | GET /levels/17?since=06:00   ->   0.61  0.64  0.72  0.85
  | \`\`\`
09:33 siobhan: Of the 312 doors, 120 done. People are friendly and a little frightened. Two asked whether they may
    bring a dog.
09:36 dimitri >: They may. Gymnasium of Miller School, blankets are there.
  + ❤️ = 3
10:05 tomasi: Statement of ten o'clock is out. I was asked whether gate 4 is broken. I said: it has an old seal, it
    was inspected, there are pumps and people behind it.
  + Agreed = elif zofia ruth
10:30 miriam: The four people who need a socket are at St Brigid, each with a bed at the wall. A nurse stays overnight.
  + Thank you = 3
11:10 amal: Somali and Arabic volunteers asked for the words for "upstairs" and "cellar" as pictures. I drew four,
    they hang at the doors now.
  + ❤️ = 3
12:01 grace: **Miller School and the sports hall are open.** First families came at five to. Tea is on.
  + Seen = 6; ❤️ = 2
12:20 dimitri: Miller School 14 people, two dogs, one parrot. @aroha how many do you have?
12:26 aroha >: Twenty-two, and a school class that only wants to look.
12:40 beatriz: Barriers stand at Quay Street and Custom House Steps, still open. My crews close them at 17:00.
12:58 yuki: Map says gate 4 "watch", all others "ready". If you see something else with your own eyes, say so here
    and I change it.
13:05 leila: Fourth run: **+1.85 m** holds, top at 21:40, fifty minutes above +1.7 m. Wind gusts of 95 km/h from 18:00.
  + Seen = 5
13:09 marisol: Thank you. Then nothing changes. @elif @pieter eat something, both of you.
  + Agreed = mateus nadia; 😄 = 2
13:20 tariq: The *Marguerite* has her engine back and is in the inner basin. Berth 6 is empty.
  + 👍 = 3
13:32 kwame !shelter-plan: Shelter plan version 7 for all who asked. Only the bed numbers changed.
13:44 ingrid: PS 2 and PS 5 run from 17:00 on, before the rain, so that the sewers start empty.
  + Agreed = olu marisol
13:52 olu: @elif can you keep one hand free at 18:45? I would like us both at PS 5 when the hire pump takes over.
13:58 ruth: I am at the duty desk from 18:00. I bring soup and no questions.
  + ❤️ = 4
14:04 marisol: @elif one thing for tonight: who reads the level at gate 4 while you are at PS 5?
`,
}
