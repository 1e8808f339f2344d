package garrison.control.namespaces;

import garrison.client.Cluster;
import garrison.client.cache.Cache;
import garrison.client.cache.Handler;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.control.Background;
import garrison.control.Loop;
import garrison.control.Parts;
import garrison.model.Meta;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives each living namespace its ServiceAccount {@code default} and its ConfigMap {@code
 * kube-root-ca.crt}, again where somebody deletes them, and keeps the CA in the latter true (spec:
 * api-server 10.5).
 */
public final class NamespaceDefaultsLoop implements Loop {
  /** Its name. */
  public static final String NAME = "namespace-defaults-controller";

  /** Name of the ServiceAccount. */
  public static final String ACCOUNT = "default";

  /** Name of the ConfigMap. */
  public static final String CA_MAP = "kube-root-ca.crt";

  private static final String CA_KEY = "ca.crt";
  private static final int WORKERS = 5;

  private final Cluster cluster;
  private final Cache<Meta> namespaces;
  private final Cache<Meta> accounts;
  private final Cache<ObjectNode> maps;
  private final String caPem;
  private final WorkQueue<String> queue = new WorkQueue<>("namespace defaults", Timer.system());
  private final Parts parts = new Parts();

  /**
   * A loop.
   *
   * @param namespaces all namespaces
   * @param accounts all ServiceAccounts named {@link #ACCOUNT}
   * @param maps all ConfigMaps named {@link #CA_MAP}
   * @param caPem the certificate of the cluster's CA
   */
  public NamespaceDefaultsLoop(
      Cluster cluster,
      Cache<Meta> namespaces,
      Cache<Meta> accounts,
      Cache<ObjectNode> maps,
      String caPem) {
    this.cluster = cluster;
    this.namespaces = namespaces;
    this.accounts = accounts;
    this.maps = maps;
    this.caPem = caPem;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    namespaces.addHandler(
        new Handler<>() {
          @Override
          public void added(Meta now) {
            queue.add(now.name());
          }
        });
    accounts.addHandler(
        new Handler<>() {
          @Override
          public void deleted(Meta last) {
            queue.add(last.namespace());
          }
        });
    maps.addHandler(
        new Handler<>() {
          @Override
          public void updated(ObjectNode old, ObjectNode now) {
            queue.add(Meta.of(now).namespace());
          }

          @Override
          public void deleted(ObjectNode last) {
            queue.add(Meta.of(last).namespace());
          }
        });
    parts.add(
        Background.whenSynced(
            "namespace defaults start",
            List.of(namespaces, accounts, maps),
            () -> parts.add(Workers.start(queue, WORKERS, this::give))));
  }

  @Override
  public void close() {
    queue.shutDown();
    parts.close();
  }

  private void give(String name) {
    Meta namespace = namespaces.get("", name);
    if (namespace == null || namespace.deleting()) {
      return;
    }
    if (accounts.get(name, ACCOUNT) == null) {
      create(Kinds.SERVICE_ACCOUNT, name, document(Kinds.SERVICE_ACCOUNT, name, ACCOUNT));
    }
    ObjectNode map = maps.get(name, CA_MAP);
    if (map == null) {
      create(Kinds.CONFIG_MAP, name, caMap(name));
    } else if (!map.path("data").path(CA_KEY).asString("").equals(caPem)
        || map.path("data").size() != 1) {
      cluster.update(Kinds.CONFIG_MAP, caMap(name));
    }
  }

  private ObjectNode caMap(String namespace) {
    ObjectNode map = document(Kinds.CONFIG_MAP, namespace, CA_MAP);
    ((ObjectNode) map.path("metadata"))
        .putObject("annotations")
        .put(
            "kubernetes.io/description",
            "The certificate authority of this cluster's API server; kept by Garrison.");
    map.putObject("data").put(CA_KEY, caPem);
    return map;
  }

  private static ObjectNode document(Kind kind, String namespace, String name) {
    ObjectNode document = Json.object();
    document.put("apiVersion", kind.apiVersion());
    document.put("kind", kind.kind());
    document.putObject("metadata").put("name", name).put("namespace", namespace);
    return document;
  }

  private void create(Kind kind, String namespace, ObjectNode document) {
    try {
      cluster.create(kind, namespace, document);
    } catch (StatusException e) {
      boolean there = e.reason() == StatusReason.ALREADY_EXISTS;
      boolean going = e.code() == 404 || e.reason() == StatusReason.FORBIDDEN;
      if (!there && !(going && isGoing(namespace))) {
        throw e;
      }
    }
  }

  private boolean isGoing(String name) {
    try {
      return Meta.of(cluster.get(Kinds.NAMESPACE, "", name)).deleting();
    } catch (StatusException e) {
      if (e.code() == 404) {
        return true;
      }
      throw e;
    }
  }
}
