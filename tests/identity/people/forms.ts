import type { LoginWorld } from '../login/world.ts'

/** What came of a form. */
export interface Sent {
  readonly status: number
  readonly body: string
  readonly location: string
}

/** Opens a page and sends its form; the status of the page when it shows none. `to`: where another button of the form leads. */
export async function sendForm(
  { app }: LoginWorld,
  url: string,
  fields: Readonly<Record<string, string>> = {},
  { to = url, ip = '10.9.9.9' }: { readonly to?: string; readonly ip?: string } = {},
): Promise<Sent> {
  const page = await app.inject({ method: 'GET', url, remoteAddress: ip })
  const [, name = '', value = ''] = /<input type="hidden" name="([^"]+)" value="([^"]+)"/.exec(page.body) ?? []
  if (name === '') return { status: page.statusCode, body: page.body, location: '' }
  const cookies = Object.fromEntries(page.cookies.map((cookie) => [cookie.name, cookie.value]))
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const payload = new URLSearchParams({ [name]: value, ...fields }).toString()
  const answer = await app.inject({ method: 'POST', url: to, headers, cookies, payload, remoteAddress: ip })
  return { status: answer.statusCode, body: answer.body, location: String(answer.headers.location ?? '') }
}
