import { afterAll } from 'vitest'

/**
 * Clocks from a fault to convergence, for the whole file. `const converged = recovery('what happened')` at the fault,
 * `converged()` once all is well. The times are printed after the last test and never asserted: they are the machine's.
 */
export function recoveryTimes(): (fault: string) => () => void {
  const rows: { readonly fault: string; readonly 'seconds to convergence': number }[] = []
  afterAll(() => console.table(rows))
  return (fault) => {
    const started = performance.now()
    return () => {
      const seconds = Math.round((performance.now() - started) / 100) / 10
      rows.push({ fault, 'seconds to convergence': seconds })
    }
  }
}
