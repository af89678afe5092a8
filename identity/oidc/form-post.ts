import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { escapeHtml, PAGE_HEADERS, pageOf } from './pages.ts'

const SUBMIT = 'document.forms[0].submit()'
const HASH = createHash('sha256').update(SUBMIT).digest('base64')
const POLICY = `${PAGE_HEADERS['content-security-policy']}; script-src 'sha256-${HASH}'`

/** A page that sends fields to another site (OAuth 2.0 Form Post Response Mode): by itself, or with a button where scripts are off. */
export function formPost(reply: FastifyReply, action: string, fields: Readonly<Record<string, string>>): FastifyReply {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  )
  const form = `<form method="post" action="${escapeHtml(action)}">${inputs.join('')}<button type="submit">Continue</button></form>`
  return reply
    .headers({ ...PAGE_HEADERS, 'content-security-policy': POLICY })
    .send(pageOf('One moment', `${form}<script>${SUBMIT}</script>`))
}
