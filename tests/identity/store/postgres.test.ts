import { describe, expect, it } from 'vitest'
import { openStore } from '../../../identity/store/open.ts'
import { storeConformance } from '../../conformance/store.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'

let postgres: Postgres
storeConformance('PostgreSQL', {
  start: async () => {
    postgres = await startPostgres()
  },
  location: () => postgres.database(),
  stop: () => postgres.stop(),
})

describe('opening a PostgreSQL store', () => {
  it('fails with UNAVAILABLE when nobody answers, without telling the password', async () => {
    const opening = openStore('postgres://plumbline:MARKED-SECRET@127.0.0.1:1/none')
    await expect(opening).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.not.stringContaining('MARKED') })
  })
})
