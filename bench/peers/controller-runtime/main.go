// A minimal controller for Tenants with controller-runtime: the yardstick of `npm run bench -- controller`. For each
// object it does what Plumbline's controller does at least: a finalizer, one look at the system, a create or an update
// where the system differs, one status write when the status has changed. With CAREFUL=true it keeps the same promises as
// well, see careful.go.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// As many as Plumbline's controller has.
const workers = 16

const finalizer = "bench.plumbline.dev/finalizer"

var tenantKind = schema.GroupVersionKind{Group: "plumbline.dev", Version: "v1alpha1", Kind: "Tenant"}

// Where the system is, and the key to it.
type system struct {
	url    string
	apiKey string
	http   *http.Client
}

type reconciler struct {
	client.Client
	converge func(context.Context, *unstructured.Unstructured) error
}

func main() {
	if err := run(ctrl.SetupSignalHandler()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Settings come from the environment: KUBECONFIG, SYSTEM_URL, SYSTEM_API_KEY, METRICS_ADDRESS, CAREFUL.
func run(ctx context.Context) error {
	ctrl.SetLogger(zap.New())
	config := ctrl.GetConfigOrDie()
	// No limit of its own: Plumbline has none either, and the server protects itself.
	config.QPS = -1
	manager, err := ctrl.NewManager(config, ctrl.Options{
		LeaderElection:                true,
		LeaderElectionID:              "bench-controller-runtime",
		LeaderElectionNamespace:       "default",
		LeaderElectionReleaseOnCancel: true,
		Metrics:                       server.Options{BindAddress: os.Getenv("METRICS_ADDRESS")},
		// By default objects without a Go type are read from the server each time.
		Client: client.Options{Cache: &client.CacheOptions{Unstructured: true}},
	})
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = workers
	s := system{
		url:    os.Getenv("SYSTEM_URL"),
		apiKey: os.Getenv("SYSTEM_API_KEY"),
		http:   &http.Client{Transport: transport, Timeout: 30 * time.Second},
	}
	r := &reconciler{manager.GetClient(), s.converge}
	if os.Getenv("CAREFUL") == "true" {
		chain, err := newChain(manager.GetClient(), manager.GetAPIReader())
		if err != nil {
			return err
		}
		if err := manager.Add(chain); err != nil {
			return err
		}
		recorder := manager.GetEventRecorder("bench-controller-runtime")
		r.converge = careful{manager.GetClient(), s, chain, recorder}.converge
	}
	tenant := &unstructured.Unstructured{}
	tenant.SetGroupVersionKind(tenantKind)
	err = ctrl.NewControllerManagedBy(manager).
		For(tenant, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(r)
	if err != nil {
		return err
	}
	return manager.Start(ctx)
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	tenant := &unstructured.Unstructured{}
	tenant.SetGroupVersionKind(tenantKind)
	if err := r.Get(ctx, request.NamespacedName, tenant); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if controllerutil.AddFinalizer(tenant, finalizer) {
		if err := r.Update(ctx, tenant); err != nil {
			return ctrl.Result{}, err
		}
	}
	if err := r.converge(ctx, tenant); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{RequeueAfter: 5 * time.Minute}, r.writeReady(ctx, tenant)
}

// One status write, and none when the status is as it was.
func (r *reconciler) writeReady(ctx context.Context, tenant *unstructured.Unstructured) error {
	before := tenant.DeepCopy()
	conditions := []metav1.Condition{}
	meta.SetStatusCondition(&conditions, metav1.Condition{
		Type: "Ready", Status: metav1.ConditionTrue, Reason: "Reconciled", Message: "it is in the system",
		ObservedGeneration: tenant.GetGeneration(), LastTransitionTime: metav1.NewTime(tenant.GetCreationTimestamp().Time),
	})
	text, err := json.Marshal(map[string]any{"observedGeneration": tenant.GetGeneration(), "conditions": conditions})
	if err != nil {
		return err
	}
	status := map[string]any{}
	if err := json.Unmarshal(text, &status); err != nil {
		return err
	}
	if now, _, _ := unstructured.NestedFieldNoCopy(before.Object, "status"); same(now, status) {
		return nil
	}
	tenant.Object["status"] = status
	return r.Status().Patch(ctx, tenant, client.MergeFrom(before))
}

func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// One look; then a create, an update, or nothing.
func (s system) converge(ctx context.Context, tenant *unstructured.Unstructured) error {
	found, err := s.look(ctx, tenant)
	if err != nil || isAsDescribed(found, tenant) {
		return err
	}
	return s.write(ctx, tenant, found)
}

const tenants = "/v1/tenants"

// What the system has; nil when it has none.
func (s system) look(ctx context.Context, tenant *unstructured.Unstructured) (map[string]any, error) {
	status, found, err := s.call(ctx, http.MethodGet, tenants+"/"+tenant.GetName(), nil)
	if err != nil || status == http.StatusNotFound {
		return nil, err
	}
	return found, nil
}

func isAsDescribed(found map[string]any, tenant *unstructured.Unstructured) bool {
	return found != nil && found["display_name"] == displayNameOf(tenant)
}

func displayNameOf(tenant *unstructured.Unstructured) string {
	name, _, _ := unstructured.NestedString(tenant.Object, "spec", "displayName")
	return name
}

func (s system) write(ctx context.Context, tenant *unstructured.Unstructured, found map[string]any) error {
	method, path, body := http.MethodPut, tenants+"/"+tenant.GetName(), found
	if found == nil {
		method, path, body = http.MethodPost, tenants, map[string]any{"tenant_id": tenant.GetName()}
	}
	delete(body, "is_2fa")
	body["display_name"] = displayNameOf(tenant)
	_, _, err := s.call(ctx, method, path, body)
	return err
}

func (s system) call(ctx context.Context, method, path string, body map[string]any) (int, map[string]any, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("X-API-Key", s.apiKey)
	request.Header.Set("Content-Type", "application/json")
	if body == nil {
		request.Body, request.ContentLength = http.NoBody, 0
		request.Header.Del("Content-Type")
	}
	answer, err := s.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil, err
	}
	if answer.StatusCode >= 300 && answer.StatusCode != http.StatusNotFound {
		return 0, nil, fmt.Errorf("%s %s answered %d: %s", method, path, answer.StatusCode, said)
	}
	found := map[string]any{}
	if len(said) > 0 {
		err = json.Unmarshal(said, &found)
	}
	return answer.StatusCode, found, err
}
