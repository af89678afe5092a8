import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openInventory } from '../../../reconciler/open-inventory.ts'
import { type Postgres, startPostgres } from '../../support/postgres.ts'
import { entry, inventoryConformance, openWhenFree } from './conformance.ts'

let postgres: Postgres
let url: string
beforeAll(async () => {
  postgres = await startPostgres()
})
beforeEach(async () => {
  url = await postgres.database()
})
afterAll(() => postgres.stop())

const place = (scope = 'acme/dev', inventory = url) => ({ inventory, scope })

async function query(sql: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

describe('the inventory in PostgreSQL', () => {
  inventoryConformance(() => place())

  it('keeps projects and environments apart', async () => {
    const dev = await openInventory(place('acme/dev'), 'write')
    const production = await openInventory(place('acme/production'), 'write')
    await dev.put(entry('a'))
    expect([...production.entries]).toEqual([])
    expect(production.fingerprintKey).not.toBe(dev.fingerprintKey)
    await Promise.all([dev.close(), production.close()])
    const again = await openInventory(place('acme/production'), 'read')
    expect([...again.entries]).toEqual([])
    await again.close()
  })

  it('is laid out once by several runs that start together', async () => {
    const scopes = ['a', 'b', 'c', 'd']
    const opened = await Promise.all(scopes.map((scope) => openInventory(place(scope), 'write')))
    await Promise.all(opened.map((inventory) => inventory.close()))
    expect((await query('SELECT version FROM plumbline_inventory_layout')).rows).toEqual([{ version: 1 }])
  })

  it('lets a plan read with a role that may only read', async () => {
    const writer = await openInventory(place(), 'write')
    await writer.put(entry('a'))
    await writer.close()
    await query(`CREATE ROLE reader_${url.slice(-8)} LOGIN PASSWORD 'secret'`)
    await query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_${url.slice(-8)}`)
    const reader = new URL(url)
    reader.username = `reader_${url.slice(-8)}`
    reader.password = 'secret'
    const inventory = await openInventory(place('acme/dev', reader.href), 'read')
    expect([...inventory.entries.keys()]).toEqual(['Tenant/a'])
    await inventory.close()
  })

  it('lets no run write that has lost its lock to another one', async () => {
    const cut = await openInventory(place(), 'write')
    await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plumbline'")
    const next = await openWhenFree(place())
    await expect(cut.put(entry('a'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await next.put(entry('b'))
    expect([...next.entries.keys()]).toEqual(['Tenant/b'])
    await Promise.all([cut.close(), next.close()])
  })

  it('refuses a write of a run whose place another one has taken, whatever lies in between', async () => {
    const old = await openInventory(place(), 'write')
    await query(`UPDATE plumbline_inventory_runs SET run = 'another'`)
    await expect(old.put(entry('a'))).rejects.toThrow('another run has taken over the inventory')
    await expect(old.drop('Tenant/a')).rejects.toThrow('another run has taken over the inventory')
    await old.close()
    expect((await query("SELECT * FROM plumbline_inventory WHERE part = 'entries'")).rows).toEqual([])
  })

  it('says what PostgreSQL says, and never the password', async () => {
    const wrong = new URL(url)
    wrong.password = 'marked-5f7a'
    const opened = openInventory(place('acme/dev', wrong.href), 'read')
    await expect(opened).rejects.toThrow('password authentication failed for user "postgres"')
    await expect(opened).rejects.not.toThrow('marked-5f7a')
  })

  it('is not touched by a release that does not know its layout', async () => {
    await (await openInventory(place(), 'write')).close()
    await query('UPDATE plumbline_inventory_layout SET version = 99')
    await expect(openInventory(place(), 'write')).rejects.toThrow('written by a newer release')
  })
})
