import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { Chain, type Fact, recordsIn, verifyChain } from '../../evidence/chain.ts'
import { preAuthenticationEncoding, type Verifier } from '../../evidence/envelope.ts'
import { FileStore } from '../../evidence/file-store.ts'
import { type EvidenceKey, evidenceKeyOf, newEvidenceKey, verifierOf } from '../../evidence/keys.ts'
import { evidencePlace, evidencesAt } from '../../evidence/places.ts'
import { verifyEvidence } from '../../evidence/read.ts'
import { Secret } from '../../reconciler/secret.ts'

const newKey = async (): Promise<EvidenceKey> => evidenceKeyOf(new Secret(await newEvidenceKey()))

const append = (file: string, one: Fact, key: EvidenceKey): Promise<void> =>
  new Chain(new FileStore({ ...evidencePlace(file), file }), async () => key).append(one)

const fact = (run: string, phase: Fact['phase'] = 'begun'): Fact => ({
  run,
  phase,
  at: '2026-01-01T00:00:00.000Z',
  command: 'apply',
  scope: 'acme/production',
  who: { user: 'ann', host: 'laptop' },
  approvedBy: ['bea'],
  documents: 'a'.repeat(64),
  plan: 'b'.repeat(64),
  objects: [{ address: 'Tenant/web', action: 'update', fields: ['/pin/size'] }],
})

describe('a chain of records', () => {
  let file: string
  let key: EvidenceKey
  let keys: Verifier
  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-evidence-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    file = join(folder, 'evidence.jsonl')
    key = await newKey()
    keys = await verifierOf([key.publicKey])
    for (const phase of ['begun', 'ended'] as const) await append(file, fact('first', phase), key)
    await append(file, fact('second'), key)
  })
  const text = (): string => readFileSync(file, 'utf8')
  const verify = (content = text()) => verifyChain(content, keys)

  it('is good as it was written, and tells runs that have not ended', async () => {
    expect(await verify()).toMatchObject({ records: 3, torn: false, unended: 1 })
    expect(recordsIn(text()).map(({ run, phase, sequence }) => [run, phase, sequence])).toEqual([
      ['first', 'begun', 1],
      ['first', 'ended', 2],
      ['second', 'begun', 3],
    ])
  })

  it('names the first record of which a single character was changed', async () => {
    const good = text()
    const second = good.indexOf('\n') + 1
    for (let at = second; at < good.indexOf('\n', second); at += 37) {
      const other = good[at] === 'A' ? 'B' : 'A'
      const { problem, records } = await verify(`${good.slice(0, at)}${other}${good.slice(at + 1)}`)
      expect([problem?.startsWith('record 2 '), records], `character ${at}`).toEqual([true, 1])
    }
  })

  it.each<[string, (lines: readonly string[]) => readonly string[], string]>([
    ['a record is taken out', ([a, , c]) => [a ?? '', c ?? ''], 'record 2 does not follow the one before it'],
    ['two change places', ([a, b, c]) => [b ?? '', a ?? '', c ?? ''], 'record 1 does not follow the one before it'],
    ['one is there twice', ([a, b, c]) => [a ?? '', b ?? '', b ?? '', c ?? ''], 'record 3 does not follow'],
    ['the first is missing', ([, b, c]) => [b ?? '', c ?? ''], 'record 1 does not follow the one before it'],
    ['a line is no record', ([a, b, c]) => [a ?? '', '{}', b ?? '', c ?? ''], 'record 2 is no record'],
  ])('tells when %s', async (_what, change, problem) => {
    const lines = text().trimEnd().split('\n')
    expect((await verify(`${change(lines).join('\n')}\n`)).problem).toContain(problem)
  })

  it('tells what was signed with a key that is not known', async () => {
    await append(file, fact('third'), await newKey())
    expect((await verify()).problem).toBe('record 4 was changed, or signed with a key that is not known')
  })

  it('outlives a write that broke off at any byte: the next record follows the last whole one and says so', async () => {
    const whole = text()
    const last = whole.trimEnd().lastIndexOf('\n') + 1
    for (const cut of [last + 1, last + 40, whole.length - 2, whole.length - 1]) {
      writeFileSync(file, whole.slice(0, cut))
      expect(await verify()).toMatchObject({ records: 2, torn: true })
      await append(file, fact('next'), key)
      expect(await verify(), `cut at ${cut}`).toMatchObject({ records: 3, torn: false })
      expect(recordsIn(text()).at(-1)).toMatchObject({ run: 'next', sequence: 3, torn: cut - last })
    }
  })

  it('goes on behind the last record without reading those before it, however long that one is', async () => {
    const objects = Array.from({ length: 5_000 }, (_, i) => ({ address: `Tenant/t${i}`, action: 'update', fields: [] }))
    await append(file, { ...fact('long'), objects }, key)
    const unreadable = text().replace(/[^\n]/, '!')
    writeFileSync(file, unreadable)
    await append(file, fact('next'), key)
    expect(text().startsWith(unreadable)).toBe(true)
    expect(recordsIn(text()).at(-1)).toMatchObject({ run: 'next', sequence: 5 })
    expect(text().length).toBeGreaterThan(200_000)
  })

  it('is not gone on with when its last record was changed', async () => {
    const changed = text().replace(/"payload":"..../g, '"payload":"!!!!')
    writeFileSync(file, changed)
    await expect(append(file, fact('next'), key)).rejects.toMatchObject({ code: 'IO' })
    expect(text()).toBe(changed)
  })

  it('takes records from many at once, each in its place', async () => {
    const writers = ['a', 'b', 'c'].map((name) => {
      const chain = new Chain(new FileStore({ ...evidencePlace(file), file }), async () => key)
      return [1, 2, 3, 4, 5].map((i) => chain.append(fact(`${name}${i}`)))
    })
    await Promise.all(writers.flat())
    expect(await verify()).toMatchObject({ records: 18, unended: 16 })
  })

  it('is found in the logs of replicas, from where they were kept, however often a line is there', async () => {
    const lines = text().trimEnd().split('\n')
    const logged = (line: string | undefined): string =>
      `[pod/controller] ${JSON.stringify({ time: '', level: 'info', message: line, about: 'evidence' })}`
    const log = [
      logged(lines[2]),
      '{"level":"info","message":"this replica leads"}',
      'torn {',
      logged(lines[1]),
      logged(lines[2]),
    ]
    writeFileSync(`${file}.log`, log.join('\n'))
    const [store] = await evidencesAt(`${file}.log`)
    if (store === undefined) throw new Error('no chain')
    expect(await verifyEvidence(store, [key.publicKey])).toMatchObject({ records: 2, from: 2, unended: 1 })
    writeFileSync(`${file}.log`, [logged(lines[0]), logged(lines[2])].join('\n'))
    expect((await verifyEvidence(store, [key.publicKey]))?.problem).toContain('record 2 does not follow')
  })

  it('takes a key of openssl, and nothing that is no private Ed25519 key', async () => {
    const pem =
      '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----'
    const signer = await evidenceKeyOf(new Secret(pem))
    await append(`${file}.pem`, fact('pem'), signer)
    expect(await verifyChain(readFileSync(`${file}.pem`, 'utf8'), await verifierOf([signer.publicKey]))).toMatchObject({
      records: 1,
    })
    for (const bad of ['', 'marked-key', '{}', JSON.stringify(signer.publicKey)])
      await expect(evidenceKeyOf(new Secret(bad))).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.not.stringContaining('marked'),
      })
  })
})

it('signs what the example of DSSE says', () => {
  const encoded = preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world'))
  expect(Buffer.from(encoded).toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
})
