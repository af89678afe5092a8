const VERBS = ['configure', 'check', 'diff', 'create', 'read', 'update', 'delete']

/** A dynamic provider that loads the module behind it once, at the first call. */
exports.providerOf = (load) => {
  let loaded
  const call = async (verb, args) => {
    loaded ??= load()
    return (await loaded).provider[verb](...args)
  }
  return Object.fromEntries(VERBS.map((verb) => [verb, (...args) => call(verb, args)]))
}
