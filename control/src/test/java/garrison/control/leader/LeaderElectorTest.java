package garrison.control.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import garrison.apiserver.LocalCluster;
import garrison.apiserver.auth.User;
import garrison.apiserver.resource.Resources;
import garrison.client.CallInterceptor;
import garrison.client.Cluster;
import garrison.client.InterceptedCluster;
import garrison.client.UnreachableException;
import garrison.client.queue.Timer;
import garrison.model.StatusException;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import garrison.model.kind.Verb;
import garrison.store.MemoryStore;
import garrison.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Over the real server in process; times are short, and nothing is concluded from how long it took.
 */
class LeaderElectorTest {
  private static final ElectionTimes SHORT =
      new ElectionTimes(Duration.ofSeconds(1), Duration.ofMillis(600), Duration.ofMillis(50));

  private final Store store = MemoryStore.open();
  private final Resources resources =
      Resources.open(store, InstantSource.system(), new Random(1), List.of());
  private final Cluster cluster = new LocalCluster(resources).as(User.ADMIN);
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final Faults faults = new Faults();

  /** Calls for the lease that fail, or wait. */
  private static final class Faults implements CallInterceptor {
    private volatile boolean unreachable;
    private volatile CountDownLatch held = new CountDownLatch(0);

    @Override
    public <T> T around(Verb verb, Kind kind, Supplier<T> call) {
      try {
        held.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (unreachable) {
        throw new UnreachableException("away", new IllegalStateException());
      }
      return call.get();
    }
  }

  @BeforeEach
  void namespace() {
    await().until(() -> cluster.find(Kinds.NAMESPACE, "", "kube-system") != null);
  }

  @AfterEach
  void close() {
    stop.complete(null);
    faults.held.countDown();
    resources.close();
    store.close();
  }

  private LeaderElector elector(String identity) {
    return elector(identity, cluster);
  }

  private LeaderElector elector(String identity, Cluster through) {
    return new LeaderElector(
        through,
        "kube-system",
        "l",
        identity,
        SHORT,
        InstantSource.system(),
        Timer.system(),
        new Random(1),
        line -> {});
  }

  private JsonNode spec() {
    return cluster.get(Kinds.LEASE, "kube-system", "l").path("spec");
  }

  private static Fence fence() {
    return new Fence(Timer.system());
  }

  @Test
  void firstOneMakesTheLease() {
    assertThat(elector("a").acquire(stop)).isTrue();
    assertThat(spec().path("holderIdentity").asString()).isEqualTo("a");
    assertThat(spec().path("leaseDurationSeconds").asInt()).isEqualTo(1);
    assertThat(spec().path("leaseTransitions").asInt()).isZero();
    assertThat(spec().path("acquireTime")).isEqualTo(spec().path("renewTime"));
  }

  @Test
  void renewalMovesTheRenewTimeAlone() {
    LeaderElector elector = elector("a");
    elector.acquire(stop);
    JsonNode first = spec();
    CompletableFuture<LeaderElector.End> end =
        CompletableFuture.supplyAsync(() -> elector.keep(fence(), stop));
    await().until(() -> time(spec(), "renewTime").isAfter(time(first, "renewTime")));
    assertThat(spec().path("acquireTime")).isEqualTo(first.path("acquireTime"));
    assertThat(spec().path("leaseTransitions")).isEqualTo(first.path("leaseTransitions"));
    stop.complete(null);
    assertThat(end.join()).isEqualTo(LeaderElector.End.STOPPED);
  }

  private static Instant time(JsonNode spec, String member) {
    Instant time = Timestamps.parse(spec.path(member));
    assertThat(time).isNotNull();
    return time;
  }

  @Test
  void holderThatRenewsIsLeftAlone() {
    LeaderElector first = elector("a");
    first.acquire(stop);
    CompletableFuture<LeaderElector.End> keeping =
        CompletableFuture.supplyAsync(() -> first.keep(fence(), stop));
    CompletableFuture<Void> enough = new CompletableFuture<>();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(() -> elector("b").acquire(enough));
    Instant start = time(spec(), "renewTime");
    await().until(() -> time(spec(), "renewTime").isAfter(start.plus(SHORT.lease())));
    assertThat(second).isNotDone();
    enough.complete(null);
    assertThat(second.join()).isFalse();
    assertThat(keeping).isNotDone();
  }

  @Test
  void silentHolderIsFollowedOnceItsTimeIsOver() {
    elector("a").acquire(stop);
    assertThat(elector("b").acquire(stop)).isTrue();
    assertThat(spec().path("holderIdentity").asString()).isEqualTo("b");
    assertThat(spec().path("leaseTransitions").asInt()).isEqualTo(1);
  }

