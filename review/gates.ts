import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Repository } from '../config/project/git.ts'
import type { Reach } from './model.ts'

/** Files and folders, from the root of a repository, that say whether a review runs, what it may do and who has to agree. */
const GATES: readonly string[] = [
  ...['.github', '.gitea', '.forgejo'].flatMap((folder) =>
    ['workflows', 'actions', 'CODEOWNERS'].map((name) => `${folder}/${name}`),
  ),
  ...['CODEOWNERS', 'docs/CODEOWNERS'],
  ...['.gitlab-ci.yml', '.gitlab/CODEOWNERS', 'Jenkinsfile', 'azure-pipelines.yml', '.circleci', '.ci'],
]

/** The files that guard a repository and are otherwise in the checkout than in a commit. They are shown; nothing of them is run. */
export function changedGates(repository: Repository, commit: string): readonly Reach[] {
  const before = new Map(repository.files(commit, GATES, () => true).map(({ path, text }) => [path, text]))
  const paths = new Set([...before.keys(), ...GATES.flatMap((path) => filesBelow(repository.root, path))])
  return [...paths]
    .filter((path) => !isSame(contentOf(repository.root, path), before.get(path)))
    .toSorted()
    .map((path) => ({ text: 'a changed gate', place: { address: path, pointer: '', file: path, line: 1 } }))
}

/** Files and links at a path and below it; links are not followed. */
function filesBelow(root: string, path: string): readonly string[] {
  const found = lstatSync(join(root, path), { throwIfNoEntry: false })
  if (found === undefined) return []
  return found.isDirectory()
    ? readdirSync(join(root, path)).flatMap((name) => filesBelow(root, `${path}/${name}`))
    : [path]
}

/** Of a regular file; a link has none. */
const contentOf = (root: string, path: string): Buffer | undefined => {
  const found = lstatSync(join(root, path), { throwIfNoEntry: false })
  return found?.isFile() ? readFileSync(join(root, path)) : undefined
}

const isSame = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
  one !== undefined && other !== undefined && one.equals(other)
