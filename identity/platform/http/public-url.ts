import { PlumblineError } from '../../../config/errors.ts'
import type { Deps } from '../../deps.ts'

/** Stands for the public URL while the service neither listens nor knows one (embedded use). */
export const UNREACHED = 'http://localhost'

/** An `http(s)` origin without a slash at its end. Throws USAGE for anything else: issuers hang directly below it. */
export function httpOrigin(url: string): string {
  const parsed = URL.parse(url)
  const web = parsed?.protocol === 'https:' || parsed?.protocol === 'http:'
  if (!parsed || !web || `${parsed.origin}/` !== parsed.href)
    throw new PlumblineError(
      'USAGE',
      `the public URL '${url}' is not an origin; write it like https://login.example.com`,
    )
  return parsed.origin
}

/** Origin under which people and programs reach the service. */
export const publicUrlOf = (deps: Pick<Deps, 'publicUrl'>): string => deps.publicUrl?.() ?? UNREACHED

/** Address of a page of a tenant, for a mail. */
export const pageAddress = (
  deps: Pick<Deps, 'publicUrl'>,
  tenant: string,
  path: string,
  query: Readonly<Record<string, string>>,
): string => `${publicUrlOf(deps)}/${tenant}${path}?${new URLSearchParams(query)}`
