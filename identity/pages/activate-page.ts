import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { activate } from '../login/activation.ts'
import { attempted } from './attempt.ts'
import { CODE_CHARACTERS, field, form, sent, submit, USERNAME_CHARACTERS, usernameField } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

/** Where a new person enters the code that was delivered. A form that needs no script. */
export async function activatePage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
): Promise<void> {
  await pageScope(app, deps, '/activate', (scope) => {
    scope.get('', async (request, reply) => send(reply, await plainPage(deps, request, reply), ''))

    scope.post('', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const { say } = page.site
      const username = sent(request, 'username').slice(0, USERNAME_CHARACTERS)
      const code = sent(request, 'code').slice(0, CODE_CHARACTERS)
      const work = () => activate(deps, request.ip, { tenant_id: page.tenant.tenant_id, username, code })
      const { problem, fault } = await attempted(say, work, 'error.refused_code')
      if (fault) return send(reply.code(fault.status), page, username, problem)
      const content = html`<p>${say('activate.done')}</p><p>${say('common.close')}</p>`
      return sendPage(reply, page.site, { title: say('activate.done.title'), content })
    })
  })
}

function send(reply: FastifyReply, page: PlainPage, username: string, problem?: string): FastifyReply {
  const { site, tenant, csrf, to } = page
  const { say } = site
  const name = usernameField(say, !tenant.has_username_and_email, { value: username, first: username === '' })
  const entry = field({
    name: 'code',
    label: say('activate.label'),
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    digits: true,
    invalid: problem !== undefined,
    first: username !== '',
  })
  const content = form(to('/activate'), csrf, html`${name}${entry}${submit(say('activate.submit'))}`)
  return sendPage(reply, site, { title: say('activate.title'), content, problem })
}
