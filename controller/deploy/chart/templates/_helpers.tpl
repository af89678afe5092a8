{{- define "plumbline.name" -}}
{{ .Release.Name | trunc 50 | trimSuffix "-" }}-controller
{{- end }}
{{- define "plumbline.selector" -}}
app.kubernetes.io/name: plumbline
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "plumbline.metadata" -}}
name: {{ include "plumbline.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "plumbline.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
