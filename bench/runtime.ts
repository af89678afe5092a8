import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { report, timed } from './measure.ts'
import { passwordNumbers, proofNumbers } from './runtime/logins.ts'
import { fillDirectory, scimNumbers } from './runtime/scim.ts'
import { type Runtime, startRuntime } from './runtime/service.ts'
import { touchedTenants } from './runtime/tenants.ts'
import { tokenNumbers } from './runtime/tokens.ts'

/** Users of the tenant that is listed by SCIM, and tenants of which each is asked for once. */
const USERS = Number(process.env.BENCH_USERS ?? 100_000)
const TENANTS = Number(process.env.BENCH_TENANTS ?? 10_000)

const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'))

/** Starts the runtime on what the parts before have stored, so that each part sees fresh memory; counts until `/readyz` answers. */
async function withRuntime<T>(work: (runtime: Runtime, readySeconds: number) => Promise<T>): Promise<T> {
  const { result: runtime, seconds } = await timed(async () => {
    const started = await startRuntime(folder)
    await started.admin('GET', '/readyz')
    return started
  })
  try {
    return await work(runtime, seconds)
  } finally {
    await runtime.stop()
  }
}

const note = <T>(what: string, found: T): T => {
  process.stderr.write(`  ${what} ${JSON.stringify(found)}\n`)
  return found
}

try {
  const idle = await withRuntime(async (runtime) => ({ idleMiB: runtime.residentMiB() }))
  const tokens = note('tokens', await withRuntime(tokenNumbers))
  const passwords = note('passwords', await withRuntime(passwordNumbers))
  const proofs = note('proofs', await withRuntime(proofNumbers))
  await fillDirectory(folder, USERS)
  const scim = note('scim', await withRuntime((runtime) => scimNumbers(runtime, USERS)))
  const tenants = note('tenants', await withRuntime((runtime) => touchedTenants(runtime, TENANTS)))
  const ready = await withRuntime(async (_runtime, readySeconds) => ({ readySeconds }))
  report({ ...idle, ...tokens, ...passwords, ...proofs, ...scim, ...tenants, ...ready })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
