import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { verifyAddress } from '../login/email.ts'
import { attempted } from './attempt.ts'
import { asked, CODE_CHARACTERS, field, form, sent, submit } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

/**
 * Confirms an e-mail address by the mailed code. The link in the mail fills the field in and changes nothing: scanners of mail open
 * links, too.
 */
export async function verifyPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog'>,
): Promise<void> {
  await pageScope(app, deps, '/verify', (scope) => {
    scope.get('', async (request, reply) => send(reply, await plainPage(deps, request, reply), asked(request, 'code')))

    scope.post('', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const { say } = page.site
      const code = sent(request, 'code').slice(0, CODE_CHARACTERS)
      const work = () => verifyAddress(deps, request.ip, code)
      const { problem, fault } = await attempted(say, work, 'error.refused_code')
      if (fault) return send(reply.code(fault.status), page, code, problem)
      const content = html`<p>${say('verify.done')}</p><p>${say('common.close')}</p>`
      return sendPage(reply, page.site, { title: say('verify.done.title'), content })
    })
  })
}

function send(reply: FastifyReply, { site, csrf, to }: PlainPage, code: string, problem?: string): FastifyReply {
  const { say } = site
  const entry = field({
    name: 'code',
    label: say('verify.label'),
    value: code,
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    invalid: problem !== undefined,
    first: true,
  })
  const content = form(to('/verify'), csrf, html`${entry}${submit(say('verify.submit'))}`)
  return sendPage(reply, site, { title: say('verify.title'), content, problem })
}
