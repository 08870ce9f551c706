// Runs External Secrets' own providers over a Kubernetes API that is in memory: the part of its controllers between a
// manifest and a provider, which is small, is here, for the controllers themselves bring every provider that there is.
//
// It takes commands in JSON on its standard input and answers each with a line of JSON.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	esv1alpha1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1alpha1"
	_ "github.com/external-secrets/external-secrets/pkg/provider/vault"
	_ "github.com/external-secrets/external-secrets/pkg/provider/webhook"
)

const namespace = "default"

// One of these.
type command struct {
	// Manifests in YAML, several in one text, which are made or replaced.
	Apply string `json:"apply"`
	// An ExternalSecret, whose Secret is written, or deleted where its policy says so.
	Pull string `json:"pull"`
	// A PushSecret, whose Secret is pushed.
	Push string `json:"push"`
	// A PushSecret; what it has pushed is deleted where its policy says so.
	Remove string `json:"remove"`
	// A Secret that is shown.
	Show string `json:"show"`
}

type answer struct {
	Error string `json:"error,omitempty"`
	// Whether the provider has said that there is no such secret.
	NoSecret bool `json:"noSecret,omitempty"`
	// Of the Secret; absent where there is none.
	Data map[string]string `json:"data,omitempty"`
}

type operator struct {
	kube   client.Client
	scheme *runtime.Scheme
}

func newOperator() (*operator, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, esv1.AddToScheme, esv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, err
		}
	}
	return &operator{kube: fake.NewClientBuilder().WithScheme(scheme).Build(), scheme: scheme}, nil
}

func (o *operator) get(ctx context.Context, name string, object client.Object) error {
	return o.kube.Get(ctx, types.NamespacedName{Namespace: namespace, Name: name}, object)
}

// Makes the object, or replaces it.
func (o *operator) put(ctx context.Context, object client.Object) error {
	old, ok := object.DeepCopyObject().(client.Object)
	if !ok {
		return errors.New("this is no object of the API")
	}
	if err := o.kube.Delete(ctx, old); client.IgnoreNotFound(err) != nil {
		return err
	}
	object.SetResourceVersion("")
	return o.kube.Create(ctx, object)
}

func (o *operator) decode(document []byte) (client.Object, error) {
	content, err := yaml.ToJSON(document)
	if err != nil {
		return nil, err
	}
	var named runtime.TypeMeta
	if err := json.Unmarshal(content, &named); err != nil {
		return nil, err
	}
	made, err := o.scheme.New(named.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	object, ok := made.(client.Object)
	if !ok {
		return nil, fmt.Errorf("%s is no object of the API", named.Kind)
	}
	// As the API server refuses what it does not know.
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(object); err != nil {
		return nil, fmt.Errorf("%s: %w", named.Kind, err)
	}
	return object, nil
}

func (o *operator) apply(ctx context.Context, text string) error {
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewBufferString(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		object, err := o.decode(document)
		if err != nil {
			return err
		}
		object.SetNamespace(namespace)
		if secret, ok := object.(*corev1.Secret); ok {
			secret.Data = map[string][]byte{}
			for name, value := range secret.StringData {
				secret.Data[name] = []byte(value)
			}
			secret.StringData = nil
		}
		if err := o.put(ctx, object); err != nil {
			return err
		}
	}
}

// The client of the store's own provider.
func (o *operator) open(ctx context.Context, name string) (esv1.SecretsClient, error) {
	store := &esv1.SecretStore{}
	if err := o.get(ctx, name, store); err != nil {
		return nil, err
	}
	store.SetGroupVersionKind(esv1.SchemeGroupVersion.WithKind(esv1.SecretStoreKind))
	provider, err := esv1.GetProvider(store)
	if err != nil {
		return nil, err
	}
	if _, err := provider.ValidateStore(store); err != nil {
		return nil, err
	}
	opened, err := provider.NewClient(ctx, store, o.kube, namespace)
	if err != nil {
		return nil, err
	}
	if _, err := opened.Validate(); err != nil {
		return nil, fmt.Errorf("the store is not ready: %w", err)
	}
	return opened, nil
}

func read(ctx context.Context, store esv1.SecretsClient, spec esv1.ExternalSecretSpec) (map[string][]byte, error) {
	data := map[string][]byte{}
	for _, from := range spec.DataFrom {
		if from.Extract == nil {
			return nil, errors.New("only extract is understood here")
		}
		found, err := store.GetSecretMap(ctx, *from.Extract)
		if err != nil {
			return nil, err
		}
		maps.Copy(data, found)
	}
	for _, one := range spec.Data {
		found, err := store.GetSecret(ctx, one.RemoteRef)
		if err != nil {
			return nil, err
		}
		data[one.SecretKey] = found
	}
	return data, nil
}

func (o *operator) pull(ctx context.Context, name string) error {
	external := &esv1.ExternalSecret{}
	if err := o.get(ctx, name, external); err != nil {
		return err
	}
	spec := external.Spec
	store, err := o.open(ctx, spec.SecretStoreRef.Name)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close(ctx) }()
	secret := &corev1.Secret{}
	secret.SetNamespace(namespace)
	secret.SetName(spec.Target.Name)
	data, err := read(ctx, store, spec)
	if errors.Is(err, esv1.NoSecretError{}) && spec.Target.DeletionPolicy == esv1.DeletionPolicyDelete {
		if gone := o.kube.Delete(ctx, secret); client.IgnoreNotFound(gone) != nil {
			return gone
		}
	}
	if err != nil {
		return err
	}
	secret.Data = data
	return o.put(ctx, secret)
}

