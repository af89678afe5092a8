import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Deps } from '../deps.ts'
import { changeProfile, type OwnProfile, ownProfile } from '../federation/own-profile.ts'
import type { ProfileAttribute } from '../federation/profile.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { TextKey } from '../frame/texts.ts'
import { attempted } from './attempt.ts'
import { field, form, link, links, refusal, sent, submit } from './form-parts.ts'
import { type OwnPage, openOwn, requireOwnPage } from './signed-in.ts'

const PATH = '/account/profile'
const MOST_CHARACTERS = 1024

/** What an attribute is called, and what a browser may fill in (WCAG 1.3.5). */
const WORDS: Readonly<Record<ProfileAttribute, readonly [label: TextKey, autocomplete: string]>> = {
  firstName: ['account.profile.first_name', 'given-name'],
  middleName: ['account.profile.middle_name', 'additional-name'],
  lastName: ['account.profile.last_name', 'family-name'],
  displayName: ['account.profile.display_name', 'name'],
  nickname: ['account.profile.nickname', 'nickname'],
  mobileNumber: ['account.profile.mobile_number', 'tel'],
  locale: ['account.profile.locale', 'language'],
  timeZone: ['account.profile.time_zone', 'off'],
  profileUrl: ['account.profile.profile_url', 'url'],
  picture: ['account.profile.picture', 'photo'],
}

/** The attributes that a login elsewhere has filled, where people may change some of them. A form that needs no script. */
export async function accountProfile(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'now' | 'masterKey' | 'auditLog' | 'providers'>,
): Promise<void> {
  await pageScope(app, deps, PATH, (scope) => {
    scope.get('', async (request, reply) => {
      const page = await openOwn(deps, request, reply, 'profile')
      return page ? sendProfile(reply, page, await editable(deps, page)) : reply
    })

    scope.post('', async (request, reply) => {
      const page = await requireOwnPage(deps, request, reply, 'dashboard')
      const own = await editable(deps, page)
      const values = Object.fromEntries(own.map(({ attribute }) => [attribute, sent(request, attribute)]))
      const { problem, fault } = await attempted(page.site.say, () => changeProfile(deps, page.person.user, values))
      if (fault === undefined) return reply.redirect(page.to('/account', { notice: 'profile_changed' }), 303)
      const typed = own.map((entry) => ({ ...entry, value: values[entry.attribute] }))
      return sendProfile(reply.code(fault.status), page, typed, problem)
    })
  })
}

type Entries = OwnProfile['entries']

/** Throws Fault 404 where the person may change nothing. */
async function editable(deps: Pick<Deps, 'store' | 'masterKey'>, page: OwnPage): Promise<Entries> {
  const { entries } = await ownProfile(deps, page.person.user)
  const own = entries.filter((entry) => entry.editable)
  if (own.length === 0) throw refusal(404, 'error.not_found')
  return own
}

function sendProfile(reply: FastifyReply, { site, csrf, to }: OwnPage, entries: Entries, problem?: string) {
  const { say } = site
  const fields = entries.map(({ attribute, value }, i) => {
    const [label, autocomplete] = WORDS[attribute]
    const more = { value, autocomplete, maxlength: MOST_CHARACTERS, optional: true, first: i === 0 }
    return field({ name: attribute, label: say(label), ...more })
  })
  const content = html`${form(to(PATH), csrf, html`${fields}${submit(say('account.profile.submit'))}`)}
${links(link(to('/account'), say('common.back')))}`
  return sendPage(reply, site, { title: say('account.profile.title'), content, problem })
}

/** What stands about it on the account page; nothing where no login elsewhere has filled anything. */
export function profileList({ site: { say }, to }: OwnPage, { entries, custom }: OwnProfile): Html | undefined {
  const named = entries.map(({ attribute, value }) => [say(WORDS[attribute][0]), value ?? '–'] as const)
  const all = [...named, ...Object.entries(custom).map(([name, value]) => [name, String(value)] as const)]
  if (all.length === 0) return undefined
  const items = all.map(([name, value]) => html`<li><div class="what"><strong>${name}</strong> ${value}</div></li>`)
  const change = entries.some((entry) => entry.editable) && link(to(PATH), say('account.profile.change'))
  return html`<ul class="list">${items}</ul>${change && html`<div class="row start">${change}</div>`}`
}
