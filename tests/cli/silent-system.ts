import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { RUNTIME } from './project.ts'

/** A system that takes requests and never answers. */
export async function silentSystem() {
  const server = createServer()
  const asked = once(server, 'request')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** The Connection to a service at a URL. */
export const remoteRuntime = (url: string): string =>
  RUNTIME.replace('embedded', url).replace(/fromFile: [^}]+/, 'fromEnv: SAILPOINT_CLIENT_ID')
