import { describe, expect, it } from 'vitest'
import { Project, RUNTIME, tenant } from './project.ts'

const user = (username: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: User
metadata: {name: ada}
spec: {connectionRef: {name: runtime}, tenantRef: {name: web}, username: ${username}, email: ada@web.example}
`

const group = (name: string, displayName: string, members: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: Group
metadata: {name: ${name}}
spec:
  connectionRef: {name: runtime}
  tenantRef: {name: web}
  displayName: ${displayName}
  membership: Managed
  members: [${members}]
`

describe('names that the standards compare without letter case (RFC 7643, section 4.1.1)', () => {
  it('make a member of a group the user, who is created first, and the next plan empty', async () => {
    const project = await Project.create(
      RUNTIME,
      tenant('web', 8),
      user('Ada.Lovelace'),
      group('math', 'Math', 'ada.lovelace'),
    )
    const applied = await project.run('apply', '--yes')
    expect([applied.code, applied.stdout]).toEqual([0, expect.stringContaining('✓ Group/math  created')])
    expect(await project.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 3 unchanged.\n' })
    await project.documents(RUNTIME, tenant('web', 8), user('ADA.LOVELACE'), group('math', 'MATH', 'Ada.Lovelace'))
    expect(await project.run('plan')).toMatchObject({ code: 0, stdout: 'Plan: 3 unchanged.\n' })
  })

  it('make two groups one object', async () => {
    const project = await Project.create(RUNTIME, tenant('web', 8), group('one', 'Ops', ''), group('two', 'ops', ''))
    const { code, stdout } = await project.run('validate')
    expect([code, stdout]).toEqual([1, expect.stringContaining('Group/one describes the same object')])
  })
})
