import { describe, expect, it } from 'vitest'
import { apiOf, pullRequestAt, repositoryAt } from '../../forge/address.ts'
import { credentialsIn } from '../../forge/credentials.ts'

describe('the address of a pull request', () => {
  it.each([
    ['https://github.com/acme/identity/pull/7', 'GitHub', 'https://api.github.com'],
    ['https://github.com/acme/identity/pull/7/files', 'GitHub', 'https://api.github.com'],
    ['https://git.acme.example/acme/identity/pull/7', 'GitHub', 'https://git.acme.example/api/v3'],
    ['https://codeberg.org/acme/identity/pulls/7', 'Gitea', 'https://codeberg.org/api/v1'],
    ['https://acme.example/git/acme/identity/pulls/7', 'Gitea', 'https://acme.example/git/api/v1'],
    ['http://127.0.0.1:3000/acme/identity/pulls/7', 'Gitea', 'http://127.0.0.1:3000/api/v1'],
  ])('%s is one of %s', (text, kind, api) => {
    const address = pullRequestAt(text, {})
    expect(address).toMatchObject({ kind, repository: 'acme/identity', number: 7 })
    expect(apiOf(address)).toBe(api)
  })

  it('is a number in the job of a CI', () => {
    const env = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/identity' }
    expect(pullRequestAt('7', env)).toMatchObject({ kind: 'GitHub', repository: 'acme/identity', number: 7 })
    expect(pullRequestAt('7', { ...env, GITEA_ACTIONS: 'true' })).toMatchObject({ kind: 'Gitea' })
  })

  it.each(['7', 'acme/identity#7', 'https://github.com/acme/identity', 'https://github.com/acme/identity/pull/x'])(
    'is not %s',
    (text) => {
      expect(() => pullRequestAt(text, {})).toThrow(expect.objectContaining({ code: 'USAGE' }))
    },
  )

  it.each(['http://github.com/acme/identity/pull/7', 'https://me:secret@github.com/acme/identity/pull/7'])(
    'would send the token in clear, or shows a password: %s',
    (text) => {
      expect(() => pullRequestAt(text, {})).toThrow(expect.not.objectContaining({ message: /secret@/ }))
    },
  )
})

it('of a repository says which forge it is', () => {
  expect(repositoryAt('https://github.com/acme/identity.git')).toMatchObject({
    kind: 'GitHub',
    repository: 'acme/identity',
  })
  expect(repositoryAt('https://codeberg.org/acme/identity')).toMatchObject({ kind: 'Gitea' })
  expect(repositoryAt('https://git.acme.example/acme/identity', 'GitHub')).toMatchObject({ kind: 'GitHub' })
})

describe('credentials', () => {
  it('come from the environment, and print as a mask', () => {
    expect(JSON.stringify(credentialsIn({ GITHUB_TOKEN: 'abc' }))).not.toContain('abc')
  })

  it('that are not there are asked for by name', () => {
    expect(() => credentialsIn({})).toThrow(
      expect.objectContaining({ help: expect.stringContaining('PLUMBLINE_FORGE_TOKEN') }),
    )
  })
})
