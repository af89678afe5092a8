import { renderSVG } from 'uqr'
import type { AppSecret } from '../factors/totp/enrolment.ts'
import { type Html, html, markup } from '../frame/html.ts'
import type { Say } from '../frame/texts.ts'
import { CODE_CHARACTERS, field, form, submit } from './form-parts.ts'

/** A field for the code of an app. */
export const appCodeField = (say: Say, invalid: boolean, hint?: string): Html =>
  field({
    name: 'code',
    label: say('totp.label'),
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    digits: hint === undefined,
    invalid,
    first: true,
    ...(hint === undefined ? {} : { hint }),
  })

interface Setup {
  readonly action: string
  readonly csrf: string
  readonly app: AppSecret
  readonly invalid: boolean
}

/** The secret for the app, as a picture and as text, and the field for its first code. */
export const setUpView = (say: Say, { action, csrf, app, invalid }: Setup): Html => html`
<div class="qr" role="img" aria-label="${say('totp.picture')}">${markup(renderSVG(app.address))}</div>
<details><summary>${say('totp.by_hand')}</summary><p><code>${inGroups(app.secret)}</code></p></details>
${form(action, csrf, html`${appCodeField(say, invalid)}${submit(say('totp.confirm'))}`)}`

const inGroups = (secret: string): string => secret.replace(/.{4}(?=.)/g, '$& ')

/** The codes that are shown once. */
export const recoveryView = (say: Say, codes: readonly string[]): Html => html`
<p>${say('totp.recovery')}</p>
<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>`
