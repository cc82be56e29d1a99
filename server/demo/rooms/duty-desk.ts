import { Choices } from '../choices.ts'
import type { DemoRoom } from '../demo-room.ts'

/** What was worth more than the figures of the day, by working day. */
const notable: Readonly<Record<number, string>> = {
  82: `10:20 kwame: Bicycle in the harbour, owner on the quay, both now dry.
  + 😄 = 2`,
  78: `14:10 yuki: New map of the assembly points is in the red folder and in the file store. The old one says "post
    office", which is a bakery now.
  + Thank you = 2`,
  76: `16:30 kwame #rain: 15 mm in one hour. Tanner Street ankle deep, two cellars pumped out, nobody hurt. Fire
    service left at 18:05.
16:52 samir ~rain: Barriers are out. I stay until it falls.
18:10 samir ~rain: Street is free again.
  + Thank you = kwame marisol`,
  71: `11:40 siobhan: First aid course for volunteers on {+3}, 24 places, 19 taken. Colleagues are welcome, also
    those who faint.
  + 👍 = 2`,
  66: `07:20 marisol: Trial closing of the gates this morning went as planned. Gate 4 was slow, see the room of the
    gates.
  + Seen = 3`,
  61: `09:05 miriam: Heat notice from {+1}, 33 degrees. Drinking water points at the market and at Custom House
    Steps, please check on older neighbours.
  + Seen = 4; Thank you = grace`,
  58: `15:15 kwame: Heat: two people were brought to hospital, both are well. Water points stay until {+2}.
  + Seen = 3`,
  53: `13:00 yuki: Power cut at Oriel Street, 13:00 to 13:40. Traffic lights on amber. School lift stopped with
    nobody in it.
  + Seen = 2`,
  49: `10:00 marisol #exercise: Exercise on {+19}: we open a shelter as if it were night. Who wants to be a tired
    family with a cat?
  + 🐈 = 3
10:12 aroha ~exercise: Me, and I bring a real cat.
10:15 josefa ~exercise: I can be a grandmother who has forgotten her medicine.
  + 😄 = 2
10:31 marisol ~exercise: Hired, both.`,
  44: `08:50 noor: Good morning, I am new in traffic planning. If a road must close, I need street, from, to, and
    why. Then I find the way round.
  + 🎉 = 3`,
  39: `07:42 kwame: PS 5 runs on one pump until the hire pump is here. Above 10 mm an hour call Olu **and** Mateus,
    also at night.
  + Seen = 4; Agreed = olu mateus`,
  37: `17:05 kwame: Hire pump runs. Back to normal for PS 5.
  + 👏 = 2`,
  33: `12:20 kwame: Old shell found by divers near berth 2. Navy has been called, berth 2 and 3 are closed.
15:45 kwame: It was a boiler. Berths are open. Thank you to everybody who kept calm.
  + 😄 = 4`,
  30: `21:30 marisol: Exercise is over. Shelter stood in 2 h 10 min, the aim was three hours. The cat found the one
    open window.
  + 🎉 = 5; 👏 = 2`,
  26: `11:00 ravi: Radio relay on the town hall has a new battery. Test tone at noon, please do not call me, it is
    on purpose.
  + Seen = 2`,
  21: `09:40 tomasi: Two calls from the press about sirens. There is no plan for new sirens. If they call you: 2240,
    that is me.
  + Seen = 3`,
  18: `07:15 samir: Tanner Street is closed from today. Way round by Mill Lane. Ambulances can pass through on the
    north side, the crew opens within a minute.
  + Thank you = kwame miriam noor`,
  13: `14:25 siobhan: Volunteers: 118 on the list, 31 of them new since the exercise.
14:25 siobhan !volunteers:
  + ❤️ = 3`,
  10: `16:00 marisol: I am away from {+1} to {+2}. Kwame has the desk, Yuki is second. I answer the telephone, but
    only if it burns.
  + Agreed = kwame yuki`,
  6: `08:50 kwame: Small fire in a kitchen in Ferry Row, out. The family of four sleeps with relatives. Aroha is in
    touch.
  + Thank you = aroha`,
  4: `17:20 marisol: Leila sees a storm low together with the spring tide at the end of the week. From tomorrow
    there is a room of its own for it. Please look at your rosters tonight.
  + Seen = 7`,
}

