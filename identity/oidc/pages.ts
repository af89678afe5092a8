import type { KoaContextWithOIDC } from 'oidc-provider'

/** No script, no style, no frame. Where forms lead is left open: a logout goes on to the application's own address. */
const POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)

/** A plain page; `content` is HTML. */
export const pageOf = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</body>
</html>
`

export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
} as const

function show(ctx: KoaContextWithOIDC, title: string, content: string): void {
  ctx.set(PAGE_HEADERS)
  ctx.body = pageOf(title, content)
}

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`
const button = (form: string, label: string, choice = ''): string =>
  `<button type="submit" form="${form}"${choice}>${escapeHtml(label)}</button>`

/** The library's forms carry inline handlers, which the policy forbids; without them they work the same. */
const withoutHandlers = (form: string): string => form.replace(/ onfocus="[^"]*"/g, '')

export function errorPage(
  ctx: KoaContextWithOIDC,
  out: { error: string; error_description?: string | undefined },
): void {
  const { error, error_description = '' } = out
  show(ctx, 'This did not work', paragraph(error_description) + paragraph(`Code: ${error}`))
}

export function logoutPage(ctx: KoaContextWithOIDC, form: string): void {
  const buttons = `${button('op.logoutForm', 'Sign out', ' name="logout" value="yes"')} ${button('op.logoutForm', 'Stay signed in')}`
  show(ctx, 'Do you want to sign out?', `${form}${buttons}`)
}

export function signedOutPage(ctx: KoaContextWithOIDC): void {
  show(ctx, 'Signed out', paragraph('You can close this page.'))
}

export function deviceCodePage(ctx: KoaContextWithOIDC, form: string, _out: unknown, error?: Error): void {
  const note =
    error === undefined
      ? 'Enter the code that your device shows.'
      : 'This code cannot be used. Check it, and try again.'
  show(ctx, 'Connect a device', paragraph(note) + withoutHandlers(form) + button('op.deviceInputForm', 'Continue'))
}

export function deviceConfirmPage(
  ctx: KoaContextWithOIDC,
  form: string,
  client: { readonly clientName?: string | undefined; readonly clientId: string },
  userCode: string,
): void {
  const text = `${client.clientName ?? client.clientId} on your device shows the code ${userCode}. Go on only if you see it there yourself.`
  const buttons = `${button('op.deviceConfirmForm', 'Continue')} ${button('op.deviceConfirmForm', 'Cancel', ' name="abort" value="yes"')}`
  show(ctx, 'Connect a device', paragraph(text) + form + buttons)
}

export function deviceDonePage(ctx: KoaContextWithOIDC): void {
  show(ctx, 'The device is connected', paragraph('You can close this page.'))
}