func (o *operator) withPushed(ctx context.Context, name string, do func(esv1.SecretsClient, *esv1alpha1.PushSecret) error) error {
	pushed := &esv1alpha1.PushSecret{}
	if err := o.get(ctx, name, pushed); err != nil {
		return err
	}
	for _, ref := range pushed.Spec.SecretStoreRefs {
		store, err := o.open(ctx, ref.Name)
		if err != nil {
			return err
		}
		if err := do(store, pushed); err != nil {
			return err
		}
		if err := store.Close(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (o *operator) push(ctx context.Context, name string) error {
	return o.withPushed(ctx, name, func(store esv1.SecretsClient, pushed *esv1alpha1.PushSecret) error {
		secret := &corev1.Secret{}
		if err := o.get(ctx, pushed.Spec.Selector.Secret.Name, secret); err != nil {
			return err
		}
		for _, data := range pushed.Spec.Data {
			if err := store.PushSecret(ctx, secret, data); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o *operator) remove(ctx context.Context, name string) error {
	return o.withPushed(ctx, name, func(store esv1.SecretsClient, pushed *esv1alpha1.PushSecret) error {
		if pushed.Spec.DeletionPolicy != esv1alpha1.PushSecretDeletionPolicyDelete {
			return nil
		}
		for _, data := range pushed.Spec.Data {
			if err := store.DeleteSecret(ctx, data.Match.RemoteRef); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o *operator) show(ctx context.Context, name string) (map[string]string, error) {
	secret := &corev1.Secret{}
	if err := o.get(ctx, name, secret); err != nil {
		return nil, client.IgnoreNotFound(err)
	}
	data := map[string]string{}
	for key, value := range secret.Data {
		data[key] = string(value)
	}
	return data, nil
}

func (o *operator) run(ctx context.Context, asked command) answer {
	state := answer{}
	var err error
	switch {
	case asked.Apply != "":
		err = o.apply(ctx, asked.Apply)
	case asked.Pull != "":
		err = o.pull(ctx, asked.Pull)
	case asked.Push != "":
		err = o.push(ctx, asked.Push)
	case asked.Remove != "":
		err = o.remove(ctx, asked.Remove)
	default:
		state.Data, err = o.show(ctx, asked.Show)
	}
	if err != nil {
		state.Error, state.NoSecret = err.Error(), errors.Is(err, esv1.NoSecretError{})
	}
	return state
}

func main() {
	operator, err := newOperator()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	commands := json.NewDecoder(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		var asked command
		if err := commands.Decode(&asked); err != nil {
			if errors.Is(err, io.EOF) {
				return
			}
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := answers.Encode(operator.run(context.Background(), asked)); err != nil {
			os.Exit(1)
		}
	}
}
