import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { pageHeaders } from '../frame/headers.ts'
import { html, markup } from '../frame/html.ts'
import { pageDocument } from '../frame/layout.ts'
import { NOBODYS_SITE } from '../frame/site.ts'

const SUBMIT = 'document.forms[0].submit()'
const HASH = createHash('sha256').update(SUBMIT).digest('base64')
const HEADERS = pageHeaders(NOBODYS_SITE, { anyForm: true })
const POLICY = `${HEADERS['content-security-policy']}; script-src 'sha256-${HASH}'`

/** A page that sends fields to another site (OAuth 2.0 Form Post Response Mode): by itself, or with a button where scripts are off. */
export function formPost(reply: FastifyReply, action: string, fields: Readonly<Record<string, string>>): FastifyReply {
  const { say } = NOBODYS_SITE
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  const content = html`<form method="post" action="${action}">${inputs}
<button type="submit" class="main">${say('common.continue')}</button></form><script>${markup(SUBMIT)}</script>`
  const page = pageDocument(NOBODYS_SITE, { title: say('common.working'), content })
  return reply.headers({ ...HEADERS, 'content-security-policy': POLICY }).send(page)
}
