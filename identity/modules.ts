import type { RouteModule } from './http/app.ts'
import { organizationRoutes } from './organizations/routes.ts'

/** Everything the runtime serves. */
export const MODULES: readonly RouteModule[] = [organizationRoutes]
