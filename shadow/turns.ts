import pLimit from 'p-limit'

const AT_ONCE = 4

/** Some at a time, in order. */
export function inTurns<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const limit = pLimit(AT_ONCE)
  return Promise.all(items.map((item, i) => limit(() => work(item, i))))
}
