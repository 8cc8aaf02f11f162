/** Every object inside a parsed statement, itself included; however deep, without recursion. */
export function* objectsOf(value: unknown): Iterable<object> {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next !== 'object' || next === null) continue
    yield next
    waiting.push(...Object.values(next))
  }
}
