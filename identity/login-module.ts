import { blockRoutes } from './api/login/block-routes.ts'
import { codeRoutes } from './api/login/code-routes.ts'
import { emailRoutes } from './api/login/email-routes.ts'
import { loginRoutes } from './api/login/login-routes.ts'
import { outboxRoutes } from './api/login/outbox-routes.ts'
import { passwordRoutes } from './api/login/password-routes.ts'
import { sessionRoutes } from './api/login/session-routes.ts'
import { textPasswordRoutes } from './api/login/text-password-routes.ts'
import { webauthnRoutes } from './api/login/webauthn-routes.ts'
import type { LoginDeps } from './login/deps.ts'
import { usePublicRate } from './login/rate.ts'
import { pageRoutes } from './pages/routes.ts'
import type { RouteModule } from './platform/http/app.ts'
import { openMailer } from './platform/mail/mailer.ts'
import { type MailSettings, mailSettings } from './platform/mail/settings.ts'

const MODULES = [
  loginRoutes,
  passwordRoutes,
  textPasswordRoutes,
  codeRoutes,
  emailRoutes,
  sessionRoutes,
  webauthnRoutes,
  blockRoutes,
  outboxRoutes,
  pageRoutes,
] as const

/** The login, password, passkey, session and block operations of the contract and the pages, with mail as set. */
export function loginWith(settings: MailSettings): RouteModule {
  return async (app, { deps }) => {
    const mailer = openMailer(deps, settings, (fault) => app.log.error(fault, 'a message could not be sent'))
    app.addHook('onClose', () => mailer.close())
    const loginDeps: LoginDeps = { ...deps, mailer }
    await usePublicRate(app)
    for (const module of MODULES) await module(app, loginDeps)
  }
}

/** As `loginWith`, with mail as the environment says (PLUMBLINE_SMTP_URL, PLUMBLINE_MAIL_FROM). */
export const loginModule: RouteModule = (app, options) => loginWith(mailSettings(process.env))(app, options)
