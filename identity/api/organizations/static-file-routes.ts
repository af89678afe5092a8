import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { requireOrganization } from '../../directory/organizations.ts'
import { contractSchema } from '../../platform/contract/contracts.ts'
import { MOST_BODY_BYTES, putStaticFiles, staticFilesOf } from '../../settings/cim/static-files.ts'

interface Of {
  Params: { organization_id: string }
}

/** Files of an organization that its pages and mails show, listStaticFiles and replaceStaticFiles. */
export function staticFileRoutes(app: FastifyInstance, deps: Pick<Deps, 'store'>): void {
  const path = '/:organization_id/static-files'
  app.get<Of>(path, async ({ params }) => staticFilesOf(deps, await requireOrganization(deps, params.organization_id)))

  const schema = { body: contractSchema('organizations', 'StaticFileContents') }
  app.put<Of & { Body: { files: Readonly<Record<string, string>> } }>(
    path,
    { schema, bodyLimit: MOST_BODY_BYTES },
    async ({ params, body }) => {
      const organization = await requireOrganization(deps, params.organization_id)
      await putStaticFiles(deps, organization, body.files)
      return staticFilesOf(deps, organization)
    },
  )
}
