import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { type PushBrowser, pushBrowsersOf } from '../directory/push-browsers.ts'
import { addPushBrowser, removePushBrowser } from '../factors/push/own-browsers.ts'
import { workerScript } from '../frame/assets.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage, tenantIn } from '../frame/page-scope.ts'
import { deviceOf, USER_AGENT_CHARACTERS } from '../login/device.ts'
import { publicPushKey } from '../platform/messages/web-push.ts'
import { deviceText } from './account-view.ts'
import { config, dateText, inlineForm, link, links } from './form-parts.ts'
import { removeDevice } from './remove-device.ts'
import { scriptTexts } from './secret-form.ts'
import { type OwnPage, openOwn, requireOwnPage } from './signed-in.ts'

const PATH = '/account/push'
const SUBSCRIPTION = {
  type: 'object',
  required: ['endpoint', 'p256dh', 'auth'],
  properties: {
    endpoint: { type: 'string', minLength: 1, maxLength: 2048 },
    p256dh: { type: 'string', minLength: 1, maxLength: 128 },
    auth: { type: 'string', minLength: 1, maxLength: 64 },
  },
}

interface Subscription {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

/** The browsers in which a person approves logins: set up, remove. Setting one up needs a script, since only that can ask for messages. */
export async function accountPush(app: FastifyInstance, deps: Deps): Promise<void> {
  await pageScope(app, deps, PATH, (scope) => {
    scope.get('', async (request, reply) => {
      const page = await openOwn(deps, request, reply, 'push')
      return page ? send(deps, reply, page) : reply
    })

    scope.get('/worker.js', async (request, reply) => {
      const { type, plain } = workerScript('push-worker')
      const headers = { 'service-worker-allowed': `/${tenantIn(request)}${PATH}`, 'content-type': type }
      return reply.headers({ ...headers, 'content-security-policy': "default-src 'none'" }).send(plain)
    })

    scope.post<{ Body: Subscription }>('/browsers', { schema: { body: SUBSCRIPTION } }, async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      const device = deviceOf(request.headers['user-agent']?.slice(0, USER_AGENT_CHARACTERS) ?? null)
      const { endpoint, p256dh, auth } = request.body
      const subscription = { kind: 'web', endpoint, p256dh, auth } as const
      await addPushBrowser(deps, ownerOf(page), subscription, deviceText(page.site.say, device))
      return reply.send({})
    })

    scope.post<{ Params: { readonly id: string } }>('/:id/remove', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'setUpMethods')
      return removeDevice(reply, page, {
        remove: () => removePushBrowser(deps, ownerOf(page), request.params.id),
        notice: 'browser_removed',
        again: (answer, problem) => send(deps, answer, page, problem),
      })
    })
  })
}

const ownerOf = ({ tenant, person: { user } }: OwnPage) => ({ tenant, user })

async function send(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  reply: FastifyReply,
  page: OwnPage,
  problem?: string,
): Promise<FastifyReply> {
  const { site, to } = page
  const { say } = site
  const own = await pushBrowsersOf(deps.store, page.person.user)
  const list = html`<ul class="list">${own.map((browser) => item(page, browser))}</ul>`
  const mayAdd = site.policy?.methods.push.value === true
  const content = html`${own.length === 0 ? html`<p>${say('account.push.none')}</p>` : list}
${mayAdd && (await addButton(deps, page))}${links(link(to('/account'), say('common.back')))}`
  const view = { title: say('account.push'), lead: say('push.intro'), content, problem }
  return sendPage(reply, site, mayAdd ? { ...view, script: 'push' } : view)
}

function item({ site: { say }, csrf, to }: OwnPage, { id, name, created_at }: PushBrowser): Html {
  const since = say('account.push.since', { date: dateText(say, 'account.push.since', created_at) })
  const remove = html`<button type="submit" class="small danger"
 aria-label="${say('account.push.remove_this', { name })}">${say('account.push.remove')}</button>`
  return html`<li><div class="what"><strong>${name}</strong><p class="hint">${since}</p></div>
${inlineForm(to(`${PATH}/${id}/remove`), csrf, remove)}</li>`
}

const TEXTS = ['error.push', 'error.blocked', 'error.forbidden', 'error.busy', 'error.server'] as const

async function addButton(deps: Pick<Deps, 'store' | 'masterKey'>, { site: { say }, csrf, to, person }: OwnPage) {
  const own = `/${person.tenant}${PATH}`
  const values = {
    csrf,
    worker: `${own}/worker.js`,
    scope: own,
    key: await publicPushKey(deps),
    add: `${own}/browsers`,
    done: to('/account', { notice: 'browser_added' }),
    lang: say.langOf('error.blocked'),
    texts: scriptTexts(say, TEXTS),
  }
  return html`<button type="button" id="push" class="main" hidden ${config(values)}>${say('account.push.add')}</button>
<noscript><p class="hint">${say('common.noscript')}</p></noscript>`
}
