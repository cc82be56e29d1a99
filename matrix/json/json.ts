/**
 * JSON as Matrix carries it. `__proto__` is an ordinary own key, so read unknown objects with `Object.hasOwn` or
 * `Object.entries` and never copy them by assignment: `copyObject` does it right.
 */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export type JsonObject = { [key: string]: JsonValue }

/** True for what JSON calls an object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets an own key. A plain assignment to `__proto__` would change the prototype instead of adding the key. */
export function setKey(object: JsonObject, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
  } else {
    object[key] = value
  }
}

/** The own key's value, or undefined; never something inherited, so `constructor` and `__proto__` are safe to ask for. */
export function ownKey(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** A shallow copy without the given keys. Object spread defines keys, so `__proto__` survives. */
export function copyObject(object: JsonObject, without: readonly string[] = []): JsonObject {
  const copy: JsonObject = { ...object }
  for (const key of without) delete copy[key]
  return copy
}
