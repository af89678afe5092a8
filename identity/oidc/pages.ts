import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Deps } from '../deps.ts'
import { pageHeaders } from '../frame/headers.ts'
import { type Html, html, markup } from '../frame/html.ts'
import { pageDocument, paragraph, type View } from '../frame/layout.ts'
import { errorPagePlace, waysOn } from '../frame/page-scope.ts'
import { applicationName, type Site, siteOf } from '../frame/site.ts'
import type { TextKey } from '../frame/texts.ts'

interface Refusal {
  readonly error: string
  readonly error_description?: string | undefined
}

/** What a refusal of the library means to a person; its own words are for who wrote the application. */
const WORDS: Readonly<Record<string, TextKey>> = {
  invalid_client: 'error.application_unknown',
  invalid_redirect_uri: 'error.redirect',
  access_denied: 'error.denied',
  server_error: 'error.server',
  temporarily_unavailable: 'error.busy',
}

const wordsOf = (error: string, description: string): TextKey =>
  description.includes('redirect_uri') ? 'error.redirect' : (WORDS[error] ?? 'error.application')

const button = (form: string, label: string, look: string, choice: Html | undefined = undefined): Html =>
  html`<button type="submit" form="${form}" class="${look}" ${choice}>${label}</button>`

/** The library's forms carry inline handlers, which the policy forbids, and fields without a name for screen readers. */
const named = (form: string): Html =>
  markup(form.replace(/ placeholder="[^"]*" onfocus="[^"]*"/, ' id="user_code" class="code" required autofocus'))

const actions = (...buttons: readonly Html[]): Html => html`<div class="actions">${buttons}</div>`

/** The pages of the provider library, in the look of the tenant. Where their forms lead is left open: a logout goes on to the application. */
export function libraryPages(deps: Pick<Deps, 'store'>, tenantId: string) {
  const siteFor = (ctx: KoaContextWithOIDC): Promise<Site> => {
    const { client, params } = (ctx as Partial<KoaContextWithOIDC>).oidc ?? {}
    const uiLocales = typeof params?.ui_locales === 'string' ? params.ui_locales : undefined
    return siteOf(deps, ctx.req, { tenantId, clientId: client?.clientId, uiLocales })
  }
  const show = (ctx: KoaContextWithOIDC, site: Site, view: View): void => {
    ctx.set(pageHeaders(site, { anyForm: true }))
    ctx.body = pageDocument(site, view)
  }
  return {
    error: async (ctx: KoaContextWithOIDC, { error, error_description = '' }: Refusal) => {
      const site = await siteFor(ctx)
      const { say } = site
      const content = html`<p>${say('error.start_again')}</p><p class="hint">${say('error.name', { code: error })}</p>${waysOn(site)}`
      const problem = say(wordsOf(error, error_description))
      show(ctx, site, { title: say('error.title'), lead: errorPagePlace(site), problem, content })
    },

    logout: async (ctx: KoaContextWithOIDC, form: string) => {
      const site = await siteFor(ctx)
      const content = html`${markup(form)}${actions(
        button('op.logoutForm', site.say('logout.yes'), 'main', html`name="logout" value="yes"`),
        button('op.logoutForm', site.say('logout.no'), 'second'),
      )}`
      show(ctx, site, { title: site.say('logout.title'), content })
    },

    signedOut: async (ctx: KoaContextWithOIDC) => {
      const site = await siteFor(ctx)
      show(ctx, site, { title: site.say('signed_out.title'), content: paragraph(site.say('common.close')) })
    },

    deviceCode: async (ctx: KoaContextWithOIDC, form: string, _out: unknown, error?: Error) => {
      const site = await siteFor(ctx)
      const { say } = site
      const content = html`<div class="stack"><div class="field"><label for="user_code">${say('device.label')}</label>${named(form)}</div>
${button('op.deviceInputForm', say('common.continue'), 'main')}</div>`
      const problem = error && say('device.wrong')
      show(ctx, site, { title: say('device.title'), lead: say('device.enter'), content, problem })
    },

    deviceConfirm: async (
      ctx: KoaContextWithOIDC,
      form: string,
      client: { readonly clientId: string },
      code: string,
    ) => {
      const site = await siteFor(ctx)
      const { say } = site
      const name = site.client ? applicationName(site.client) : client.clientId
      const content = html`${markup(form)}${actions(
        button('op.deviceConfirmForm', say('common.continue'), 'main'),
        button('op.deviceConfirmForm', say('common.cancel'), 'second', html`name="abort" value="yes"`),
      )}`
      show(ctx, site, { title: say('device.title'), lead: say('device.confirm', { client: name, code }), content })
    },

    deviceDone: async (ctx: KoaContextWithOIDC) => {
      const site = await siteFor(ctx)
      show(ctx, site, { title: site.say('device.done.title'), content: paragraph(site.say('common.close')) })
    },
  }
}
