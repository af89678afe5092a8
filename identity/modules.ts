import { auditRequests } from './access/audited-requests.ts'
import { claimRoutes } from './api/holdings/routes.ts'
import { instanceRoutes } from './api/instance/routes.ts'
import { oidcRoutes } from './api/oidc/module.ts'
import { openApi } from './api/openapi/module.ts'
import { organizationKeys } from './api/organizations/login-method-routes.ts'
import { organizationRoutes } from './api/organizations/routes.ts'
import { scimRoutes } from './api/scim/routes.ts'
import { vaultRoutes } from './api/vault/routes.ts'
import { cimRoutes } from './api/vendor/cim-routes.ts'
import { navixyRoutes } from './api/vendor/navixy-routes.ts'
import { pigelloRoutes } from './api/vendor/pigello-routes.ts'
import { sailpointRoutes } from './api/vendor/sailpoint-routes.ts'
import { jobsModule } from './job-worker.ts'
import { watchSessions } from './login/session-watch.ts'
import { loginModule } from './login-module.ts'
import type { RouteModule } from './platform/http/app.ts'

/** Everything the runtime serves. */
export const MODULES: readonly RouteModule[] = [
  openApi,
  auditRequests,
  watchSessions,
  jobsModule,
  instanceRoutes,
  organizationRoutes,
  organizationKeys,
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
