import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'

const accepted = new AsyncLocalStorage<string>()

/** Lets what a request brings about know the languages of who makes it, wherever that is. */
export function keepAcceptedLanguages(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    accepted.run(request.headers['accept-language'] ?? '', done)
  })
}

/** Languages that the current request accepts, as the header Accept-Language writes them; empty outside of a request. */
export const acceptedLanguages = (): string => accepted.getStore() ?? ''
