import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { CODE_CHANNELS, type CodeChannel } from '../factors/otp/channels.ts'
import { sendCode, signInWithCode } from '../factors/otp/sign-in.ts'
import { html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { PUBLIC_RATE } from '../login/public-rate.ts'
import { attempted } from './attempt.ts'
import { finishLogin } from './finish-login.ts'
import { asked, CODE_CHARACTERS, field, form, link, links, sent, submit } from './form-parts.ts'
import { otherMethods, personLine } from './login-pages.ts'
import type { SignInMethod } from './sign-in-methods.ts'
import { cancelLink, rememberedName, type WaitingPage, waitingLogin } from './waiting-login.ts'

/** How the pages of a channel are called, and what they say. */
interface CodePages {
  readonly path: string
  readonly method: SignInMethod
  readonly channel: CodeChannel
  readonly words: Readonly<Record<'title' | 'intro' | 'send' | 'sent', TextKey>>
  /** Says the code over the telephone instead. */
  readonly call?: TextKey
  /** Codes come while nobody waits for them. */
  readonly have?: TextKey
}

const PAGES: readonly CodePages[] = [
  {
    path: '/login/code',
    method: 'code',
    channel: CODE_CHANNELS.mail,
    words: { title: 'code.title', intro: 'code.intro', send: 'code.send', sent: 'code.sent' },
  },
  {
    path: '/login/text',
    method: 'text',
    channel: CODE_CHANNELS.text,
    words: { title: 'text.title', intro: 'text.intro', send: 'text.send', sent: 'text.sent' },
    call: 'text.call',
  },
  {
    path: '/login/letter',
    method: 'letter',
    channel: CODE_CHANNELS.letter,
    words: { title: 'letter.title', intro: 'letter.intro', send: 'letter.send', sent: 'letter.sent' },
    have: 'letter.have',
  },
]

/** Sign-in with a code that is sent: forms that need no script. */
export async function codePage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
): Promise<void> {
  for (const pages of PAGES) await pageScope(app, deps, pages.path, (scope) => codeRoutes(scope, deps, pages))
}

function codeRoutes(
  scope: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'mailer'>,
  pages: CodePages,
): void {
  const { path, channel } = pages
  scope.get('', async (request, reply) => {
    const page = await waitingLogin(deps, request, reply)
    const username = await rememberedName(deps, page)
    if (username === undefined) return reply.redirect(page.to('/login'), 303)
    return asked(request, 'sent') === ''
      ? sendAsking(reply, page, pages, username)
      : sendEntry(reply, page, pages, { username, code: asked(request, 'code').slice(0, CODE_CHARACTERS) })
  })

  scope.post('/request', { config: PUBLIC_RATE }, async (request, reply) => {
    const page = await waitingLogin(deps, request, reply)
    const username = (await rememberedName(deps, page)) ?? ''
    const by = sent(request, 'by') === 'voice' ? 'voice' : 'text'
    await sendCode(deps, page.login, channel, { username, ip: request.ip, by })
    return reply.redirect(page.to(path, { sent: '1' }), 303)
  })

  scope.post('', async (request, reply) => {
    const page = await waitingLogin(deps, request, reply)
    const username = await rememberedName(deps, page)
    if (username === undefined) return reply.redirect(page.to('/login'), 303)
    const answer = { username, code: sent(request, 'code').slice(0, CODE_CHARACTERS) }
    const work = () => signInWithCode(deps, page.login, channel, request, answer)
    const outcome = await attempted(page.site.say, work, 'error.refused_code')
    if (outcome.fault === undefined) return finishLogin(reply, page, outcome.result)
    return sendEntry(reply.code(outcome.fault.status), page, pages, { username, problem: outcome.problem })
  })
}

function sendAsking(reply: FastifyReply, page: WaitingPage, pages: CodePages, username: string): FastifyReply {
  const { site, csrf, to } = page
  const { say } = site
  const { path, words, method, have } = pages
  const content = html`${personLine(page, username)}
${form(to(`${path}/request`), csrf, html`<p>${say(words.intro)}</p>${submit(say(words.send))}`)}
${links(have && link(to(path, { sent: '1' }), say(have)), ...otherMethods(page, method), cancelLink(page))}`
  return sendPage(reply, site, { title: say(words.title), content })
}

interface Entry {
  readonly username: string
  readonly problem?: string
  /** From the link of a message: the button spends it, so that whoever only looks at links does not. */
  readonly code?: string
}

function sendEntry(reply: FastifyReply, page: WaitingPage, pages: CodePages, { username, problem, code = '' }: Entry) {
  const { site, csrf, to } = page
  const { say } = site
  const { path, words, method, call } = pages
  const entry = field({
    name: 'code',
    label: say('code.label'),
    autocomplete: 'one-time-code',
    maxlength: CODE_CHARACTERS,
    digits: true,
    value: code,
    invalid: problem !== undefined,
    first: true,
  })
  const again = html`<button type="submit" class="plain">${say('code.again')}</button>`
  const voice = call && html`<button type="submit" class="plain" name="by" value="voice">${say(call)}</button>`
  const content = html`${personLine(page, username)}
${form(to(path), csrf, html`${entry}${submit(say('code.submit'))}`)}
${form(to(`${path}/request`), csrf, html`${again}${voice}`)}
${links(...otherMethods(page, method), cancelLink(page))}`
  return sendPage(reply, site, {
    title: say(words.title),
    content,
    problem,
    ...(problem !== undefined || code !== '' ? {} : { notice: say(words.sent) }),
  })
}
