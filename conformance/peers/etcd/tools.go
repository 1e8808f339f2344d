//go:build tools

// Package peers pins the store of a real Kubernetes.
package peers

import _ "go.etcd.io/etcd/server/v3"
