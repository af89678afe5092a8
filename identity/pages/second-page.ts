import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Method } from '../directory/methods.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { factorsOf } from '../login/factors.ts'
import { type SecondStep, secondStepOf } from '../login/second-step.ts'
import { mountOf } from '../oidc/issuer.ts'
import { asked, link, links } from './form-parts.ts'
import { secretLabel } from './login-pages.ts'
import { passkeyButton } from './passkey-button.ts'
import { cancelLink, rememberName, type WaitingPage, waitingLogin } from './waiting-login.ts'

/** Where a method is shown in a second step, and what the way there is called. */
const SECOND: Readonly<Partial<Record<Method, { readonly path: string; readonly label: TextKey }>>> = {
  passkey: { path: '/login/second', label: 'method.passkey' },
  push: { path: '/login/push', label: 'method.push' },
  totp: { path: '/login/authenticator', label: 'method.totp' },
  sms: { path: '/login/text', label: 'method.text' },
  letter: { path: '/login/letter', label: 'method.letter' },
  otp: { path: '/login/code', label: 'method.code' },
  pin: { path: '/login/secret', label: 'method.secret' },
  pattern: { path: '/login/secret', label: 'method.secret' },
  password: { path: '/login/password', label: 'method.password' },
}

/** A login in which something was shown already. */
export interface SecondPage extends SecondStep {
  readonly page: WaitingPage
}

/** The page of a login that lacks a factor; sends the browser to the start, and returns `undefined`, when nothing was shown yet. */
export async function openSecond(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SecondPage | undefined> {
  const page = await waitingLogin(deps, request, reply)
  const factors = await factorsOf(deps, page.login)
  if (factors.length > 0) return { page, ...(await secondStepOf(deps, page.login, factors)) }
  await reply.redirect(page.to('/login'), 303)
  return undefined
}

/** The step after the first factor: the strongest method that completes the login, and the way to the others. */
export async function secondPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
): Promise<void> {
  await pageScope(app, deps, '/login/second', (scope) => {
    scope.get('', async (request, reply) => {
      const second = await openSecond(deps, request, reply)
      if (second === undefined) return reply
      const { page, user, candidates, enrollable } = second
      await rememberName(deps, page, user.username)
      const chosen = candidates.find((method) => method === asked(request, 'by')) ?? candidates[0] ?? enrollable[0]
      if (chosen === 'passkey') return sendPasskey(reply, second)
      if (chosen === 'totp' && candidates.length === 0) return reply.redirect(page.to('/login/authenticator/new'), 303)
      return reply.redirect(page.to((chosen && SECOND[chosen]?.path) ?? '/login'), 303)
    })
  })
}

function sendPasskey(reply: FastifyReply, second: SecondPage): FastifyReply {
  const { page, candidates } = second
  const { site, tenant, csrf, handle } = page
  const { say } = site
  const known = candidates.includes('passkey')
  const button = passkeyButton(say, say(known ? 'second.passkey.submit' : 'second.enrol.submit'), {
    mode: known ? 'sign-in' : 'first',
    tenant: tenant.tenant_id,
    csrf,
    authReqId: handle,
    complete: `${mountOf(tenant.tenant_id)}/complete`,
    second: '',
  })
  return sendPage(reply, site, {
    title: say('second.title'),
    lead: say(known ? 'second.passkey' : 'second.enrol'),
    content: html`${button}${links(...otherWays(second, 'passkey'), cancelLink(page))}`,
    script: 'passkey',
  })
}

/** The other methods that complete the login, or that can be set up for it. */
export function otherWays({ page, candidates, enrollable }: SecondPage, current: Method): readonly Html[] {
  const { site, tenant, to } = page
  const ways = candidates.flatMap((method) => {
    const way = SECOND[method]
    if (way === undefined || way.path === SECOND[current]?.path) return []
    const label = way.label === 'method.secret' ? secretLabel(tenant.login_order) : way.label
    return [[to(way.path, method === 'passkey' ? { by: method } : {}), site.say(label)] as const]
  })
  const setUp = current !== 'totp' && enrollable.includes('totp')
  return [...new Map(ways)]
    .map(([address, label]) => link(address, label))
    .concat(setUp ? [link(to('/login/authenticator/new'), site.say('second.enrol.totp'))] : [])
}
