import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { requireUser } from '../directory/users.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { applicationName } from '../frame/site.ts'
import { PAGE_TEXTS, type Say, type TextKey } from '../frame/texts.ts'
import { recordEvent } from '../login/login-record.ts'
import { endPending, pendingHere } from '../oidc/pending-login.ts'
import { resumeAllowed, resumeDenied } from '../oidc/resume-login.ts'
import { form, refusal, sent } from './form-parts.ts'
import { handOver } from './hand-over.ts'
import { type WaitingPage, waitingLogin } from './waiting-login.ts'

/** What an application may do, for the person who is signed in to allow or refuse. What is allowed becomes the grant. */
export async function consentPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey' | 'auditLog' | 'providers'>,
): Promise<void> {
  await pageScope(app, deps, '/consent', (scope) => {
    scope.get('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const { site, csrf, to } = page
      const { say } = site
      const { username } = await requireUser(deps, page.tenant.tenant_id, askedUser(page))
      const content = html`
<p>${say('consent.as', { username })} ${say('consent.intro')}</p>
<ul class="scopes">${scopesOf(page).map((name) => html`<li>${scopeText(say, name)}</li>`)}</ul>
${form(
  to('/consent'),
  csrf,
  html`<div class="actions">
<button type="submit" class="main" name="decision" value="allow">${say('consent.allow')}</button>
<button type="submit" class="second" name="decision" value="deny">${say('consent.deny')}</button>
</div>
<p class="hint">${say('consent.remembered')}</p>`,
)}`
      return sendPage(reply, site, { title: say('consent.title', { client: clientName(page) }), content })
    })

    scope.post('', async (request, reply) => {
      const page = await waitingLogin(deps, request, reply)
      const { tenant_id: tenant } = page.tenant
      const userId = askedUser(page)
      const allowed = sent(request, 'decision') === 'allow'
      const continuation = await endPending(deps, await pendingHere(deps, request, { tenant, authReqId: page.handle }))
      if (!('interaction' in continuation)) throw refusal(401, 'error.expired')
      const subject = { client_id: page.pending.clientId }
      await recordEvent(deps, tenant, { event: allowed ? 'consent.given' : 'consent.refused', userId, subject })
      const resume = allowed ? resumeAllowed : resumeDenied
      return handOver(reply, page.site, await resume(deps, tenant, continuation.interaction))
    })
  })
}

/** Throws as an expired login does for one in which nobody is asked for consent. */
function askedUser({ pending: { userId } }: WaitingPage): string {
  if (userId === undefined) throw refusal(401, 'error.expired')
  return userId
}

const clientName = ({ site, pending }: WaitingPage): string =>
  site.client ? applicationName(site.client) : pending.clientId

/** Scopes that the application may not have are dropped, so nobody is asked for them. */
function scopesOf({ pending, site }: WaitingPage): readonly string[] {
  const own = site.client?.allowed_scopes ?? []
  return pending.scope.split(' ').filter((name) => `scope.${name}` in PAGE_TEXTS || own.includes(name))
}

function scopeText(say: Say, scope: string): string {
  const key = `scope.${scope}`
  return say.own(key) ?? (key in PAGE_TEXTS ? say(key as TextKey) : say('scope.other', { scope }))
}
