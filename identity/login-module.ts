import { activationRoutes } from './api/login/activation-routes.ts'
import { authenticatorRoutes } from './api/login/authenticator-routes.ts'
import { blockRoutes } from './api/login/block-routes.ts'
import { codeRoutes } from './api/login/code-routes.ts'
import { emailRoutes } from './api/login/email-routes.ts'
import { invitedRoutes } from './api/login/invited-routes.ts'
import { loginRoutes } from './api/login/login-routes.ts'
import { outboxRoutes } from './api/login/outbox-routes.ts'
import { ownTokenRoutes } from './api/login/own-token-routes.ts'
import { passwordRoutes } from './api/login/password-routes.ts'
import { phoneRoutes } from './api/login/phone-routes.ts'
import { sessionRoutes } from './api/login/session-routes.ts'
import { textPasswordRoutes } from './api/login/text-password-routes.ts'
import { webauthnRoutes } from './api/login/webauthn-routes.ts'
import { usePublicRate } from './login/public-rate.ts'
import { pageRoutes } from './pages/routes.ts'
import type { RouteModule } from './platform/http/app.ts'

const MODULES = [
  loginRoutes,
  passwordRoutes,
  textPasswordRoutes,
  codeRoutes,
  emailRoutes,
  sessionRoutes,
  webauthnRoutes,
  authenticatorRoutes,
  phoneRoutes,
  blockRoutes,
  outboxRoutes,
  invitedRoutes,
  activationRoutes,
  ownTokenRoutes,
  pageRoutes,
] as const

/** The login, password, passkey, session and block operations of the contract and the pages. */
export const loginModule: RouteModule = async (app, { deps }) => {
  const { mailer } = deps
  mailer.onFault = (fault) => app.log.error(fault, 'a message could not be sent')
  app.addHook('onClose', () => mailer.close())
  await usePublicRate(app)
  for (const module of MODULES) await module(app, deps)
}