  @Test
  void releasedLeaseIsFreeAtOnce() {
    LeaderElector first = elector("a");
    first.acquire(stop);
    first.release();
    assertThat(spec().path("holderIdentity").asString()).isEmpty();
    ObjectNode longOnes = cluster.get(Kinds.LEASE, "kube-system", "l").deepCopy();
    ((ObjectNode) longOnes.path("spec")).put("leaseDurationSeconds", 100_000);
    cluster.update(Kinds.LEASE, longOnes);
    assertThat(elector("b").acquire(stop)).isTrue();
  }

  @Test
  void releaseLeavesTheLeaseOfAnotherAlone() {
    LeaderElector first = elector("a");
    first.acquire(stop);
    elector("b").acquire(stop);
    first.release();
    assertThat(spec().path("holderIdentity").asString()).isEqualTo("b");
  }

  @Test
  void holderThatSeesAnotherStopsAtOnce() {
    LeaderElector first = elector("a");
    first.acquire(stop);
    ObjectNode taken = cluster.get(Kinds.LEASE, "kube-system", "l").deepCopy();
    ((ObjectNode) taken.path("spec")).put("holderIdentity", "b").put("leaseDurationSeconds", 60);
    cluster.update(Kinds.LEASE, taken);
    assertThat(first.keep(fence(), stop)).isEqualTo(LeaderElector.End.LOST);
    assertThat(spec().path("holderIdentity").asString()).isEqualTo("b");
  }

  @Test
  void holderOutlivesAShortAbsenceOfTheServer() {
    LeaderElector elector = elector("a", new InterceptedCluster(cluster, faults));
    elector.acquire(stop);
    CompletableFuture<LeaderElector.End> end =
        CompletableFuture.supplyAsync(() -> elector.keep(fence(), stop));
    faults.unreachable = true;
    Instant before = time(spec(), "renewTime");
    faults.unreachable = false;
    await().until(() -> time(spec(), "renewTime").isAfter(before));
    assertThat(end).isNotDone();
  }

  @Test
  void holderWithoutAnAnswerStopsAtItsDeadlineAndItsFenceIsShut() {
    LeaderElector elector = elector("a", new InterceptedCluster(cluster, faults));
    elector.acquire(stop);
    Fence fence = fence();
    faults.held = new CountDownLatch(1); // the server takes calls and never answers
    assertThat(elector.keep(fence, stop)).isEqualTo(LeaderElector.End.LOST);
    Cluster fenced = new InterceptedCluster(cluster, fence);
    assertThat(
            catching(
                () ->
                    fenced.create(
                        Kinds.CONFIG_MAP,
                        "kube-system",
                        (ObjectNode) Json.parse("{\"metadata\":{\"name\":\"x\"}}"))))
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("does not lead");
    assertThat(cluster.find(Kinds.CONFIG_MAP, "kube-system", "x")).isNull();
  }

  private static Throwable catching(Supplier<?> call) {
    try {
      Object answer = call.get();
      throw new AssertionError("it answered " + answer);
    } catch (UnreachableException | StatusException e) {
      return e;
    }
  }

  @Test
  void ofManyWhoTryOneLeads() {
    List<CompletableFuture<Boolean>> trying =
        java.util.stream.IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          LeaderElector elector = elector("e" + i);
                          boolean leads = elector.acquire(stop);
                          if (leads) {
                            LeaderElector.End end = elector.keep(fence(), stop);
                            assertThat(end).isEqualTo(LeaderElector.End.STOPPED);
                          }
                          return leads;
                        },
                        task -> Thread.ofVirtual().start(task)))
            .toList();
    await().until(() -> cluster.find(Kinds.LEASE, "kube-system", "l") != null);
    Instant start = time(spec(), "renewTime");
    await().until(() -> time(spec(), "renewTime").isAfter(start.plus(SHORT.lease())));
    stop.complete(null);
    assertThat(trying.stream().filter(CompletableFuture::join).count()).isEqualTo(1);
    assertThat(spec().path("leaseTransitions").asInt()).isZero();
  }

  @Test
  void whatOthersWroteInTheLeaseStays() {
    ObjectNode lease = Json.object();
    lease.putObject("metadata").put("name", "l").putObject("labels").put("team", "nodes");
    cluster.create(Kinds.LEASE, "kube-system", lease);
    elector("a").acquire(stop);
    assertThat(
            cluster
                .get(Kinds.LEASE, "kube-system", "l")
                .path("metadata")
                .path("labels")
                .path("team")
                .asString())
        .isEqualTo("nodes");
    assertThat(spec().path("holderIdentity").asString()).isEqualTo("a");
  }
}
