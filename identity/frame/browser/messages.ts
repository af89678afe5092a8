import { filled } from '../../platform/filled.ts'
import { waitText } from '../phrases.ts'
import { RefusedCall } from './call.ts'

export type PageTexts = Readonly<Record<string, string>>

/** What to tell a person about a failure. `refused`: key of the text for a login that was not accepted. */
export function problemText(error: unknown, texts: PageTexts, lang: string, refused = 'error.refused'): string {
  return wordsFor(texts, keyOf(error, refused), {
    wait: error instanceof RefusedCall ? waitText(lang, error.wait) : '',
  })
}

function keyOf(error: unknown, refused: string): string {
  if (!(error instanceof RefusedCall)) return error instanceof TypeError ? 'error.busy' : refused
  if (error.status === 429) return 'error.blocked'
  if (error.status === 403) return 'error.forbidden'
  return error.status >= 500 ? 'error.server' : refused
}

/** The text of a key that the page wrote, with its names filled in. */
export const wordsFor = (
  texts: PageTexts,
  key: string,
  values: Readonly<Record<string, string | number>> = {},
): string => filled(texts[key] ?? '', values)

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
