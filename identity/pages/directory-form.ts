import type { FastifyReply } from 'fastify'
import { html } from '../frame/html.ts'
import { sendPage } from '../frame/page-scope.ts'
import type { AttemptOutcome } from './attempt.ts'
import { field, form, link, links, submit, USERNAME_CHARACTERS } from './form-parts.ts'
import type { Visit } from './provider-buttons.ts'
import { cancelLink } from './waiting-login.ts'

const PASSWORD_CHARACTERS = 1024

interface State {
  readonly username?: string
  readonly outcome?: Extract<AttemptOutcome<unknown>, { readonly problem: string }>
}

/** Asks for name and password of a directory, which go to it and are kept nowhere. */
export function sendDirectoryForm(reply: FastifyReply, { page, provider }: Visit, { username, outcome }: State) {
  const { site, csrf, to } = page
  const { say } = site
  const names = { provider: provider.name }
  const name = { name: 'username', label: say('common.username'), autocomplete: 'username' }
  const secret = { name: 'password', label: say('password.label'), autocomplete: 'current-password' }
  const fields = html`${field({ ...name, value: username, maxlength: USERNAME_CHARACTERS, first: true })}
${field({ ...secret, type: 'password', maxlength: PASSWORD_CHARACTERS, invalid: outcome !== undefined })}
${submit(say('password.submit'))}`
  const content = html`${form(to(`/login/with/${provider.id}`), csrf, fields)}
${links(link(to('/login'), say('provider.other_way')), cancelLink(page))}`
  const problem = outcome?.fault.status === 503 ? say('provider.unreachable', names) : outcome?.problem
  return sendPage(reply, site, { title: say('provider.title', names), content, problem })
}
