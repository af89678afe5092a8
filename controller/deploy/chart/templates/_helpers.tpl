{{- define "plumbline.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}-controller
{{- end }}
{{- define "plumbline.selector" -}}
app.kubernetes.io/name: plumbline
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "plumbline.metadata" -}}
name: {{ include "plumbline.name" . }}
{{ include "plumbline.place" . }}
{{- end }}
{{- define "plumbline.place" -}}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "plumbline.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- /* Names of the Leases, one per shard, as the controller makes them. */}}
{{- define "plumbline.leases" -}}
{{- $selector := "" }}
{{- with .Values.watchLabelSelector }}{{ $selector = printf "-%s" (sha256sum . | trunc 8) }}{{ end }}
{{- $shards := int .Values.shards }}
{{- $leases := list }}
{{- range $i := until $shards }}
{{- $shard := ternary (printf "-%d-of-%d" (add1 $i) $shards) "" (gt $shards 1) }}
{{- $leases = append $leases (printf "plumbline-controller%s%s" $shard $selector) }}
{{- end }}
{{- toJson $leases }}
{{- end }}
