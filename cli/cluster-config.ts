import { KubeConfig } from '@kubernetes/client-node'
import { PlumblineError } from '../config/errors.ts'

/** In a pod the service account, else what kubectl would use. Throws USAGE where there is neither. */
export function clusterConfig(): KubeConfig {
  const config = new KubeConfig()
  config.loadFromDefault()
  if (config.getCurrentCluster() !== null) return config
  throw new PlumblineError('USAGE', 'there is no Kubernetes cluster to talk to', {
    help: 'Run it in a pod, or name a cluster with KUBECONFIG.',
  })
}
