import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkProject } from '../../config/project/project.ts'
import { EMBEDDED_URL } from '../../identity/embedded.ts'
import { openService } from '../../identity/service.ts'
import { SYSTEMS } from '../../providers/registry.ts'
import { ruleCheck } from '../../reconciler/rule-check.ts'
import { Road } from '../support/world.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))

/** An example in one of its environments, with every mistake found in it. */
export const example = (name: string, environment?: string) =>
  checkProject({ cwd: join(EXAMPLES, name), ...(environment === undefined ? {} : { environment }) })

const VALUES: Readonly<Record<string, (name: string) => string>> = {
  random: (name) => `value of ${name}`,
  hex32: () => '0123456789abcdef'.repeat(2),
}

/** A value for every line of `secrets.env.example` of acme. */
export function acmeEnvironment(adminKey: string): Record<string, string> {
  const lines = readFileSync(join(EXAMPLES, 'acme/secrets.env.example'), 'utf8').split('\n')
  const pairs = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split('=') as [string, string])
  return Object.fromEntries(pairs.map(([name, hint]) => [name, VALUES[hint]?.(name) ?? adminKey]))
}

/** A new runtime on a loopback port, and the way from documents to it; its store is a temporary folder. */
export async function openRuntime() {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-example-'))
  const service = await openService({ store: join(folder, 'data'), dataFolder: join(folder, 'data') })
  const baseUrl = await service.listen({ host: '127.0.0.1', port: 0 })
  const embedded: typeof fetch = (input, init) => fetch(String(input).replace(EMBEDDED_URL, baseUrl), init)
  const road = new Road({ systems: SYSTEMS, embedded })
  road.rules = ruleCheck
  road.env = acmeEnvironment(service.createdAdminKey ?? '')
  const close = async () => {
    await service.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { road, baseUrl, close }
}
