/**
 * The header that names a file: https://www.rfc-editor.org/rfc/rfc6266. Names that are not plain ASCII travel in the
 * extended form of https://www.rfc-editor.org/rfc/rfc8187, with a plain stand-in for readers that do not know it.
 */
export function contentDisposition(kind: 'inline' | 'attachment', fileName: string | undefined): string {
  const name = fileName === undefined ? '' : withoutPath(fileName)
  if (name === '') return kind
  if (/^[\x20-\x7e]+$/.test(name) && !/["\\%]/.test(name)) {
    return /^[A-Za-z0-9!#$&+.^_`|~-]+$/.test(name) ? `${kind}; filename=${name}` : `${kind}; filename="${name}"`
  }
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  return `${kind}; filename="${plain}"; filename*=utf-8''${extended(name)}`
}

/** The last part of a path, without control characters: the name may come from anywhere and goes to people's disks. */
export function withoutPath(fileName: string): string {
  const last = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1)
  const clean = last
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '')
    .toWellFormed()
    .trim()
  return clean === '.' || clean === '..' ? '' : clean
}

function extended(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
