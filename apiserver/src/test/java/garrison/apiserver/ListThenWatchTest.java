package garrison.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.client.ListOptions;
import garrison.client.ResourceList;
import garrison.client.Watch;
import garrison.client.WatchEvent;
import garrison.client.WatchListener;
import garrison.client.WatchOptions;
import garrison.client.http.HttpCluster;
import garrison.model.kind.Kinds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our own client lists and then watches over HTTPS, while more than 1,000 changes are made: nothing
 * is missed, nothing comes twice.
 */
class ListThenWatchTest {
  private static final int CHANGES = 1_000;

  @TempDir private Path data;
  private TestServer server;
  private ConfigMapChanges changes;
  private HttpCluster cluster;

  @BeforeEach
  void start() {
    server = TestServer.start(data);
    server.namespace("w");
    changes = ConfigMapChanges.in(server, "w");
    cluster = HttpCluster.fromKubeconfig(server.api().kubeconfig());
    // Connected already, so that its start does not fall into the middle of the changes.
    cluster.get(Kinds.NAMESPACE, "", "w");
  }

  @AfterEach
  void stop() throws InterruptedException {
    cluster.close();
    changes.close();
    server.close();
  }

  private static WatchListener listener(Told told) {
    return new WatchListener() {
      @Override
      public void event(WatchEvent event) {
        if (event.type() != WatchEvent.Type.BOOKMARK) {
          told.event(Seen.of(event.type().name(), event.object()));
        }
      }

      @Override
      public void closed(@Nullable Throwable cause) {
        if (cause != null) {
          told.failed(cause);
        }
      }
    };
  }

  private static Map<String, Long> versions(List<ObjectNode> items) {
    Map<String, Long> versions = new HashMap<>();
    for (ObjectNode item : items) {
      Seen seen = Seen.of("", item);
      assertThat(versions.put(seen.name(), seen.revision())).as("%s twice", seen).isNull();
    }
    return versions;
  }

  private Watch watch(String version, WatchListener listener) {
    return cluster.watch(Kinds.CONFIG_MAP, "w", new WatchOptions("", "", version, false), listener);
  }

  @Test
  void watchGoesOnWhereTheListEnds() {
    Told told = new Told();
    changes.ask(CHANGES);
    ResourceList list = cluster.list(Kinds.CONFIG_MAP, "w", ListOptions.ALL);
    String version = list.resourceVersion();
    Watch watch = watch(version, listener(told));
    changes.ask(CHANGES);
    changes.finish();
    told.awaitLast();
    watch.close();
    assertThat(changes.after(version)).hasSizeGreaterThan(CHANGES);
    assertThat(told.events()).isEqualTo(changes.after(version));
    assertThat(versions(list.items())).isEqualTo(changes.at(version));
  }

  @Test
  void watchThatComesBackAgainAndAgainSeesAll() {
    changes.ask(CHANGES / 10);
    String from = cluster.list(Kinds.CONFIG_MAP, "w", ListOptions.ALL).resourceVersion();
    changes.ask(CHANGES);
    String version = from;
    List<Seen> all = new ArrayList<>();
    while (all.size() < CHANGES / 2) {
      // It is closed while it tells.
      Told told = new Told();
      Watch watch = watch(version, listener(told));
      told.awaitMoreThan(96);
      watch.close();
      all.addAll(told.events().subList(0, 97));
      version = Long.toString(all.getLast().revision());
    }
    Told rest = new Told();
    Watch watch = watch(version, listener(rest));
    changes.finish();
    rest.awaitLast();
    watch.close();
    all.addAll(rest.events());
    assertThat(all).isEqualTo(changes.after(from));
  }

  @Test
  void watchThatTellsWhatWasThereMissesNothing() {
    List<ObjectNode> initial = new CopyOnWriteArrayList<>();
    List<String> versions = new CopyOnWriteArrayList<>();
    Told told = new Told();
    WatchListener plain = listener(told);
    WatchListener listener =
        new WatchListener() {
          @Override
          public void event(WatchEvent event) {
            JsonNode metadata = event.object().path("metadata");
            if (metadata.path("annotations").has("k8s.io/initial-events-end")) {
              versions.add(metadata.path("resourceVersion").asString());
            } else if (versions.isEmpty()) {
              assertThat(event.type()).isEqualTo(WatchEvent.Type.ADDED);
              initial.add((ObjectNode) event.object());
            } else {
              plain.event(event);
            }
          }

          @Override
          public void closed(@Nullable Throwable cause) {
            plain.closed(cause);
          }
        };
    changes.ask(CHANGES);
    Watch watch = cluster.watch(Kinds.CONFIG_MAP, "w", WatchOptions.FROM_NOW, listener);
    await().atMost(Told.PATIENCE).until(() -> !versions.isEmpty());
    changes.ask(CHANGES);
    changes.finish();
    told.awaitLast();
    watch.close();
    String version = versions.getFirst();
    assertThat(versions).hasSize(1);
    assertThat(told.events()).isEqualTo(changes.after(version));
    assertThat(versions(initial)).isEqualTo(changes.at(version));
  }
}
