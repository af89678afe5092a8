import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import type { TenantPath } from '../directory/tenants.ts'
import { vaultErrors } from '../platform/contract/vault-errors.ts'
import { Fault } from '../platform/fault.ts'
import { acceptForm } from '../platform/http/body.ts'
import { toFault } from '../platform/http/errors.ts'
import { named } from '../platform/http/plugin.ts'
import { requireOwnForm } from './csrf.ts'
import { pageHeaders } from './headers.ts'
import { type Html, html } from './html.ts'
import { pageDocument, type View } from './layout.ts'
import { waitText } from './phrases.ts'
import { type Site, siteOf } from './site.ts'
import { PAGE_TEXTS, type Say, type TextKey } from './texts.ts'

const BODY_BYTES = 64 * 1024

export const tenantIn = (request: FastifyRequest): string => (request.params as TenantPath).tenant_id

/**
 * Serves the pages below one path of every tenant. Forms and calls have to come from a page of ours; whatever is refused is shown as
 * a page, or as JSON to a script.
 */
export async function pageScope(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey'>,
  prefix: string,
  routes: (scope: FastifyInstance) => void,
): Promise<void> {
  await app.register(
    named(prefix, async (scope) => {
      acceptForm(scope)
      scope.addHook('onRoute', (route) => {
        route.bodyLimit = BODY_BYTES
      })
      scope.addHook('preValidation', async (request) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') requireOwnForm(deps, request, tenantIn(request))
      })
      scope.setErrorHandler(async (error: FastifyError, request, reply) => {
        const fault = toFault(error)
        if (fault.status >= 500) request.log.error({ err: error }, 'request failed')
        return isCall(request) ? refuseCall(reply, fault) : errorPage(deps, request, reply, fault)
      })
      if (!isInner(prefix))
        scope.setNotFoundHandler((request, reply) => errorPage(deps, request, reply, new Fault(404, '')))
      routes(scope)
    }),
    { prefix: `/:tenant_id${prefix}` },
  )
}

/** Below the pages of another scope, which shows the page of an unknown path for it, too: see `innerScope`. */
const isInner = (prefix: string): boolean => prefix.lastIndexOf('/') > 0

/** Scripts send and take JSON. */
const isCall = (request: FastifyRequest): boolean => request.headers.accept === 'application/json'

function refuseCall(reply: FastifyReply, fault: Fault): FastifyReply {
  const { status, body } = vaultErrors(fault)
  return reply.code(status).headers(fault.headers).type('application/json').send(body)
}

/** For a route that people and programs come to: people get a page, programs the errors of its scope. */
export const asPage =
  (deps: Pick<Deps, 'store'>) =>
  (error: FastifyError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!request.headers.accept?.includes('text/html')) throw error
    return errorPage(deps, request, reply, toFault(error))
  }

async function errorPage(
  deps: Pick<Deps, 'store'>,
  request: FastifyRequest,
  reply: FastifyReply,
  fault: Fault,
): Promise<FastifyReply> {
  const site = await siteOf(deps, request, { tenantId: tenantIn(request) })
  const { say } = site
  const view = {
    title: say('error.title'),
    lead: errorPagePlace(site),
    problem: problemOf(say, fault),
    content: waysOn(site),
  }
  return sendPage(reply.code(fault.status).headers(fault.headers), site, view)
}

/** The place that a page of an error is of; it has no other mark of it. */
export const errorPagePlace = ({ say, title: site }: Site): string | undefined =>
  site === '' ? undefined : say('error.place', { site })

/** Where somebody can go who cannot go on: the own account, which leads through the sign-in. */
export const waysOn = ({ base, say, title: site }: Site): Html =>
  base === '' ? html`` : html`<nav class="links"><a href="${base}/account">${say('error.account', { site })}</a></nav>`

/** What went wrong, in words for people. Texts of faults are for programs, but for those that a page wrote itself. */
export function problemOf(say: Say, fault: Fault): string {
  if (fault.status === 429)
    return say('error.blocked', { wait: waitText(say.langOf('error.blocked'), Number(fault.headers['retry-after'])) })
  if (fault.status === 404) return say('error.not_found')
  if (fault.status === 503) return say('error.busy')
  if (fault.status >= 500) return say('error.server')
  if (isKey(fault.text)) return say(fault.text)
  return say(WORDS[fault.status] ?? 'error.secret')
}

/** Refusals by operations, whose own texts are for programs. */
const WORDS: Readonly<Record<number, TextKey>> = { 401: 'error.signed_out', 403: 'error.forbidden' }

const isKey = (text: string | undefined): text is TextKey => text !== undefined && Object.hasOwn(PAGE_TEXTS, text)

/** Sends a page with the headers that it needs. */
export function sendPage(reply: FastifyReply, site: Site, view: View): FastifyReply {
  const allowed = { script: view.script !== undefined, wasm: view.script === 'secret' }
  return reply.headers(pageHeaders(site, allowed)).send(pageDocument(site, view))
}
