import { type Html, html } from '../frame/html.ts'
import type { Say } from '../frame/texts.ts'
import { config } from './form-parts.ts'
import { scriptTexts } from './secret-form.ts'

/** What the button does; `browser/passkey.ts` does it. */
export interface PasskeyAction {
  /** Sign in; register the first one in the middle of a login; add one to the account. */
  readonly mode: 'sign-in' | 'first' | 'add'
  readonly tenant: string
  readonly csrf: string
  readonly authReqId: string
  /** Where a complete login goes with its ticket, or where an added passkey leads. */
  readonly complete: string
  /** Where a login goes that lacks a factor. */
  readonly second: string
}

const TEXTS = [
  'error.passkey',
  'error.refused',
  'error.blocked',
  'error.forbidden',
  'error.busy',
  'error.server',
] as const

export const passkeyButton = (say: Say, label: string, action: PasskeyAction): Html => html`
<button type="button" id="passkey" class="${action.mode === 'sign-in' ? 'second' : 'main'}" hidden
 ${config({ ...action, lang: say.langOf('error.blocked'), texts: scriptTexts(say, TEXTS) })}>${label}</button>
<noscript><p class="hint">${say('common.noscript')}</p></noscript>`
