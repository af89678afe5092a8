import type { FastifyRequest } from 'fastify'
import { CSRF_FIELD } from '../frame/csrf.ts'
import { type Html, html, type Part } from '../frame/html.ts'
import { momentText } from '../frame/phrases.ts'
import type { Say, TextKey } from '../frame/texts.ts'
import { PAGE_TEXTS } from '../frame/texts.ts'
import { Fault } from '../platform/fault.ts'

/** A refusal in words of the pages: `problemOf` says it in the language of the person. */
export const refusal = (status: number, text: TextKey): Fault => new Fault(status, PAGE_TEXTS[text], { text })

/** A form of our own. */
export const form = (action: string, csrf: string, content: Html, extra: Part = ''): Html =>
  html`<form method="post" action="${action}" class="stack" ${extra}>
<input type="hidden" name="${CSRF_FIELD}" value="${csrf}">
${content}
</form>`

/** A form in a row of other things. */
export const inlineForm = (action: string, csrf: string, content: Html): Html =>
  html`<form method="post" action="${action}" class="inline"><input type="hidden" name="${CSRF_FIELD}" value="${csrf}">${content}</form>`

export interface FormField {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password'
  readonly value?: string | undefined
  /** Purpose of the field (WCAG 1.3.5). */
  readonly autocomplete: string
  readonly hint?: string
  readonly maxlength: number
  /** Need not be filled in. */
  readonly optional?: boolean
  readonly invalid?: boolean
  /** Where the focus goes; one field of a page. */
  readonly first?: boolean
  /** Of digits only: telephones show their digits. */
  readonly digits?: boolean
  /** A regular expression for the whole value, as of the attribute `pattern`. */
  readonly pattern?: string
}

export function field({
  name,
  label,
  type = 'text',
  value,
  autocomplete,
  hint,
  maxlength,
  pattern,
  ...is
}: FormField): Html {
  const described = [hint !== undefined && `${name}-hint`, is.invalid && 'problem'].filter(Boolean).join(' ')
  return html`<div class="field">
<label for="${name}">${label}</label>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" maxlength="${maxlength}"${is.optional !== true && ' required'}
 autocapitalize="none" spellcheck="false"${is.digits === true && html` inputmode="numeric"`}${described !== '' && html` aria-describedby="${described}"`}${is.invalid === true && html` aria-invalid="true"`}${pattern !== undefined && html` pattern="${pattern}"`}${is.first === true && ' autofocus'}>
</div>`
}

export const USERNAME_CHARACTERS = 256
/** What the contract takes for a new name (schema RegisterRequest). */
export const USERNAME_PATTERN = '[a-zA-Z0-9_.@\\-]+'
const ADDRESS_CHARACTERS = 254
export const CODE_CHARACTERS = 64

/** The field for the name: where a tenant has one identifier, it is the e-mail address. */
export const usernameField = (say: Say, oneIdentifier: boolean, more: Partial<FormField> = {}): Html =>
  field({
    name: 'username',
    label: say(oneIdentifier ? 'common.identifier' : 'common.username'),
    autocomplete: 'username',
    maxlength: USERNAME_CHARACTERS,
    ...more,
  })

export const emailField = (say: Say, more: Partial<FormField> = {}): Html =>
  field({
    name: 'email',
    label: say('common.email'),
    type: 'email',
    autocomplete: 'email',
    maxlength: ADDRESS_CHARACTERS,
    ...more,
  })

export const submit = (label: string): Html => html`<button type="submit" class="main">${label}</button>`
export const link = (address: string, label: string): Html => html`<a href="${address}">${label}</a>`

/** Alternatives and ways out below a form. */
export const links = (...items: readonly (Html | undefined | false)[]): Html =>
  html`<nav class="links">${items.map((item) => item && html`<span>${item}</span>`)}</nav>`

/** Values for a script. */
export const config = (values: object): Html => html`data-config="${JSON.stringify(values)}"`

/** A text field of a form that was sent, without blanks around it; empty when absent. */
export const sent = (request: FastifyRequest, name: string): string => sentAsIs(request, name).trim()

/** A text field of a form exactly as it was sent: blanks belong to a password. */
export function sentAsIs(request: FastifyRequest, name: string): string {
  const value = (request.body as Readonly<Record<string, unknown>> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/** A parameter of the address; empty when absent. */
export function asked(request: FastifyRequest, name: string): string {
  const value = (request.query as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : ''
}

/** A date inside a text, in the language of that text. */
export const dateText = (say: Say, inside: TextKey, date: string): string => momentText(say.langOf(inside), date)
