/** Text as it is compared when people search: without case and accents. */
export function searchable(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** The words of a search. */
export function searchWords(term: string): string[] {
  return searchable(term)
    .split(/\s+/)
    .filter((word) => word !== '')
}
