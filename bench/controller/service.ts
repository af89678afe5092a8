import { openService } from '../../identity/service.ts'

/** What the parent learns first: where the service is, and its administrator key. */
export interface Opened {
  readonly url: string
  readonly adminKey: string
}

/** The identity service in a process of its own, on the folder that the parent names. Answers every message with its number of requests. */
const folder = process.argv[2] ?? ''
const service = await openService({ store: folder, dataFolder: folder })
let requests = 0
service.app.server.on('request', () => {
  requests += 1
})
const url = await service.listen({ host: '127.0.0.1', port: 0 })
process.on('message', () => process.send?.(requests))
process.send?.({ url, adminKey: service.createdAdminKey ?? '' } satisfies Opened)
