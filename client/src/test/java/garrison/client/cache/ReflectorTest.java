package garrison.client.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import garrison.client.ResourceList;
import garrison.client.UnreachableException;
import garrison.client.WatchEvent;
import garrison.client.WatchEvent.Type;
import garrison.client.cache.ScriptedCluster.Opened;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ReflectorTest {
  private final ScriptedCluster cluster = new ScriptedCluster();
  private final Reflector<ObjectNode> reflector =
      new Reflector<ObjectNode>(cluster, Kinds.POD, Scope.ALL, Function.identity())
          .verifyingCache();
  private final List<String> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    reflector.close();
  }

  private Opened open() throws InterruptedException {
    Opened opened = cluster.opened.poll(20, TimeUnit.SECONDS);
    assertThat(opened).as("a watch").isNotNull();
    return opened;
  }

  private Opened started() throws InterruptedException {
    reflector.cache().addHandler(new Recorder());
    reflector.start();
    return open();
  }

  private Opened synced() throws InterruptedException {
    Opened watch = started();
    send(watch, Type.ADDED, pod("a", "ua", 1));
    send(watch, Type.ADDED, pod("b", "ub", 2));
    end(watch, 5);
    assertThat(told).containsExactly("+a@1", "+b@2", "synced");
    told.clear();
    return watch;
  }

  @Test
  void nothingIsToldBeforeTheWholePictureIsThere() throws Exception {
    Opened watch = started();
    assertThat(watch.options().sendInitialEvents()).isTrue();
    send(watch, Type.ADDED, pod("a", "ua", 1));
    assertThat(told).isEmpty();
    assertThat(reflector.cache().hasSynced()).isFalse();
    end(watch, 5);
    assertThat(told).containsExactly("+a@1", "synced");
    assertThat(reflector.cache().lastVersion()).isEqualTo(5);
  }

  @Test
  void changesAreToldInOrderAfterTheCacheHoldsThem() throws Exception {
    Opened watch = synced();
    send(watch, Type.MODIFIED, pod("a", "ua", 6));
    send(watch, Type.ADDED, pod("c", "uc", 7));
    send(watch, Type.DELETED, pod("b", "ub", 8));
    assertThat(told).containsExactly("a@1>6", "+c@7", "-b@8");
    assertThat(reflector.cache().awaitVersion(8, Duration.ZERO)).isTrue();
    assertThat(reflector.cache().get("ns", "b")).isNull();
  }

  @Test
  void brokenWatchGoesOnWhereItStoodAndRepeatsNothing() throws Exception {
    Opened watch = synced();
    send(watch, Type.MODIFIED, pod("a", "ua", 6));
    watch.listener().closed(new UnreachableException("broke", new IOException("reset")));
    Opened again = open();
    assertThat(again.options().resourceVersion()).isEqualTo("6");
    assertThat(again.options().sendInitialEvents()).isFalse();
    send(again, Type.MODIFIED, pod("a", "ua", 6));
    send(again, Type.MODIFIED, pod("a", "ua", 9));
    assertThat(told).containsExactly("a@1>6", "a@6>9");
  }

  @Test
  void forgottenVersionIsListedAgainAndOnlyTheDifferenceIsTold() throws Exception {
    Opened watch = synced();
    watch
        .listener()
        .event(
            new WatchEvent(
                Type.ERROR, StatusException.of(StatusReason.EXPIRED, "too old").status()));
    watch.listener().closed(null);
    Opened again = open();
    assertThat(again.options().sendInitialEvents()).isTrue();
    send(again, Type.ADDED, pod("a", "ua", 1));
    send(again, Type.ADDED, pod("c", "uc", 20));
    end(again, 21);
    assertThat(told).containsExactlyInAnyOrder("-b@2", "+c@20");
  }

  @Test
  void objectReplacedWhileNobodyWatchedIsDeletedAndAdded() throws Exception {
    Opened watch = synced();
    send(watch, Type.ADDED, pod("a", "other", 9));
    assertThat(told).containsExactly("-a@1", "+a@9");
  }

  @Test
  void serverThatCannotStreamIsListed() throws Exception {
    cluster.refuseStreams = StatusException.of(StatusReason.INVALID, "sendInitialEvents: no");
    cluster.answerList = () -> new ResourceList(List.of(pod("a", "ua", 3)), "4", "");
    Opened watch = started();
    assertThat(watch.options().resourceVersion()).isEqualTo("4");
    assertThat(told).containsExactly("+a@3", "synced");
  }

  @Test
  void absentServerIsWaitedFor() throws Exception {
    cluster.refuseAll = new UnreachableException("nobody", new IOException("refused"));
    reflector.cache().addHandler(new Recorder());
    reflector.start();
    assertThat(reflector.cache().awaitSync(Duration.ofMillis(300))).isFalse();
    cluster.refuseAll = null;
    end(open(), 3);
    assertThat(told).containsExactly("synced");
  }

  @Test
  void serverSetBackInTimeIsReadAnew() throws Exception {
    Opened watch = synced();
    send(
        watch,
        Type.BOOKMARK,
        Json.object().set("metadata", Json.object().put("resourceVersion", "2")));
    Opened again = open();
    assertThat(again.options().sendInitialEvents()).isTrue();
    end(again, 2);
    assertThat(told).containsExactlyInAnyOrder("-a@1", "-b@2");
    assertThat(reflector.cache().lastVersion()).isEqualTo(2);
  }

  @Test
  void handlerThatFailsStopsNobody() throws Exception {
    reflector
        .cache()
        .addHandler(
            new Handler<>() {
              @Override
              public void added(ObjectNode now) {
                throw new IllegalStateException("mine");
              }
            });
    Opened watch = synced();
    send(watch, Type.ADDED, pod("c", "uc", 7));
    assertThat(told).containsExactly("+c@7");
  }

  @Test
  void indexFollowsItsObjects() throws Exception {
    Index<ObjectNode> byUid =
        reflector.cache().index(pod -> List.of(pod.at("/metadata/uid").asString("")));
    Opened watch = synced();
    assertThat(byUid.get("ua")).hasSize(1);
    send(watch, Type.ADDED, pod("a", "other", 9));
    assertThat(byUid.get("ua")).isEmpty();
    assertThat(byUid.count("other")).isEqualTo(1);
    assertThat(byUid.keys()).containsExactlyInAnyOrder("other", "ub");
  }

  @Test
  void changedDocumentIsFound() throws Exception {
    synced();
    reflector.cache().checkUnchanged();
    reflector.cache().get("ns", "a").put("mine", true);
    assertThatThrownBy(() -> reflector.cache().checkUnchanged()).hasMessageContaining("ns/a");
  }

  private static ObjectNode pod(String name, String uid, long version) {
    ObjectNode pod = Json.object();
    pod.putObject("metadata")
        .put("namespace", "ns")
        .put("name", name)
        .put("uid", uid)
        .put("resourceVersion", Long.toString(version));
    return pod;
  }

  private static void send(Opened watch, Type type, tools.jackson.databind.JsonNode object) {
    watch.listener().event(new WatchEvent(type, (ObjectNode) object));
  }

  private void end(Opened watch, long version) {
    ObjectNode bookmark = Json.object();
    ObjectNode metadata = bookmark.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(version));
    metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    send(watch, Type.BOOKMARK, bookmark);
    await().until(() -> reflector.cache().hasSynced());
  }

  private final class Recorder implements Handler<ObjectNode> {
    @Override
    public void added(ObjectNode now) {
      assertThat(reflector.cache().get(ObjectKey.of(now))).isSameAs(now);
      told.add("+" + name(now) + "@" + Versions.of(now));
    }

    @Override
    public void updated(ObjectNode old, ObjectNode now) {
      told.add(name(now) + "@" + Versions.of(old) + ">" + Versions.of(now));
    }

    @Override
    public void deleted(ObjectNode last) {
      told.add("-" + name(last) + "@" + Versions.of(last));
    }

    @Override
    public void synced() {
      told.add("synced");
    }

    private String name(ObjectNode pod) {
      return ObjectKey.of(pod).name();
    }
  }
}
