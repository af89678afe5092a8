package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const evidenceName = "bench-evidence"

// What a careful controller does for the promises of Plumbline's, request by request: it asks who holds the object, puts
// the write on a signed record before and after, writes the intent down, reads back what was written, and tells of it.
type careful struct {
	client.Client
	system system
	chain  *chain
	events events.EventRecorder
}

func (c careful) converge(ctx context.Context, tenant *unstructured.Unstructured) error {
	found, err := c.system.look(ctx, tenant)
	if err != nil || isAsDescribed(found, tenant) {
		return err
	}
	if err := c.hold(ctx, tenant); err != nil {
		return err
	}
	if err := c.chain.add(ctx, recordOf(tenant, "begun")); err != nil {
		return err
	}
	if err := c.intend(ctx, tenant); err != nil {
		return err
	}
	if err := c.system.write(ctx, tenant, found); err != nil {
		return err
	}
	if now, err := c.system.look(ctx, tenant); err != nil || !isAsDescribed(now, tenant) {
		return fmt.Errorf("%s is not as it was written: %w", tenant.GetName(), err)
	}
	if err := c.chain.add(ctx, recordOf(tenant, "ended")); err != nil {
		return err
	}
	c.events.Eventf(tenant, nil, corev1.EventTypeNormal, "Created", "Reconcile", "fields: /displayName")
	return nil
}

// Of several owners the first holds an object.
func (c careful) hold(ctx context.Context, tenant *unstructured.Unstructured) error {
	_, held, err := c.system.call(ctx, http.MethodPost, "/v1/claims", map[string]any{
		"object": "Tenant///" + tenant.GetName(), "owner": "bench", "address": "Tenant/" + tenant.GetName(),
		"holder": "the benchmark",
	})
	if err == nil && held["owner"] != "bench" {
		err = fmt.Errorf("%v holds %s", held["holder"], tenant.GetName())
	}
	return err
}

// A create whose answer never arrives is not made twice.
func (c careful) intend(ctx context.Context, tenant *unstructured.Unstructured) error {
	before := tenant.DeepCopy()
	owned := map[string]any{"address": "Tenant/" + tenant.GetName(), "kind": "Tenant", "connection": "bench",
		"key": tenant.GetName(), "memo": map[string]any{}, "deletionPolicy": "Retain", "needs": []any{}}
	if err := unstructured.SetNestedField(tenant.Object, owned, "status", "owned"); err != nil {
		return err
	}
	return c.Status().Patch(ctx, tenant, client.MergeFrom(before))
}

type record struct {
	Sequence int    `json:"sequence"`
	Previous string `json:"previous"`
	Phase    string `json:"phase"`
	At       string `json:"at"`
	Object   string `json:"object"`
	UID      string `json:"uid"`
	Version  string `json:"resourceVersion"`
}

func recordOf(tenant *unstructured.Unstructured, phase string) record {
	return record{Phase: phase, At: time.Now().UTC().Format(time.RFC3339Nano), Object: tenant.GetName(),
		UID: string(tenant.GetUID()), Version: tenant.GetResourceVersion()}
}

type waiting struct {
	record record
	done   chan error
}

// Signed records, each with the hash of the one before it. Their end is in a Secret, and all of them go to the log.
type chain struct {
	client   client.Client
	reader   client.Reader
	key      ed25519.PrivateKey
	incoming chan waiting
	secret   *corev1.Secret
	sequence int
	last     string
}

func newChain(c client.Client, reader client.Reader) (*chain, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return &chain{client: c, reader: reader, key: key, incoming: make(chan waiting, 1000)}, err
}

// Returns when the record is durable.
func (c *chain) add(ctx context.Context, r record) error {
	w := waiting{r, make(chan error, 1)}
	c.incoming <- w
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Start writes what has come meanwhile together, until the manager ends.
func (c *chain) Start(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case first := <-c.incoming:
			together := []waiting{first}
			for len(c.incoming) > 0 {
				together = append(together, <-c.incoming)
			}
			err := c.write(ctx, together)
			for _, w := range together {
				w.done <- err
			}
		}
	}
}

func (c *chain) write(ctx context.Context, together []waiting) error {
	tail := ""
	for _, w := range together {
		line, err := c.sealed(w.record)
		if err != nil {
			return err
		}
		tail += line + "\n"
	}
	if err := c.keep(ctx, tail); err != nil {
		return err
	}
	_, err := os.Stderr.WriteString(tail)
	return err
}

// A DSSE envelope (v1) on a line.
func (c *chain) sealed(r record) (string, error) {
	c.sequence++
	r.Sequence, r.Previous = c.sequence, c.last
	payload, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	kind := "application/vnd.in-toto+json"
	signed := fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(kind), kind, len(payload), payload)
	line, err := json.Marshal(map[string]any{"payloadType": kind, "payload": payload, "signatures": []map[string]string{
		{"keyid": "bench", "sig": base64.StdEncoding.EncodeToString(ed25519.Sign(c.key, signed))}}})
	hash := sha256.Sum256(line)
	c.last = hex.EncodeToString(hash[:])
	return string(line), err
}

func (c *chain) keep(ctx context.Context, tail string) error {
	data := map[string][]byte{"tail": []byte(tail)}
	if c.secret == nil {
		return c.first(ctx, data)
	}
	before := c.secret.DeepCopy()
	c.secret.Data = data
	return c.client.Patch(ctx, c.secret, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
}

// An earlier process may have made it.
func (c *chain) first(ctx context.Context, data map[string][]byte) error {
	secret := &corev1.Secret{Data: data}
	secret.Namespace, secret.Name = "default", evidenceName
	err := c.client.Create(ctx, secret)
	if errors.IsAlreadyExists(err) {
		if err = c.reader.Get(ctx, client.ObjectKeyFromObject(secret), secret); err == nil {
			c.secret = secret
			return c.keep(ctx, string(data["tail"]))
		}
	}
	if err == nil {
		c.secret = secret
	}
	return err
}
