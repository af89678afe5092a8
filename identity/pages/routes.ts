import type { FastifyInstance } from 'fastify'
import type { LoginDeps } from '../login/deps.ts'
import { assetRoutes } from './assets.ts'
import { consentPage } from './consent-page.ts'
import { loginPages } from './login-pages.ts'

const MODULES = [loginPages, consentPage] as const

/** The pages on which people sign in, agree, and look after their account. */
export async function pageRoutes(app: FastifyInstance, deps: LoginDeps): Promise<void> {
  assetRoutes(app)
  for (const module of MODULES) await module(app, deps)
}
