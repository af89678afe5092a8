/** One program that the project runs but npm does not carry. */
export interface Tool {
  /** Go package that is built when the program is not on the PATH. Its versions are pinned by `<name>/go.mod` and `go.sum`. */
  readonly package: string
  readonly version: string
  readonly ldflags: readonly string[]
  /** Build tags. */
  readonly tags?: readonly string[]
  /** How a program on the PATH tells its version; missing where it cannot. */
  readonly probe?: { readonly args: readonly string[]; readonly accepts: RegExp }
  /** Arguments that the built program always needs: a script in its name puts them in front. */
  readonly always?: readonly string[]
  /** The npm package that downloads it, and the variable that names the folder into which it does. */
  readonly download?: { readonly package: string; readonly version: string; readonly home: string }
  /** The official way to get it, for people. */
  readonly install: string
}

const KUBERNETES = '1.36.3'
const PULUMI = '3.259.0'

/** The official CLI, which brings the language host, too. */
const PULUMI_DOWNLOAD = { package: 'pulumi', version: PULUMI, home: 'PULUMI_HOME' } as const

/** A program of the control plane. */
const kubernetes = <Name extends string>(name: Name) => ({
  package: `k8s.io/kubernetes/cmd/${name}`,
  version: KUBERNETES,
  ldflags: [
    `-X k8s.io/component-base/version.gitVersion=v${KUBERNETES}`,
    '-X k8s.io/component-base/version.gitMajor=1',
    '-X k8s.io/component-base/version.gitMinor=36',
  ],
  probe: { args: ['--version'], accepts: /^Kubernetes v1\.(3[3-9]|[4-9][0-9])\./ },
  install: `${name} 1.33 or newer (https://kubernetes.io/releases/download/)`,
})

export const ENGINE_TOOLS = {
  pulumi: {
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    version: PULUMI,
    ldflags: [`-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI}`],
    probe: { args: ['version'], accepts: /^v3\.(2[0-9]{2}|[3-9][0-9]{2})\./ },
    download: PULUMI_DOWNLOAD,
    install: 'the Pulumi CLI 3.200 or newer (https://www.pulumi.com/docs/iac/download-install/)',
  },
  'pulumi-language-nodejs': {
    package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    version: '3.60.0',
    ldflags: [],
    // This version knows the `typescript` option of Pulumi.yaml only as an argument, which current engines do not pass.
    always: ['-typescript=false'],
    download: PULUMI_DOWNLOAD,
    install: 'the Pulumi CLI, which brings it (https://www.pulumi.com/docs/iac/download-install/)',
  },
  'kube-apiserver': kubernetes('kube-apiserver'),
  /** Collects garbage and ends namespaces, as in any cluster. */
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  etcd: {
    package: 'go.etcd.io/etcd/server/v3',
    version: '3.6.15',
    ldflags: [],
    probe: { args: ['--version'], accepts: /^etcd Version: 3\.[5-9]\./ },
    install: 'etcd 3.5 or newer (https://etcd.io/docs/latest/install/)',
  },
  helm: {
    package: 'helm.sh/helm/v3/cmd/helm',
    version: '3.22.0',
    ldflags: [],
    probe: { args: ['version', '--short'], accepts: /^v[34]\./ },
    install: 'Helm 3 or newer (https://helm.sh/docs/intro/install/)',
  },
  kustomize: {
    package: 'sigs.k8s.io/kustomize/kustomize/v5',
    version: '5.7.1',
    ldflags: [],
    probe: { args: ['version'], accepts: /^v5\./ },
    install: 'kustomize 5 (https://kubectl.docs.kubernetes.io/installation/kustomize/)',
  },
  /** A program of our own around the library by which kubectl, Flux and Argo CD tell whether an object is done. */
  kstatus: {
    package: 'plumbline.dev/tools/kstatus',
    version: '0.37.2',
    ldflags: [],
    install: 'Go: it is built from engine/kstatus',
  },
  /** An OpenID provider of others, for the tests of logins elsewhere: the example server of a certified library. */
  'openid-provider': {
    package: 'github.com/zitadel/oidc/v3/example/server',
    version: '3.52.0',
    ldflags: [],
    install: 'Go: it comes with its module',
  },
  /** A forge: repositories, pull requests and webhooks for the tests of the review. Newer ones need modules that are not published. */
  gitea: {
    package: 'code.gitea.io/gitea',
    version: '1.26.0',
    ldflags: ['-X main.Version=1.26.0'],
    tags: ['sqlite', 'sqlite_unlock_notify', 'timetzdata'],
    install: 'Go and a C compiler: its templates come with its module',
  },
  /** Beside it `validate` is measured. */
  kubeconform: {
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    version: '0.8.0',
    ldflags: ['-X main.version=v0.8.0'],
    probe: { args: ['-v'], accepts: /^v0\.([7-9]|[1-9][0-9])\./ },
    install: 'kubeconform 0.7 or newer (https://github.com/yannh/kubeconform#installation)',
  },
} as const satisfies Readonly<Record<string, Tool>>

export type ToolName = keyof typeof ENGINE_TOOLS
