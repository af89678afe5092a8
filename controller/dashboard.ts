interface Panel {
  readonly title: string
  readonly unit: 'ops' | 's' | 'short'
  /** What a line is called → PromQL. */
  readonly lines: Readonly<Record<string, string>>
}

const RATE = '[$__rate_interval]'
const OURS = 'job=~"$job"'
const rateOf = (metric: string, by: string, more = ''): string =>
  `sum by (${by}) (rate(${metric}{${OURS}${more}}${RATE}))`
const percentile = (share: number, metric: string): string =>
  `histogram_quantile(${share}, sum by (le) (rate(${metric}_bucket{${OURS}}${RATE})))`
const both = (metric: string): Panel['lines'] => ({ median: percentile(0.5, metric), p99: percentile(0.99, metric) })

const PANELS: readonly Panel[] = [
  { title: 'Leaders', unit: 'short', lines: { '{{name}}': `sum by (name) (leader_election_master_status{${OURS}})` } },
  {
    title: 'Reconciles by kind',
    unit: 'ops',
    lines: { '{{controller}}': rateOf('controller_runtime_reconcile_total', 'controller') },
  },
  {
    title: 'Reconciles by result',
    unit: 'ops',
    lines: { '{{result}}': rateOf('controller_runtime_reconcile_total', 'result') },
  },
  {
    title: 'Errors, those that need a person, faults of Plumbline',
    unit: 'ops',
    lines: {
      '{{controller}}': rateOf('controller_runtime_reconcile_errors_total', 'controller'),
      '{{controller}} needs a person': rateOf('controller_runtime_terminal_reconcile_errors_total', 'controller'),
      '{{controller}} fault': rateOf('controller_runtime_reconcile_panics_total', 'controller'),
    },
  },
  { title: 'Length of a reconcile', unit: 's', lines: both('controller_runtime_reconcile_time_seconds') },
  {
    title: 'Workers',
    unit: 'short',
    lines: {
      'at work': `sum(controller_runtime_active_workers{${OURS}})`,
      all: `sum(controller_runtime_max_concurrent_reconciles{${OURS}})`,
    },
  },
  {
    title: 'Waiting, by reason',
    unit: 'short',
    lines: { '{{priority}}': `sum by (priority) (workqueue_depth{${OURS}})` },
  },
  {
    title: 'Added and tried again',
    unit: 'ops',
    lines: { added: rateOf('workqueue_adds_total', 'name'), 'tried again': rateOf('workqueue_retries_total', 'name') },
  },
  { title: 'Time in the queue', unit: 's', lines: both('workqueue_queue_duration_seconds') },
  { title: 'Time of the work', unit: 's', lines: both('workqueue_work_duration_seconds') },
  {
    title: 'Work in hand',
    unit: 's',
    lines: {
      'all together': `sum(workqueue_unfinished_work_seconds{${OURS}})`,
      longest: `max(workqueue_longest_running_processor_seconds{${OURS}})`,
    },
  },
  {
    title: 'Requests to the API server',
    unit: 'ops',
    lines: { '{{method}} {{code}}': rateOf('rest_client_requests_total', 'method, code') },
  },
  {
    title: 'Drift: fields that somebody changed',
    unit: 'short',
    lines: { '{{kind}} {{class}}': `sum by (kind, class) (increase(plumbline_drift_total{${OURS}}[1h]))` },
  },
]

const [WIDTH, HEIGHT, COLUMNS] = [12, 8, 2]
const SOURCE = { type: 'prometheus', uid: '$datasource' }

/** The Grafana dashboard (its JSON model, schema version 39) over the metrics of the controller. */
export const dashboard = () => ({
  uid: 'plumbline-controller',
  title: 'Plumbline controller',
  tags: ['plumbline'],
  schemaVersion: 39,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', type: 'datasource', query: 'prometheus' },
      {
        name: 'job',
        type: 'query',
        datasource: SOURCE,
        query: 'label_values(leader_election_master_status, job)',
        includeAll: true,
        multi: true,
      },
    ],
  },
  panels: PANELS.map(({ title, unit, lines }, i) => ({
    id: i + 1,
    type: 'timeseries',
    title,
    datasource: SOURCE,
    gridPos: { x: (i % COLUMNS) * WIDTH, y: Math.floor(i / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: Object.entries(lines).map(([legendFormat, expr], n) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + n),
      datasource: SOURCE,
      expr,
      legendFormat,
    })),
  })),
})
