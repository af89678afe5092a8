/** Does something that ends with a signal, or when it takes longer than `milliseconds` (then it rejects with a TimeoutError). */
export async function within<T>(
  milliseconds: number,
  outer: AbortSignal,
  work: (s: AbortSignal) => Promise<T>,
): Promise<T> {
  // Unlike AbortSignal.any and .timeout it leaves nothing behind: those keep a timer and an error for every request that ended long ago.
  const inner = new AbortController()
  const end = (): void => inner.abort(outer.reason)
  const late = (): void => inner.abort(new DOMException(`no answer within ${milliseconds} ms`, 'TimeoutError'))
  if (outer.aborted) end()
  outer.addEventListener('abort', end)
  const timer = setTimeout(late, milliseconds)
  try {
    return await work(inner.signal)
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', end)
  }
}
