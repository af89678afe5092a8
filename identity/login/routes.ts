import type { RouteModule } from '../http/app.ts'
import { blockRoutes } from '../lockout/routes.ts'
import { openMailer } from '../mail/mailer.ts'
import { outboxRoutes } from '../mail/routes.ts'
import { type MailSettings, mailSettings } from '../mail/settings.ts'
import { codeRoutes } from '../otp/routes.ts'
import { pageRoutes } from '../pages/routes.ts'
import { textPasswordRoutes } from '../password/routes.ts'
import { webauthnRoutes } from '../webauthn/routes.ts'
import type { LoginDeps } from './deps.ts'
import { emailRoutes } from './email-routes.ts'
import { loginRoutes } from './login-routes.ts'
import { passwordRoutes } from './password-routes.ts'
import { usePublicRate } from './rate.ts'
import { sessionRoutes } from './session-routes.ts'

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
