/** A binary heap: adds and takes the smallest in logarithmic time. */
export class Heap<T> {
  readonly #items: T[] = []
  readonly #compare: (left: T, right: T) => number

  constructor(compare: (left: T, right: T) => number) {
    this.#compare = compare
  }

  add(item: T): void {
    const items = this.#items
    let place = items.push(item) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#compare(items[parent] as T, item) <= 0) break
      items[place] = items[parent] as T
      place = parent
    }
    items[place] = item
  }

  take(): T | undefined {
    const items = this.#items
    const smallest = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return smallest
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= items.length) break
      const right = child + 1
      if (right < items.length && this.#compare(items[right] as T, items[child] as T) < 0) child = right
      if (this.#compare(last, items[child] as T) <= 0) break
      items[place] = items[child] as T
      place = child
    }
    items[place] = last
    return smallest
  }
}
