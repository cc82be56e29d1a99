/** The known name that somebody most likely meant, or undefined when none is near. */
export function nearest(given: string, known: Iterable<string>): string | undefined {
  const wanted = plain(given)
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(wanted, plain(name))
    if (distance >= bestDistance) continue
    best = name
    bestDistance = distance
  }
  return best
}

/** serverName, server_name and --server-name are the same word to a person. */
function plain(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/^chancery[-_]/, '')
    .replaceAll(/[-_ ]/g, '')
    .slice(0, 64)
}

/** How many letters must be added, dropped, replaced or swapped with their neighbour (Damerau and Levenshtein). */
function editDistance(from: string, to: string): number {
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (isSwapped) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[to.length]!
}
