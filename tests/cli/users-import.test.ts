import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExportingSystem, READERS, type UserRecord } from '../../cli/users/formats.ts'
import { openPasswordWorld, PASSWORD, type PasswordWorld } from '../identity/password/world.ts'
import { Project, RUNTIME, tenant } from './project.ts'

/** Records as the systems write them, of a user with the password of the tests. */
const RECORDS: Readonly<Record<Exclude<ExportingSystem, 'firebase'>, object>> = {
  keycloak: {
    id: '7f1c',
    username: 'jane',
    email: 'jane@example.com',
    emailVerified: true,
    enabled: true,
    firstName: 'Jane',
    credentials: [
      {
        type: 'password',
        secretData: JSON.stringify({
          value: 'ZypZs+KQ9LoYTY/OsLgPOlXaDA31bkqeEjg4dxlW8FhMXocLyL07gtx3wgKrDexl/GxukpPi9UwJpxjAP1TJTA==',
          salt: 'MDEyMzQ1Njc4OWFiY2RlZg==',
          additionalParameters: {},
        }),
        credentialData: JSON.stringify({ hashIterations: 5000, algorithm: 'pbkdf2-sha512', additionalParameters: {} }),
      },
    ],
  },
  auth0: {
    _id: { $oid: '60425dc43519d90068f82973' },
    email: 'jane@example.com',
    username: 'jane',
    email_verified: true,
    passwordHash: '$2b$04$hgwz5O7d1PregsPwcRIpxuw7JBT4lzODoI.CUVR3bgmCFW/He5es.',
  },
  django: {
    model: 'auth.user',
    pk: 7,
    fields: {
      username: 'jane',
      email: 'jane@example.com',
      first_name: 'Jane',
      is_active: true,
      password: 'pbkdf2_sha256$5000$seasalt$PtlpqxxRUNS/u/nxoREZ6KrBWPMEyaXzDOw3GLOmVEA=',
    },
  },
  plumbline: {
    user_id: 'jane',
    username: 'jane',
    email: 'jane@example.com',
    is_verified: 'true',
    password_hash: '$pbkdf2-sha1$i=5000$MDEyMzQ1Njc4OWFiY2RlZg$Vn68apvTt63Y4CNLNW2DHiX1y9A',
  },
}
const FIREBASE = {
  localId: 'a1b2',
  email: 'user1@example.com',
  emailVerified: true,
  salt: '42xEC-ixf3L2lw==',
  passwordHash: 'lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==',
}
const FIREBASE_PROJECT = {
  base64_signer_key: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  base64_salt_separator: 'Bw==',
  rounds: 8,
  mem_cost: 14,
}

describe('a record of', () => {
  let world: PasswordWorld
  let close: () => Promise<void>
  beforeAll(async () => {
    ;({ world, close } = await openPasswordWorld())
  })
  afterAll(() => close())

  async function signsIn(user: UserRecord | undefined, password: string) {
    const { tenant } = await world.tenant()
    const { status } = await world.login.admin('POST', `/v1/tenants/${tenant}/users/import`, {
      users: [{ ...user, tenant_id: tenant }],
    })
    return [status, (await world.signIn(tenant, password, { username: user?.username ?? '' })).status]
  }

  it.each(Object.entries(RECORDS))('%s is a user who signs in with the old password', async (source, record) => {
    const user = READERS[source as ExportingSystem](record as never, undefined)
    expect(await signsIn(user, PASSWORD)).toEqual([200, 200])
    expect(await signsIn(user, 'wrong')).toEqual([200, 401])
  })

  it('firebase is one with the hash parameters of the project, and none without', async () => {
    const read = (project?: typeof FIREBASE_PROJECT) => READERS.firebase(FIREBASE, project)
    expect(await signsIn(read(FIREBASE_PROJECT), 'user1password')).toEqual([200, 200])
    expect(read).toThrow('--hash-parameters')
  })

  it('a kind of hash that is not read is named', () => {
    const fields = { username: 'jane', email: '', password: 'bcrypt_sha256$$2b$12$x' }
    expect(() => READERS.django({ pk: 1, fields }, undefined)).toThrow("of the kind 'bcrypt_sha256'")
  })
})

describe('users import', () => {
  async function project(): Promise<Project> {
    const made = await Project.create(RUNTIME, tenant('web', 6))
    await made.call('POST', '/v1/tenants', { tenant_id: 'web', use_pin: true })
    return made
  }
  const bring = async (made: Project, name: string, text: string, ...more: readonly string[]) => {
    await writeFile(join(made.folder, name), text)
    return made.run('users', 'import', name, '--tenant', 'web', ...more)
  }

  it('creates the users of a realm, and the second time nobody', async () => {
    const made = await project()
    const realm = JSON.stringify({ realm: 'old', users: [RECORDS.keycloak] })
    expect(await bring(made, 'realm.json', realm, '--from', 'keycloak')).toMatchObject({
      code: 0,
      stdout: 'Created 1 user.\n',
    })
    expect(await bring(made, 'realm.json', realm, '--from', 'keycloak')).toMatchObject({
      code: 0,
      stdout: 'Created 0 users. 1 were there already: 7f1c\n',
    })
  })

  it('reads JSON Lines and CSV', async () => {
    const made = await project()
    const lines = [JSON.stringify(RECORDS.auth0), ''].join('\n')
    expect((await bring(made, 'users.json', lines, '--from', 'auth0')).stdout).toBe('Created 1 user.\n')
    const csv = 'user_id,username,email,given_name\r\n1,joe,joe@example.com,"Joe, ""J"""\r\n2,ann,ann@example.com,\r\n'
    expect((await bring(made, 'people.csv', csv)).stdout).toBe('Created 2 users.\n')
  })

  it('sends nothing unless every record can be read, and says which cannot', async () => {
    const made = await project()
    const list = JSON.stringify([RECORDS.plumbline, { username: 'nobody' }])
    const { code, stderr } = await bring(made, 'people.json', list)
    expect(code).toBe(1)
    expect(stderr).toContain('record 2: it has no id')
    expect((await bring(made, 'people.json', JSON.stringify([RECORDS.plumbline]))).stdout).toBe('Created 1 user.\n')
  })

  it('shows no hash when the service refuses one', async () => {
    const made = await project()
    const record = { ...RECORDS.plumbline, password_hash: 'hunter2-plain-text' }
    const { code, stdout, stderr } = await bring(made, 'people.json', JSON.stringify([record]))
    expect(code).toBe(1)
    expect(stdout + stderr).not.toContain('hunter2')
  })
})
