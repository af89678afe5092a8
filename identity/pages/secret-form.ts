import { stepsOf } from '../directory/login-secrets.ts'
import type { LoginStep, Tenant } from '../directory/tenants.ts'
import { type Html, html } from '../frame/html.ts'
import type { Say, TextKey } from '../frame/texts.ts'
import { config, form } from './form-parts.ts'

/** What the secret is entered for; `browser/secret.ts` does the rest. */
export interface SecretForm {
  readonly mode: 'login' | 'register' | 'reset' | 'change' | 'email'
  readonly csrf: string
  /** Where to go when it is done. */
  readonly next: string
  readonly submit: string
  /** What is asked for before the secret. */
  readonly fields?: Html
  /** More that the script has to know. */
  readonly facts: Readonly<Record<string, string>>
}

/** What the script says by itself. */
const SCRIPT_TEXTS = [
  'common.working',
  'error.refused',
  'error.blocked',
  'error.busy',
  'error.server',
  'error.username',
  'error.username_refused',
  'error.email_refused',
  'error.expired',
  'error.forbidden',
  'error.signed_out',
  'error.pin_weak',
  'error.pattern_weak',
  'error.email',
  'error.email_again',
  'error.mobile_number',
  'error.mobile_number_refused',
  'error.mobile_number_again',
  'error.code',
  'error.pin',
  'error.pattern',
  'error.different',
  'error.secret',
  'error.refused_code',
  'secret.pattern.cell',
  'secret.pattern.joined',
  'secret.pin.hint',
  'secret.progress',
] as const satisfies readonly TextKey[]

export const scriptTexts = (say: Say, keys: readonly TextKey[] = SCRIPT_TEXTS) =>
  Object.fromEntries(keys.map((key) => [key, say(key)]))

/** A form that asks for PIN and pattern in the order of the tenant, one after the other; a new one is asked for twice. */
export function secretForm(say: Say, tenant: Tenant, { fields, ...rest }: SecretForm): Html {
  const isNew = rest.mode === 'register' || rest.mode === 'reset' || rest.mode === 'change'
  const screens = (isNew ? tenant.login_order : everyStep(tenant)).flatMap((step) => {
    const screen = step === 'PIN' ? pinScreen : patternScreen
    return isNew ? [screen(say, tenant, 'new'), screen(say, tenant, 'again')] : [screen(say, tenant, 'known')]
  })
  const values = {
    ...rest.facts,
    mode: rest.mode,
    csrf: rest.csrf,
    next: rest.next,
    tenant: tenant.tenant_id,
    steps: stepsOf(tenant),
    refusesWeak: tenant.refuses_weak_secrets === true,
    lang: say.langOf('error.blocked'),
    texts: scriptTexts(say),
  }
  const content = html`
${fields && html`<section class="screen stack" data-kind="fields" hidden>${fields}</section>`}
${screens}
<p class="hint" id="progress" hidden></p>
<div class="actions" hidden>
<button type="submit" class="main" data-next="${say('secret.next')}" data-last="${rest.submit}">${rest.submit}</button>
<button type="button" class="plain" data-back hidden>${say('common.back')}</button>
</div>
<noscript><p class="notice">${say('common.noscript')} ${rest.mode === 'login' && say('common.noscript_alternative')}</p></noscript>`
  return form('', rest.csrf, content, html`id="secret" novalidate ${config(values)}`)
}

/** A secret that was made under an older policy may have a step that the tenant does not ask for any more. */
const everyStep = ({ login_order }: Tenant): readonly LoginStep[] => [...new Set([...login_order, ...STEPS])]
const STEPS: readonly LoginStep[] = ['PIN', 'PATTERN']

type Occasion = 'known' | 'new' | 'again'

const LABELS = {
  pin: { known: 'secret.pin', new: 'secret.pin.new', again: 'secret.pin.again' },
  pattern: { known: 'secret.pattern', new: 'secret.pattern.new', again: 'secret.pattern.again' },
} as const satisfies Record<string, Record<Occasion, TextKey>>

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0']

/** The field is the input for keyboards and screen readers, the pad beside it for mouse and touch. */
function pinScreen(say: Say, { pin_size, show_pin_when_typing }: Tenant, occasion: Occasion): Html {
  const id = `pin-${occasion}`
  const keys = DIGITS.map((digit) =>
    digit === '' ? html`<span></span>` : html`<button type="button" data-digit="${digit}">${digit}</button>`,
  )
  return html`<section class="screen" data-kind="pin" data-occasion="${occasion}" hidden>
<label for="${id}">${say(LABELS.pin[occasion])}</label>
<p class="hint" id="${id}-hint">${say('secret.pin.hint', { size: pin_size })}</p>
<input class="pin" id="${id}" type="${show_pin_when_typing ? 'text' : 'password'}" inputmode="numeric" maxlength="${pin_size}"
 autocomplete="${occasion === 'known' ? 'current-password' : 'new-password'}" aria-describedby="${id}-hint problem">
<div class="pad" role="group" aria-label="${say('secret.pin.pad')}">
${keys}
<button type="button" data-delete aria-label="${say('secret.pin.delete')}"><span aria-hidden="true">⌫</span></button>
</div>
</section>`
}

/** The script lays the points out as buttons, for keyboards and screen readers as well. Numbers do, too. */
function patternScreen(say: Say, _tenant: Tenant, occasion: Occasion): Html {
  const id = `pattern-${occasion}`
  return html`<section class="screen" data-kind="pattern" data-occasion="${occasion}" hidden>
<h2 id="${id}-label">${say(LABELS.pattern[occasion])}</h2>
<p class="hint" id="${id}-hint">${say('secret.pattern.hint')}</p>
<div class="grid" role="group" aria-labelledby="${id}-label" aria-describedby="${id}-hint problem">
<svg aria-hidden="true"><polyline/></svg>
</div>
<p class="hint" role="status" data-joined></p>
<div class="row">
<button type="button" class="plain" data-clear>${say('secret.pattern.clear')}</button>
</div>
<details>
<summary>${say('secret.pattern.numbers')}</summary>
<label for="${id}">${say('secret.pattern.numbers.label')}</label>
<p class="hint" id="${id}-numbers">${say('secret.pattern.numbers.hint')}</p>
<input id="${id}" type="password" autocomplete="${occasion === 'known' ? 'current-password' : 'new-password'}" maxlength="80"
 aria-describedby="${id}-numbers problem">
</details>
</section>`
}
