import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>
}

/** `npm install` leaves packages of other platforms out when it finds node_modules; `npm ci` then fails on every clean checkout. */
it('locks the package of every platform', () => {
  const { packages } = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Locked
  const wanted = Object.values(packages).flatMap((p) => Object.keys(p.optionalDependencies ?? {}))
  const locked = Object.keys(packages)
  expect(wanted.filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([])
})
