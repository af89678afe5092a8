import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { assetRoutes } from '../frame/assets.ts'
import { accountAuthenticator } from './account-authenticator.ts'
import { accountChanges } from './account-changes.ts'
import { accountLink } from './account-link.ts'
import { accountPage } from './account-page.ts'
import { accountPhone } from './account-phone.ts'
import { accountProfile } from './account-profile.ts'
import { accountPush } from './account-push.ts'
import { activatePage } from './activate-page.ts'
import { appleAssociation } from './apple-association.ts'
import { authenticatorPage } from './authenticator-page.ts'
import { bankIdPages } from './bankid-pages.ts'
import { codePage } from './code-page.ts'
import { consentPage } from './consent-page.ts'
import { devicePages } from './device-pages.ts'
import { extraPage } from './extra-page.ts'
import { invitationPage } from './invitation-page.ts'
import { loginPages } from './login-pages.ts'
import { logoutPages } from './logout-pages.ts'
import { namePage } from './name-page.ts'
import { outboxPage } from './outbox-page.ts'
import { passwordPage } from './password-page.ts'
import { providerPages } from './provider-pages.ts'
import { providerReturn } from './provider-return.ts'
import { pushApprovePage } from './push-approve-page.ts'
import { pushPage } from './push-page.ts'
import { resetPages } from './reset-pages.ts'
import { samlLogoutPages } from './saml-logout.ts'
import { samlMetadata } from './saml-metadata.ts'
import { secondPage } from './second-page.ts'
import { signUpPage } from './sign-up-page.ts'
import { staticFiles } from './static-files.ts'
import { tokenPages } from './token-pages.ts'
import { verifyPage } from './verify-page.ts'

const MODULES = [
  loginPages,
  secondPage,
  authenticatorPage,
  passwordPage,
  codePage,
  consentPage,
  extraPage,
  providerPages,
  providerReturn,
  logoutPages,
  samlLogoutPages,
  samlMetadata,
  appleAssociation,
  signUpPage,
  resetPages,
  namePage,
  verifyPage,
  invitationPage,
  activatePage,
  tokenPages,
  accountLink,
  accountPage,
  accountChanges,
  accountAuthenticator,
  accountPhone,
  accountPush,
  pushPage,
  pushApprovePage,
  accountProfile,
  devicePages,
  bankIdPages,
  outboxPage,
  staticFiles,
] as const

/** The pages on which people sign in, agree, and look after their account. */
export async function pageRoutes(app: FastifyInstance, deps: Deps): Promise<void> {
  assetRoutes(app)
  for (const module of MODULES) await module(app, deps)
}
