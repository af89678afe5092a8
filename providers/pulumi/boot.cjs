/** The dynamic provider that the shell hands to Pulumi: loads the TypeScript behind it once, at the first call. */
const load = () => (loaded ??= import('tsx/esm/api').then(({ register }) => register()).then(() => import('./logic.ts')))
let loaded

const verbs = ['configure', 'check', 'diff', 'create', 'read', 'update', 'delete']
const verb = (name) => async (...args) => (await load()).provider[name](...args)

module.exports = Object.fromEntries(verbs.map((name) => [name, verb(name)]))
