import { describe, expect, it } from 'vitest'
import { type LoginPolicy, loginPolicyForms, withPlaces } from '../../cli/report/login-policy.ts'
import { Terminal } from '../../cli/terminal.ts'
import { ORGANIZATION, Project, RUNTIME, SAILPOINT } from './project.ts'

const TENANT = `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: acme-web}
spec:
  connectionRef: {name: runtime}
  organizationRef: {name: acme}
  passkeys: true
  twoFactor: true
`
const JANE = `apiVersion: plumbline.dev/v1alpha1
kind: User
metadata: {name: jane}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: acme-web}
  username: jane
  email: jane@acme.example
  verified: true
`

/** The objects of the documents, put into the service directly: `apply` has tests of its own. */
async function applied(): Promise<Project> {
  const project = await Project.create(RUNTIME, ORGANIZATION, SAILPOINT, TENANT, JANE)
  await project.call('POST', '/v1/organizations', { organization_id: 'acme' })
  await project.call('POST', '/v1/tenants', { tenant_id: 'acme-web', is_2fa: true, passkey_enabled: true })
  const user = {
    user_id: 'jane',
    username: 'jane',
    email: 'jane@acme.example',
    tenant_id: 'acme-web',
    is_verified: true,
  }
  await project.call('POST', '/v1/tenants/acme-web/users', user)
  return project
}

describe('explain login', () => {
  it('says what a login demands, who says so, and in which line of which document', async () => {
    const project = await applied()
    const { code, stdout } = await project.run('explain', 'login', '--tenant', 'acme-web', '--user', 'jane')
    expect(code).toBe(0)
    expect(stdout).toContain('jane at acme-web: CANNOT SIGN IN with what is enrolled (nothing; not accepted: otp).')
    expect(stdout).toMatch(
      /factors: two with a passkey\n {4}because Tenant \/twoFactor = true \(Tenant\/acme-web, .*all\.yaml:\d+\)/,
    )
  })

  it('of a client that is not there is an error', async () => {
    const project = await applied()
    const run = await project.run('explain', 'login', '--tenant', 'acme-web', '--client', 'x')
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining("the tenant has no client 'x'")])
  })
})

describe('an explained login', () => {
  const source = { kind: 'SecurityConfiguration', pointer: '/customers/requireMfa', value: true }
  const policy: LoginPolicy = {
    tenant_id: 'acme-web',
    organization_id: 'acme',
    client_id: null,
    username: 'joe',
    user_id: null,
    enrolled: [],
    possible: false,
    decisions: [
      {
        decision: 'login.factors',
        value: 'two',
        by: [source],
        weaker: [{ value: 'one', source: { ...source, pointer: '/nonCustomers/requireMfa', value: false } }],
      },
    ],
  }
  const textOf = (of: LoginPolicy, where?: string) =>
    loginPolicyForms(of, () => where).text(undefined, new Terminal('text', true)) ?? ''
  const written = (where?: string) => textOf(policy, where)

  it('of a name that nobody has says what such a name gets', () => {
    expect(written().split('\n')[0]).toBe(
      'joe at acme-web, organization acme: nobody has this name. It is asked for the same things, and every answer is refused.',
    )
  })

  it('names what would be weaker, and settings that no document has', () => {
    expect(written()).toContain(
      'weaker: one, by SecurityConfiguration /nonCustomers/requireMfa = false (in no document here)',
    )
  })

  it('speaks of the person: what is accepted here and what the person has agree from the first line on', () => {
    const decided = (decision: string, value: boolean) => ({ decision, value, by: [], weaker: [] })
    const jane = {
      ...policy,
      username: 'jane',
      user_id: '1',
      enrolled: ['pin', 'password'],
      possible: true,
      decisions: [
        decided('methods.pin', true),
        decided('methods.passkey', true),
        decided('methods.password', false),
        decided('reset.open', false),
      ],
    }
    const text = textOf(jane)
    expect(text.split('\n')[0]).toBe('jane at acme-web, organization acme: can sign in (pin; not accepted: password).')
    expect(text).toContain('PIN: accepted\n')
    expect(text).toContain('passkey: accepted, but jane has none\n')
    expect(text).toContain('password: not accepted\n')
  })

  it('is for programs with the place of every setting', () => {
    const json = withPlaces({ policy, writtenIn: () => 'a.yaml:1' })
    expect(json.decisions[0]?.by[0]).toMatchObject({ ...source, written_in: 'a.yaml:1' })
  })
})
