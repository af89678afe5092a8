import { Refused } from './call.ts'

export type Texts = Readonly<Record<string, string>>

/** A text with its names filled in. */
export const filled = (text: string | undefined, values: Readonly<Record<string, string | number>> = {}): string =>
  (text ?? '').replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

const MINUTE = 60
const HOUR = 60 * MINUTE

/** A time to wait, in the unit that fits, rounded up. */
export function waitText(lang: string, seconds: number): string {
  const [unit, size] =
    seconds >= 2 * HOUR
      ? (['hour', HOUR] as const)
      : seconds > MINUTE
        ? (['minute', MINUTE] as const)
        : (['second', 1] as const)
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(lang, style).format(Math.ceil((seconds || 1) / size))
}

/** What to tell a person about a failure. `refused`: key of the text for a login that was not accepted. */
export function problemText(error: unknown, texts: Texts, lang: string, refused = 'error.refused'): string {
  if (!(error instanceof Refused)) return filled(texts[error instanceof TypeError ? 'error.busy' : refused])
  if (error.status === 429) return filled(texts['error.blocked'], { wait: waitText(lang, error.wait) })
  return filled(texts[error.status >= 500 ? 'error.server' : refused])
}

/** Shows a problem where screen readers announce it; an empty text takes it away. */
export function showProblem(text: string): void {
  const place = document.getElementById('problem')
  if (place) place.textContent = text
}

/** Reads the values that the page wrote for its script. */
export const configOf = <T>(element: HTMLElement): T => JSON.parse(element.dataset.config ?? '{}') as T

/** Runs work of which the person sees that it goes on; a second press does nothing meanwhile. */
export async function busy(button: HTMLButtonElement, text: string, work: () => Promise<void>): Promise<void> {
  const label = button.textContent
  button.setAttribute('aria-disabled', 'true')
  button.textContent = text
  showProblem('')
  // The next frame shows the text before the derivation takes the thread.
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  try {
    await work()
  } finally {
    button.removeAttribute('aria-disabled')
    button.textContent = label
  }
}

export const isBusy = (button: HTMLButtonElement): boolean => button.getAttribute('aria-disabled') === 'true'
