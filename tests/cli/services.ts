import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openService } from '../../identity/service.ts'

/** An identity service over HTTP that ends with the test. */
export interface LiveService {
  readonly url: string
  readonly key: string
  /** Calls it as its administrator. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
}

export async function liveService(): Promise<LiveService> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-service-'))
  const service = await openService({ store: folder, dataFolder: folder })
  onTestFinished(async () => {
    await service.close()
    await rm(folder, { recursive: true, force: true })
  })
  const url = await service.listen({ host: '127.0.0.1', port: 0 })
  const key = service.createdAdminKey ?? ''
  return {
    url,
    key,
    call: async (method, path, body) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
    },
  }
}
