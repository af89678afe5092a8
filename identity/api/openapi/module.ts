import type { FastifyInstance } from 'fastify'
import type { RouteModule } from '../../platform/http/app.ts'
import { publicUrlOf } from '../../platform/http/public-url.ts'
import type { Route, RouteSchema } from './document.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route only says that a method is not supported. */
    refusal?: true
  }
  interface FastifySchema {
    /** For the OpenAPI document, where no contract describes the operation. */
    operationId?: string
    summary?: string
  }
}

/**
 * `/openapi.json`: the OpenAPI 3.1 document of all routes. Registered first, so that it sees the modules after it. Contracts are read and the
 * document is made when somebody first asks.
 */
export const openApi: RouteModule = async (app: FastifyInstance, { deps }): Promise<void> => {
  const routes: Route[] = []
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    const methods = [method].flat().filter((name) => name !== 'HEAD' && name !== 'OPTIONS')
    if (!config?.refusal)
      routes.push(...methods.map((name) => ({ method: name, url, schema: (schema ?? {}) as RouteSchema })))
  })
  let text: Promise<string> | undefined
  const schema = { operationId: 'getOpenApi', summary: 'This document' }
  app.get('/openapi.json', { schema }, async (_request, reply) => {
    text ??= import('./document.ts').then(({ openApiDocument }) =>
      JSON.stringify(openApiDocument(routes, publicUrlOf(deps))),
    )
    return reply.type('application/json; charset=utf-8').send(await text)
  })
}

// Fastify's mark for a plugin whose hooks hold for its siblings, too.
Object.assign(openApi, { [Symbol.for('skip-override')]: true })
