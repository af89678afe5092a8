import { PlumblineError } from '../config/errors.ts'
import type { Agent } from '../signin/agent.ts'

const ACTION = /<form[^>]* action="([^"]+)"/
const FIELD = /<input type="hidden" name="([^"]+)" value="([^"]*)"/g
const GOES_ON = /<a[^>]* href="([^"]*\/oidc\/[^"]+)"/
const REFRESH = /<meta http-equiv="refresh" content="0; ?url=([^"]+)"/

const plain = (text = ''): string =>
  text.replaceAll('&#x2F;', '/').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

/** The first form of a page with its hidden fields; `undefined` when there is none. */
export function sentForm(page: string) {
  const action = ACTION.exec(page)?.[1]
  if (action === undefined) return undefined
  const fields = Object.fromEntries([...page.matchAll(FIELD)].map(([, name = '', value]) => [name, plain(value)]))
  return { action: plain(action), fields }
}

/** Sends the form of a page with more fields. Throws REFUSED where there is none. */
export async function sendForm(agent: Agent, page: string, more: Readonly<Record<string, string>>): Promise<Response> {
  const form = sentForm(page)
  if (form === undefined) throw new PlumblineError('REFUSED', 'the page has no form')
  return agent.form(form.action, { ...form.fields, ...more })
}

/** Where a page goes on to by itself; empty when it stays. */
export const goesOn = (page: string): string => plain(REFRESH.exec(page)?.[1])

/** Lets an application do what it asks for. */
export async function agree(agent: Agent, at: URL): Promise<URL> {
  const shown = await (await agent.page(`${at.pathname}${at.search}`)).text()
  const answer = await sendForm(agent, shown, { decision: 'allow' })
  const next = plain(GOES_ON.exec(await answer.text())?.[1])
  if (next === '') throw new PlumblineError('REFUSED', 'the application may not do what it asks for')
  return new URL(next, at)
}
