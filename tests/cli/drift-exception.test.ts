import { describe, expect, it } from 'vitest'
import { outputOf } from './output.ts'
import { Project, tenant } from './project.ts'
import { SERVICE } from './reviewed.ts'

const exception = (until: string): string => `apiVersion: plumbline.dev/v1alpha1
kind: DriftException
metadata: {name: kiosks}
spec:
  object: {kind: Tenant, name: web}
  fields: [/pin/size]
  until: "${until}"
  owner: support
  reason: the kiosks take four digits
`

describe('a DriftException', { timeout: 120_000 }, () => {
  it('is told by drift and plan, and apply leaves the field as it is; after its day it is corrected', async () => {
    const project = await Project.create(SERVICE, tenant('web', 6), exception('2099-12-31'))
    await project.run('apply', '--yes')
    await project.changePinSize('web', 4)
    const told = '/pin/size  4 (the document says 6), left as it is until 2099-12-31: the kiosks take four digits'
    const drift = await project.run('drift')
    expect(drift).toMatchObject({ code: 0, stdout: expect.stringContaining(told) })
    expect(drift.stdout).toContain('0 objects have drifted, 1 excepted for now; ')
    expect((await project.run('plan')).stdout).toContain(told)
    const json = outputOf('drift', (await project.run('drift', '--format', 'json')).stdout)
    expect(json).toMatchObject({ drifted: [], excepted: [{ excepted: [{ path: '/pin/size', until: '2099-12-31' }] }] })
    await project.run('apply', '--yes')
    expect((await project.call('GET', '/v1/tenants/web')).body).toMatchObject({ pin_size: 4 })
    await project.documents(SERVICE, tenant('web', 6), exception('2020-12-31'))
    expect((await project.run('validate')).stdout).toContain('it ended on 2020-12-31')
    expect((await project.run('drift')).code).toBe(2)
    await project.run('apply', '--yes')
    expect((await project.call('GET', '/v1/tenants/web')).body).toMatchObject({ pin_size: 6 })
  })
})
