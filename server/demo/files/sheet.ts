import { glyphHeight, glyphOf, glyphWidth } from './letters.ts'
import { writePng } from './png.ts'

export type Colour = readonly [red: number, green: number, blue: number]
export type Point = readonly [x: number, y: number]

export const ink: Colour = [27, 38, 34]
export const paper: Colour = [251, 250, 245]
export const water: Colour = [200, 220, 232]
export const waterLine: Colour = [122, 158, 182]
export const block: Colour = [223, 223, 205]
export const blockEdge: Colour = [176, 178, 152]
export const red: Colour = [158, 42, 34]
export const green: Colour = [16, 91, 66]
export const amber: Colour = [176, 112, 12]
export const grey: Colour = [150, 156, 152]

/** Drawn at twice the size and averaged down, so that slanted edges are smooth. */
const scale = 2

/** A sheet of paper to draw plans and curves on. Coordinates are pixels of the finished picture. */
export class Sheet {
  readonly width: number
  readonly height: number
  readonly #pixels: Uint8Array

  constructor(width: number, height: number, ground: Colour = paper) {
    this.width = width
    this.height = height
    this.#pixels = new Uint8Array(width * height * scale * scale * 3)
    for (let i = 0; i < this.#pixels.length; i += 1) this.#pixels[i] = ground[i % 3]!
  }

  /** Fills whatever `isInside` says yes to within the box. */
  fill(
    box: { x: number; y: number; w: number; h: number },
    colour: Colour,
    isInside?: (x: number, y: number) => boolean,
  ) {
    const right = Math.min(this.width, box.x + box.w) * scale
    const bottom = Math.min(this.height, box.y + box.h) * scale
    for (let y = Math.max(0, Math.floor(box.y * scale)); y < bottom; y += 1) {
      for (let x = Math.max(0, Math.floor(box.x * scale)); x < right; x += 1) {
        if (isInside !== undefined && !isInside((x + 0.5) / scale, (y + 0.5) / scale)) continue
        this.#pixels.set(colour, (y * this.width * scale + x) * 3)
      }
    }
  }

  frame(x: number, y: number, w: number, h: number, inside: Colour, edge: Colour): void {
    this.fill({ x, y, w, h }, edge)
    this.fill({ x: x + 1, y: y + 1, w: w - 2, h: h - 2 }, inside)
  }

  line([ax, ay]: Point, [bx, by]: Point, thickness: number, colour: Colour): void {
    const half = thickness / 2
    const length = Math.hypot(bx - ax, by - ay) || 1
    const box = {
      x: Math.min(ax, bx) - half,
      y: Math.min(ay, by) - half,
      w: Math.abs(bx - ax) + thickness,
      h: Math.abs(by - ay) + thickness,
    }
    this.fill(box, colour, (x, y) => {
      const along = Math.max(0, Math.min(length, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length))
      return Math.hypot(x - ax - (along * (bx - ax)) / length, y - ay - (along * (by - ay)) / length) <= half
    })
  }

  path(points: readonly Point[], thickness: number, colour: Colour): void {
    for (const [index, point] of points.entries())
      if (index > 0) this.line(points[index - 1]!, point, thickness, colour)
  }

  ring([cx, cy]: Point, radius: number, thickness: number, colour: Colour): void {
    const outer = radius + thickness / 2
    this.fill({ x: cx - outer, y: cy - outer, w: outer * 2, h: outer * 2 }, colour, (x, y) => {
      return Math.abs(Math.hypot(x - cx, y - cy) - radius) <= thickness / 2
    })
  }

  dot([cx, cy]: Point, radius: number, colour: Colour): void {
    this.ring([cx, cy], radius / 2, radius, colour)
  }

  /** Plain letters, digits and a few signs; `size` is the height of a dot of the letters in pixels. */
  write(text: string, [left, top]: Point, colour: Colour, size = 2): void {
    for (const [index, letter] of [...text.toUpperCase()].entries()) {
      const at = left + index * (glyphWidth + 1) * size
      for (let row = 0; row < glyphHeight; row += 1) {
        for (let column = 0; column < glyphWidth; column += 1) {
          if (!glyphOf(letter, row, column)) continue
          this.fill({ x: at + column * size, y: top + row * size, w: size, h: size }, colour)
        }
      }
    }
  }

  png(): Buffer {
    const { width, height } = this
    const small = new Uint8Array(width * height * 3)
    const row = width * scale * 3
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const at = y * scale * row + x * scale * 3
        for (let channel = 0; channel < 3; channel += 1) {
          const one = at + channel
          const sum =
            this.#pixels[one]! + this.#pixels[one + 3]! + this.#pixels[one + row]! + this.#pixels[one + row + 3]!
          small[(y * width + x) * 3 + channel] = Math.round(sum / 4)
        }
      }
    }
    return writePng(width, height, small)
  }
}
