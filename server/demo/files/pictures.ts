/** Plans and curves, as the people of the agency draw them. */
import {
  amber,
  block,
  blockEdge,
  type Colour,
  green,
  grey,
  ink,
  type Point,
  paper,
  red,
  Sheet,
  water,
  waterLine,
} from './sheet.ts'

const quay = (x: number) => 236 + 10 * Math.sin(x / 90)
const gates: readonly Point[] = [72, 196, 322, 452, 596].map((x) => [x, quay(x)])

/** The quay with its five gates; one may be ringed in red, shut ones are drawn broad. */
export function gatePlan(options: { ringed?: number; shut?: readonly number[]; title: string }): Sheet {
  const sheet = new Sheet(684, 372)
  sheet.fill({ x: 0, y: 200, w: 684, h: 172 }, water, (x, y) => y > quay(x))
  for (const [depth, colour] of [
    [0, ink],
    [34, waterLine],
    [62, waterLine],
  ] as const) {
    const points = Array.from({ length: 58 }, (_, n): Point => [n * 12, quay(n * 12) + depth])
    sheet.path(points, depth === 0 ? 3 : 1.5, colour)
  }
  const blocks = [
    [28, 62, 96, 58],
    [142, 52, 108, 70],
    [276, 60, 84, 56],
    [384, 52, 62, 128],
    [474, 60, 98, 50],
    [596, 52, 66, 110],
    [28, 138, 74, 64],
    [120, 140, 132, 58],
    [276, 134, 84, 64],
    [474, 128, 98, 60],
  ] as const
  for (const [x, y, w, h] of blocks) sheet.frame(x, y, w, h, block, blockEdge)
  for (const [index, [x, y]] of gates.entries()) {
    const isShut = options.shut?.includes(index + 1) === true
    sheet.fill({ x: x - (isShut ? 12 : 4), y: y - 14, w: isShut ? 24 : 8, h: 28 }, isShut ? green : ink)
    sheet.write(String(index + 1), [x - 5, y + 24], ink, 2)
    if (options.ringed === index + 1) sheet.ring([x, y], 23, 4, red)
  }
  sheet.write(options.title, [28, 20], ink, 2)
  sheet.write('Gate plan 1:2500', [512, 346], grey, 1)
  return sheet
}

/** Forecast (a thin line) and what the gauge said (a broad one), in metres over mean sea level. */
export function tideCurve(options: { highest: number; measuredHours: number; title: string }): Sheet {
  const sheet = new Sheet(720, 380)
  const at = (hour: number, metres: number): Point => [64 + hour * 26, 320 - (metres + 1) * 80]
  const level = (hour: number) => options.highest * Math.cos(((hour - 15) / 12.4) * Math.PI) ** 2 - 0.45
  for (let metres = -1; metres <= 2; metres += 1) {
    sheet.line(at(0, metres), at(24, metres), 1, grey)
    sheet.write(`${metres > 0 ? '+' : ''}${metres} m`, [14, at(0, metres)[1] - 6], ink, 1)
  }
  sheet.line(at(0, 1.5), at(24, 1.5), 2, red)
  sheet.write('Gates shut at +1.5 m', [at(0, 1.5)[0] + 180, at(0, 1.5)[1] - 14], red, 1)
  const hours = Array.from({ length: 97 }, (_, n) => n / 4)
  const forecast = hours.map((hour) => at(hour, level(hour)))
  sheet.path(forecast, 1.5, waterLine)
  const measured = hours
    .filter((hour) => hour <= options.measuredHours)
    .map((hour) => at(hour, level(hour) + 0.06 * Math.sin(hour * 2.3)))
  sheet.path(measured, 4, green)
  const last = measured.at(-1)
  if (last !== undefined) sheet.dot(last, 6, green)
  for (let hour = 0; hour <= 24; hour += 6) sheet.write(`${hour} h`, [at(hour, -1)[0] - 8, 334], ink, 1)
  sheet.write(options.title, [64, 16], ink, 2)
  return sheet
}

/** Where people can sleep: quarters, the river, and the shelters with their beds. */
export function shelterMap(): Sheet {
  const sheet = new Sheet(684, 420)
  const river = (x: number) => 300 + 26 * Math.sin(x / 110 + 1)
  for (let row = 0; row < 5; row += 1) {
    for (let column = 0; column < 9; column += 1) {
      const [x, y] = [24 + column * 72, 56 + row * 68]
      if (Math.abs(y + 26 - river(x + 30)) > 50) sheet.frame(x, y, 58, 52, block, blockEdge)
    }
  }
  sheet.fill({ x: 0, y: 0, w: 684, h: 420 }, water, (x, y) => Math.abs(y - river(x)) < 24)
  const shelters: readonly (readonly [Point, string, Colour])[] = [
    [[126, 122], 'Miller School 140', green],
    [[342, 96], 'Sports hall 220', green],
    [[520, 170], 'St Brigid 60', green],
    [[236, 372], 'Ferry hall 90', amber],
    [[560, 376], 'Library 45', amber],
  ]
  for (const [place, name, colour] of shelters) {
    sheet.dot(place, 11, colour)
    sheet.fill({ x: place[0] + 16, y: place[1] - 9, w: name.length * 6 + 8, h: 18 }, paper)
    sheet.write(name, [place[0] + 20, place[1] - 4], ink, 1)
  }
  sheet.write('Shelters and beds', [24, 20], ink, 2)
  return sheet
}

/** Hours that each pump ran, as bars. */
export function pumpBars(hours: readonly { name: string; hours: number }[], title: string): Sheet {
  const sheet = new Sheet(640, 92 + hours.length * 44)
  const most = Math.max(...hours.map((pump) => pump.hours))
  for (const [index, pump] of hours.entries()) {
    const y = 60 + index * 44
    sheet.write(pump.name, [24, y + 8], ink, 2)
    sheet.fill({ x: 170, y, w: (pump.hours / most) * 380, h: 28 }, pump.hours > 90 ? amber : green)
    sheet.write(`${pump.hours} h`, [178 + (pump.hours / most) * 380, y + 8], ink, 2)
  }
  sheet.write(title, [24, 20], ink, 2)
  return sheet
}

/** A street with its closure and the way round it. */
export function streetPlan(): Sheet {
  const sheet = new Sheet(640, 360, block)
  const road = (from: Point, to: Point, width: number) => {
    sheet.line(from, to, width + 4, blockEdge)
    sheet.line(from, to, width, paper)
  }
  const roads: readonly (readonly [Point, Point, number])[] = [
    [[0, 250], [640, 210], 30],
    [[150, 0], [190, 360], 24],
    [[450, 0], [470, 360], 24],
    [[0, 96], [640, 70], 22],
  ]
  for (const [from, to, width] of roads) road(from, to, width)
  for (const [from, to, width] of roads) sheet.line(from, to, width, paper)
  for (let n = 0; n < 8; n += 1) sheet.line([226 + n * 28, 222], [244 + n * 28, 246], 5, red)
  sheet.path(
    [
      [40, 247],
      [174, 238],
      [160, 90],
      [454, 78],
      [464, 222],
      [620, 212],
    ],
    5,
    green,
  )
  sheet.write('Tanner Street closed', [220, 266], red, 2)
  sheet.write('Way round', [250, 56], green, 2)
  return sheet
}
