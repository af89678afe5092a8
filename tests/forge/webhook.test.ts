import examples from '@octokit/webhooks-examples'
import { sign } from '@octokit/webhooks-methods'
import { describe, expect, it } from 'vitest'
import { deliveryOf } from '../../forge/webhook.ts'
import { Secret } from '../../reconciler/secret.ts'

const SECRET = 'a shared secret'
const ID = '72d3162e-cc78-11e3-81ab-4c9367dc0958'

const headersFor = async (event: string, body: string, secret = SECRET) => ({
  'x-github-event': event,
  'x-github-delivery': ID,
  'x-hub-signature-256': await sign(secret, body),
})

async function delivered(event: string, payload: unknown) {
  const body = JSON.stringify(payload)
  return deliveryOf(await headersFor(event, body), body, new Secret(SECRET))
}

const definitions = examples as unknown as readonly { readonly name: string; readonly examples: readonly unknown[] }[]
const payloadsOf = (event: string) => definitions.find(({ name }) => name === event)?.examples ?? []

describe('a webhook as GitHub sends it', () => {
  it('about a pull request names its number', async () => {
    const payloads = payloadsOf('pull_request')
    expect(payloads.length).toBeGreaterThan(5)
    for (const payload of payloads) {
      const { number, repository } = payload as { number: number; repository: { full_name: string } }
      expect(await delivered('pull_request', payload)).toEqual({
        id: ID,
        repository: repository.full_name,
        pullRequest: number,
      })
    }
  })

  it('about a new comment on a pull request holds the comment', async () => {
    const payload = payloadsOf('issue_comment').find((p) => (p as { action: string }).action === 'created')
    const { issue, ...rest } = payload as unknown as { issue: object; comment: { id: number; body: string } }
    expect(await delivered('issue_comment', payload)).toBeUndefined()
    const onPull = { ...rest, issue: { ...issue, pull_request: {} } }
    expect(await delivered('issue_comment', onPull)).toMatchObject({
      comment: { id: rest.comment.id, body: rest.comment.body, author: 'Codertocat' },
    })
    expect(await delivered('issue_comment', { ...onPull, action: 'edited' })).toBeUndefined()
  })

  it('about anything else is taken, and is nothing to us', async () => {
    const others = definitions.filter(({ name }) => !['pull_request', 'issue_comment'].includes(name))
    for (const { name, examples: payloads } of others)
      for (const payload of payloads) expect([name, await delivered(name, payload)]).toEqual([name, undefined])
  })
})

describe('a webhook of somebody else', () => {
  const body = JSON.stringify(payloadsOf('pull_request')[0])
  const receive = (headers: Record<string, string>, text = body) => deliveryOf(headers, text, new Secret(SECRET))

  it.each([
    ['without a signature', { 'x-github-event': 'pull_request', 'x-github-delivery': ID }],
    ['with an empty signature', { 'x-hub-signature-256': '' }],
    ['with the older kind of signature', { 'x-hub-signature': 'sha1=0123456789012345678901234567890123456789' }],
    ['with a signature that is none', { 'x-hub-signature-256': 'sha256=no' }],
  ])('%s is refused', async (_name, headers) => {
    await expect(receive(headers as Record<string, string>)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  it('signed with another secret is refused', async () => {
    await expect(receive(await headersFor('pull_request', body, 'guessed'))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })

  it('with another body than the signed one is refused', async () => {
    const headers = await headersFor('pull_request', body)
    await expect(receive(headers, body.replace('"number":', '"number": '))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
  })

  it.each([
    ['no JSON', 'pull_request', 'no'],
    ['no pull request', 'pull_request', '{}'],
    ['no comment', 'issue_comment', '{"action": "created"}'],
  ])('that holds %s is refused as malformed', async (_name, event, text) => {
    await expect(receive(await headersFor(event, text), text)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
  })
})
