package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The typed client of fabric8, by nothing but the kubeconfig that the server writes: it lists and
 * then watches while more than 1,000 changes are made, and nothing is missed, nothing comes twice
 * (issue 4).
 */
@Timeout(120) // The client itself waits without a bound.
class Fabric8Test {
  private static final int CHANGES = 1_000;

  @TempDir private Path data;
  private TestServer server;
  private ConfigMapChanges changes;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
    server.namespace("w");
    changes = ConfigMapChanges.in(server, "w");
  }

  @AfterEach
  void stop() throws InterruptedException {
    changes.close();
    server.close();
  }

  private Config config() {
    return Config.fromKubeconfig(server.api().kubeconfig().toFile());
  }

  /** Connected already, so that its start does not fall into the middle of the changes. */
  private static KubernetesClient client(Config config) {
    KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
    assertThat(client.namespaces().withName("w").get()).isNotNull();
    return client;
  }

  private static Map<String, Long> versions(List<ConfigMap> maps) {
    Map<String, Long> versions = new HashMap<>();
    for (ConfigMap map : maps) {
      Seen seen = seen("", map);
      assertThat(versions.put(seen.name(), seen.revision())).as("%s twice", seen).isNull();
    }
    return versions;
  }

  private static Seen seen(String type, ConfigMap map) {
    return Seen.of(type, map.getMetadata().getName(), map.getMetadata().getResourceVersion());
  }

  private static Watcher<ConfigMap> watcher(Told told) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap map) {
        told.event(seen(action.name(), map));
      }

      @Override
      public void onClose(WatcherException cause) {
        told.failed(cause);
      }
    };
  }

  private static ListOptions from(String version) {
    return new ListOptionsBuilder().withResourceVersion(version).build();
  }

  @ParameterizedTest(name = "only plain HTTP: {0}")
  @ValueSource(booleans = {false, true})
  void listsAndWatches(boolean onlyHttp) {
    Config config = config();
    config.setOnlyHttpWatches(onlyHttp);
    Told told = new Told();
    try (KubernetesClient client = client(config)) {
      changes.ask(CHANGES);
      ConfigMapList list = client.configMaps().inNamespace("w").list();
      String version = list.getMetadata().getResourceVersion();
      try (var watch = client.configMaps().inNamespace("w").watch(from(version), watcher(told))) {
        changes.ask(CHANGES);
        changes.finish();
        told.awaitLast();
        assertThat(watch).isNotNull();
      }
      assertThat(changes.after(version)).hasSizeGreaterThan(CHANGES);
      assertThat(told.events()).isEqualTo(changes.after(version));
      assertThat(versions(list.getItems())).isEqualTo(changes.at(version));
    }
  }

  @ParameterizedTest(name = "only plain HTTP: {0}")
  @ValueSource(booleans = {false, true})
  void goesOnWhereItWasWhenTheConnectionIsCut(boolean onlyHttp) throws Exception {
    Told told = new Told();
    try (Relay relay = Relay.to(server.api().port())) {
      Config config = config();
      config.setMasterUrl("https://127.0.0.1:" + relay.port() + "/");
      config.setOnlyHttpWatches(onlyHttp);
      config.setWatchReconnectInterval(50);
      try (KubernetesClient client = client(config)) {
        changes.ask(CHANGES / 10);
        String version =
            client.configMaps().inNamespace("w").list().getMetadata().getResourceVersion();
        try (var watch = client.configMaps().inNamespace("w").watch(from(version), watcher(told))) {
          for (int cut = 0; cut < 5; cut++) {
            int seen = told.events().size();
            int before = relay.connections();
            changes.ask(CHANGES / 10);
            told.awaitMoreThan(seen);
            changes.ask(CHANGES / 10);
            relay.cut();
            await().atMost(Told.PATIENCE).until(() -> relay.connections() > before);
          }
          changes.finish();
          told.awaitLast();
          assertThat(watch).isNotNull();
        }
        // Cut off, this client asks again from before what it is still handing over: it may see the
        // end of what came before the cut once more, in order.
        assertThat(new LinkedHashSet<>(told.events()))
            .containsExactlyElementsOf(changes.after(version));
      }
    }
  }

  @Test
  void informerHoldsWhatIsThere() {
    List<Seen> events = new CopyOnWriteArrayList<>();
    try (KubernetesClient client = client(config())) {
      changes.ask(CHANGES);
      try (SharedIndexInformer<ConfigMap> informer =
          client
              .configMaps()
              .inNamespace("w")
              .inform(
                  new ResourceEventHandler<>() {
                    @Override
                    public void onAdd(ConfigMap map) {
                      events.add(seen("ADDED", map));
                    }

                    @Override
                    public void onUpdate(ConfigMap before, ConfigMap map) {
                      events.add(seen("MODIFIED", map));
                    }

                    @Override
                    public void onDelete(ConfigMap map, boolean unknown) {
                      events.add(seen("DELETED", map));
                    }
                  })) {
        changes.ask(CHANGES);
        changes.finish();
        String end = Long.toString(Long.MAX_VALUE);
        await()
            .atMost(Told.PATIENCE)
            .untilAsserted(
                () -> assertThat(versions(informer.getStore().list())).isEqualTo(changes.at(end)));
      }
    }
    assertThat(events).doesNotHaveDuplicates();
    Map<String, Long> held = new HashMap<>();
    for (Seen seen : events) {
      boolean known = held.containsKey(seen.name());
      assertThat(seen.type().equals("ADDED")).as("%s", seen).isEqualTo(!known);
      if (seen.type().equals("DELETED")) {
        held.remove(seen.name());
      } else {
        held.put(seen.name(), seen.revision());
      }
    }
  }
}
