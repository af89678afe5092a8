import type { Clock } from '../reconciler/retry.ts'
import { apiOf, type RepositoryAddress } from './address.ts'
import { ForgeClient } from './client.ts'
import type { ForgeCredentials } from './credentials.ts'
import { giteaForge } from './gitea.ts'
import { gitHubForge } from './github.ts'
import type { Forge, ForgeKind } from './model.ts'

const FORGES: Readonly<Record<ForgeKind, (address: RepositoryAddress, client: ForgeClient) => Forge>> = {
  GitHub: gitHubForge,
  Gitea: giteaForge,
}

export interface OpenOptions {
  readonly clock?: Clock
  /** Aborts every call. */
  readonly signal?: AbortSignal
}

/** A repository of a forge. Nothing is sent yet. */
export function openForge(address: RepositoryAddress, credentials: ForgeCredentials, options: OpenOptions = {}): Forge {
  const { kind, repository } = address
  const client = new ForgeClient({ api: apiOf(address), credentials, repository, forge: kind, ...options })
  return FORGES[kind](address, client)
}
