import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { type Html, html } from '../frame/html.ts'
import { pageScope, sendPage } from '../frame/page-scope.ts'
import type { Site } from '../frame/site.ts'
import { emailField, field, link, links, refusal, USERNAME_PATTERN, usernameField } from './form-parts.ts'
import { secretForm } from './secret-form.ts'
import { waitingLogin } from './waiting-login.ts'

/** As the organization asks for a mobile number: not at all, once or twice. */
function numberFields({ say, policy }: Site): Html | undefined {
  const rules = policy?.signUp
  if (rules === undefined || rules.mobileNumber.value === 'not asked') return undefined
  const common = { autocomplete: 'tel', maxlength: 32, optional: rules.mobileNumber.value === 'may be given' }
  const number = {
    ...common,
    name: 'mobile_number',
    label: say('sign_up.mobile_number'),
    hint: say('account.phone.hint'),
  }
  const again = { ...common, name: 'mobile_number_again', label: say('sign_up.mobile_number_again') }
  return html`${field(number)}${rules.confirmMobileNumber.value && field(again)}`
}

/** Sign-up with a PIN or pattern, which never leaves the browser. */
export async function signUpPage(
  app: FastifyInstance,
  deps: Pick<Deps, 'store' | 'masterKey' | 'publicUrl'>,
): Promise<void> {
  await pageScope(app, deps, '/sign-up', (scope) => {
    scope.get('', async (request, reply) => {
      const { site, tenant, offers, csrf, handle, to } = await waitingLogin(deps, request, reply)
      const { say } = site
      if (!offers.signUp) throw refusal(403, 'error.closed')
      const oneIdentifier = !tenant.has_username_and_email
      const confirms = site.policy?.signUp.verifiesAddresses.value === true
      const again =
        site.policy?.signUp.confirmEmail.value === true &&
        emailField(say, { name: 'email_again', label: say('sign_up.email_again') })
      const fields = html`${usernameField(say, oneIdentifier, { pattern: USERNAME_PATTERN, ...(oneIdentifier ? { type: 'email' } : {}) })}${!oneIdentifier && emailField(say)}${again}${numberFields(site)}`
      const entry = secretForm(say, tenant, {
        mode: 'register',
        csrf,
        next: to('/login', { notice: confirms ? 'signed_up_confirm' : 'signed_up' }),
        submit: say('sign_up.submit'),
        fields,
        facts: { authReqId: handle },
      })
      const content = html`${entry}${links(link(to('/login'), say('sign_up.have')))}`
      return sendPage(reply, site, { title: say('sign_up.title'), lead: site.title, content, script: 'secret' })
    })
  })
}