const weather = ['clear', 'cloudy', 'light rain', 'fog until nine', 'windy', 'showers', 'calm', 'sunny']
const quiet = [
  'Nothing open.',
  'One false alarm of a lift, Oriel Street.',
  'Lost child at the market, found in four minutes.',
  'Street light out at Mill Lane, passed to Public Works.',
  'Two calls about noise on the quay, both solved by asking.',
  'A boat without its owner at berth 4, moored.',
  'Smell of gas reported at Ferry Row: it was paint.',
  'Handed over two keys and one umbrella.',
]

/** Every working day has the figures of the morning; most evenings have a handover. */
function log(): string {
  const choices = new Choices('duty log')
  const days: string[] = []
  for (let day = 84; day >= 1; day -= 1) {
    const officer = day % 5 === 0 ? 'yuki' : 'kwame'
    const level = choices.between(4, 9)
    const wind = choices.between(day < 5 ? 6 : 2, day < 5 ? 9 : 6)
    const lines = [
      `== ${day}`,
      `07:0${choices.between(0, 9)} ${officer}: Morning. High water +0.${level}${choices.between(0, 9)} m, wind ${wind}, ` +
        `${choices.one(weather)}. ${choices.one(quiet)}`,
    ]
    const seen = choices.between(-1, 3)
    if (seen > 0) lines.push(`  + Seen = ${seen}`)
    const special = notable[day]
    if (special !== undefined) lines.push(special)
    else if (choices.between(0, 2) > 0)
      lines.push(`17:2${choices.between(0, 9)} ${officer}: Evening. ${choices.one(quiet)}`)
    days.push(...lines)
  }
  return days.join('\n')
}

export const dutyDesk: DemoRoom = {
  key: 'duty-desk',
  name: 'Duty desk',
  topic: 'The log of the day: what happened, who has it, what is open. Emergencies by telephone: 2112.',
  access: 'open',
  alias: 'duty-desk',
  creator: 'marisol',
  members: [
    ...['kwame', 'yuki', 'siobhan', 'tariq', 'elif', 'ingrid', 'olu', 'mateus', 'grace', 'aroha', 'beatriz', 'samir'],
    ...['zofia', 'tomasi', 'miriam', 'ruth', 'josefa', 'ravi', 'leila', 'pieter'],
  ],
  born: [85, '07:45'],
  unread: { elif: 14, marisol: 2, ruth: 3 },
  favouriteOf: ['marisol', 'kwame', 'yuki'],
  script: `
== 85
07:50 marisol: The log moves here from the paper book. Rules: the time stands by itself, so write what, where, who
    has it. If it is over, say that it is over.
  + Agreed = kwame yuki; Seen = 5
07:58 kwame: The paper book stays under the desk for the day when the power goes.
  + 👍 = 3
== 46
08:40 noor /joins
${log()}
== 0
08:10 kwame: Morning. Storm tide tonight, everything about it in its own room. Here only what has nothing to do with
    water.
  + Agreed = yuki siobhan; Seen = 3
09:25 yuki: Lift at Custom House stands. Nobody in it, the firm is on its way.
10:40 kwame: Lift runs again.
11:15 siobhan: Somebody left a cello at the assembly point Oriel Street. It is dry and safe at the desk.
  + 😄 = 3
12:05 kwame: The cello has been fetched by a very relieved young man.
  + ❤️ = 2
13:10 aroha: The family from Ferry Row has a flat again, from 14:00 on. Thank you to everybody who carried boxes.
  + 🎉 = 3
13:55 kwame: Handover at 18:00 to Yuki. @marisol is at the storm table until the water falls.
  + Seen = yuki marisol
`,
}
