import { auditRequests } from './audit/requests.ts'
import { claimRoutes } from './claims/routes.ts'
import type { RouteModule } from './http/app.ts'
import { instanceRoutes } from './instance/routes.ts'
import { jobsModule } from './jobs/worker.ts'
import { loginModule } from './login/routes.ts'
import { watchSessions } from './login/session-watch.ts'
import { oidcRoutes } from './oidc/module.ts'
import { openApi } from './openapi/module.ts'
import { organizationRoutes } from './organizations/routes.ts'
import { scimRoutes } from './scim/routes.ts'
import { cimRoutes } from './settings/cim/routes.ts'
import { navixyRoutes } from './settings/navixy/routes.ts'
import { pigelloRoutes } from './settings/pigello/routes.ts'
import { sailpointRoutes } from './settings/sailpoint/routes.ts'
import { vaultRoutes } from './vault/routes.ts'

/** Everything the runtime serves. */
export const MODULES: readonly RouteModule[] = [
  openApi,
  auditRequests,
  watchSessions,
  jobsModule,
  instanceRoutes,
  organizationRoutes,
  claimRoutes,
  pigelloRoutes,
  cimRoutes,
  sailpointRoutes,
  navixyRoutes,
  vaultRoutes,
  scimRoutes,
  oidcRoutes,
  loginModule,
]
