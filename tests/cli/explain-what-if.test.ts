import { describe, expect, it } from 'vitest'
import { CIM, jane, ORGANIZATION, Project, RESET_CODES, RUNTIME, SAILPOINT } from './project.ts'

const tenant = (fields: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: web}
spec:
  connectionRef: {name: runtime}
  organizationRef: {name: acme}
  ${fields}
`
const user = (fields: string) => jane(`  ${fields}\n`)
const PASSKEYS = tenant('passkeys: true\n  twoFactor: true\n  lockout: {userAttempts: 4}')
const QUESTION = ['explain', 'login', '--tenant', 'web', '--user', 'jane'] as const

async function applied(...documents: readonly string[]): Promise<Project> {
  const project = await Project.create(RUNTIME, ORGANIZATION, SAILPOINT, ...documents)
  expect((await project.run('apply', '--yes')).code).toBe(0)
  return project
}

async function answer(project: Project, ...args: readonly string[]) {
  const { stdout, stderr } = await project.run(...QUESTION, '--quiet', '--format', 'json', ...args)
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const valueIn = (policy: { decisions: { decision: string; value: unknown }[] }, name: string) =>
  policy.decisions.find(({ decision }) => decision === name)?.value

describe('explain login --what-if', () => {
  it('says what the login would demand, who would say so, and what holds and who says so today', async () => {
    const project = await applied(tenant('pin: {size: 4}'), user('verified: true'))
    await project.documents(RUNTIME, ORGANIZATION, SAILPOINT, PASSKEYS, user('verified: false'))
    const { code, stdout } = await project.run(...QUESTION, '--what-if', '.')
    expect(code).toBe(0)
    expect(stdout).toContain('today: jane at web, organization acme: ')
    expect(stdout).toContain('with . applied: jane at web, organization acme: CANNOT SIGN IN')
    expect(stdout).toMatch(
      / {2}~ factors: two with a passkey\n {4}because Tenant \/twoFactor = true \(Tenant\/web, .*all\.yaml:\d+\)\n {4}today: one\n/,
    )
  })

  it('leaves what the documents do not name as it is in the systems', async () => {
    const project = await applied(tenant('pin: {size: 6}'), user('verified: true'), RESET_CODES)
    await project.documents(RUNTIME, ORGANIZATION, SAILPOINT, tenant('pattern: {size: 3}'), user('verified: true'))
    const policy = await answer(project, '--what-if', '.')
    expect(valueIn(policy, 'secret.pinSize')).toBe(6)
    expect(valueIn(policy, 'reset.length')).toBe(9)
    expect(policy.what_if.changed).toEqual([])
  })

  it('answers as the service does once they are applied', async () => {
    const project = await applied(tenant('pin: {size: 6}'), user('verified: true'))
    const next = tenant('pin: {size: 6}\n  passkeys: true\n  lockout: {userAttempts: 4}')
    await project.documents(RUNTIME, ORGANIZATION, SAILPOINT, next, user('disabled: true'), RESET_CODES)
    const { what_if: whatIf, ...foretold } = await answer(project, '--what-if', 'documents')
    expect((await project.run('apply', '--yes')).code).toBe(0)
    const after = await answer(project)
    expect(foretold).toEqual(after)
    expect(whatIf.changed).toEqual(expect.arrayContaining(['login.open', 'methods.passkey', 'reset.length']))
    expect(valueIn(whatIf.today, 'methods.passkey')).toBe(false)
  })

  it('knows a login method by what was applied when its documents name it otherwise', async () => {
    const method = (displayName: string) => `apiVersion: plumbline.dev/v1alpha1
kind: CimLoginMethod
metadata: {name: partners}
spec: {connectionRef: {name: cim}, type: Facebook, displayName: ${displayName}, enabled: true, authenticationLevel: 2}
`
    const project = await Project.create(
      RUNTIME,
      CIM,
      tenant('passkeys: true'),
      user('verified: true'),
      method('Partners'),
    )
    expect((await project.run('apply', '--yes')).code).toBe(0)
    await project.documents(RUNTIME, CIM, tenant('passkeys: true'), user('verified: true'), method('Staff'))
    const { what_if: _, ...foretold } = await answer(project, '--what-if', '.')
    expect((await project.run('apply', '--yes')).code).toBe(0)
    expect(foretold.decisions).toEqual((await answer(project)).decisions)
    expect(JSON.stringify(foretold.decisions)).toContain('Facebook/Staff')
    expect(JSON.stringify(foretold.decisions)).not.toContain('Partners')
  })

  it('writes nothing, neither to the systems nor to the audit log', async () => {
    const project = await applied(tenant('pin: {size: 6}'), user('verified: true'))
    const before = await answer(project)
    const events = await project.call('GET', '/v1/tenants/web/users')
    await project.documents(RUNTIME, ORGANIZATION, SAILPOINT, PASSKEYS, user('disabled: true'))
    await answer(project, '--what-if', '.')
    expect(await project.call('GET', '/v1/tenants/web/users')).toEqual(events)
    expect((await answer(project)).decisions.map(({ value }: { value: unknown }) => value)).toEqual(
      before.decisions.map(({ value }: { value: unknown }) => value),
    )
  })

  it('answers for a tenant, an organization and a person that only the documents have', async () => {
    const project = await Project.create(
      RUNTIME,
      ORGANIZATION,
      SAILPOINT,
      RESET_CODES,
      PASSKEYS,
      user('verified: true'),
    )
    const policy = await answer(project, '--what-if', '.')
    expect(policy.organization_id).toBe('acme')
    expect(policy.what_if).toMatchObject({ today: null, changed: null })
    const { what_if: _, ...foretold } = policy
    expect((await project.run('apply', '--yes')).code).toBe(0)
    const after = await answer(project)
    expect(foretold.decisions).toEqual(after.decisions)
  })

  it('takes no documents with mistakes', async () => {
    const project = await applied(tenant('pin: {size: 6}'))
    await project.write('next/all.yaml', tenant('pin: {size: 600}'))
    const run = await project.run(...QUESTION, '--what-if', 'next')
    expect([run.code, run.stdout]).toEqual([1, ''])
    expect(run.stderr).toContain('/pin/size')
  })
})
