import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isAdminKey } from '../access/authenticate.ts'
import type { Deps } from '../deps.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage, tenantIn } from '../frame/page-scope.ts'
import type { Say } from '../frame/texts.ts'
import { addressGroup } from '../lockout/address.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { artifactHash } from '../oidc/artifacts.ts'
import { publicUrlOf } from '../platform/http/public-url.ts'
import { readOutbox } from '../platform/mail/outbox.ts'
import type { Collection } from '../store/store.ts'
import { dateText, field, form, refusal, sentAsIs, submit } from './form-parts.ts'
import { type PlainPage, plainPage } from './plain-page.ts'

/** A browser that showed the administrator key lately, in the scope of the tenant. */
interface Opened {
  /** Keyed hash of its cookie. */
  readonly id: string
  readonly address: string
}
const OPENED: Collection<Opened> = { name: 'outboxOpened', id: (o) => o.id, indexes: [] }
const OPEN_SECONDS = 3600
const COOKIE = /(?:^|; ?)plumbline_outbox=([A-Za-z0-9_-]{43})(?:;|$)/
const MOST_SHOWN = 50

/**
 * The development outbox for people: the messages of a tenant, to who shows the administrator key. Where mail is really sent it does
 * not exist. The browser keeps a cookie of its own for an hour, never the key.
 */
export async function outboxPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'publicUrl' | 'mailer'>,
): Promise<void> {
  await pageScope(app, deps, '/outbox', (scope) => {
    scope.addHook('onRequest', async () => {
      if (!deps.mailer.keeps) throw refusal(404, 'error.not_found')
    })

    scope.get('', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      return (await isOpened(deps, request)) ? sendMessages(deps, reply, page) : sendLock(reply, page)
    })

    scope.post('/open', { config: PUBLIC_RATE }, async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const { say } = page.site
      if (!(await isAdminKey(deps, sentAsIs(request, 'key').trim())))
        return sendLock(reply.code(401), page, say('error.key'))
      await open(deps, request, reply)
      return reply.redirect(page.to('/outbox'), 303)
    })

    scope.post('/close', async (request, reply) => {
      const page = await plainPage(deps, request, reply)
      const id = idOf(deps, request)
      if (id !== undefined) await deps.store.delete(OPENED, tenantIn(request), id)
      return reply.redirect(page.to('/outbox'), 303)
    })
  })
}

function idOf(deps: Pick<Deps, 'masterKey'>, request: FastifyRequest): string | undefined {
  const value = COOKIE.exec(request.headers.cookie ?? '')?.[1]
  return value === undefined ? undefined : artifactHash(deps, value)
}

async function isOpened(deps: Pick<Deps, 'store' | 'masterKey'>, request: FastifyRequest): Promise<boolean> {
  const id = idOf(deps, request)
  const opened = id === undefined ? undefined : await deps.store.get(OPENED, tenantIn(request), id)
  return opened?.address === addressGroup(request.ip)
}

async function open(
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const value = randomBytes(32).toString('base64url')
  const tenant = tenantIn(request)
  const opened = { id: artifactHash(deps, value), address: addressGroup(request.ip) }
  await deps.store.create(OPENED, tenant, opened, OPEN_SECONDS)
  const secure = publicUrlOf(deps).startsWith('https:') ? '; secure' : ''
  const cookie = `plumbline_outbox=${value}; path=/${tenant}/outbox; max-age=${OPEN_SECONDS}; httponly; samesite=strict`
  reply.header('set-cookie', cookie + secure)
}

function sendLock(reply: FastifyReply, { site, csrf, to }: PlainPage, problem?: string): FastifyReply {
  const { say } = site
  const key = field({
    name: 'key',
    type: 'password',
    label: say('outbox.key'),
    autocomplete: 'off',
    maxlength: 64,
    invalid: problem !== undefined,
    first: true,
  })
  const content = form(to('/outbox/open'), csrf, html`${key}${submit(say('outbox.open'))}`)
  return sendPage(reply, site, { title: say('outbox.title'), lead: say('outbox.intro'), content, problem })
}

async function sendMessages(
  deps: Pick<Deps, 'store' | 'masterKey'>,
  reply: FastifyReply,
  page: PlainPage,
): Promise<FastifyReply> {
  const { site, csrf, to, tenant } = page
  const { say } = site
  const messages = await readOutbox(deps, tenant.tenant_id, MOST_SHOWN)
  const close = form(
    to('/outbox/close'),
    csrf,
    html`<button type="submit" class="plain">${say('outbox.close')}</button>`,
  )
  const list = html`<ul class="list">${messages.map((mail) => messageItem(say, mail))}</ul>`
  const content = html`${messages.length === 0 ? html`<p>${say('outbox.none')}</p>` : list}${close}`
  return sendPage(reply, site, { title: say('outbox.title'), lead: say('outbox.intro'), content, wide: true })
}

type Message = Awaited<ReturnType<typeof readOutbox>>[number]

function messageItem(say: Say, { to, subject, text, created_at }: Message): Html {
  return html`<li class="mail"><h2>${subject}</h2>
<p class="hint">${say('outbox.to', { to, date: dateText(say, 'outbox.to', created_at) })}</p>
<pre>${withLinks(text)}</pre></li>`
}

/** A line that is an address of ours becomes a link. */
const withLinks = (text: string): readonly Html[] =>
  text
    .split('\n')
    .map((line) => (/^https?:\/\/\S+$/.test(line) ? html`<a href="${line}">${line}</a>\n` : html`${line}\n`))
