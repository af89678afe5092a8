/**
 * The dynamic provider as Pulumi stores it in the state of every resource, twice: the text of a CommonJS module whose
 * `handler` returns the provider. It is constant for all kinds, checkouts and releases, and takes the provider from the
 * folder of Pulumi.yaml's `main`, in which Pulumi starts it.
 */
export const SHELL = 'exports.handler = () => require(process.cwd() + "/providers/pulumi/boot.cjs")'
