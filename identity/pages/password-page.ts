import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { asksForNewPassword, type PasswordAnswer, signInWithPassword } from '../factors/password/sign-in.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { Fault } from '../platform/fault.ts'
import { aboutPassword, attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { field, form, link, links, sentAsIs, submit } from './form-parts.ts'
import { otherMethods, personLine } from './login-pages.ts'
import { cancelLink, rememberedName, type WaitingPage, waitingLogin } from './waiting-login.ts'

const PASSWORD_CHARACTERS = 1024

/** Sign-in with a text password: a form that needs no script. */
export async function passwordPage(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, '/login/password', (scope) => {
    scope.get('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = await rememberedName(deps, page)
      return username === undefined ? reply.redirect(page.to('/login'), 303) : send(reply, page, username, {})
    })

    scope.post('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const username = await rememberedName(deps, page)
      if (username === undefined) return reply.redirect(page.to('/login'), 303)
      const newPassword = sentAsIs(request, 'new_password')
      const answer: PasswordAnswer = {
        username,
        password: sentAsIs(request, 'password'),
        ...(newPassword === '' ? {} : { newPassword }),
      }
      const outcome = await attempted(page.site.say, () => signInWithPassword(deps, page.login, request, answer))
      if (outcome.fault === undefined) return finishLogin(reply, page, outcome.result)
      return send(reply.code(outcome.fault.status), page, username, stateOf(page, outcome, newPassword))
    })
  })
}

interface State {
  readonly problem?: string
  /** Asks for another password to have from now on. */
  readonly renew?: boolean
  /** Which of the two is at fault. */
  readonly wrong?: 'old' | 'new'
}

function stateOf(
  { site }: WaitingPage,
  outcome: { readonly problem: string; readonly fault: Fault },
  newPassword: string,
): State {
  if (asksForNewPassword(outcome.fault)) return { problem: site.say('password.expired'), renew: true, wrong: 'new' }
  const { problem, isNew } = aboutPassword(site, outcome, newPassword)
  return { problem, renew: newPassword !== '', wrong: isNew ? 'new' : 'old' }
}

function send(
  reply: FastifyReply,
  page: WaitingPage,
  username: string,
  { problem, renew, wrong }: State,
): FastifyReply {
  const { site, csrf, to, offers } = page
  const { say } = site
  const name = site.policy?.page.passwordName.value || say('password.label')
  const common = { type: 'password', maxlength: PASSWORD_CHARACTERS } as const
  const label = renew ? say('password.old') : name
  const current = field({
    ...common,
    name: 'password',
    label,
    autocomplete: 'current-password',
    invalid: wrong === 'old',
    first: wrong !== 'new',
  })
  const next =
    renew &&
    field({
      ...common,
      name: 'new_password',
      label: say('password.new'),
      autocomplete: 'new-password',
      invalid: wrong === 'new',
      first: wrong === 'new',
    })
  const content = html`${personLine(page, username)}
${form(
  to('/login/password'),
  csrf,
  html`<input type="hidden" name="username" value="${username}" autocomplete="username">${current}${next}${submit(say('password.submit'))}`,
)}
${links(...otherMethods(page, 'password'), offers.reset && link(to('/reset'), say('login.reset')), cancelLink(page))}`
  return sendPage(reply, site, { title: say('password.title'), content, problem })
}
