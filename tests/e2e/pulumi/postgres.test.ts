import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENGINE_TIMEOUT, Stack, VAULT } from '../../support/engine.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'

const tenant = (fields: string) => `apiVersion: plumbline.dev/v1alpha1
kind: Tenant
metadata: {name: acme-web}
spec: {connectionRef: {name: vault}, ${fields}}
`

describe('the embedded service on PostgreSQL under pulumi up', () => {
  let postgres: Postgres
  let stack: Stack
  beforeAll(async () => {
    postgres = await startPostgres()
    stack = await Stack.create('postgres')
    stack.env = { PLUMBLINE_STORE: await postgres.database() }
    await stack.documents(VAULT, tenant('displayName: Acme, pin: {size: 6}'))
  }, ENGINE_TIMEOUT)
  afterAll(async () => {
    await stack.remove()
    await postgres.stop()
  })

  it('keeps every object in the database, and no data beside it', async () => {
    expect(await stack.up()).toMatchObject({ code: 0, output: expect.stringMatching(/\+ 3 created/) })
    expect(await stack.call('GET', '/v1/tenants/acme-web')).toMatchObject({ body: { pin_size: 6 } })
    await expect(access(join(stack.folder, 'project/.plumbline/data/plumbline.db'))).rejects.toThrow('ENOENT')
  })

  it('shows and corrects what was changed behind its back', async () => {
    await stack.call('PUT', '/v1/tenants/acme-web', { display_name: 'Acme', pin_size: 4 })
    expect(await stack.preview('--refresh')).toMatchObject({ output: expect.stringMatching(/~ size *: 4 => 6/) })
    expect(await stack.up('--refresh')).toMatchObject({ code: 0, output: expect.stringMatching(/~ 1 updated/) })
    expect(await stack.call('GET', '/v1/tenants/acme-web')).toMatchObject({ body: { pin_size: 6 } })
  })
})
