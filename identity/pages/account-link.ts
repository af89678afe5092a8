import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { issueActionToken } from '../people/action-tokens.ts'
import { levelOf } from '../policy/assurance.ts'
import { loginPolicyOf } from '../policy/load.ts'
import { dateText, link, links, refusal } from './form-parts.ts'
import { type OwnPage, requireOwnPage } from './signed-in.ts'

/** A link that signs the person in on another device (CimFeatures, actionToken.login.uiGenerationEnabled). */
export async function accountLink(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): Promise<void> {
  await pageScope(app, deps, '/account/link', (scope) => {
    scope.post('', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      await requireAllowed(deps, page)
      const { site, tenant, person, to } = page
      const { say } = site
      const { url, expires_at } = await issueActionToken(deps, tenant, person.user, { kind: 'login' })
      const until = dateText(say, 'account.link.made', expires_at)
      const content = html`<p>${say('account.link.made', { until })}</p><p><code>${url}</code></p>
${links(link(to('/account'), say('common.back')))}`
      return sendPage(reply, site, { title: say('account.link'), content })
    })
  })
}

/** Nobody makes a link that reaches a higher level than the own login did. */
async function requireAllowed(deps: Pick<Deps, 'store'>, { tenant, person }: OwnPage): Promise<void> {
  const policy = await loginPolicyOf(deps, { tenant, user: person.user })
  const isHigher = policy.levels.loginToken.value > levelOf(policy, person.methods)
  if (!policy.actionTokens.fromAccount.value || isHigher) throw refusal(403, 'error.forbidden')
}
