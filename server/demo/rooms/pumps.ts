import type { DemoRoom } from '../demo-room.ts'

export const pumps: DemoRoom = {
  key: 'pumps',
  name: 'Pumps and levels',
  topic: 'Pumping stations 1 to 5, gauges, sewers. Figures in metres over mean sea level.',
  access: 'open',
  alias: 'pumps',
  creator: 'ingrid',
  members: [
    'olu',
    'mateus',
    'leila',
    'elif',
    'pieter',
    'kwame',
    'yuki',
    'ravi',
    'claire',
    'samir',
    'beatriz',
    'marisol',
  ],
  born: [85, '08:05'],
  unread: { elif: 3, marisol: 4 },
  favouriteOf: ['olu', 'leila', 'ingrid'],
  script: `
== 85
08:10 ingrid: Everything about water that does not wait for a meeting. If you only want the figures, Leila posts
    them on Mondays.
  + 👍 = 3
08:40 leila: Gauges 3, 9 and 17 are in the feed. 12 comes when somebody finds its key.
08:52 olu >: Key of 12 is on my ring. It has been on my ring for six years.
  + 😄 = 2
== 80
07:35 mateus: PS 3 starts nine times an hour instead of four. Something sits in the non-return valve.
09:50 mateus: It was a football. City league, by the look of it.
  + 😄 = 3
10:05 ingrid: Please log it as "foreign body". The insurer has no line for footballs.
== 76
08:15 leila: Week in figures. Highest +0.84, lowest -0.61, rain 22 mm, of which 15 in one hour on {-2 day}.
  + Thank you = 2
11:10 kwame: The hour on {-2 day} was the one when Tanner Street stood under water again, ankle deep. Same place as
    in March.
11:31 samir: The culvert there is from 1911 and has half the width that we need. It is the first in my list, it
    starts in autumn.
  + Agreed = ingrid beatriz
== 72
13:05 olu #psfive: PS 5, pump 2: the bearing sings. I give it three months.
13:12 ingrid ~psfive: Is it in the budget?
13:40 claire ~psfive: There is lot 3 of the pump programme for next year. If you write me two lines about risk I can
    move it forward.
  + Thank you = olu ingrid
15:02 olu ~psfive: Two lines: if pump 2 stops during heavy rain, Ferry Row floods within forty minutes. There are
    212 cellars in Ferry Row.
15:08 claire ~psfive: That is enough. I talk to Henrik.
  + 👏 = 2; Thank you = ingrid
== 68
08:20 leila: Please do not use the raw feed of gauge 9 this week, a cormorant lives on it. Corrected values at noon.
  + 😄 = 3
== 66
07:58 leila !spring-tide: Spring tide and forecast agree within four centimetres. I am a little proud.
  + 👏 = 3
== 60
10:00 olu: Lot 3 is out to tender. Until the new pumps come I want a hire pump for PS 5, 300 litres a second. Quotes
    are with @priyanka.
  * 10:04 Lot 3 is out to tender. Until the new pumps come I want a hire pump for PS 5, 300 litres a second, diesel.
    Quotes are with Priyanka.
== 55
08:10 leila: Week in figures. Highest +0.79, lowest -0.55, rain 4 mm. Quiet. I cleaned the rain gauge, there was a
    nest beside it and I left the nest.
  + ❤️ = 2
== 50
09:30 mateus: PS 2 had a power dip at 03:12, restarted by itself after eleven seconds. Good machine.
09:44 ravi: I see the same dip in the server room. The utility says a switch at Custom House.
== 48
14:15 olu !pump-hours: Four weeks. Amber is more than 90 hours. PS 5 works for two because it is one.
14:16 olu !pump-table: And as a table, for Claire.
14:30 claire >: You know me. Thank you.
  + 😄 = 2
== 43
08:05 leila !gauge-17: Gauge 17, the whole of yesterday, for those who asked about the small wave at noon. It was
    the new ferry.
08:20 yuki: So the new ferry can be seen two kilometres up the river? I put that into the model.
== 39
07:20 mateus: **PS 5, pump 2 has stopped.** Bearing. Pump 1 carries it, no rain today. Nobody is in danger.
  + Seen = 4
07:24 ingrid: Thank you for saying the last sentence. @olu what now?
07:31 olu >: Hire pump comes {+2}, I have it in writing. Until then Mateus and I take turns at PS 5 when it rains.
  + Thank you = ingrid kwame
07:40 kwame: In the duty log. If it rains more than 10 mm in an hour the desk calls you both.
== 37
15:10 olu: Hire pump is on the quay. It is yellow and it is called Gertrud. It says so on the side.
  + 😄 = 4
16:40 mateus: Gertrud runs. 310 litres a second, measured with a bucket and a very large stopwatch.
  + 👏 = 2
== 32
08:30 ingrid: Open day of the waterworks: 640 visitors. The children liked the football best. It stands in a glass
    case now.
  + ❤️ = 3
== 27
08:10 leila: Week in figures. Highest +0.91, lowest -0.58, rain 31 mm. Ferry Row dry.
  + Thank you = 2
== 24
11:05 samir: Works at Tanner Street begin in six days. From then on the old culvert runs through a pipe of 600.
    Please tell me before you pump anything large through it.
  + Agreed = olu mateus ingrid
== 19
09:15 olu: Maintenance at PS 1 on {+1}, 08:00 to 11:00. PS 2 takes over.
  + Seen = 2
== 14
08:08 leila: Week in figures. Highest +0.88, lowest -0.66, rain 12 mm. The autumn weather begins to look like autumn
    weather.
== 8
10:30 mateus: Leaves. All grates in the Quay District twice a week from now on. Who sees a blocked one: a photo here
    and the street is enough.
  + Agreed = beatriz samir
12:50 beatriz: Corner of Mill Lane and Oriel Street is full.
14:05 mateus >: Empty again. Nine sacks.
  + Thank you = beatriz
== 4
08:15 leila: Week in figures. Highest +1.02, lowest -0.70, rain 26 mm. **The long-range model shows a low over the
    North for the end of this week, together with the spring tide.** I look again this evening.
  + Seen = 5
17:05 leila: It is still there. I have called the duty desk.
  + Thank you = kwame yuki
== 2
14:20 olu: Gertrud has her quiet hood. One can talk beside her now, though she does not answer.
  + 😄 = 3
== 1
10:15 ingrid: Sewers: we run them empty before the rain. PS 1 to PS 5 in that order, from the hour that I write
    tomorrow.
  + Agreed = olu mateus elif
== 0
09:40 leila: Gauge 9 and Custom House differ by 2 cm, within the usual. Radio link of 17 is stable.
  + Thank you = ravi
11:30 olu: Diesel for 30 hours at PS 5, and a second tank on the trailer.
  + Seen = 2
12:45 mateus: All grates on the quay were done again this morning. The wind brings more, but we are ahead of it.
  + 👍 = 2
13:50 ingrid: **17:00: PS 1 and 2. 17:20: PS 3 and 4. 17:40: PS 5 with both.** Write "runs" when it runs.
  + Agreed = olu mateus
`,
}
