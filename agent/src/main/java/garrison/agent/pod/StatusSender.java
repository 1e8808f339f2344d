package garrison.agent.pod;

import garrison.client.Cluster;
import garrison.client.PatchType;
import garrison.client.queue.Timer;
import garrison.client.queue.WorkQueue;
import garrison.client.queue.Workers;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sends statuses of pods, the newest of each pod only: what changes while a write is on its way, or
 * while the server is away, is sent once. A slow server holds up no pod worker. Thread-safe.
 */
final class StatusSender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatusSender.class);
  private static final int PARALLEL = 4;

  private final Cluster cluster;
  private final MirrorPods mirrors;
  private final WorkQueue<String> queue = new WorkQueue<>("pod-status", Timer.system());
  private final Workers<String> workers;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  /** The lock is held while a status is on its way: two of one pod never overtake each other. */
  private static final class Slot {
    private final Object sending = new Object();
    private volatile @Nullable PodContext context;
    private volatile @Nullable ObjectNode wanted;
    private @Nullable ObjectNode sent;
    private String sentTo = "";
  }

  /** {@code mirrors}: where the statuses of static pods go. */
  StatusSender(Cluster cluster, MirrorPods mirrors) {
    this.cluster = cluster;
    this.mirrors = mirrors;
    this.workers = Workers.start(queue, PARALLEL, this::send);
  }

  /** Wants this status to be there, soon. */
  void submit(PodContext context, ObjectNode status) {
    Slot slot = slots.computeIfAbsent(context.uid(), uid -> new Slot());
    if (!status.equals(slot.wanted)) {
      slot.context = context;
      slot.wanted = status;
      queue.add(context.uid());
    }
  }

  /** Sends it now; false where the pod is gone. Any other failure is thrown. */
  boolean sendNow(PodContext context, ObjectNode status) {
    Slot slot = slots.computeIfAbsent(context.uid(), uid -> new Slot());
    slot.context = context;
    slot.wanted = status;
    return send(slot);
  }

  /** The static pod of this uid has another mirror, which knows nothing yet. */
  void again(String uid) {
    queue.add(uid);
  }

  /** The pod is gone. */
  void forget(String uid) {
    slots.remove(uid);
  }

  private void send(String uid) {
    Slot slot = slots.get(uid);
    if (slot != null) {
      send(slot);
    }
  }

  private boolean send(Slot slot) {
    synchronized (slot.sending) {
      PodContext context = slot.context;
      ObjectNode wanted = slot.wanted;
      if (context == null || wanted == null) {
        return true;
      }
      String uid = context.ofFile() ? mirrors.uid(context) : context.uid();
      if (uid == null || (wanted.equals(slot.sent) && uid.equals(slot.sentTo))) {
        return true; // a static pod is told once it has a mirror
      }
      ObjectNode patch = Json.object();
      patch.putObject("metadata").put("uid", uid);
      patch.set("status", wanted);
      try {
        cluster.patch(
            Kinds.POD, context.namespace(), context.name(), PatchType.STRATEGIC, patch, "status");
        slot.sent = wanted;
        slot.sentTo = uid;
        return true;
      } catch (StatusException e) {
        if (e.reason() == StatusReason.NOT_FOUND || e.reason() == StatusReason.CONFLICT) {
          log.debug("status of {} is not needed any more: {}", context.full(), e.message());
          return false;
        }
        throw e;
      }
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
