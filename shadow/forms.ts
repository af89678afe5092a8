import { PlumblineError } from '../config/errors.ts'
import type { Agent } from '../signin/agent.ts'

const ACTION = /<form[^>]* action="([^"]+)"/
const FIELD = /<input type="hidden" name="([^"]+)" value="([^"]*)"/g
const GOES_ON = /<a[^>]* href="([^"]*\/oidc\/[^"]+)"/

const plain = (text = ''): string => text.replaceAll('&amp;', '&').replaceAll('&#x2F;', '/')

/** Sends the form of a page with one more field. Throws REFUSED where there is none. */
export async function sendForm(agent: Agent, page: string, more: Readonly<Record<string, string>>): Promise<Response> {
  const action = ACTION.exec(page)?.[1]
  if (action === undefined) throw new PlumblineError('REFUSED', 'the page has no form')
  const fields = Object.fromEntries([...page.matchAll(FIELD)].map(([, name = '', value]) => [name, plain(value)]))
  return agent.form(plain(action), { ...fields, ...more })
}

/** Lets an application do what it asks for. */
export async function agree(agent: Agent, at: URL): Promise<URL> {
  const shown = await (await agent.page(`${at.pathname}${at.search}`)).text()
  const answer = await sendForm(agent, shown, { decision: 'allow' })
  const next = plain(GOES_ON.exec(await answer.text())?.[1])
  if (next === '') throw new PlumblineError('REFUSED', 'the application may not do what it asks for')
  return new URL(next, at)
}
